"""SENS, as the registry knows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import httpx

from alimnaru.carriers.base import Carrier, Tap
from alimnaru.carriers.http import Wire
from alimnaru.carriers.kind import (
    Kind,
    NotGenuine,
    Setting,
    SettingsError,
    number_of,
    required,
    timeout_of,
)
from alimnaru.carriers.sens.auth import SensAuth
from alimnaru.carriers.sens.client import Sens
from alimnaru.carriers.sens.fence import FRESH_SECONDS, SETTLE_SECONDS, SKEW_SECONDS, Fence
from alimnaru.carriers.sens.gateway import Gateway
from alimnaru.carriers.sens.lists import Services

#: `ncp:sms:kr:…:name`; it stands in a path.
_SERVICE = re.compile(r"[A-Za-z0-9:_.-]{1,100}")


def _open(
    base_url: str, settings: Mapping[str, str], tap: Tap, transport: httpx.BaseTransport | None
) -> Carrier:
    key, secret = required(settings, "api_key"), required(settings, "api_secret")
    auth = SensAuth(key, secret)
    wire = Wire(
        base_url,
        auth=auth,
        tap=tap,
        secrets=(secret, key),
        transport=transport,
        timeout=timeout_of(settings),
    )
    gateway = Gateway(wire, auth)
    services = Services(
        gateway, _service(settings, "service_id"), _service(settings, "sms_service_id")
    )
    return Sens(gateway, services, fence_of(settings), secret)


def fence_of(settings: Mapping[str, str]) -> Fence:
    """The times of an account. Raises `SettingsError`."""
    return Fence(
        number_of(settings, "fresh_seconds") or FRESH_SECONDS,
        number_of(settings, "skew_seconds") or SKEW_SECONDS,
        number_of(settings, "settle_seconds") or SETTLE_SECONDS,
    )


def _service(settings: Mapping[str, str], name: str) -> str:
    value = required(settings, name)
    if not _SERVICE.fullmatch(value):
        raise SettingsError(name, "not a service id")
    return value


def _refuse(
    _settings: Mapping[str, str], _headers: Mapping[str, str], _body: bytes, _now: datetime
) -> bytes:
    raise NotGenuine("SENS makes no callbacks")


KIND = Kind(
    # The zone for public offices. The commercial one is https://sens.apigw.ntruss.com.
    address="https://sens.apigw.gov-ntruss.com",
    open=_open,
    settings=(
        Setting("api_key"),
        Setting("api_secret", secret=True),
        Setting("service_id"),
        Setting("sms_service_id"),
        Setting("skew_seconds", required=False),
        Setting("fresh_seconds", required=False),
        Setting("settle_seconds", required=False),
    ),
    max_messages=Sens.max_messages,
    answer=_refuse,
    calls_back=False,
)
