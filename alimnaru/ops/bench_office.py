"""An office with a year behind it, for measuring pages: its messages are sealed and stored by the
real intake, and settled by a few statements over all of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from alimnaru.carriers.base import PictureUse
from alimnaru.flow import listing
from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.wordings import wording
from alimnaru.office.pictures import add_picture
from alimnaru.office.uploads import receive
from alimnaru.ops.bench_connected import connected
from alimnaru.ops.bench_privacy import privacy
from alimnaru.ops.example_list import write_example_csv
from alimnaru.ops.example_words import SURNAMES, SYLLABLES
from alimnaru.rules.longest import longest_value
from alimnaru.rules.roster import GoodRow
from alimnaru.store.ledger.unknowns import NEVER
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Department,
    ListUpload,
    Member,
    Membership,
    Message,
    Notice,
    Picture,
    Project,
    Role,
    SavedList,
    TemplateRegistration,
    TemplateVersion,
)

#: Shares of all messages: one list of a whole district, two of a large part, ten of a quarter, and
#: some 2,000 of what departments send day by day.
LISTS = ((0.4, 1), (0.1, 2), (0.01, 10), (0.00015, 2000))
#: How many of the newest small lists are on their way to a release, in each stage.
OPEN_LISTS = {"draft": 10, "requested": 20, "scheduled": 20}
AUDIT_ROWS = 100_000
PREFERENCES = 20_000
COLLEAGUES = 120
#: Rows of the list that lies checked and unsent, and the notice that it is for.
UPLOADED = 20_000
EXAMPLE = "lib.due.soon"

_SETTLE = (
    # Every twelfth falls back: an SMS chunk for each chunk that has some, an earlier try for each.
    """
    CREATE TEMP TABLE falling ON COMMIT DROP AS
    SELECT m.id, m.batch_id, m.chunk_id AS old FROM store_message m WHERE m.id %% 12 = 0
    """,
    """
    CREATE TEMP TABLE follow ON COMMIT DROP AS
    SELECT old, min(batch_id) AS batch_id, count(*) AS size,
           nextval(pg_get_serial_sequence('store_chunk', 'id')) AS new
    FROM falling GROUP BY old
    """,
    """
    INSERT INTO store_chunk
        (id, batch_id, channel, lane, try_no, state, claim, token, setbacks, hold_code, not_before,
         size, delivered, failed, suppressed, cancelled, expired, unknown, moved)
    SELECT f.new, f.batch_id, 'sms', c.lane, 1, 'sent', 1, '', 0, '', c.not_before, f.size,
           0, 0, 0, 0, 0, 0, 0
    FROM follow f JOIN store_chunk c ON c.id = f.old
    """,
    """
    INSERT INTO store_attempt (message_id, attempt_no, batch_id, chunk_id, channel, code, at,
                               next_channel, next_try, due_at, moved_at)
    SELECT id, 1, batch_id, old, 'alimtalk', 'not_a_user', now(), 'sms', 1, now(), now()
    FROM falling
    """,
    """
    UPDATE store_message m SET chunk_id = f.new, channel = 'sms', attempt_no = 2
    FROM falling l JOIN follow f ON f.old = l.old WHERE m.id = l.id
    """,
    """
    UPDATE store_message SET done_at = now(),
        state = CASE WHEN id %% 5000 = 1 THEN 'unknown' WHEN id %% 60 = 0 THEN 'failed'
                     ELSE 'delivered' END,
        code = CASE WHEN id %% 5000 = 1 THEN 'timed_out' WHEN id %% 60 = 0 THEN 'number_wrong'
                    ELSE 'delivered' END
    """,
    """
    UPDATE store_chunk c SET state = 'settled', account_id = %(account)s, claim = 1,
        sent_at = c.not_before + interval '1 minute', delivered = s.delivered, failed = s.failed,
        unknown = s.unknown, moved = c.size - s.held
    FROM (
        SELECT chunk_id, count(*) AS held,
               count(*) FILTER (WHERE state = 'delivered') AS delivered,
               count(*) FILTER (WHERE state = 'failed') AS failed,
               count(*) FILTER (WHERE state = 'unknown') AS unknown
        FROM store_message GROUP BY 1
    ) s WHERE s.chunk_id = c.id
    """,
    # The youngest list today, the oldest a year ago.
    """
    UPDATE store_batch b SET created_at = n.at, not_before = n.at, released_at = n.at,
           expires_at = n.at + interval '2 days'
    FROM (SELECT id, now() - interval '365 days' * (max(id) OVER () - id)
                 / greatest(max(id) OVER () - min(id) OVER (), 1) AS at FROM store_batch) n
    WHERE n.id = b.id
    """,
    """
    UPDATE store_chunk c SET not_before = b.not_before, sent_at = b.not_before + interval '1 minute'
    FROM store_batch b WHERE b.id = c.batch_id
    """,
    """
    UPDATE store_message m SET done_at = b.not_before + interval '3 minutes'
    FROM store_batch b WHERE b.id = m.batch_id
    """,
    # Nobody tells any more what became of the older ones: the rule of their notice has left them.
    """
    INSERT INTO store_unknowndecision (message_id, attempt_no, batch_id, choice, at)
    SELECT id, attempt_no, batch_id, 'leave', done_at + interval '72 hours' FROM store_message
    WHERE state = 'unknown' AND done_at < now() - interval '72 hours'
    """,
    """
    UPDATE store_chunk c SET unknown_due_at = %(never)s
    WHERE unknown > 0 AND sent_at < now() - interval '73 hours'
    """,
    """
    INSERT INTO store_tally (day, department_id, notice_id, channel, outcome, messages, won)
    SELECT (m.done_at AT TIME ZONE 'Asia/Seoul')::date, b.department_id, b.notice_id, m.channel,
           m.state, count(*),
           CASE m.state WHEN 'delivered' THEN count(*) * CASE m.channel WHEN 'sms' THEN 8.063
                ELSE 5 END ELSE 0 END
    FROM store_message m JOIN store_batch b ON b.id = m.batch_id GROUP BY 1, 2, 3, 4, 5
    """,
)
_REOPEN = """
    UPDATE store_chunk SET state = %(state)s, hold_code = %(code)s, not_before = %(at)s,
           sent_at = NULL, delivered = 0, failed = 0, unknown = 0
    WHERE batch_id = ANY(%(of)s)
