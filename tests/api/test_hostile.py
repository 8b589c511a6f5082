"""What no honest program sends: it is refused in the one shape, and nothing breaks."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api.programs import key_for
from tests.cast import Cast

PLACES = ("messages", "messages/many", "dry-run", "batches", "preferences/search", "consents/end")
_MESSAGE = b'{"notice":"lib.due.soon","to":"010-0000-0001","variables":{"a":%s}}'
BODIES = {
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "deep list": b"[" * 200_000,
    "deep object": b'{"a":' * 200_000,
    "deep field": b'{"rows":' + b"[" * 2_000 + b"]" * 2_000 + b"}",
    "no UTF-8": b"\xff\xfe",
    "byte order mark": b"\xef\xbb\xbf{}",
    "half a character": b'{"notice":"\\ud800"}',
    "half a character in bytes": b'{"notice":"\xed\xa0\x80"}',
    "NaN": _MESSAGE % b"NaN",
    "too large a number": _MESSAGE % b"1e400",
    "too long a number": _MESSAGE % (b"9" * 6_000),
    "too small a number": _MESSAGE % b"1e-400",
}


@pytest.mark.parametrize("place", PLACES)
def test_no_body_breaks_anything(practising: Cast, place: str) -> None:
    headers = {"Authorization": f"Bearer {key_for(practising.library)[1]}"}
    for name, body in BODIES.items():
        answer = Client().post(
            f"/api/v1/{place}", body, content_type="application/json", headers=headers
        )
        assert answer.status_code in {400, 422}, name
        assert answer["Content-Type"] == "application/problem+json", name
