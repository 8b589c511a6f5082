"""What is known before a list goes: which notices can be sent, and what it will cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alimnaru.reads.estimate import estimate
from alimnaru.reads.sendable import choices, last_used, why_not
from alimnaru.rules.channel import Channel
from alimnaru.rules.readiness import NotSendable
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Notice,
    Tally,
    Tariff,
    TemplateRegistration,
)
from alimnaru.store.scoping import whole_office
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def _registered(cast: Cast, state: str) -> None:
    account = CarrierAccount.objects.create(
        name="계정", kind="solapi", base_url="http://127.0.0.1", secret=b"", callback_token="t"
    )
    TemplateRegistration.objects.create(
        version=cast.version, account=account, code="c", state=state
    )


def test_before_the_first_contract_an_approved_wording_will_do(cast: Cast) -> None:
    assert why_not(cast.notice) is None
    cast.version.status = "draft"
    cast.version.save()
    assert why_not(cast.notice) is NotSendable.NO_WORDING


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("approved", None),
        ("in_review", NotSendable.UNAPPROVED),
        ("rejected", NotSendable.UNAPPROVED),
        ("blocked", NotSendable.BLOCKED),
        ("dormant", NotSendable.DORMANT),
    ],
)
def test_with_a_contract_kakao_decides(cast: Cast, state: str, code: NotSendable | None) -> None:
    _registered(cast, state)
    assert why_not(cast.notice) is code


def test_a_wording_that_no_account_knows_cannot_be_sent(cast: Cast) -> None:
    _registered(cast, "approved")
    TemplateRegistration.objects.all().delete()
    assert why_not(cast.notice) is NotSendable.NO_WORDING


def test_what_was_sent_last_comes_first(cast: Cast) -> None:
    now = timezone.now()
    for at in range(7):
        notice = Notice.objects.create(code=f"n{at}", name=f"알림{at}", department=cast.library)
        cast.version.pk, cast.version.notice = None, notice
        cast.version.save()
        sent = now - timedelta(days=at)
        Batch.objects.create(
            notice=notice, department=cast.library, version=cast.version, member=cast.librarian,
            lane="normal", created_at=sent, not_before=sent, expires_at=sent,
        )  # fmt: skip
    found = last_used(choices(whole_office(), cast.librarian))
    assert [c.notice.code for c in found] == ["n0", "n1", "n2", "n3", "n4"]


def test_an_estimate_adds_up(cast: Cast) -> None:
    found = estimate(cast.library, 12_481, Channel.SMS, timezone.now())
    assert [line.count for line in found.lines] == [11_232, 1_249]
    assert found.won == sum(line.won for line in found.lines)
    assert (found.assumed, found.left, found.over) == (True, None, False)


def test_an_estimate_goes_by_what_arrived(cast: Cast) -> None:
    today = timezone.localdate()
    for channel, outcome, days, messages in (
        ("alimtalk", "delivered", 0, 150),
        ("lms", "delivered", 1, 50),
        ("sms", "failed", 1, 900),
        ("sms", "delivered", 31, 900),
    ):
        Tally.objects.create(
            day=today - timedelta(days=days), department=cast.library, notice=cast.notice,
            channel=channel, outcome=outcome, messages=messages, won=Decimal(messages),
        )  # fmt: skip
    cast.library.monthly_cap_won = Decimal(10)
    found = estimate(cast.library, 100, Channel.LMS, timezone.now())
    assert [(line.channel, line.percent) for line in found.lines] == [
        (Channel.ALIMTALK, 75),
        (Channel.LMS, 25),
    ]
    assert not found.assumed
    assert found.left == 0
    assert found.over


def test_without_a_fallback_or_a_tariff(cast: Cast) -> None:
    found = estimate(cast.library, 3, None, timezone.now())
    assert [(line.percent, line.count) for line in found.lines] == [(100, 3)]
    assert not found.assumed
    Tariff.objects.all().delete()
    assert estimate(cast.library, 3, Channel.SMS, timezone.now()).won is None