"""
_AUDIT = """
    INSERT INTO store_auditentry (at, actor_id, actor_name, department_id, act, subject, facts)
    SELECT now() - interval '365 days' * n / %(rows)s, %(actor)s, %(name)s, %(department)s,
           (ARRAY['batch.send', 'batch.stop', 'batch.release'])[1 + n %% 3],
           'batch:' || (%(batch)s - n %% 2000), '{"rows": 150, "refused": 2}'
    FROM generate_series(1, %(rows)s) AS n
"""
_PREFERENCES = """
    INSERT INTO store_preference (to_hash, choice, provenance, member_id, since, note)
    SELECT decode(md5(n::text), 'hex'), (ARRAY['stop', 'sms'])[1 + n %% 2], 'phone', %(actor)s,
           now() - interval '365 days' * n / %(rows)s, ''
    FROM generate_series(1, %(rows)s) AS n
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """The office and one of each thing that a page is about, by what URLs call it."""

    member: Member
    subjects: Mapping[str, int | str]


def fill(messages: int) -> Filled:
    """Store about so many messages and everything round them, in an office that was just made."""
    root = Department.objects.get(parent=None)
    member = new_people(root)
    account = new_account()
    numbers = itertools.count(1)
    notices = list(Notice.objects.select_related("department"))
    for share, lists in LISTS:
        size = max(1, round(messages * share))
        for place in range(lists):
            send_list(notices[place % len(notices)], member, size, numbers)
    _settle(account)
    _open_lists()
    _papers(member, root)
    subjects = _subjects(member, account)
    subjects["upload"] = _upload(member).pk
    _forget_jobs()
    return Filled(member, subjects)


def new_people(root: Department) -> Member:
    """A manager of all, and colleagues."""
    member = Member.objects.create(login="bench", name="한정보")
    for role in (Role.DEPARTMENT_MANAGER, Role.SYSTEM_MANAGER, Role.AUDITOR):
        Membership.objects.create(member=member, department=root, role=role)
    departments = list(Department.objects.order_by("path"))
    people = Member.objects.bulk_create(
        Member(login=f"colleague{n}", name=_name(n)) for n in range(COLLEAGUES)
    )
    Membership.objects.bulk_create(
        Membership(member=p, department=departments[n % len(departments)], role=Role.WRITER)
        for n, p in enumerate(people)
    )
    return member


def new_account() -> CarrierAccount:
    """An account with every wording approved."""
    account = CarrierAccount.objects.create(
        name="bench",
        kind="solapi",
        # Nobody listens there, and no worker runs that would ask.
        base_url="http://127.0.0.1:9",
        api_key="",
        secret=b"",
        callback_token="bench",  # noqa: S106 - nothing is called back
    )
    now = timezone.now()
    TemplateRegistration.objects.bulk_create(
        TemplateRegistration(
            version=version,
            account=account,
            code=f"KA01TP{version.pk}",
            state=TemplateRegistration.State.APPROVED,
            submitted_at=now,
            decided_at=now,
            checked_at=now,
            last_sent_at=now,
        )
        for version in TemplateVersion.objects.all()
    )
    return account


def send_list(notice: Notice, member: Member, size: int, numbers: Iterator[int]) -> None:
    """Take in a list of `size` invented people."""
    version = TemplateVersion.objects.filter(notice=notice).order_by("-number")[0]
    values = tuple(longest_value(v) for v in wording(version.pk).variables)
    order = Order(
        notice=notice,
        version=version,
        department=notice.department,
        member=member,
        chunk_size=2000,
        source_name=f"{notice.name}.xlsx",
    )
    rows = (_row(place, next(numbers), values) for place in range(size))
    take_in(order, rows)


