"""The access log: who saw, searched, took or sent whose data; and what stands out in a month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from axes.models import AccessFailureLog
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from alimnaru.reads.audit import Sight, Wanted, seen
from alimnaru.rules.access import Access
from alimnaru.rules.access_review import LIMITS, Anomaly, Failures, Pair, Share, anomalies
from alimnaru.rules.periods import after
from alimnaru.rules.workdays import korean_holidays
from alimnaru.store import crypto
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import AccessEntry, AccessRemark, AccessReview, Member

#: Of how many months before a month somebody's usual is taken.
BEFORE = 3


@dataclass(frozen=True, slots=True)
class Looked(Wanted):
    """What is looked for; `phone` are the digits of whom it was about."""

    phone: str = ""


def looks(sight: Sight, wanted: Looked) -> QuerySet[AccessEntry]:
    """The entries, newest first. Indexes access_by_time, access_by_member, access_by_phone."""
    found = seen(AccessEntry.objects.all(), sight, wanted, who="member")
    if wanted.phone:
        found = found.filter(to_hash=crypto.phone_hash(wanted.phone))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """What one member did of one kind in a month."""

    member: int
    name: str
    act: Access
    entries: int
    people: int
    clear: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month as it is reviewed. `remarks` by `Anomaly.key`, the latest of each."""

    first: date
    over: bool
    lines: Sequence[Line]
    found: Sequence[Anomaly]
    remarks: dict[str, AccessRemark]
    review: AccessReview | None

    @property
    def entries(self) -> int:
        return sum(line.entries for line in self.lines)

    @property
    def people(self) -> int:
        return sum(line.people for line in self.lines)


def month_of(first: date, now: datetime) -> Month:
    """The month that begins with `first`, of the whole office."""
    since, until = _span(first)
    review = AccessReview.objects.select_related("signed_by").filter(month=first).first()
    said = AccessRemark.objects.select_related("member").filter(month=first).order_by("pk")
    return Month(
        first=first,
        over=until <= now,
        lines=_lines(since, until),
        found=anomalies(_shares(first), _pairs(since, until), _failures(since, until)),
        remarks={one.key: one for one in said},
        review=review,
    )


def unsigned(now: datetime) -> list[date]:
    """Months that are over, have entries, and that nobody has signed: of the last twelve."""
    first = timezone.localdate(now).replace(day=1)
    months = [after(first, -ago) for ago in range(1, 13)]
    signed = set(AccessReview.objects.filter(month__in=months).values_list("month", flat=True))
    return [m for m in reversed(months) if m not in signed and _has_entries(m)]


def _has_entries(first: date) -> bool:
    since, until = _span(first)
    return AccessEntry.objects.filter(at__gte=since, at__lt=until).exists()


def _span(first: date) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    return (_midnight(first, zone), _midnight(after(first, 1), zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _lines(since: datetime, until: datetime) -> list[Line]:
    found = (
        AccessEntry.objects.filter(at__gte=since, at__lt=until)
        .values("member", "member__name", "member__login", "act")
        .annotate(n=Count("pk"), of=Sum("people"), open=Count("pk", filter=Q(clear=True)))
        .order_by("member__name", "member__login", "act")
    )
    return [
        Line(
            one["member"],
            f"{one['member__name']} ({one['member__login']})",
            Access(one["act"]),
            one["n"],
            one["of"],
            one["open"],
        )
        for one in found
        if one["act"] in set(Access)
    ]


#: Over a month and the three before, on access_by_time. What programs do by themselves has no
#: night; what somebody does at the machine has.
_SHARES = """
    WITH these AS (
        SELECT e.*, e.at AT TIME ZONE %(zone)s AS local, d.path,
               e.via <> 'api' AS by_hand
        FROM store_accessentry e LEFT JOIN store_department d ON d.id = e.department_id
        WHERE e.at >= %(since)s AND e.at < %(until)s AND e.act <> 'send.program'
    ), before AS (
        SELECT member_id, sum(people) / %(months)s::float8 AS usual FROM store_accessentry
        WHERE at >= %(early)s AND at < %(since)s AND act <> 'send.program' GROUP BY member_id
    )
    SELECT t.member_id, max(m.name || ' (' || m.login || ')'), count(*), sum(t.people),
        max(b.usual),
        count(*) FILTER (WHERE by_hand AND (extract(hour FROM local) >= %(from)s
                                            OR extract(hour FROM local) < %(to)s)),
        count(*) FILTER (WHERE by_hand AND (extract(isodow FROM local) >= 6
                                            OR local::date = ANY (%(off)s))),
        count(*) FILTER (WHERE NOT m.is_program AND t.path IS NOT NULL AND NOT EXISTS (
            SELECT FROM store_membership h JOIN store_department hd ON hd.id = h.department_id
            WHERE h.member_id = t.member_id AND starts_with(t.path, hd.path))),
        count(*) FILTER (WHERE t.act = 'take.file'),
        count(*) FILTER (WHERE t.act = 'take.file' AND t.subject LIKE 'batch:%%'
            AND NOT EXISTS (SELECT FROM store_batch o WHERE o.member_id = t.member_id
                AND o.id = substr(t.subject, 7)::bigint)),
        count(*) FILTER (WHERE by_hand AND t.act = 'find.phone')
    FROM these t JOIN store_member m ON m.id = t.member_id
    LEFT JOIN before b ON b.member_id = t.member_id
    GROUP BY t.member_id ORDER BY t.member_id
"""


def _shares(first: date) -> list[Share]:
    since, until = _span(first)
    off = sorted(korean_holidays(first.year))
    given = {
        "zone": timezone.get_current_timezone_name(),
        "since": since,
        "until": until,
        "early": _span(after(first, -BEFORE))[0],
        "months": BEFORE,
        "from": LIMITS.night_from,
        "to": LIMITS.night_to,
        "off": off,
    }
    return [Share(*row) for row in rows(_SHARES, given)]


def _pairs(since: datetime, until: datetime) -> list[Pair]:
    """Two or three accounts behind one address: more are a floor behind one gate, and no secret."""
    sql = """
        WITH seen AS (
            SELECT DISTINCT address, member_id,
                   date_bin('10 minutes', at, timestamptz '2000-01-01') AS slot
            FROM store_accessentry
            WHERE at >= %s AND at < %s AND via = 'console' AND address <> ''
        ), few AS (
            SELECT address FROM seen GROUP BY address
            HAVING count(DISTINCT member_id) BETWEEN 2 AND 3
        )
        SELECT a.member_id, b.member_id, max(ma.name || ', ' || mb.name), count(*)
        FROM seen a JOIN seen b USING (address, slot) JOIN few USING (address)
        JOIN store_member ma ON ma.id = a.member_id JOIN store_member mb ON mb.id = b.member_id
        WHERE a.member_id < b.member_id GROUP BY a.member_id, b.member_id
    """
    return [Pair(*row) for row in rows(sql, [since, until])]


def _failures(since: datetime, until: datetime) -> Iterable[Failures]:
    """Of accounts that there are: what somebody guesses at the door is a metric's business."""
    counts = dict(
        AccessFailureLog.objects.filter(attempt_time__gte=since, attempt_time__lt=until)
        .values_list("username")
        .annotate(n=Count("pk"))
        .order_by()
    )
    people = Member.objects.filter(login__in=list(counts))
    return [Failures(m.pk, f"{m.name} ({m.login})", counts[m.login]) for m in people]
