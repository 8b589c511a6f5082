"""What Bizgo reports, and whether it did."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bizgo.testing import sign_webhook
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.carriers.bizgo.callback import answer, read_receipts
from alimnaru.carriers.bizgo.kind import KIND
from alimnaru.carriers.kind import NotGenuine
from alimnaru.rules.outcomes import Result
from tests.carriers.bizgo.conftest import MSG, NOW, envelope

Read = Callable[[str], bytes]

SECRET = "WEBHOOKSECRET00000000000000000001"
SETTINGS = {"callback_secret": SECRET}
STAMP = int(NOW.timestamp() * 1000)


def signed(body: bytes, stamp: int | str = STAMP, **how: Any) -> dict[str, str]:
    headers, _ = sign_webhook(SECRET, body, timestamp=stamp, **how)
    return {name.lower(): value for name, value in headers.items()}


# ---- is it Bizgo? ----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("stamp", [STAMP, STAMP // 1000])
def test_it_works(fixture: Read, encoding: str, stamp: int) -> None:
    body = fixture("webhook")
    told = KIND.answer(SETTINGS, signed(body, stamp, encoding=encoding), body, NOW)
    assert json.loads(told) == {"msgKey": f"{MSG}0"}


def test_capitals_are_as_good(fixture: Read) -> None:
    headers = signed(fixture("webhook"))
    headers["x-ib-signature"] = f" {headers['x-ib-signature'].upper()} "
    answer(SETTINGS, headers, fixture("webhook"), NOW)


def test_without_a_secret_the_address_has_to_do(fixture: Read) -> None:
    assert json.loads(answer({}, {}, fixture("webhook"), NOW)) == {"msgKey": f"{MSG}0"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ib-signature": "0" * 64},
        {"x-ib-signature": ""},
        {"x-ib-signature": "서명"},
        {"x-ib-signature": b64encode(b"0" * 32).decode()},
        {"x-ib-timestamp": str(STAMP + 1)},
        {"x-ib-timestamp": ""},
    ],
)
def test_a_forgery_is_refused(fixture: Read, headers: dict[str, str]) -> None:
    body = fixture("webhook")
    sent = {**signed(body), **headers} if headers else {}
    with pytest.raises(NotGenuine):
        answer(SETTINGS, sent, body, NOW)


@pytest.mark.parametrize("seconds", [301, -301])
def test_another_time_is_refused(fixture: Read, seconds: int) -> None:
    body = fixture("webhook")
    with pytest.raises(NotGenuine, match="too old"):
        answer(SETTINGS, signed(body), body, NOW + timedelta(seconds=seconds))
    answer(SETTINGS, signed(body), body, NOW + timedelta(seconds=seconds - seconds // 301))


@pytest.mark.parametrize("stamp", ["어제", "12345678901234567", "٣٣٣", "-5"])
def test_a_time_that_is_none(fixture: Read, stamp: str) -> None:
    body = fixture("webhook")
    if not stamp.isascii():
        headers = {"x-ib-timestamp": stamp, "x-ib-signature": "0"}
    else:
        headers = signed(body, stamp)
    with pytest.raises(NotGenuine):
        answer(SETTINGS, headers, body, NOW)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}", b'{"msgKey": ""}', b'{"msgKey": 5}'])
def test_a_body_without_a_key_has_no_answer(body: bytes) -> None:
    with pytest.raises(NotGenuine, match="message key"):
        answer({}, {}, body, NOW)


# ---- what does it say? -----------------------------------------------------------------------


def test_a_webhook(fixture: Read) -> None:
    [one] = read_receipts(fixture("webhook"))
    assert (one.message_id, one.attempt_no) == (101, 1)
    assert (one.code, one.result) == ("22003", Result.HANDSET_OFF)
    assert one.carrier_ref == f"{MSG}0"
    assert one.at == datetime(2026, 4, 24, 1, 42, 36, 480_000, UTC)


def test_a_page_of_reports(fixture: Read) -> None:
    ours, theirs = read_receipts(fixture("polling"))
    assert (ours.message_id, ours.result) == (101, Result.NOT_A_USER)
    # The office's other system uses the same account.
    assert (theirs.message_id, theirs.attempt_no, theirs.result) == (None, None, Result.DELIVERED)
    assert read_receipts(fixture("polling_empty")) == []


def test_a_page_of_the_history(fixture: Read) -> None:
    """What has no report yet is no receipt; what was refused when its time came is one."""
    assert [
        (one.message_id, one.code, one.result) for one in read_receipts(fixture("history"))
    ] == [
        (101, "10000", Result.DELIVERED),
        (103, "A306", Result.NUMBER_WRONG),
    ]


@pytest.mark.parametrize(
    "report",
    [
        {"reportCode": "10000"},
        {"msgKey": "K", "reportCode": ""},
        {"msgKey": "K", "reportCode": None, "responseCode": "A301"},
        {"msgKey": "K", "serviceType": "MO", "content": "네"},
        {"msgKey": None, "reportCode": "10000"},
    ],
)
def test_what_says_nothing(report: dict[str, Any]) -> None:
    page = json.dumps(envelope({"report": [report]})).encode()
    assert read_receipts(page) == []


def test_what_is_not_ours(fixture: Read) -> None:
    [one] = read_receipts(b'{"msgKey": "K", "reportCode": "10000", "reportTime": null}')
    assert (one.message_id, one.attempt_no, one.at) == (None, None, None)


def test_a_time_without_an_offset_is_seouls() -> None:
    [one] = read_receipts(
        b'{"msgKey": "K", "reportCode": "12", "reportTime": "2026-04-24T10:42:36"}'
    )
    assert one.at is not None
    assert one.at.astimezone(UTC) == datetime(2026, 4, 24, 1, 42, 36, tzinfo=UTC)
    assert one.result is Result.UNRECOGNISED


@pytest.mark.parametrize("wrapper", ["report", "messages"])
def test_one_odd_item_costs_the_others_nothing(wrapper: str) -> None:
    items = [
        {"msgKey": "K1", "reportCode": "10000", "ref": "1-1", "reportTime": "어제"},
        "?",
        {"msgKey": "K2", "reportCode": 10000, "ref": 5},
        {"msgKey": 7, "reportCode": "10000"},
        {"msgKey": "K3", "responseCode": "A306", "ref": "3-1"},
    ]
    page = json.dumps(envelope({wrapper: items})).encode()
    found = [(one.carrier_ref, one.message_id, one.code) for one in read_receipts(page)]
    assert found == [("K1", 1, "10000"), ("K2", None, "10000"), ("K3", 3, "A306")]


def test_an_odd_webhook() -> None:
    [one] = read_receipts(b'{"msgKey": "K", "ref": 5, "reportCode": "10000"}')
    assert (one.message_id, one.result) == (None, Result.DELIVERED)


@pytest.mark.parametrize("data", [{"data": {"data": 5}}, {"data": {"data": {"report": 5}}}])
def test_an_envelope_with_something_else_in_it(data: dict[str, Any]) -> None:
    assert read_receipts(json.dumps(data).encode()) == []


@pytest.mark.parametrize(
    "raw", [b"", b"\xff", b"{", b"5", b"[]", b"{}", b'{"data": 5}', b'{"data": {}}', b"[" * 5_000]
)
def test_what_is_no_report_at_all(raw: bytes) -> None:
    with pytest.raises(ValueError, match="report"):
        read_receipts(raw)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["msgKey", "data", "report", "messages", "ref", "reportCode"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(anything)
def test_nothing_else_is_raised(value: object) -> None:
    raw = json.dumps(value).encode()
    with suppress(ValueError):
        assert isinstance(read_receipts(raw), list)


def test_an_answer_that_brings_nothing() -> None:
    assert read_receipts(json.dumps(envelope()).encode()) == []
