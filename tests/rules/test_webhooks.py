"""Signatures as the specification's own library reads them, and pauses that grow."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from alimnaru.rules.webhooks import (
    KEEP_TRYING,
    TEST_EVENT,
    EventType,
    as_text,
    from_text,
    headers,
    pause_after,
)

secrets = st.binary(min_size=24, max_size=64)


@given(secret=secrets, body=st.text(), number=st.uuids())
def test_the_library_accepts_what_we_sign(secret: bytes, body: str, number: object) -> None:
    text = f'{{"said":{body!r}}}'.encode("utf-8", "replace")
    made = headers(f"evt_{number}", int(time.time()), b'{"a":"b"}', [secret])
    assert Webhook(as_text(secret)).verify('{"a":"b"}', made) == {"a": "b"}
    with pytest.raises(WebhookVerificationError):
        Webhook(as_text(secret)).verify(text.decode() + " ", made)


@given(new=secrets, old=secrets)
def test_each_of_two_secrets_opens(new: bytes, old: bytes) -> None:
    made = headers("evt_1", int(time.time()), b"{}", [new, old])
    assert made["webhook-signature"].count("v1,") == 2
    for secret in (new, old):
        Webhook(as_text(secret)).verify("{}", made)


def test_what_the_specification_shows() -> None:
    """The library's own example: a secret, an id, a moment, a body, and what they make."""
    secret = from_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret])
    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(secret=secrets)
def test_a_secret_comes_back_from_its_text(secret: bytes) -> None:
    assert from_text(as_text(secret)) == secret


def test_text_that_is_no_secret() -> None:
    with pytest.raises(ValueError):
        from_text("whsec_***")


def test_pauses_grow_and_let_an_hour_of_silence_pass_in_a_few_calls() -> None:
    pauses = [pause_after(n) for n in range(1, 40)]
    assert pauses[0] == timedelta(seconds=5)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=4)
    calls, waited = 0, timedelta()
    while waited < KEEP_TRYING:
        calls += 1
        waited += pause_after(calls)
    assert 15 < calls < 40


def test_the_test_event_is_none_that_somebody_can_choose() -> None:
    assert TEST_EVENT not in set(EventType)
