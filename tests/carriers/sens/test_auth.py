"""What the gateway is shown, and what never gets that far."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from alimnaru.carriers.base import NotSent
from alimnaru.carriers.sens.auth import SensAuth, sign

NOW = datetime(2025, 11, 25, 6, 39, 20, 899_000, tzinfo=UTC)


def shown(auth: SensAuth, request: httpx.Request) -> httpx.Headers:
    return next(auth.auth_flow(request)).headers


def test_it_works() -> None:
    auth = SensAuth("ACCESS", "SECRET", now=lambda: NOW)
    asked = httpx.Request(
        "GET",
        "https://sens.example/sms/v2/services/ncp:sms:kr:1:naru/messages"
        "?requestStartTime=2025-11-25%2009%3A10%3A00&to=01012340001",
    )
    headers = shown(auth, asked)

    target = (
        "/sms/v2/services/ncp:sms:kr:1:naru/messages"
        "?requestStartTime=2025-11-25%2009%3A10%3A00&to=01012340001"
    )
    # Base64(HmacSHA256(secret, "GET /path?query\n1764052760899\nACCESS")), spelt out once more.
    text = f"GET {target}\n1764052760899\nACCESS"
    digest = hmac.new(b"SECRET", text.encode(), hashlib.sha256).digest()
    assert headers["x-ncp-apigw-timestamp"] == "1764052760899"
    assert headers["x-ncp-iam-access-key"] == "ACCESS"
    assert headers["x-ncp-apigw-signature-v2"] == base64.b64encode(digest).decode()


def test_the_signature_covers_method_target_time_and_key() -> None:
    asked = ("SECRET", "GET", "/a?b=1", "1764052760899", "ACCESS")
    signatures = {sign(*asked)}
    for at, changed in enumerate(("OTHER", "POST", "/a?b=2", "1764052760900", "ELSE")):
        signatures.add(sign(*asked[:at], changed, *asked[at + 1 :]))
    assert len(signatures) == len(asked) + 1


def test_nothing_is_signed_too_late() -> None:
    auth = SensAuth("ACCESS", "SECRET", now=lambda: NOW)
    asked = httpx.Request("POST", "https://sens.example/messages")
    with auth.until(NOW):
        assert "x-ncp-apigw-signature-v2" in shown(auth, asked)
    with auth.until(NOW - timedelta(milliseconds=1)), pytest.raises(NotSent, match="TokenTooOld"):
        shown(auth, asked)
    # The bound is one call's, not the account's.
    assert shown(auth, asked)
