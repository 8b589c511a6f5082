"""Which way out an unknown outcome has."""

from __future__ import annotations

import pytest

from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.unknowns import Case, Choice, allowed, by_rule, why_no_sms

KAKAO, SMS = Channel.ALIMTALK, Channel.SMS


def case(
    channel: Channel = KAKAO,
    text: Channel | None = SMS,
    *,
    over: bool = False,
    cancelled: bool = False,
) -> Case:
    return Case(channel, text, over, cancelled)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (case(), None),
        (case(text=Channel.MMS), None),
        (case(text=None), Refusal.NO_CHANNEL_LEFT),
        (case(over=True), Refusal.EXPIRED),
        (case(cancelled=True, over=True), Refusal.CANCELLED_BY_STAFF),
    ],
)
def test_why_no_sms(at: Case, code: Refusal | None) -> None:
    assert why_no_sms(at) is code
    assert (Choice.SMS in allowed(at)) is (code is None)
    assert {Choice.SENT, Choice.LEAVE} <= set(allowed(at))


@pytest.mark.parametrize(
    ("rule", "at", "choice"),
    [
        ("leave", case(), Choice.LEAVE),
        ("sent", case(over=True), Choice.SENT),
        ("sms", case(), Choice.SMS),
        ("sms", case(over=True), Choice.LEAVE),
        ("sms", case(text=None), Choice.LEAVE),
        ("sms", case(SMS), Choice.LEAVE),
        ("sent", case(SMS), Choice.SENT),
        ("of tomorrow", case(), Choice.LEAVE),
    ],
)
def test_what_the_rule_comes_to(rule: str, at: Case, choice: Choice) -> None:
    assert by_rule(rule, at) is choice
