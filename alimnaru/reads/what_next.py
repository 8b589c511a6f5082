"""What to do about a resident who was not told: one of a few things that a clerk can act on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import ACTIONS, Action, Result, action_for
from alimnaru.rules.refusals import Refusal

#: Stands where a message state would: the row never became a message.
REFUSED = "refused"


class WhatNext(StrEnum):
    """The next step of a person. `wording.steps` says it in Korean."""

    FIX_LIST = "fix_list"  # correct the row and send those rows as a list of their own
    CHECK_NUMBER = "check_number"  # ask for the number that holds today
    CHECK_DUPLICATE = "check_duplicate"  # the first row of this person went
    OTHER_WAY = "other_way"  # by phone or post
    SEND_AGAIN = "send_again"  # nothing is wrong with the row
    DECIDE_AGAIN = "decide_again"  # whether it is still worth saying
    CONFIRM = "confirm"  # they may have it: ask before telling twice
    RESPECT = "respect"  # the resident's own wish
    SERVE_ON_PAPER = "serve_on_paper"  # a document that they have not agreed to get like this
    NOTHING = "nothing"  # it was right that nothing came
    ASK_MANAGER = "ask_manager"  # the office's keys, wordings or numbers


_SUPPRESSED: Mapping[str, WhatNext] = {
    Refusal.NUMBER_SUSPENDED: WhatNext.CHECK_NUMBER,
    Refusal.NO_SERVICE_CONSENT: WhatNext.SERVE_ON_PAPER,
    Refusal.NO_LONGER_TRUE: WhatNext.NOTHING,
    Refusal.DAILY_CAP: WhatNext.DECIDE_AGAIN,
}


def what_next(state: str, code: str) -> WhatNext:
    """The step for a refused row (`REFUSED`) or a message that ended undelivered.

    `code` is what stands on the row; one that is not known counts as its state alone says.
    """
    if state == REFUSED:
        return _about_row(code)
    if state == MessageState.UNKNOWN:
        return WhatNext.CONFIRM
    if state == MessageState.SUPPRESSED:
        return _SUPPRESSED.get(code, WhatNext.RESPECT)
    if state in {MessageState.CANCELLED, MessageState.EXPIRED}:
        return WhatNext.DECIDE_AGAIN
    return _about_result(code)


def _about_row(code: str) -> WhatNext:
    if code == Refusal.ROW_DUPLICATE:
        return WhatNext.CHECK_DUPLICATE
    return WhatNext.CHECK_NUMBER if code.startswith("phone_") else WhatNext.FIX_LIST


def _about_result(code: str) -> WhatNext:
    if code not in ACTIONS:
        return WhatNext.OTHER_WAY
    match action_for(Result(code)):
        case Action.BAD_NUMBER:
            return WhatNext.CHECK_NUMBER
        case Action.OUR_MISTAKE:
            return WhatNext.ASK_MANAGER
        case Action.RETRY:
            return WhatNext.SEND_AGAIN
        case Action.UNCERTAIN:
            return WhatNext.CONFIRM
        case _:
            return WhatNext.OTHER_WAY
