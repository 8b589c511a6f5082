"""What no browser of ours would send: odd numbers, days, signs and files never end in a fault."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import DatabaseError
from django.http import QueryDict
from django.test import Client

from alimnaru.console.whole_numbers import whole_number
from tests.console import test_every_url as every
from tests.e2e.world import World

pytestmark = pytest.mark.django_db
#: The whole office, and everybody's browser.
world, browsers = every.world, every.browsers

HUGE = "9" * 5_000
MOST = "9" * 18


@pytest.mark.parametrize(
    ("raw", "read"),
    [("7", 7), ("0", 0), (MOST, int(MOST)), ("9" * 19, None), (HUGE, None)]
    + [(odd, None) for odd in ("", "²", "٣", "-1", "1e3", " 1", "1.0", "\0")],
)
def test_whole_numbers(raw: str, read: int | None) -> None:
    assert whole_number(raw) == read


NUMBERS = [
    ("writer", "get", "/batches/{done}/progress?look={n}"),
    ("writer", "get", "/batches/{done}?after={n}-{n}"),
    ("writer", "get", "/batches?page={n}&notice={n}&department={n}&q={n}"),
    ("writer", "get", "/send?saved={n}"),
    ("writer", "get", "/uploads/{upload}/row?number={n}&row={n}"),
    ("writer", "post", "/uploads/{upload}/test?row={n}"),
    ("writer", "post", "/unknown/{unknown}/decide?choice=leave&message={n}&message=1"),
    ("manager", "get", "/templates?department={n}&page={n}"),
    ("manager", "get", "/templates/{notice}?v={n}&with={n}"),
    ("manager", "get", "/templates/{notice}/edit?from={n}"),
    ("manager", "post", "/templates/{notice}/edit?do=refresh&begun_at={n}&picture={n}"),
    ("manager", "post", "/templates/{notice}/submit?version={n}&account={n}"),
    ("manager", "get", "/audit?after={n}-{n}&department={n}"),
    ("manager", "get", "/audit/of/batch:{n}"),
    ("writer", "get", "/opt-outs?after={n}"),
    ("writer", "get", "/saved-lists?page={n}"),
    ("writer", "post", "/send/{notice}/list?saved={n}&instead={n}"),
    ("writer", "get", "/batches/{n}"),
    ("writer", "get", "/messages/{n}"),
    ("writer", "get", "/uploads/{n}/check"),
    ("writer", "get", "/send/{n}/list"),
    ("manager", "get", "/people/{n}"),
    ("manager", "post", "/people/{id}/take/{n}"),
    ("system", "get", "/channels/{n}"),
    ("writer", "post", "/saved-lists/{n}/delete"),
]


@pytest.mark.parametrize("number", ["²", "٣", "-1", MOST, "9" * 25, HUGE])
def test_odd_numbers(world: World, browsers: Mapping[str, Client], number: str) -> None:
    known = {
        "done": world.batch("done"),
        "unknown": world.batch("unknown"),
        "upload": world.ids["upload"],
        "notice": world.ids["lib.due.soon"],
        "id": world.staff.writer.pk,
        "n": number,
    }
    wrong = {
        shape: _ask(browsers[who], method, shape.format(**known)) for who, method, shape in NUMBERS
    }
    assert {shape: code for shape, code in wrong.items() if code >= 500} == {}


def _ask(browser: Client, method: str, address: str) -> int:
    """The status of the answer; what the address asks for travels in the body of a POST."""
    where, _, query = address.partition("?")
    with every.undone():
        try:
            if method == "get":
                return browser.get(address).status_code
            return browser.post(where, QueryDict(query)).status_code
        except (DatabaseError, ValueError, OverflowError, KeyError):
            # The test's browser raises what a real one would be answered 500 for.
            return 500


ODD_DAYS = [
    ("writer", "get", "/scheduled?month={month}"),
    ("manager", "get", "/audit?start={day}&end={day}"),
    ("manager", "post", "/audit/file?start={day}&end={day}"),
    ("writer", "get", "/statistics?span=days&start={day}&end={day}"),
    ("writer", "post", "/statistics/file?span=days&start={day}&end={day}"),
    ("writer", "get", "/uploads/{upload}/plan?when=later&at={at}"),
    ("writer", "post", "/uploads/{upload}/check?when=later&at={at}"),
    ("writer", "post", "/scheduled/{scheduled}?at={at}"),
    ("system", "post", "/channels/{account}/price?channel=alimtalk&won=7&since={day}"),
]


@pytest.mark.parametrize(
    "day", ["0001-01-01", "0001-12-31", "1600-02-29", "9999-12-31", "9998-12-31", "x"]
)
def test_odd_days(world: World, browsers: Mapping[str, Client], day: str) -> None:
    known = {
        "upload": world.ids["upload"],
        "scheduled": world.batch("scheduled"),
        "account": world.ids["account"],
        "day": day,
        "month": day[:7],
        "at": f"{day}T23:59",
    }
    codes = {
        shape: _ask(browsers[who], method, shape.format(**known)) for who, method, shape in ODD_DAYS
    }
    assert {shape: code for shape, code in codes.items() if code >= 500} == {}


NULS = [
    ("manager", "get", "/templates?q=a%00b"),
    ("manager", "get", "/audit/of/a%00b"),
    ("manager", "get", "/audit?person=a%00b&subject=a%00b"),
    ("writer", "get", "/send?q=a%00b&department=%00"),
    ("writer", "get", "/batches?q=a%00b"),
    ("system", "get", "/channels/senders?department=a%00b"),
    ("manager", "post", "/people/{id}/give?give-department=a%00b&give-role=writer"),
    ("manager", "post", "/templates/{notice}/submit?version=1&account=1&comment=a%00b"),
    ("writer", "post", "/uploads/{upload}/save?name=a%00b&audience=members"),
    ("writer", "post", "/uploads/{upload}/read-again?sheet=a%00b&columns=1&column:a%00=b"),
    ("approver", "post", "/approvals/{requested}/return?hash=x&reason=a%00b"),
    ("writer", "post", "/send/{notice}/one?phone=010-1234-5678&token=a%00b&v0=a%00b"),
]


def test_nul(world: World, browsers: Mapping[str, Client]) -> None:
    known = {
        "upload": world.ids["upload"],
        "requested": world.batch("requested"),
        "notice": world.ids["lib.due.soon"],
        "id": world.staff.writer.pk,
    }
    codes = {
        shape: _ask(browsers[who], method, shape.format(**known)) for who, method, shape in NULS
    }
    assert set(codes.values()) == {400}
    assert _ask(Client(), "post", "/sign-in?username=a%00b&password=a%00b&next=/%00") == 200


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/no-such-page", "127.0.0.1", 404),
        ("/callbacks/", "127.0.0.1", 404),
        ("/", "other.example", 400),
    ],
)
def test_a_form_that_cannot_be_read_where_none_belongs(path: str, host: str, status: int) -> None:
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    browser.cookies["csrftoken"] = "a" * 32
    answer = browser.post(path, b"x", content_type="multipart/form-data", headers={"Host": host})
    assert answer.status_code == status
