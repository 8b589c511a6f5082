"""The way out: bounded, kept, translated."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.carriers.base import CarrierError, Exchange, InDoubt, NotSent
from alimnaru.carriers.http import (
    KEPT,
    LONGEST_REST,
    NEVER_LEFT,
    Call,
    Reply,
    Wire,
    cut,
    is_loopback,
    mask_numbers,
    read_retry_after,
)


class Plain(httpx.Auth):
    """No signature at all."""


@contextmanager
def wire(
    answer: Callable[[httpx.Request], httpx.Response], kept: list[Exchange] | None = None
) -> Iterator[Wire]:
    opened = Wire(
        "https://carrier.example",
        auth=Plain(),
        tap=(kept if kept is not None else []).append,
        secrets=("TOPSECRET",),
        transport=httpx.MockTransport(answer),
    )
    yield opened
    opened.close()


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


def request_errors(root: type[httpx.RequestError] = httpx.RequestError) -> set[type[Exception]]:
    found: set[type[Exception]] = set()
    for kind in root.__subclasses__():
        found |= request_errors(kind) or {kind}
    return found


#: Every way in which httpx can fail a request, and whether it may have reached the carrier.
MAY_HAVE_LEFT = {
    httpx.ConnectTimeout: False,
    httpx.ReadTimeout: True,
    httpx.WriteTimeout: True,
    httpx.PoolTimeout: False,
    httpx.ConnectError: False,
    httpx.ReadError: True,
    httpx.WriteError: True,
    httpx.CloseError: True,
    httpx.LocalProtocolError: True,
    httpx.RemoteProtocolError: True,
    httpx.ProxyError: False,
    httpx.UnsupportedProtocol: False,
    httpx.DecodingError: True,
    httpx.TooManyRedirects: True,
}


def test_no_error_of_httpx_is_forgotten() -> None:
    assert set(MAY_HAVE_LEFT) == request_errors()
    assert set(NEVER_LEFT) == {kind for kind, left in MAY_HAVE_LEFT.items() if not left}


@pytest.mark.parametrize(("kind", "may_have_left"), MAY_HAVE_LEFT.items())
def test_what_an_error_means(kind: type[httpx.RequestError], may_have_left: bool) -> None:
    kept: list[Exchange] = []
    with wire(raising(kind("010-1234-5678")), kept) as out:
        with pytest.raises(InDoubt if may_have_left else NotSent, match=kind.__name__) as fired:
            out.call("POST", "/send", fires=True)
        with pytest.raises(NotSent, match=kind.__name__):
            out.call("GET", "/list")
    assert [(one.status, one.error, one.response) for one in kept] == [
        (None, kind.__name__, "")
    ] * 2
    assert str(fired.value) == kind.__name__
    assert isinstance(fired.value.__cause__, kind)


@pytest.mark.parametrize("status", [200, 204, 302, 403, 429, 500, 503])
def test_an_answer_is_for_the_carrier_to_read(status: int) -> None:
    with wire(lambda _: httpx.Response(status, content=b"{}")) as out:
        assert out.call("POST", "/send", fires=True) == (status, b"{}", None)


def test_it_is_kept_before_anybody_reads_it() -> None:
    kept: list[Exchange] = []
    reply = httpx.Response(200, content=b'{"to": "01012345678", "key": "TOPSECRET"}')
    with wire(lambda _: reply, kept) as out:
        out.call("PUT", "/add", body=b'{"to":"010-1234-5678"}', params={"to": "01012345678"})
    (one,) = kept
    assert (one.method, one.path, one.status) == ("PUT", "/add?to=010-****-5678", 200)
    assert one.request == '{"to":"010-****-5678"}'
    assert one.response == '{"to": "010-****-5678", "key": "***"}'
    assert one.error == ""
    assert one.milliseconds >= 0


def test_a_body_is_json_and_no_body_is_none() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    with wire(answer) as out:
        out.call("POST", "/with", body=b"{}")
        out.call("GET", "/without")
    assert seen[0].headers["Content-Type"] == "application/json"
    assert "Content-Type" not in seen[1].headers
    assert str(seen[1].url) == "https://carrier.example/without"


def test_redirects_are_not_followed() -> None:
    moved = httpx.Response(302, headers={"Location": "https://elsewhere.example"})
    with wire(lambda _: moved) as out:
        assert out.call("GET", "/list").status == 302


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("01012345678", "010-****-5678"),
        ("010-1234-5678", "010-****-5678"),
        ("010 1234 5678", "010-****-5678"),
        ("010.1234.5678", "010-****-5678"),
        ("0111234567", "011-****-4567"),
        ("+821012345678", "+8210-****-5678"),
        ("82-10-1234-5678", "82-10-****-5678"),
        ('{"to":"01012345678","from":"021200000"}', '{"to":"010-****-5678","from":"021200000"}'),
        ("01012345678,01098765432", "010-****-5678,010-****-5432"),
        # Ids and other numbers are not phones.
        ("M4V20260101012345678", "M4V20260101012345678"),
        ("G4V20261123101010NARU", "G4V20261123101010NARU"),
        ("02-120-0000", "02-120-0000"),
        ("010123456789", "010123456789"),
    ],
)
def test_mobile_numbers_lose_their_middle(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked


@given(st.integers(0, 99_999_999), st.sampled_from(["", "-", " ", "."]), st.text(max_size=3))
def test_no_spelling_slips_through(number: int, between: str, around: str) -> None:
    digits = f"{number:08}"
    phone = between.join(("010", digits[:4], digits[4:]))
    text = f'"{around}": "{phone}"'
    assert phone not in mask_numbers(text)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"", ""),
        (b"short", "short"),
        ("짧은 글 1".encode(), "짧은 글 1"),
        (b"a" * KEPT, "a" * KEPT),
        (b"a" * (KEPT + 1), "a" * KEPT),
        ("가".encode() * (KEPT + 5), "가" * KEPT),
        ("𝄞".encode() * (KEPT + 5), "𝄞" * KEPT),
        (b"\xff\xfe", "��"),
        # A number that the cut runs through would not be masked any more.
        (b"x" * (KEPT - 8) + b"01012345678", "x" * (KEPT - 8)),
        (b"x" * (KEPT - 8) + b"010-1234-5678", "x" * (KEPT - 8)),
    ],
    ids=lambda value: repr(value[-12:]),
)
def test_what_is_kept_is_cut(body: bytes, kept: str) -> None:
    assert cut(body) == kept


@given(st.text(min_size=0, max_size=60), st.integers(1, 50))
def test_a_cut_is_a_beginning(text: str, kept: int) -> None:
    found = cut(text.encode(), kept)
    assert text.startswith(found)
    assert len(found) <= kept
    if len(text) < kept:
        assert found == text


def test_a_large_body_costs_no_more_than_a_small_one() -> None:
    large = b'{"to":"01012345678"},' * 1_000_000
    started = time.perf_counter()
    mask_numbers(cut(large))
    assert time.perf_counter() - started < 0.05


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("999999", LONGEST_REST),
        ("nan", 0.0),
        ("inf", LONGEST_REST),
        ("soon", None),
        ("", None),
        ("Mon, 23 Nov 2026 99:99:99 GMT", None),
        ("Sun, 23 Nov 1997 10:10:10 GMT", 0.0),
        ("Sun, 23 Nov 1997 10:10:10 -0000", 0.0),
    ],
)
def test_the_rest_that_a_carrier_asks_for(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value) == seconds


def test_a_rest_until_a_moment() -> None:
    moment = datetime.now(UTC) + timedelta(seconds=90)
    seconds = read_retry_after(format_datetime(moment, usegmt=True))
    assert seconds is not None
    assert 80 < seconds <= 90


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.8.8.8", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080", True),
        ("https://api.solapi.com", False),
        ("http://10.0.0.1", False),
        ("http://localhost.example", False),
        ("nonsense", False),
    ],
)
def test_what_stays_on_this_machine(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_calls_that_are_made_together() -> None:
    """All are on the line at once; who made them is told, in order, and keeps them himself."""
    met = threading.Barrier(3)
    kept: list[tuple[int, Exchange]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        met.wait(10)
        if request.url.path == "/2":
            raise httpx.ReadTimeout("slow")
        return httpx.Response(200, content=request.url.path)

    def too_late() -> None:
        raise NotSent("TooLate")

    with wire(answer) as opened:
        opened._tap = lambda one: kept.append((threading.get_ident(), one))
        calls = [Call("POST", f"/{n}", b"{}", fires=True) for n in range(1, 4)]
        late = Call("POST", "/4", b"{}", guard=too_late, fires=True)
        first, cut, third, stayed = opened.call_together([*calls, late])
    assert isinstance(first, Reply)
    assert isinstance(third, Reply)
    assert (first.content, third.content) == (b"/1", b"/3")
    assert isinstance(cut, InDoubt)
    assert isinstance(stayed, NotSent)
    assert sorted(one.path for _, one in kept) == ["/1", "/2", "/3"]
    assert {thread for thread, _ in kept} == {threading.get_ident()}


def test_errors_are_one_tree() -> None:
    assert issubclass(NotSent, CarrierError)
    assert issubclass(InDoubt, CarrierError)
    assert not issubclass(InDoubt, NotSent)


def test_a_guard_keeps_the_request_here() -> None:
    asked: list[httpx.Request] = []
    kept: list[Exchange] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200)

    def too_late() -> None:
        raise NotSent("TooLate")

    with wire(answer, kept) as opened, pytest.raises(NotSent, match="TooLate"):
        opened.call("POST", "/x", body=b"{}", guard=too_late, fires=True)
    assert (asked, kept) == ([], [])


def test_a_guard_is_asked_again_when_the_connection_stands() -> None:
    asked = 0

    def once() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise NotSent("TooLate")

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        opened = Wire(address, auth=Plain(), tap=lambda _: None)
        with pytest.raises(NotSent, match="TooLate"):
            opened.call("POST", "/x", body=b"{}", guard=once, fires=True)
        opened.close()
        heard, _ = server.accept()
        with heard:
            assert heard.recv(1) == b""


def test_headers_of_a_call_win() -> None:
    found: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        found.append(request.headers)
        return httpx.Response(200)

    with wire(answer) as opened:
        opened.call("POST", "/x", body=b"{}", headers={"Content-Type": "text/plain", "X-Key": "7"})
    assert (found[0]["Content-Type"], found[0]["X-Key"]) == ("text/plain", "7")