def _row(place: int, number: int, values: tuple[str, ...]) -> GoodRow:
    phone = f"010{10_000_000 + number * 7919 % 80_000_000}"
    return GoodRow(place + 2, number.to_bytes(16, "big"), phone, _name(number), values)


def _name(number: int) -> str:
    given = SYLLABLES[number * 7 % len(SYLLABLES)] + SYLLABLES[number * 13 % len(SYLLABLES)]
    return SURNAMES[number % len(SURNAMES)] + given


def _settle(account: CarrierAccount) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _SETTLE:
            cursor.execute(statement, {"account": account.pk, "never": NEVER})


def _open_lists() -> None:
    """The newest small lists are not released yet, or not yet due."""
    newest = iter(Batch.objects.order_by("-pk").values_list("pk", flat=True)[:1000])
    now = timezone.now()
    later = now + timedelta(days=1)
    for stage, count in OPEN_LISTS.items():
        chosen = list(itertools.islice(newest, count))
        waits = stage == "scheduled"
        Message.objects.filter(batch__in=chosen).update(state="pending", code=None, done_at=None)
        with connection.cursor() as cursor:
            state, code = ("ready", "") if waits else ("held", "release_awaited")
            cursor.execute(_REOPEN, {"state": state, "code": code, "at": later, "of": chosen})
        batches = Batch.objects.filter(pk__in=chosen)
        if waits:
            batches.update(not_before=later, expires_at=later + timedelta(days=2))
        else:
            batches.update(stage=stage, released_at=None, requested_at=now, approvals_needed=1)


def _papers(member: Member, root: Department) -> None:
    now = timezone.now()
    batch = Batch.objects.order_by("-pk").values_list("pk", flat=True)[0]
    facts: dict[str, int | str] = {
        "actor": member.pk,
        "name": f"{member.name} ({member.login})",
        "batch": batch,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT, {**facts, "rows": AUDIT_ROWS, "department": root.pk})
        cursor.execute(_PREFERENCES, {"rows": PREFERENCES, "actor": member.pk})
    SavedList.objects.bulk_create(
        SavedList(
            department=root,
            member=member,
            name=f"명단 {n}",
            audience="members",
            rows=100,
            columns=["성명", "휴대폰"],
            created_at=now,
            expires_at=now + timedelta(days=365),
        )
        for n in range(100)
    )


def _upload(member: Member) -> ListUpload:
    """A list with the usual dirt, received and read as any other."""
    notice = Notice.objects.select_related("department").get(code=EXAMPLE)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_example_csv(path, UPLOADED)
        content = path.read_bytes()
    upload = receive(actor=member, notice=notice, name="loans.csv", content=content)
    listing.check(upload.pk)
    return upload


def _picture(member: Member) -> Picture:
    content = BytesIO()
    Image.new("RGB", (800, 400)).save(content, "JPEG")
    uses = [PictureUse.TEMPLATE]
    picture = add_picture(content.getvalue(), actor=member, name="bench.jpg", uses=uses)
    TemplateVersion.objects.filter(notice__code=EXAMPLE).update(picture=picture)
    return picture


def _forget_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
        cursor.execute("VACUUM ANALYZE")


def _subjects(member: Member, account: CarrierAccount) -> dict[str, int | str]:
    """One of each: the largest list, a message of it, and so on."""
    largest = Batch.objects.order_by("-rows")[0]
    requested = Batch.objects.filter(stage="requested").order_by("pk")[0]
    return {
        "batch": largest.pk,
        "request": requested.pk,
        "message": Message.objects.filter(batch=largest).order_by("pk")[0].pk,
        "notice": largest.notice_id,
        "notice_code": largest.notice.code,
        "version": largest.version_id,
        "account": account.pk,
        "member": Member.objects.exclude(pk=member.pk).filter(is_program=False)[0].pk,
        "department": largest.department.code,
        "saved_list": SavedList.objects.order_by("pk")[0].pk,
        "scheduled": Batch.objects.filter(stage="released", not_before__gt=timezone.now())[0].pk,
        "unknown": Message.objects.filter(state="unknown").order_by("pk")[0].batch_id,
        "picture": _picture(member).pk,
        "subject": f"batch:{largest.pk}",
        "kind": "solapi",
        "month": f"{timezone.localdate():%Y-%m}",
        "policy": "undo_seconds",
        "project": _project(largest.department).pk,
        **privacy(member, largest.department),
        **connected(member, largest.department),
    }


def _project(department: Department) -> Project:
    return Project.objects.create(
        department=department,
        code="bench",
        name="bench",
        starts_on=timezone.localdate(),
        monthly_cap_won=10**9,
    )
