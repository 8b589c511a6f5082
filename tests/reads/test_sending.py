"""What is known before a list goes: which notices can be sent, and what it will cost."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alimnaru.reads.estimate import Basis, Estimate, estimate
from alimnaru.reads.sendable import choices, last_used, why_not
from alimnaru.rules.channel import Channel
from alimnaru.rules.readiness import NotSendable
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Department,
    Notice,
    Project,
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


def told(
    cast: Cast,
    people: int,
    fallback: Channel | None,
    *,
    notice: Notice | None = None,
    project: int | None = None,
) -> Estimate:
    now, about = timezone.now(), notice or cast.notice
    return estimate(cast.library, people, fallback, now, notice=about, project=project)


def test_an_estimate_adds_up(cast: Cast) -> None:
    found = told(cast, 12_481, Channel.SMS)
    assert [line.count for line in found.lines] == [11_232, 1_249]
    assert found.won == sum(line.won for line in found.lines)
    assert (found.assumed, found.left, found.over) == (True, None, False)


def test_an_estimate_goes_by_the_contract_that_will_take_it(cast: Cast) -> None:
    """Contracts' prices are entered by account: the office's own are the public ones."""
    _registered(cast, "approved")
    account = CarrierAccount.objects.get()
    cheaper = CarrierAccount.objects.create(
        name="승인 없음", kind="solapi", base_url="http://127.0.0.1", secret=b"",
        callback_token="u", priority=account.priority - 1, channels="alimtalk",
    )  # fmt: skip
    today = timezone.localdate()
    for whose, channel, won in ((account, "alimtalk", 7), (account, "sms", 9),
                                (cheaper, "alimtalk", 3)):  # fmt: skip
        Tariff.objects.create(account=whose, channel=channel, won=won, since=today)
    assert [line.each for line in told(cast, 100, Channel.SMS).lines] == [7, 9]


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
    found = told(cast, 100, Channel.LMS)
    assert [(line.channel, line.percent) for line in found.lines] == [
        (Channel.ALIMTALK, 75),
        (Channel.LMS, 25),
    ]
    assert found.basis is Basis.NOTICE
    # Of another notice too little is known: the department's share stands in for it.
    other = Notice.objects.create(code="lib.x", name="다른 안내", department=cast.library)
    assert told(cast, 100, Channel.LMS, notice=other).basis is Basis.DEPARTMENT


def test_an_estimate_tells_what_is_left_of_every_ceiling(cast: Cast) -> None:
    today = timezone.localdate()
    line = Project.objects.create(
        department=cast.library, code="due", name="반납 안내", starts_on=today,
        monthly_cap_won=520, daily_cap_won=10_000,
    )  # fmt: skip
    Department.objects.filter(pk=cast.library.pk).update(monthly_cap_won=2000)
    Tally.objects.create(
        day=today, department=cast.library, notice=cast.notice, project=line,
        channel="alimtalk", outcome="delivered", messages=20, won=Decimal(100),
    )  # fmt: skip
    found = told(cast, 100, None, project=line.pk)
    assert found.won == 500
    rooms = {(r.level.capped.whose, r.daily): (r.left, r.after, r.short) for r in found.rooms}
    assert rooms == {
        ("department", False): (1900, 1400, 0),
        ("project", True): (9900, 9400, 0),
        ("project", False): (420, 0, 80),
    }
    assert found.stop is not None
    assert (found.stop.level.capped.name, found.left) == ("반납 안내", 420)
    days = monthrange(today.year, today.month)[1]
    assert found.stop.at_month_end == 600 + Decimal(100) * (days - today.day) / today.day
    # An emergency is stopped by none, and is told what it leaves all the same.
    cast.notice.priority = "P0"
    assert not told(cast, 100, None, project=line.pk).over
    assert [room.level.capped.whose for room in told(cast, 100, None).rooms] == ["department"]


def test_without_a_fallback_or_a_tariff(cast: Cast) -> None:
    found = told(cast, 3, None)
    assert [(line.percent, line.count) for line in found.lines] == [(100, 3)]
    assert not found.assumed
    Tariff.objects.all().delete()
    assert told(cast, 3, Channel.SMS).won is None
