"""The gateway's three headers, as Naver Cloud checks them."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Mapping

from sandbox.wire import WireError

ACCESS_KEY = "NCPSANDBOX0000000001"
SECRET_KEY = "SANDBOXSECRET00000000000000000000000001"  # noqa: S105 - a simulator keeps no secret
KAKAO_SERVICE = "ncp:kkobizmsg:kr:2700000000001:sandbox"
SMS_SERVICE = "ncp:sms:kr:2700000000002:sandbox"
CHANNEL = "@sandbox"


def _refuse(details: str) -> WireError:
    return WireError(401, "200", details)


def sign(method: str, target: str, timestamp: str, key: str, secret: str) -> str:
    """Base64(HmacSHA256(secret, "{METHOD} {path?query}\\n{timestamp}\\n{access key}"))."""
    text = f"{method} {target}\n{timestamp}\n{key}"
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha256")).decode()


def check(method: str, target: str, headers: Mapping[str, str], *, skew: float) -> None:
    """Let a request in or raise `WireError` with HTTP 401.

    Its time may be `skew` seconds off. Unlike SOLAPI's, this gateway does not mind a signature that
    it has seen before.
    """
    timestamp = headers.get("x-ncp-apigw-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdecimal()):
        raise _refuse("요청 시각이 없거나 잘못되었습니다.")
    if abs(int(timestamp) / 1000 - time.time()) > skew:
        raise _refuse("요청 시각이 허용 범위를 벗어났습니다.")
    if headers.get("x-ncp-iam-access-key") != ACCESS_KEY:
        raise _refuse("유효하지 않은 Access Key입니다.")
    wanted = sign(method, target, timestamp, ACCESS_KEY, SECRET_KEY)
    given = headers.get("x-ncp-apigw-signature-v2", "")
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        raise _refuse("서명이 일치하지 않습니다.")
