"""How a text of an older system is read: as one of the office's notices, or as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from django.utils import timezone

from alimnaru.flow.gather import seal
from alimnaru.flow.rosters import roster_for
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.wordings import wording
from alimnaru.reads.reviews import sending_versions
from alimnaru.rules.audience import Origin
from alimnaru.rules.channel import Channel
from alimnaru.rules.phone import read_phone
from alimnaru.rules.plain_text import plain_text
from alimnaru.rules.recognise import Candidate, Recogniser
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import GoodRow, RosterRefused, SingleRows
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.agents.desk import Queued
from alimnaru.store import crypto
from alimnaru.store.ledger.accepting import Entry
from alimnaru.store.models import Department, Notice, Source, TemplateVersion

#: The variables of a plain notice: the whole text, and the subject of an LMS.
TEXT: Final = "내용"
SUBJECT: Final = "제목"


@dataclass(frozen=True, slots=True)
class Read:
    """The message that a row becomes."""

    entry: Entry
    recognised: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said to whom: phone, name, values; and the text's own values if it is a notice."""

    version: TemplateVersion
    parts: list[str] = field(repr=False)
    cells: Mapping[str, str] | None = field(default=None, repr=False)


class Reading:
    """One reading of a source's rows: the notices, wordings and numbers as they are now. Raises
    `SourceFailed` if its plain notice is gone."""

    def __init__(self, source: Source, *, plain_notice: str, notices: Sequence[str]) -> None:
        self._source = source
        allowed = Notice.objects.filter(code__in=notices, is_active=True)
        # Only what Kakao has approved: the rest would wait at the exit, where a text goes.
        self._versions = {version.pk: version for version in sending_versions(allowed)}
        self._recogniser = _recogniser(tuple(self._versions), timezone.localdate())
        self._plain = dict(_plain_versions(plain_notice))
        if self._plain.keys() != {Channel.SMS, Channel.LMS}:
            raise SourceFailed(SourceFault.SETTINGS)
        self._senders = _senders(source.department)
        self._rows: dict[tuple[int, int], SingleRows] = {}

    def entry(self, queued: Queued, message: int, now: datetime) -> Read | Refusal:
        """What a row becomes, under this message id, or why it cannot go."""
        phone = read_phone(queued.phone)
        if isinstance(phone, Refusal):
            return phone
        department = self._senders.get(_digits(queued.callback), self._source.department)
        told = self._as_notice(queued, phone, department) or self._as_it_is(queued, phone)
        if isinstance(told, Refusal):
            return told
        wait = told.version.notice.merge_wait if told.cells is not None else timedelta()
        version = told.version
        entry = Entry(
            id=message,
            key=None,
            notice=version.notice_id,
            version=version.pk,
            department=department.pk,
            member=self._source.member_id,
            origin=Origin.AGENT.value,
            lane=version.notice.lane,
            to_hash=crypto.phone_hash(phone),
            payload=seal(told.parts, told.cells if wait else None),
            accepted_at=now,
            gather_at=now + wait,
        )
        return Read(entry, told.cells is not None)

    def _as_notice(self, queued: Queued, phone: str, department: Department) -> _Told | None:
        found = self._recogniser.recognise(queued.text)
        if found is None:
            return None
        version = self._versions[found.key]
        try:
            row = self._judge(version, department).judge(phone, queued.name, found.values)
        except RosterRefused:
            return None  # its Alimtalk says more than this text tells
        if not isinstance(row, GoodRow):
            return None
        return _Told(version, [row.phone, row.name, *row.values], found.values)

    def _judge(self, version: TemplateVersion, department: Department) -> SingleRows:
        key = (version.pk, department.pk)
        if key not in self._rows:
            self._rows[key] = SingleRows(roster_for(version, department).spec)
        return self._rows[key]

    def _as_it_is(self, queued: Queued, phone: str) -> _Told | Refusal:
        """By SMS or LMS; of an Alimtalk that was not recognised what was to follow it."""
        plain = plain_text(queued.instead or queued.text, queued.subject)
        if isinstance(plain, Refusal):
            return plain
        version = self._plain[plain.channel]
        values = {TEXT: plain.text, SUBJECT: plain.subject}
        order = [variable.name for variable in wording(version.pk).variables]
        return _Told(version, [phone, queued.name, *(values[name] for name in order)])


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


def _senders(department: Department) -> dict[str, Department]:
    """Registered numbers → whose they are, among the department and those below it. A number that
    several have is that of the highest of them."""
    own = Department.objects.filter(path__startswith=department.path).exclude(sender_number="")
    return {each.sender_number: each for each in own.order_by("-path")}


def _plain_versions(code: str) -> Iterator[tuple[Channel, TemplateVersion]]:
    """The wordings of a plain notice by the channel on which they go, the newest of each."""
    approved = TemplateVersion.objects.filter(
        notice__code=code, notice__is_active=True, status=TemplateVersion.Status.APPROVED
    )
    for version in approved.select_related("notice").order_by("number"):
        first = wording(version.pk).first
        if first is not Channel.ALIMTALK:
            yield first, version


@lru_cache(maxsize=32)
def _recogniser(versions: tuple[int, ...], today: date) -> Recogniser:
    """Wordings never change; which of them may go does."""
    found = TemplateVersion.objects.filter(pk__in=versions)
    return Recogniser([_candidate(version) for version in found.order_by("pk")], today)


def _candidate(version: TemplateVersion) -> Candidate:
    words = wording(version.pk)
    texts = (words.alimtalk.template.body, version.sms, version.lms)
    return Candidate(version.pk, tuple(filter(None, texts)), words.variables)
