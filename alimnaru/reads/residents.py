"""What a resident may see of their own phone: by a link that they were sent, or by a code.

A link may have been passed on, so nothing here gives a name, a number or the text of a message.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from alimnaru.reads.sealed import key_of, texts_in
from alimnaru.rules.consent import Choice
from alimnaru.rules.resident_link import LASTS
from alimnaru.rules.topics import HEALTH_ONLY, NoticeWish, Topic, TopicWish, topic_of, topic_wish
from alimnaru.store import crypto
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Message,
    Notice,
    Preference,
    Stage,
    Suspension,
    Task,
)

HISTORY = timedelta(days=365)
PAGE = 20
#: Of a batch that goes to the sender's own phone.
_TEST = "test"


@dataclass(frozen=True, slots=True)
class Opened:
    """The message of a link that is good. `health_only`: its notice is not to be named."""

    message: Message
    batch: Batch

    @property
    def to_hash(self) -> bytes:
        """Whose page it is."""
        return bytes(self.message.to_hash)

    @property
    def health_only(self) -> bool:
        """Whether the notice's name says too much of a person's health or need."""
        return self.batch.notice.sensitivity >= HEALTH_ONLY


def by_link(token: str, now: datetime) -> Opened | None:
    """The message of a link; None if it is not ours, too old, or of what never went out."""
    return _opened(crypto.resident_signer().message_of_link(token), now)


def by_code(typed: str, now: datetime) -> Opened | None:
    """The message of a code as somebody typed it; None as above."""
    return _opened(crypto.resident_signer().message_of_code(typed), now)


def _opened(number: int | None, now: datetime) -> Opened | None:
    """Two queries by primary key; none for what is signed by nobody.

    What a sandbox took reached nobody: whoever tries a program with somebody's number sees its
    links, and must not open that person's page by them. While an office only practises they open.
    """
    message = None if number is None else Message.objects.filter(pk=number).first()
    if message is None:
        return None
    batch = (
        Batch.objects.filter(stage=Stage.RELEASED, created_at__gt=now - LASTS)
        .select_related("notice", "department", "version")
        .filter(pk=message.batch_id)
        .first()
    )
    if batch is None or (batch.hours_waived and _sends_for_real()):
        return None
    return Opened(message, batch)


def _sends_for_real() -> bool:
    """Whether there is a contract with a carrier, even a paused one."""
    return CarrierAccount.objects.filter(is_sandbox=False).exists()


def person_of(opened: Opened) -> tuple[str, str]:
    """Phone and name of whom the message is for; empty where they cannot be read any more."""
    texts = texts_in(key_of(opened.batch), opened.message.pk, bytes(opened.message.payload))
    return (texts[0], texts[1]) if texts else ("", "")


@dataclass(frozen=True, slots=True)
class Told:
    """A line of what was sent. `notice` and `department` are empty where they are not to be named:
    who has a link from the library need not learn of a clinic."""

    number: int
    notice: str
    department: str
    at: datetime
    channel: str
    state: str


def told(to_hash: bytes, now: datetime, before: int | None = None) -> tuple[list[Told], int | None]:
    """What was sent to a phone in the last twelve months, the latest first, and the number before
    which the next page begins. One query, on the index by phone hash."""
    sql = """
        SELECT m.id, CASE WHEN n.sensitivity < %s THEN n.name ELSE '' END,
               CASE WHEN n.sensitivity < %s THEN d.name ELSE '' END,
               coalesce(m.done_at, b.not_before), m.channel, m.state
        FROM store_message m
        JOIN store_batch b ON b.id = m.batch_id
        JOIN store_notice n ON n.id = b.notice_id
        JOIN store_department d ON d.id = b.department_id
        WHERE m.to_hash = %s AND b.created_at > %s AND b.stage = 'released' AND b.origin <> %s
          AND (NOT b.hours_waived
               OR NOT EXISTS (SELECT FROM store_carrieraccount WHERE NOT is_sandbox))
          AND (%s::bigint IS NULL OR m.id < %s)
        ORDER BY m.id DESC LIMIT %s
    """
    since = now - HISTORY
    found = rows(sql, [HEALTH_ONLY, HEALTH_ONLY, to_hash, since, _TEST, before, before, PAGE + 1])
    lines = [Told(*row) for row in found[:PAGE]]
    return lines, lines[-1].number if len(found) > PAGE else None


def topics(to_hash: bytes, now: datetime) -> list[TopicWish]:
    """How each topic stands for a phone, in their order. Two queries."""
    wishes: dict[int | None, Choice] = {}
    for notice, choice in (
        Preference.objects.filter(Q(until=None) | Q(until__gt=now), to_hash=to_hash, since__lte=now)
        .order_by("-since", "-pk")
        .values_list("notice_id", "choice")
    ):
        wishes.setdefault(notice, Choice(choice))
    groups: dict[Topic, list[NoticeWish]] = defaultdict(list)
    for one in Notice.objects.filter(is_active=True).order_by("code"):
        if (topic := topic_of(one.code)) is not None:
            wish = wishes.get(one.pk, wishes.get(None))
            groups[topic].append(NoticeWish(one.pk, one.name, one.is_statutory, wish))
    return [topic_wish(topic, groups[topic]) for topic in Topic if topic in groups]


@dataclass(frozen=True, slots=True)
class Disowned:
    """That a message is not theirs, as somebody said by its link."""

    suspension: Suspension
    task: Task | None

    def may_take_back(self, now: datetime, within: timedelta) -> bool:
        """Whether whoever said so may still take it back without asking the office."""
        return self.task is not None and now < self.suspension.since + within


def disowned(opened: Opened, now: datetime) -> Disowned | None:
    """Whether the number is suspended for the person of this message. Two queries."""
    person = who(opened)
    lasting = Q(until=None) | Q(until__gt=now)
    found = (
        Suspension.objects.filter(lasting, to_hash=opened.to_hash)
        .filter(Q(person_hash=None) | Q(person_hash=person))
        .order_by("-since")
        .first()
    )
    if found is None:
        return None
    said = Task.objects.filter(
        kind=Task.Kind.WRONG_PERSON, subject=subject_of(opened), done_at=None
    ).first()
    own = said is not None and said.facts.get("suspension") == found.pk
    return Disowned(found, said if own else None)


def who(opened: Opened) -> bytes | None:
    """The hash of the person in the message; None where it names nobody."""
    _phone, name = person_of(opened)
    return crypto.person_hash(name) if name.strip() else None


def subject_of(opened: Opened) -> str:
    """What a task about this message is about."""
    return f"message:{opened.message.pk}"
