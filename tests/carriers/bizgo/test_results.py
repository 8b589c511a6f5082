"""Asking for results: the account's reports, page by page, then what the history says."""

from __future__ import annotations

import pytest

from alimnaru.carriers.base import NotSent, Receipt, Rejected
from alimnaru.carriers.bizgo.client import POLLS, Bizgo
from alimnaru.rules.outcomes import Result
from tests.carriers.asking import parcel
from tests.carriers.bizgo.conftest import MSG, Desk

POLLING = "/report/polling"
HISTORY = "/message/history"
REFS = {f"{MSG}0": "101-1", f"{MSG}1": "102-1"}


def ids(receipts: list[Receipt]) -> list[tuple[int | None, Result]]:
    return [(one.message_id, one.result) for one in receipts]


def test_it_works(desk: Desk, carrier: Bizgo) -> None:
    desk.expect("GET", POLLING, "polling")
    desk.expect("DELETE", f"{POLLING}/REPORT-20260424-001")
    desk.expect("GET", POLLING, "polling_empty")
    desk.expect("GET", HISTORY, "history")
    token = carrier.prepare("7-1")
    pages = list(carrier.results(parcel(token, refs=REFS)))
    assert [ids(carrier.read_receipts(one)) for one in pages] == [
        [(101, Result.NOT_A_USER), (None, Result.DELIVERED)],
        [(101, Result.DELIVERED), (103, Result.NUMBER_WRONG)],
    ]
    assert desk.asked[3].url.params["groupKey"] == token


def test_a_page_is_taken_when_the_next_is_asked_for(desk: Desk, carrier: Bizgo) -> None:
    desk.expect("GET", POLLING, "polling")
    pages = carrier.results(parcel(carrier.prepare("7-1")))
    next(pages)
    # Whoever ends here, for whatever reason, is given the page again.
    assert [one.method for one in desk.asked] == ["GET"]


def test_an_account_that_hears_by_webhook(desk: Desk, carrier: Bizgo) -> None:
    desk.refuse("GET", POLLING, 400, "A801")
    desk.tell("GET", HISTORY, {"messages": []})
    assert list(carrier.results(parcel(carrier.prepare("7-1")))) == []


def test_others_may_take_the_same_page(desk: Desk, carrier: Bizgo) -> None:
    desk.expect("GET", POLLING, "polling")
    desk.refuse("DELETE", f"{POLLING}/REPORT-20260424-001", 403, "A802")
    desk.expect("GET", POLLING, "polling_empty")
    desk.tell("GET", HISTORY, None)
    assert len(list(carrier.results(parcel(carrier.prepare("7-1"))))) == 1


def test_a_page_that_does_not_go_is_not_turned_for_ever(desk: Desk, carrier: Bizgo) -> None:
    desk.expect("GET", POLLING, "polling")
    desk.expect("DELETE", f"{POLLING}/REPORT-20260424-001")
    desk.expect("GET", POLLING, "polling")
    desk.tell("GET", HISTORY, None)
    assert len(list(carrier.results(parcel(carrier.prepare("7-1"))))) == 1


def test_reports_that_never_end(desk: Desk, carrier: Bizgo) -> None:
    for number in range(POLLS):
        desk.tell("GET", POLLING, {"reportId": str(number), "report": []})
        desk.expect("DELETE", f"{POLLING}/{number}")
    desk.tell("GET", HISTORY, None)
    assert len(list(carrier.results(parcel(carrier.prepare("7-1"))))) == POLLS


@pytest.mark.parametrize("code", ["A100", "A910"])
def test_asking_may_fail(desk: Desk, carrier: Bizgo, code: str) -> None:
    desk.refuse("GET", POLLING, 500, code)
    with pytest.raises(Rejected if code == "A100" else NotSent, match=code):
        list(carrier.results(parcel(carrier.prepare("7-1"))))


def test_acknowledging_may_fail(desk: Desk, carrier: Bizgo) -> None:
    desk.expect("GET", POLLING, "polling")
    desk.refuse("DELETE", f"{POLLING}/REPORT-20260424-001", 401, "A100")
    with pytest.raises(Rejected, match="A100"):
        list(carrier.results(parcel(carrier.prepare("7-1"))))


def test_what_the_group_lacks_is_asked_for_by_request(desk: Desk, carrier: Bizgo) -> None:
    """Reservations stand under no group."""
    desk.refuse("GET", POLLING, 400, "A801")
    desk.tell("GET", HISTORY, {"messages": [{"msgKey": f"{MSG}0", "ref": "101-1"}]})
    desk.expect("GET", f"/message/inquiry/requestId/{MSG[:-2]}", "history")
    refs = {**REFS, "": "103-2"}
    pages = list(carrier.results(parcel(carrier.prepare("7-1"), refs=refs)))
    assert len(pages) == 2
