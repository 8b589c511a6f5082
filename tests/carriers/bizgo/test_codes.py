"""Every code that Bizgo documents has a meaning here."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from bizgo._error_codes import SERVICE_CODES

from alimnaru.carriers.bizgo import codes, outcomes
from alimnaru.carriers.bizgo.codes import Fault
from alimnaru.carriers.kakao_codes import RESULTS as KAKAO
from alimnaru.rules.outcomes import Result

Read = Callable[[str], bytes]


def test_the_services_codes_are_those_of_its_own_client() -> None:
    assert set(codes.SERVICE) == set(SERVICE_CODES)


def test_the_gateways_codes(fixture: Read) -> None:
    documented = set(json.loads(fixture("codes"))["gateway"])
    assert set(codes.GATEWAY) | {codes.ACCEPTED} == documented


@pytest.mark.parametrize("who", ["bizgo", "sms", "mms", "kakao"])
def test_the_report_codes(fixture: Read, who: str) -> None:
    documented = json.loads(fixture("codes"))[who]
    assert [code for code in documented if code not in outcomes.RESULTS] == []


def test_only_one_code_is_a_success() -> None:
    delivered = [code for code, result in outcomes.RESULTS.items() if result is Result.DELIVERED]
    assert delivered == ["10000"]
    assert Result.ACCEPTED not in outcomes.RESULTS.values()


def test_kakaos_codes_wear_a_six() -> None:
    differ = {code for code in KAKAO if outcomes.RESULTS[f"6{code}"] is not KAKAO[code]}
    # Bizgo says in so many words that a message went under that serial number before.
    assert differ == {"3012"}


def test_what_may_still_arrive_is_no_failure() -> None:
    for code in ("6ME09", "63005", "22000", "32000", "33100", "99999", "12345"):
        assert outcomes.result_for(code) in {
            Result.MAY_ARRIVE_LATER,
            Result.TIMED_OUT,
            Result.UNRECOGNISED,
        }


def test_an_sms_and_an_mms_fail_alike() -> None:
    for code, result in outcomes.RESULTS.items():
        if code.startswith("2"):
            assert outcomes.RESULTS[f"3{code[1:]}"] is result


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("A306", Result.NUMBER_WRONG),
        ("A327", Result.SENDER_REFUSED),
        ("A328", Result.TEXT_REFUSED),
        ("A320", Result.BALANCE_EMPTY),
        ("A020", Result.CARRIER_DOWN),
        # The service failed over this recipient: it says neither yes nor no.
        ("A999", Result.UNRECOGNISED),
        ("A777", Result.UNRECOGNISED),
    ],
)
def test_the_verdict_on_a_recipient(code: str, result: Result) -> None:
    assert codes.recipient_result(code) is result


def test_what_is_obeyed_by_halves_is_never_a_plain_refusal() -> None:
    for code, (status, _) in SERVICE_CODES.items():
        meaning = codes.SERVICE[code]
        assert (meaning is Fault.DOUBT) is (status >= 500), code
        assert (meaning is Fault.LATER) is (status == 429), code
