"""The carriers as demonstration, benchmark and chaos run use them: each a protocol of the sandbox.

Fences that a real carrier measures in minutes (an idempotency key of ten, a signature of five) are
cut to seconds for a chaos run, on both sides alike: what is proved is the order of things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: A process or server may be stopped for six seconds (`chaos_faults.SLEEP`): what waits for them
#: must wait longer, and a request that was signed before a stop is good after it.
FENCE_SECONDS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One carrier kind. `places`: what the sandbox calls the steps of a hand-over, for faults.

    `options` are settings of the account and `config` of the sandbox under chaos.
    """

    kind: str
    places: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, object] = field(default_factory=dict)
    #: Our references come back from it; otherwise a proof goes by numbers.
    tells_refs: bool = True


LINES: dict[str, Line] = {
    "solapi": Line("solapi", ("create", "add", "send", "other", "list", "any")),
    "nhn": Line(
        "nhn",
        ("send", "list", "any"),
        options={"key_seconds": "20", "quiet_seconds": str(2 * FENCE_SECONDS)},
        config={"nhn_key_seconds": 20},
    ),
    "bizgo": Line("bizgo", ("send", "list", "any")),
    "sens": Line(
        "sens",
        ("send", "list", "any"),
        options={
            "skew_seconds": str(FENCE_SECONDS),
            "fresh_seconds": "2",
            "settle_seconds": "1",
        },
        config={"sens_skew_seconds": FENCE_SECONDS},
        tells_refs=False,
    ),
}
