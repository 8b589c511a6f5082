"""Who gets in: SOLAPI's signatures, their age, and their reuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from sandbox.solapi.auth import WINDOW, Gatekeeper
from sandbox.wire import WireError
from tests.sandbox.conversation import Client

BALANCE = "/cash/v1/balance"


def code_of(reply: httpx.Response) -> str:
    return "" if reply.status_code == 200 else f"{reply.status_code} {reply.json()['errorCode']}"


def now(**shift: float) -> str:
    return (datetime.now(UTC) + timedelta(**shift)).isoformat()


# As shapes and shifts: a moment in a test's name would give each run, and each of its workers,
# other tests.
@pytest.mark.parametrize(
    ("shape", "shift", "expected"),
    [
        ("%Y-%m-%dT%H:%M:%S.%f+00:00", 0, ""),
        ("%Y-%m-%dT%H:%M:%S.%f+00:00", -14, ""),
        ("%Y-%m-%dT%H:%M:%S.%f+00:00", 14, ""),
        ("%Y-%m-%dT%H:%M:%SZ", 0, ""),
        ("%Y-%m-%d %H:%M:%S", 0, ""),
        ("%Y-%m-%dT%H:%M:%S.%f+00:00", -16, "403 RequestTimeTooSkewed"),
        ("%Y-%m-%dT%H:%M:%S.%f+00:00", 16, "403 RequestTimeTooSkewed"),
        ("yesterday", 0, "403 RequestTimeTooSkewed"),
    ],
)
def test_the_date_of_a_request(sandbox: Client, shape: str, shift: int, expected: str) -> None:
    date = (datetime.now(UTC) + timedelta(minutes=shift)).strftime(shape)
    header = {"Authorization": sandbox.authorization(date=date)}
    assert code_of(sandbox.http.get(BALANCE, headers=header)) == expected


def test_a_date_may_name_its_offset(sandbox: Client) -> None:
    date = datetime.now(timezone(timedelta(hours=9))).isoformat()
    header = {"Authorization": sandbox.authorization(date=date)}
    assert code_of(sandbox.http.get(BALANCE, headers=header)) == ""


@pytest.mark.parametrize("scheme", ["HMAC-SHA256", "HMAC-MD5"])
def test_both_digests(sandbox: Client, scheme: str) -> None:
    header = {"Authorization": sandbox.authorization(scheme=scheme)}
    assert code_of(sandbox.http.get(BALANCE, headers=header)) == ""


def test_the_names_in_the_header_have_no_case(sandbox: Client) -> None:
    header = sandbox.authorization().replace("apiKey", "ApiKey").replace("date", "Date")
    assert code_of(sandbox.http.get(BALANCE, headers={"Authorization": header})) == ""


def test_a_signature_is_good_once(sandbox: Client) -> None:
    header = {"Authorization": sandbox.authorization()}
    assert code_of(sandbox.http.get(BALANCE, headers=header)) == ""
    assert code_of(sandbox.http.get(BALANCE, headers=header)) == "403 DuplicatedSignature"


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("Bearer abc", "403 Forbidden"),
        ("", "403 Forbidden"),
        ("HMAC-SHA256 apiKey=NOBODY, date=x, salt=y, signature=z", "403 InvalidAPIKey"),
    ],
)
def test_other_headers_are_refused(sandbox: Client, wrong: str, expected: str) -> None:
    assert code_of(sandbox.http.get(BALANCE, headers={"Authorization": wrong})) == expected


@pytest.mark.parametrize("salt", ["short", "x" * 65])
def test_a_salt_has_12_to_64_characters(sandbox: Client, salt: str) -> None:
    header = {"Authorization": sandbox.authorization(salt=salt)}
    assert code_of(sandbox.http.get(BALANCE, headers=header)) == "403 SignatureDoesNotMatch"


def test_a_signature_is_forgotten_when_its_date_is_too_old(sandbox: Client) -> None:
    gate = Gatekeeper()
    header = sandbox.authorization()
    gate.check(header)
    later = datetime.now(UTC).timestamp() + 2 * WINDOW + 1
    gate._remember("another", later)
    gate.check(header)
    with pytest.raises(WireError, match="DuplicatedSignature"):
        gate.check(header)


def test_prices_need_no_key(sandbox: Client) -> None:
    [price] = sandbox.http.get("/pricing/v1/messaging/default").json()
    assert (price["ata"], price["sms"], price["lms"]) == (19, 20, 50)
