"""Calls of the office, as the receiver's side sees them."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from standardwebhooks.webhooks import Webhook

from alimnaru.client import BadSignature, verify
from alimnaru.rules.webhooks import as_text, headers

SECRET, OTHER = b"s" * 32, b"o" * 32
BODY = b'{"type": "message.failed", "timestamp": "2026-11-28T01:02:03Z", "data": {"message": "7"}}'


def signed(*secrets: bytes, at: float | None = None, body: bytes = BODY) -> dict[str, str]:
    return headers("evt_1", int(at or time.time()), body, secrets or (SECRET,))


def test_a_call_of_the_office() -> None:
    event = verify(as_text(SECRET), signed(), BODY)
    assert (event.id, event.type, event.data) == ("evt_1", "message.failed", {"message": "7"})
    assert event.timestamp.isoformat() == "2026-11-28T01:02:03+00:00"


def test_header_names_in_any_case() -> None:
    given = {name.title(): value for name, value in signed().items()}
    assert verify(as_text(SECRET), given, BODY).id == "evt_1"


def test_while_a_secret_takes_anothers_place() -> None:
    both = signed(SECRET, OTHER)
    for mine in (as_text(SECRET), as_text(OTHER), [as_text(b"x" * 32), as_text(OTHER)]):
        assert verify(mine, both, BODY).id == "evt_1"


def test_it_agrees_with_the_specifications_library() -> None:
    given = signed()
    Webhook(as_text(SECRET)).verify(BODY.decode(), given)
    verify(as_text(SECRET), given, BODY)


@pytest.mark.parametrize(
    ("given", "body"),
    [
        (signed(OTHER), BODY),
        (signed(), BODY.replace(b"failed", b"delivered")),
        (signed() | {"webhook-id": "evt_2"}, BODY),
        (signed() | {"webhook-timestamp": str(int(time.time()) + 1)}, BODY),
        (signed() | {"webhook-timestamp": "now"}, BODY),
        (signed() | {"webhook-signature": ""}, BODY),
        (signed() | {"webhook-signature": "v1,한글"}, BODY),
        (signed() | {"webhook-signature": signed()["webhook-signature"][3:]}, BODY),
        ({}, BODY),
        (signed(at=time.time() - 4000), BODY),
        (signed(at=time.time() + 4000), BODY),
        (signed(body=b"[]"), b"[]"),
    ],
)  # fmt: skip
def test_everything_else_is_refused(given: Mapping[str, str], body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(as_text(SECRET), given, body)


def test_an_old_one_where_that_is_wanted() -> None:
    assert verify(as_text(SECRET), signed(at=1_000), BODY, tolerance=10**10).id == "evt_1"
