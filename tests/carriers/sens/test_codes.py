"""Every code has a meaning, and the meanings lead where they should."""

from __future__ import annotations

import pytest

from alimnaru.carriers import kakao_codes
from alimnaru.carriers.sens.codes import ALIMTALK, SMS, alimtalk_result, sms_result
from alimnaru.rules.outcomes import Action, Result, action_for

#: What each code of an SMS asks for.
ACTIONS = {
    Action.WAIT: "READY PROCESSING",
    Action.DONE: "0 success",
    Action.RETRY: "2001 2002 2006 3011 3014 3015 1001 1008 S000 S001 S011 S998 S999 E999",
    Action.NEXT_CHANNEL: "2003 2004 2005 2007 3002 3005 3007 3008 3010",
    Action.BAD_NUMBER: "3000 3001 3003 3004 1002",
    Action.STOP: "3006 3012 3013 1004 S003 E916 E917",
    Action.UNCERTAIN: "2000 1019 E915",
    Action.OUR_MISTAKE: (
        "3009 3016 3017 3018 3019 3022 3023 1003 1005 1006 1007 1009 1010 1011 1012 1013 1014"
        " 1015 1016 1017 1018 1020 S002 S004 S005 S006 S007 S008 S009 S010 S012 E900 E901 E902"
        " E903 E904 E905 E906 E907 E908 E909 E910 E911 E912 E913 E914 E918 E919 E920 E921 E922"
    ),
}


@pytest.mark.parametrize(
    ("code", "action"),
    [(code, action) for action, codes in ACTIONS.items() for code in codes.split()],
)
def test_what_a_code_of_an_sms_asks_for(code: str, action: Action) -> None:
    assert action_for(sms_result(code)) is action


def test_no_code_is_left_out() -> None:
    assert set(SMS) == {code for codes in ACTIONS.values() for code in codes.split()}
    own = {"A000": Action.WAIT, "processing": Action.WAIT, "0000": Action.DONE}
    own["success"] = Action.DONE
    assert set(ALIMTALK) == {*kakao_codes.RESULTS, *own}
    assert {code: action_for(alimtalk_result(code)) for code in own} == own


@pytest.mark.parametrize("code", ["", "1000", "A001", "B001", "fail", "이상"])
def test_a_code_nobody_has_seen_is_no_reason_to_send_again(code: str) -> None:
    assert alimtalk_result(code) is Result.UNRECOGNISED
    assert sms_result(code) is Result.UNRECOGNISED
