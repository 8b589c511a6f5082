"""Every code of SOLAPI's list has a meaning, and the meanings lead where they should."""

from __future__ import annotations

import pytest

from alimnaru.carriers.solapi.codes import ERRORS, RESULTS, result_for
from alimnaru.rules.outcomes import Action, Result, action_for

#: What each code asks for, by the list of 2022-05-31.
ACTIONS = {
    Action.WAIT: "2000 3000",
    Action.DONE: "4000",
    Action.OUR_MISTAKE: (
        "1010 1011 1013 1014 1020 1021 1022 1023 1025 1027 1028 1029 1030 1031 1032 1033 1034"
        " 1041 1042 1043 1044 1045 1046 1047 1048 1049 1050 1051 1052 1053 1062"
        " 2011 2062 2063 2230 3011 3013 3059 3101 3102 3103 3105 3106 3108"
    ),
    Action.RETRY: "1024 1058 2024 3012 3024 3052 3053 3056 3057 3058",
    Action.STOP: "1060 1061 1064 2060 2061 2064 2254 3047 3054 3055",
    Action.BAD_NUMBER: "3010 3031 3032 3045",
    Action.NEXT_CHANNEL: "3041 3042 3043 3044 3046 3050 3051 3060 3104 3107",
    Action.UNCERTAIN: "1026 3014 3040 3048",
}


@pytest.mark.parametrize(
    ("code", "action"),
    [(code, action) for action, codes in ACTIONS.items() for code in codes.split()],
)
def test_what_a_code_asks_for(code: str, action: Action) -> None:
    assert action_for(result_for(code)) is action


def test_no_code_is_left_out() -> None:
    assert set(RESULTS) == {code for codes in ACTIONS.values() for code in codes.split()}


@pytest.mark.parametrize("code", ["", "0000", "3999", "4001", "TEST1000", "이상"])
def test_a_code_nobody_has_seen_is_no_reason_to_send_again(code: str) -> None:
    assert result_for(code) is Result.UNRECOGNISED
    assert action_for(result_for(code)) is Action.UNCERTAIN


def test_an_error_about_our_request_is_ours_to_mend() -> None:
    ours = {meaning for meaning in ERRORS.values() if isinstance(meaning, Result)}
    assert {action_for(result) for result in ours} == {Action.OUR_MISTAKE}
