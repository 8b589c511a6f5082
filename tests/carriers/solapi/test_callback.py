"""What SOLAPI reports, as receipts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.carriers.base import Receipt
from alimnaru.carriers.solapi.callback import read_receipts
from alimnaru.rules.outcomes import Result

MESSAGE = "M4V20261123101011NARUNARUNARU00"
AT = datetime(2026, 11, 23, 1, 10, 22, tzinfo=UTC)

Fixture = Callable[[str], bytes]


def test_it_works(fixture: Fixture) -> None:
    assert read_receipts(fixture("webhook_single_report")) == [
        Receipt(101, 1, "4000", Result.DELIVERED, f"{MESSAGE}1", AT),
        Receipt(102, 1, "3104", Result.NOT_A_USER, f"{MESSAGE}2", AT.replace(second=23)),
        Receipt(103, 2, "3000", Result.IN_TRANSIT, f"{MESSAGE}3", AT.replace(second=20)),
    ]


def test_items_without_a_wrapper(fixture: Fixture) -> None:
    first, second = read_receipts(fixture("webhook_flat"))
    assert (first.message_id, first.result, first.at) == (101, Result.DELIVERED, AT)
    assert (second.message_id, second.result) == (102, Result.UNREACHABLE_ON_KAKAO)


def test_a_group_report_says_nothing_about_a_resident(fixture: Fixture) -> None:
    assert read_receipts(fixture("webhook_group_report")) == []


def test_one_odd_item_does_not_cost_the_others_theirs(fixture: Fixture) -> None:
    first, second, last = read_receipts(fixture("webhook_odd_items"))
    # An unreadable date falls back to the next one; a status written as a number is one.
    assert first == Receipt(101, 1, "4000", Result.DELIVERED, f"{MESSAGE}1", AT.replace(second=20))
    assert (second.message_id, second.result) == (None, Result.NOT_A_USER)
    assert last.message_id == 104


def test_an_odd_page_is_salvaged_too() -> None:
    page = {"messageList": {"M1": {"messageId": "M1", "statusCode": 4000}, "M2": 7}, "limit": 20}
    assert read_receipts(json.dumps(page).encode()) == [
        Receipt(None, None, "4000", Result.DELIVERED, "M1", None)
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ref": "12345678-3"}, (12345678, 3)),
        ({"ref": "not ours"}, (None, None)),
        ({"ref": "1-2-3"}, (None, None)),
        ({"ref": ""}, (None, None)),
        ({"ref": None}, (None, None)),
        ({"other": "x"}, (None, None)),
        (None, (None, None)),
    ],
)
def test_messages_that_are_not_ours(
    fields: object, expected: tuple[int | None, int | None]
) -> None:
    item = {"messageId": "M1", "statusCode": "4000", "customFields": fields}
    (receipt,) = read_receipts(json.dumps([item]).encode())
    assert (receipt.message_id, receipt.attempt_no) == expected


def test_an_unknown_code_is_kept_as_it_is() -> None:
    (receipt,) = read_receipts(b'[{"messageId": "M1", "statusCode": "3999"}]')
    assert (receipt.code, receipt.result) == ("3999", Result.UNRECOGNISED)


def test_a_date_without_an_offset_is_utc() -> None:
    raw = b'[{"messageId": "M1", "statusCode": "4000", "dateReceived": "2026-11-23T01:10:22"}]'
    assert read_receipts(raw)[0].at == AT


@pytest.mark.parametrize("raw", [b"[]", b" \n[]", b'{"messageList": {}}', b'[{"data": null}]'])
def test_nothing_to_report(raw: bytes) -> None:
    assert read_receipts(raw) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"null",
        b"7",
        b'"text"',
        b"<xml/>",
        b"[",
        b'[{"messageId": 7}',
        b'{"messageList": 7}',
        b'{"messageList": null}',
        b'["\xff"]',
        b"\xff\xfe[\x00]\x00",
        b"[" * 100_000,
        b'[{"a":' * 100_000,
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_what_is_no_report_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="SOLAPI report"):
        read_receipts(raw)


def test_a_refusal_does_not_quote_the_body() -> None:
    with pytest.raises(ValueError, match="SOLAPI report") as caught:
        read_receipts('[{"text": "김나루 01012345678"'.encode())
    assert "나루" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "messageList", "messageId", "statusCode", "customFields", "ref"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_anything_is_read_or_refused(value: object) -> None:
    try:
        receipts = read_receipts(json.dumps(value).encode())
    except ValueError:
        return
    assert all(isinstance(receipt.carrier_ref, str) for receipt in receipts)


@given(st.lists(_JSON, max_size=3), st.integers(0, 2))
def test_a_good_report_survives_its_neighbours(others: list[object], at: int) -> None:
    good = {"eventDataId": "E", "data": {"messageId": "GOOD", "statusCode": "4000"}}
    receipts = read_receipts(json.dumps([*others[:at], good, *others[at:]]).encode())
    assert "GOOD" in [receipt.carrier_ref for receipt in receipts]
