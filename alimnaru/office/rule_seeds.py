"""The reminders that the catalogue suggests: rules that are off and wait for a source.

Each is written once, when its notice is there and no rule of its code is; what an office has made
of it stays. Fields are named as our own documents name them (docs/how-to/reminders.md): an office
maps its own when it connects a system.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from django.utils import timezone

from alimnaru.store.models import Notice, Rule

_WHO: Mapping[str, object] = {"phone": "phone", "name": "name"}
_ON_LOAN = [{"field": "returned_at", "op": "is_null"}]
_BOOKED = [{"field": "status", "op": "eq", "value": "예약"}]


@dataclass(frozen=True, slots=True)
class Seed:
    """A rule of the catalogue. `offsets` empty: an event."""

    code: str
    notice: str
    name: str
    view: str
    anchor: str = ""
    offsets: tuple[int, ...] = ()
    at: time = time(10)
    conditions: Sequence[Mapping[str, object]] = ()
    fields: Mapping[str, object] = field(default_factory=dict)
    grouping: str = "none"
    at_most: int = 0
    days: str = "calendar"


def _appointment(code: str, notice: str, name: str, at: time, **fields: object) -> Seed:
    """The day before an appointment that still stands."""
    return Seed(
        code=code,
        notice=notice,
        name=name,
        view="appointments",
        anchor="starts_at",
        offsets=(-1,),
        at=at,
        conditions=_BOOKED,
        fields=fields,
    )


_TWICE = {"검사일": "starts_at", "시각": "starts_at"}
_MOMENT = {"일시": "starts_at", "장소": "place"}
SEEDS: tuple[Seed, ...] = (
    Seed(
        code="lib-due-soon",
        notice="lib.due.soon",
        name="반납예정일 이틀 전과 하루 전",
        view="loans",
        anchor="due_date",
        offsets=(-2, -1),
        conditions=_ON_LOAN,
        fields={
            "도서관": "library",
            "대표도서": "title",
            "권수": {"merge": "count"},
            "기한": {"field": "due_date", "merge": "earliest"},
        },
        grouping="person",
    ),
    Seed(
        code="lib-overdue",
        notice="lib.overdue",
        name="연체 1일·7일·30일",
        view="loans",
        anchor="due_date",
        offsets=(1, 7, 30),
        conditions=_ON_LOAN,
        fields={
            "도서관": "library",
            "권수": {"merge": "count"},
            "연체일": {"days_since": "due_date"},
        },
        grouping="person",
    ),
    Seed(
        code="lib-hold-ready",
        notice="lib.hold.ready",
        name="예약도서가 도착하면 바로",
        view="holds",
        anchor="keep_until",
        conditions=[{"field": "status", "op": "eq", "value": "도착"}],
        fields={"도서관": "library", "대표도서": "title", "기한": "keep_until"},
    ),
    Seed(
        code="lib-hold-last-day",
        notice="lib.hold.ready",
        name="예약도서 보관기한 하루 전",
        view="holds",
        anchor="keep_until",
        offsets=(-1,),
        conditions=[{"field": "status", "op": "eq", "value": "도착"}],
        fields={"도서관": "library", "대표도서": "title", "기한": "keep_until"},
    ),
    _appointment(
        "hc-metabolic-appt", "hc.metabolic.appt", "대사증후군 검사 하루 전", time(18), **_TWICE
    ),
    _appointment("hc-bmd-appt", "hc.bmd.appt", "골밀도 검사 하루 전", time(17), **_TWICE),
    _appointment(
        "hc-smoke-appt",
        "hc.smoke.appt",
        "금연 상담 하루 전",
        time(17),
        **{
            **_MOMENT,
            "상담방법": "method",
        },
    ),
    _appointment("hc-dementia-appt", "hc.dementia.appt", "치매 검진 하루 전", time(10), **_MOMENT),
    Seed(
        code="hc-nutri-delivery",
        notice="hc.nutri.delivery",
        name="보충식품 배송 하루 전",
        view="deliveries",
        anchor="delivery_date",
        offsets=(-1,),
        conditions=_BOOKED,
        fields={"배송일": "delivery_date", "시간대": "slot"},
    ),
    Seed(
        code="hc-metabolic-recheck",
        notice="hc.metabolic.recheck",
        name="정기검사 시기 14일 전(두 번까지)",
        view="rechecks",
        anchor="recheck_from",
        offsets=(-14, 0),
        conditions=[{"field": "booked_at", "op": "is_null"}],
        fields={
            "대상기간": {"range": ["recheck_from", "recheck_until"]},
            "기한짧": "recheck_until",
        },
        at_most=2,
        days="working",
    ),
    Seed(
        code="hc-cancer-target",
        notice="hc.cancer.target",
        name="암검진 대상자(받기 전까지 세 번)",
        view="screenings",
        anchor="target_from",
        offsets=(14, 90, 180),
        conditions=[{"field": "screened_at", "op": "is_null"}],
        fields={"대상기간": {"range": ["target_from", "target_until"]}},
        at_most=3,
        days="working",
    ),
    Seed(
        code="edu-class-start",
        notice="edu.class.start",
        name="개강 사흘 전",
        view="enrolments",
        anchor="starts_at",
        offsets=(-3,),
        conditions=[{"field": "status", "op": "eq", "value": "확정"}],
        fields={
            "프로그램": "class_name",
            "기간": {"range": ["starts_at", "ends_at"]},
            "요일시간": "schedule",
            "강의실": "room",
            "준비물": "supplies",
            "월일": "starts_at",
            "시각": "starts_at",
        },
    ),
    Seed(
        code="cd-notice",
        notice="cd.notice",
        name="민방위 교육 사흘 전",
        view="drills",
        anchor="starts_at",
        offsets=(-3,),
        conditions=[{"field": "attended_at", "op": "is_null"}],
        fields={
            "연차": "year_no",
            "교육명": "drill",
            "일시": "starts_at",
            "장소": "place",
            "동": "dong",
        },
    ),
)


def seed_rules() -> int:
    """Write the rules that are not there yet; return how many."""
    known = set(Rule.objects.values_list("code", flat=True))
    notices = {notice.code: notice for notice in Notice.objects.all()}
    now = timezone.now()
    made = [
        Rule(
            code=seed.code,
            name=seed.name,
            notice=notices[seed.notice],
            kind=Rule.Kind.DATE if seed.offsets else Rule.Kind.EVENT,
            view=seed.view,
            conditions=[dict(one) for one in seed.conditions],
            anchor=seed.anchor,
            offsets=list(seed.offsets),
            days=seed.days,
            at=seed.at,
            fields={**_WHO, **seed.fields},
            grouping=seed.grouping,
            at_most=seed.at_most,
            created_at=now,
        )
        for seed in SEEDS
        if seed.code not in known and seed.notice in notices
    ]
    Rule.objects.bulk_create(made)
    return len(made)
