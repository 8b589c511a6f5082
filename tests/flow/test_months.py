"""The months are counted at night: reasons agree with tallies, and what came after reminders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alimnaru.flow import months
from alimnaru.flow.months import count, count_month, key_of
from alimnaru.reads.effects import effects
from alimnaru.reads.monthly import month_period, monthly
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import Message, MonthCount, MonthCounted, Notice, TemplateVersion
from alimnaru.store.scoping import Scope, whole_office
from tests.cast import Cast, make_cast, phone
from tests.flow.moment import Moment
from tests.reads.fates import end_unsent, fall_back, hand_over, list_of, tell


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


def test_reasons_add_up_to_the_tallies(office: Cast) -> None:
    batch = list_of(office, 6)
    end_unsent(batch, {5: (MessageState.SUPPRESSED, Refusal.OPTED_OUT)})
    hand_over(batch)
    tell(batch, {
        0: Result.DELIVERED, 1: Result.NOT_A_USER, 2: Result.NOT_A_USER, 3: Result.NUMBER_WRONG,
    })  # fmt: skip
    fall_back(batch)
    tell(batch, {1: Result.DELIVERED, 2: Result.HANDSET_OFF})
    month = timezone.localdate().replace(day=1)
    count_month(month)
    found = monthly(whole_office(), month)
    assert [(w.channel, w.code, w.messages) for w in found.moved] == [("alimtalk", "not_a_user", 2)]
    total = found.found.total
    ended = dict.fromkeys(("failed", "suppressed"), 0)
    for why in found.ended:
        ended[why.state] += why.messages
    assert ended == {"failed": total.failed, "suppressed": total.unsent} == {
        "failed": 2, "suppressed": 1,
    }  # fmt: skip
    assert found.counted_at is not None
    # Once more, and it is the same; another department's reader sees none of it.
    count(key_of(month))
    assert monthly(whole_office(), month).ended == found.ended
    assert not monthly(Scope((office.health.path,)), month).ended


def overdue_of(office: Cast) -> tuple[Notice, TemplateVersion]:
    notice = Notice.objects.create(code="lib.overdue", name="연체 안내", department=office.library)
    version = TemplateVersion.objects.get(pk=office.version.pk)
    version.pk, version.notice = None, notice
    version.save()
    return notice, version


def test_who_was_reminded_in_vain(office: Cast) -> None:
    people = [phone() for _ in range(5)]
    first = office.send(office.rows(*people))
    hand_over(first)
    tell(first, {**dict.fromkeys(range(4), Result.DELIVERED), 4: Result.NUMBER_WRONG})
    long_ago = timezone.now() - timedelta(days=50)
    Message.objects.filter(batch=first).update(done_at=long_ago)
    type(first).objects.filter(pk=first.pk).update(created_at=long_ago)
    office.notice, office.version = overdue_of(office)
    # One within the days, one too late; one who had not been reached; one who never was reminded.
    second = office.send(office.rows(people[0], people[1], people[4], phone()))
    hand_over(second)
    tell(second, dict.fromkeys(range(4), Result.DELIVERED))
    Message.objects.filter(batch=second).update(done_at=long_ago + timedelta(days=3))
    late = Message.objects.filter(batch=second).order_by("row_no")[1]
    Message.objects.filter(pk=late.pk).update(done_at=long_ago + timedelta(days=15))
    month = timezone.localdate(long_ago).replace(day=1)
    count_month(month)
    counted = MonthCount.objects.filter(month=month, kind__in=("reminded", "followed"))
    assert dict(counted.values_list("kind", "messages")) == {"reminded": 4, "followed": 1}


def test_effects_are_read_by_month(office: Cast) -> None:
    overdue_of(office)
    batch = list_of(office, 3)
    hand_over(batch)
    tell(batch, dict.fromkeys(range(3), Result.DELIVERED))
    month = timezone.localdate().replace(day=1)
    before = effects(whole_office(), month_period(month))
    assert before.pairs[0].months[0].reminded is None
    count_month(month)
    [pair] = effects(whole_office(), month_period(month)).pairs
    [line] = pair.months
    assert (line.reminders, line.reminded, line.followed, line.spared) == (3, 3, 0, 3)
    assert line.open
    assert not effects(Scope((office.health.path,)), month_period(month)).pairs


def test_a_night_is_enough(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    MonthCounted.objects.all().delete()
    night = timezone.localtime().replace(hour=3, minute=59, second=0, microsecond=0)
    clock = Moment(night)
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    months.ring(clock.now)
    assert not _rung()
    clock.now = night + timedelta(minutes=2)
    months.ring(clock.now)
    this = timezone.localdate(night).replace(day=1)
    assert _rung() == [f"count_month:{key_of(this)}"]
    count(key_of(this))
    assert MonthCounted.objects.get().month == this
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    months.ring(clock.now)
    assert not _rung()


def _rung() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queueing_lock FROM procrastinate_jobs WHERE task_name LIKE '%count_month'"
        )
        return [row[0] for row in cursor.fetchall()]
