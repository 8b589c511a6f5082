"""What is known of a batch before it goes: what a release is sized by."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db import connection
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from alimnaru.rules.audience import Audience
from alimnaru.store.models import Batch, SavedList, Stage, Tally

#: A test message to one's own phone is no use of a wording.
TEST: Final = "test"
#: Days that say what is usual, and how many of them with messages it takes to say so.
_DAYS: Final = 90
_DAYS_LEAST: Final = 5
#: Fewer messages a day say nothing about what would be too many.
_USUAL_LEAST: Final = 10


def is_first_use(batch: Batch) -> bool:
    """Whether this wording has never gone before, by its words and not by its number."""
    before = Batch.objects.filter(version__sha256=batch.version.sha256, stage=Stage.RELEASED)
    return not before.exclude(pk=batch.pk).exclude(origin=TEST).exists()


def same_before(batch: Batch, since: datetime) -> Batch | None:
    """The newest batch since then with the same rows and words, sent or asked for by anybody."""
    if batch.rows_digest is None:
        return None
    asked = Coalesce("requested_at", "released_at", "created_at")
    same = Batch.objects.filter(rows_digest=batch.rows_digest, version__sha256=batch.version.sha256)
    gone_or_asked = Q(stage=Stage.RELEASED) | Q(stage=Stage.REQUESTED)
    return (
        same.filter(gone_or_asked)
        .exclude(pk=batch.pk)
        .exclude(origin=TEST)
        .alias(asked=asked)
        .filter(asked__gte=since)
        .order_by("-asked")
        .first()
    )


def usual_day(batch: Batch) -> int | None:
    """How many messages of its notice the department sends on a usual day; None: not known."""
    today = timezone.localdate()
    days = (
        Tally.objects.filter(
            department=batch.department_id,
            notice=batch.notice_id,
            day__gte=today - timedelta(days=_DAYS),
            day__lt=today,
        )
        .values("day")
        .annotate(number=Sum("messages"))
        .values_list("number", flat=True)
    )
    numbers = [number for number in days if number > 0]
    if len(numbers) < _DAYS_LEAST:
        return None
    return max(int(median(numbers)), _USUAL_LEAST)


def staff_among(batch: Batch) -> int | None:
    """How many of a batch's rows have a phone of the staff directory; None: there is none.

    The directory is the saved lists of staff and the members' own numbers. From the batch's rows
    into two small indexes by phone hash.
    """
    if not SavedList.objects.filter(audience=Audience.STAFF, content__isnull=False).exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM store_message m WHERE m.batch_id = %s AND (
                EXISTS (SELECT FROM store_savedphone p
                        JOIN store_savedlist l ON l.id = p.saved_list_id
                        WHERE p.to_hash = m.to_hash AND l.audience = 'staff')
                OR EXISTS (SELECT FROM store_member s WHERE s.mobile_hash = m.to_hash))
            """,
            [batch.pk],
        )
        return int(cursor.fetchone()[0])
