"""`docs/reference/states.md`, written from the enums and their words so that it cannot go stale.

python -m alimnaru.wording.page > docs/reference/states.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from alimnaru.rules.audience import AudienceFault
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.drops import DropFault
from alimnaru.rules.first_slice import SliceReason, SliceVerdict
from alimnaru.rules.lifecycle import CHUNK_MOVES, MESSAGE_MOVES, ChunkState, MessageState
from alimnaru.rules.outcomes import Action, Result, action_for
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import ReleaseFault, Risk
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.shifted import ShiftFault, Slide
from alimnaru.rules.source_faults import SourceFault
from alimnaru.rules.unknowns import COUNTED_AS_SENT, Choice
from alimnaru.wording import label
from alimnaru.wording.connected import DROP_FAULTS, SOURCE_FAULTS
from alimnaru.wording.refusals import REFUSALS
from alimnaru.wording.release import (
    AUDIENCE_FAULTS,
    RELEASE_FAULTS,
    RISKS,
    SHIFT_FAULTS,
    SLIDES,
    VERDICT_REASONS,
    VERDICTS,
)
from alimnaru.wording.release_refusals import RELEASE_REFUSALS
from alimnaru.wording.results import RESULTS
from alimnaru.wording.states import CHANNELS, CHOICES, CHUNKS, COUNTED, LANES, MESSAGES
from alimnaru.wording.steps import STEPS

_HEAD = """\
# States and codes

<!-- Generated: python -m alimnaru.wording.page > docs/reference/states.md -->

Codes are English and stable: they stand in tables, in JSON answers and in reports. What people
read is Korean and stands in `alimnaru/wording/`. Allowed moves are those of
`alimnaru/rules/lifecycle.py`.
"""

_EQUATION = """\
`rows = refused at the check + delivered + failed + suppressed + cancelled + expired + unknown
+ pending`, always.
"""

_ABOUT_REFUSALS = """\
## Refusals

Why a file, a row, a message or a chunk does not go. What stands in brackets is left out where it
is not known.
"""

_ACTIONS = {
    Action.WAIT: "wait: no final word yet",
    Action.DONE: "settled as `delivered`",
    Action.NEXT_CHANNEL: "the next channel; settled as `failed` if there is none",
    Action.RETRY: "the same channel again, later; then the next one",
    Action.BAD_NUMBER: "settled as `failed`: no channel reaches this number",
    Action.OUR_MISTAKE: "settled as `failed`; an urgent notice takes the next channel",
    Action.STOP: "settled as `failed`: no other channel either",
    Action.UNCERTAIN: "settled as `unknown`: it may have arrived",
}


def states_page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_states(), *_channels(), *_codes(), *_release(), *_connected()])


def _states() -> list[str]:
    columns = ("state", "on screen", "meaning", "may become")
    return [
        "## A message\n",
        _table(columns, [_state(s, MESSAGES[s].meaning, MESSAGE_MOVES[s]) for s in MessageState]),
        _EQUATION,
        "## A chunk\n",
        _table(columns, [_state(s, CHUNKS[s].meaning, CHUNK_MOVES[s]) for s in ChunkState]),
    ]


def _channels() -> list[str]:
    rows = [(f"`{c}`", CHANNELS[c].label, CHANNELS[c].meaning) for c in Channel]
    rows += [(f"`{lane}`", LANES[lane].label, LANES[lane].meaning) for lane in Lane]
    return ["## Channels and lanes\n", _table(("code", "on screen", "meaning"), rows)]


def _codes() -> list[str]:
    results = [(f"`{r}`", RESULTS[r], _ACTIONS[action_for(r)]) for r in Result]
    refusals = [(f"`{r}`", _plain(REFUSALS[r].both)) for r in Refusal]
    choices = [(f"`{c}`", CHOICES[c].label, CHOICES[c].meaning) for c in Choice]
    steps = [(f"`{step}`", text) for step, text in STEPS.items()]
    return [
        "## What became of a try\n",
        "Each carrier's own codes are mapped onto these (`alimnaru/carriers/*/codes.py`).\n",
        _table(("result", "what people read", "what follows"), results),
        _ABOUT_REFUSALS,
        _table(("code", "what people read"), refusals),
        "## What may be decided about an unknown outcome\n",
        f"A message that was counted as sent has the code `{COUNTED_AS_SENT}`: {COUNTED}\n",
        _table(("code", "on screen", "meaning"), choices),
        "## What to do about somebody who was not told\n",
        _table(("code", "what people read"), steps),
    ]


def _release() -> list[str]:
    risks = [(f"`{r}`", RISKS[r].label, RISKS[r].meaning) for r in Risk]
    verdicts = [(f"`{v}`", VERDICTS[v].label, VERDICTS[v].meaning) for v in SliceVerdict]
    stops = [
        *((f"`{f}`", _plain(RELEASE_FAULTS[f].both)) for f in ReleaseFault),
        *((f"`{f}`", _plain(RELEASE_REFUSALS[f].both)) for f in ReleaseRefusal),
        *((f"`{f}`", _plain(AUDIENCE_FAULTS[f].both)) for f in AudienceFault),
        *((f"`{f}`", _plain(SHIFT_FAULTS[f].both)) for f in ShiftFault),
        *((f"`{s}`", _plain(SLIDES[s].both)) for s in Slide),
    ]
    reasons = [(f"`{r}`", _plain(VERDICT_REASONS[r].both)) for r in SliceReason]
    return [
        "## Why somebody else should look at a list\n",
        "Who must agree is the table at the top of `alimnaru/rules/release.py`.\n",
        _table(("risk", "on screen", "meaning"), risks),
        "## What stands against a list, or against approving it\n",
        _table(("code", "what people read"), stops),
        "## A first slice\n",
        _table(("verdict", "on screen", "meaning"), verdicts),
        _table(("reason", "what people read"), reasons),
    ]


def _connected() -> list[str]:
    faults = [(f"`{f}`", _plain(SOURCE_FAULTS[f].both)) for f in SourceFault]
    drops = [(f"`{f}`", _plain(DROP_FAULTS[f].both)) for f in DropFault]
    return [
        "## Why a connected system cannot be read\n",
        _table(("code", "what people read"), faults),
        "## Why nothing became of a dropped file\n",
        "Or any code above that stands against a file or a list.\n",
        _table(("code", "what people read"), drops),
    ]


def _state(state: str, meaning: str, moves: Iterable[str]) -> tuple[str, str, str, str]:
    onward = ", ".join(f"`{move}`" for move in sorted(moves)) or "nothing"
    return f"`{state}`", label(state), meaning, onward


def _plain(template: str) -> str:
    return template.replace("[[", "[").replace("]]", "]")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(states_page())
