"""Every code of NHN's lists has a meaning, and the meanings lead where they should."""

from __future__ import annotations

import pytest

from alimnaru.carriers import kakao_codes
from alimnaru.carriers.nhn.codes import (
    KAKAO,
    KAKAO_ERRORS,
    PHONE,
    PHONE_ERRORS,
    Verdict,
    result_of_row,
)
from alimnaru.rules.outcomes import Action, Result, action_for

STATES = "WAITING FAILED CANCEL DUPLICATED FAILED_AD"

#: What each result of an SMS asks for, by NHN's list of 2026-06. Those of sending abroad (4001 to
#: 4010) are left out: we do not.
PHONE_ACTIONS = {
    Action.WAIT: "WAITING",
    Action.DONE: "1000",
    Action.RETRY: "FAILED 1001 2001 2002 2006 3011 3014 3015 E900 E999",
    Action.BAD_NUMBER: "1002 3000 3001 3003 3004",
    Action.NEXT_CHANNEL: "2003 2004 2005 2007 3002 3005 3007 3008 3010",
    Action.STOP: "3006 3012 3013",
    Action.OUR_MISTAKE: "CANCEL FAILED_AD 1003 3009 3016 3017 3018 3019 E911 E913 E919",
    Action.UNCERTAIN: "DUPLICATED 1019 2000 E915",
}

#: Requests and rows of an Alimtalk: what NHN's list names for sending, looking up, templates and
#: pictures.
KAKAO_CODES = (
    "4 -1000 -1001 -1002 -1003 -1005 -1006 -1014 -1016 -1019 -1020 -1024 -1027 -1028 -1030 -1031"
    " -2000 -2001 -2002 -2003 -2004 -2005 -2017 -2018 -2019 -2025 -2026 -2027 -2028 -2029 -2032"
    " -2033 -2034 -2035 -2036 -2037 -2501 -2502 -2504 -2505 -3000 -3001 -3002 -3003 -3004 -3005"
    " -3006 -3007 -3008 -3009 -3010 -3011 -3012 -3013 -3016 -3017 -3018 -3020 -3021 -3024 -3025"
    " -3026 -3027 -3028 -3030 -3032 -3033 -3034 -3035 -3036 -3037 -3038 -3039 -3040 -3041 -3042"
    " -3043 -3044 -3045 -3046 -3047 -3048 -3049 -3050 -3051 -3052 -3053 -3100 -3101 -3102 -3103"
    " -3300 -3301 -3303 -3304 -4000 -4003 -4004 -4005 -4007 -4009 -4010 -4016 -4017 -4018 -4019"
    " -4020 -4021 -4024 -4027 -4028 -4103 -4104 -4200 -5000 -7000 -8001 -8005 -8006 -8008 -8010"
    " -9993 -9994 -9996 -9997 -9998 -9999"
)

PHONE_CODES = (
    "4 -1000 -1001 -1002 -1003 -1004 -1005 -1006 -1007 -1008 -2000 -2001 -2002 -2003 -2004 -2005"
    " -2006 -2008 -2009 -2010 -2011 -2012 -2014 -2015 -2016 -2018 -2019 -2021 -2022 -2023 -2024"
    " -2044 -2045 -2046 -2047 -2052 -2110 -2111 -2114 -2312 -2313 -4000 -6001 -6003 -8000 -9995"
    " -9996 -9997 -9998 -9999"
)


@pytest.mark.parametrize(
    ("code", "action"),
    [(code, action) for action, codes in PHONE_ACTIONS.items() for code in codes.split()],
)
def test_what_a_result_of_a_text_asks_for(code: str, action: Action) -> None:
    assert action_for(PHONE[code]) is action


def test_no_result_is_left_out() -> None:
    assert set(PHONE) == {code for codes in PHONE_ACTIONS.values() for code in codes.split()}
    assert set(KAKAO) == set(kakao_codes.RESULTS) | {"1000", "MRC01", "MRC02", *STATES.split()}


def test_success_of_an_alimtalk_is_nhn_s_own_word() -> None:
    assert [KAKAO[code] for code in ("1000", "MRC01")] == [Result.DELIVERED] * 2


def test_no_error_is_left_out() -> None:
    assert set(KAKAO_ERRORS) == {int(code) for code in KAKAO_CODES.split()}
    assert set(PHONE_ERRORS) == {int(code) for code in PHONE_CODES.split()}


@pytest.mark.parametrize("errors", [KAKAO_ERRORS, PHONE_ERRORS])
def test_the_refusal_of_a_row_never_waits_and_never_delivers(errors) -> None:
    for code in errors:
        assert action_for(result_of_row(code, errors)) not in (Action.WAIT, Action.DONE)


def test_a_row_that_may_have_gone_is_not_sent_again() -> None:
    assert KAKAO_ERRORS[-1005] is Verdict.DOUBT
    for code in (-1005, -9999, -7000, -123456):
        assert result_of_row(code, KAKAO_ERRORS) is Result.UNRECOGNISED
    assert result_of_row(-4018, KAKAO_ERRORS) is Result.CARRIER_DOWN
    assert result_of_row(-3010, KAKAO_ERRORS) is Result.TEMPLATE_MISMATCH
