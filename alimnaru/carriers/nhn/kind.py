"""NHN Cloud, as the registry knows it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime

import httpx

from alimnaru.carriers.base import Carrier, Tap
from alimnaru.carriers.http import Wire
from alimnaru.carriers.kind import (
    Kind,
    NotGenuine,
    Setting,
    number_of,
    required,
    timeout_of,
)
from alimnaru.carriers.nhn import tokens
from alimnaru.carriers.nhn.app import App, SecretKey
from alimnaru.carriers.nhn.client import Nhn
from alimnaru.carriers.nhn.codes import KAKAO_ERRORS, PHONE_ERRORS, Meaning

KAKAO_HOST = "https://kakaotalk-bizmessage.api.nhncloudservice.com"
SMS_HOST = "https://sms.api.nhncloudservice.com"

SIGNATURE = "x-toast-webhook-signature"


def _open(
    base_url: str, settings: Mapping[str, str], tap: Tap, transport: httpx.BaseTransport | None
) -> Carrier:
    def app(host: str, root: str, names: tuple[str, str], errors: Mapping[int, Meaning]) -> App:
        key, secret = required(settings, names[0]), required(settings, names[1])
        wire = Wire(
            host,
            auth=SecretKey(secret),
            tap=tap,
            secrets=(secret, key),
            transport=transport,
            timeout=timeout_of(settings),
        )
        return App(wire, root.format(key), errors)

    key_seconds = number_of(settings, "key_seconds") or tokens.KEY_SECONDS
    quiet_seconds = number_of(settings, "quiet_seconds") or tokens.QUIET_SECONDS
    kakao = app(base_url, "/alimtalk/v2.3/appkeys/{}", ("api_key", "api_secret"), KAKAO_ERRORS)
    phone = None
    if settings.get("sms_key"):
        host = SMS_HOST if base_url == KAKAO_HOST else base_url
        phone = app(host, "/sms/v3.0/appKeys/{}", ("sms_key", "sms_secret"), PHONE_ERRORS)
    return Nhn(
        kakao,
        phone,
        profile=settings.get("profile", ""),
        fences=(tokens.kakao_fence(key_seconds), tokens.phone_fence(quiet_seconds)),
        sms_template=settings.get("sms_template") or None,
        lms_template=settings.get("lms_template") or None,
    )


def _answer(
    settings: Mapping[str, str], headers: Mapping[str, str], _body: bytes, _now: datetime
) -> bytes:
    """NHN sends along the text that was entered at its console, the same each time.

    So it tells who calls, as long as nobody has read it on the way, and not when: a repeated
    callback cannot be told from a new one by it, and changes nothing where it is read.
    """
    secret = settings.get("callback_secret", "")
    if secret and not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), secret.encode()):
        raise NotGenuine("signature")
    return b""


KIND = Kind(
    address=KAKAO_HOST,
    open=_open,
    settings=(
        Setting("api_key"),
        Setting("api_secret", secret=True),
        # The SMS app is another product with keys of its own; an office may do without it.
        Setting("sms_key", required=False),
        Setting("sms_secret", secret=True, required=False),
        Setting("callback_secret", secret=True, required=False),
        Setting("key_seconds", required=False),
        Setting("quiet_seconds", required=False),
        # Templates at NHN whose body is `##text##` (see `wire.encode_phone`).
        Setting("sms_template", required=False),
        Setting("lms_template", required=False),
    ),
    max_messages=Nhn.max_messages,
    answer=_answer,
)
