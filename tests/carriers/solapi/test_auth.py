"""The header by which SOLAPI knows us."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta, timezone

import httpx

from alimnaru.carriers.solapi.auth import SolapiAuth, sign

KST = timezone(timedelta(hours=9))


def header(auth: SolapiAuth) -> str:
    flow = auth.auth_flow(httpx.Request("GET", "https://solapi.example/cash/v1/balance"))
    value: str = next(flow).headers["Authorization"]
    return value


def test_it_works() -> None:
    moment = datetime(2026, 11, 23, 10, 10, 10, 120_000, tzinfo=KST)
    auth = SolapiAuth("KEY", "SECRET", now=lambda: moment, salt=lambda: "salt" * 4)
    date = "2026-11-23T10:10:10.120+09:00"
    expected = hmac.new(b"SECRET", f"{date}{'salt' * 4}".encode(), hashlib.sha256).hexdigest()
    assert header(auth) == (
        f"HMAC-SHA256 apiKey=KEY, date={date}, salt={'salt' * 4}, signature={expected}"
    )


def test_a_signature_computed_elsewhere() -> None:
    # RFC 4231, case 2.
    assert sign("Jefe", "what do ya want ", "for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_no_two_requests_are_signed_alike() -> None:
    auth = SolapiAuth("KEY", "SECRET")
    headers = [header(auth) for _ in range(50)]
    salts = {salt for one in headers for salt in re.findall(r"salt=([^,]+)", one)}
    assert len(salts) == 50
    assert all(12 <= len(salt) <= 64 for salt in salts)


def test_the_date_names_its_offset_and_is_now() -> None:
    found = re.search(r"date=([^,]+)", header(SolapiAuth("KEY", "SECRET")))
    assert found is not None
    signed = datetime.fromisoformat(found[1])
    assert abs(datetime.now(KST) - signed) < timedelta(seconds=5)
