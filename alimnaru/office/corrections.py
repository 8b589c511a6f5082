"""A batch said something wrong: those whom it reached, and nobody else, are told what is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction

from alimnaru.flow.intake import IntakeRefused, Order, Pause, take_in
from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.rosters import newest_wording, roster_for
from alimnaru.flow.routing import chunk_size
from alimnaru.flow.wordings import wording
from alimnaru.office.release import ReleaseRefused, ask
from alimnaru.office.single import RowRefused
from alimnaru.reads.reach import BREACH, corrections_of
from alimnaru.reads.rights import may
from alimnaru.rules.audience import Origin
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.rules.roster import BadRow, GoodRow, RosterRefused, SourceRow
from alimnaru.rules.roster_header import PHONE
from alimnaru.rules.variables import Kind
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import advisory, reach
from alimnaru.store.models import Batch, Member, Notice, TemplateVersion

#: The catalogue's own notice for it: urgent, at any hour, with a wording approved beforehand.
CORRECTION = "ops.correction"
#: People read in one go; between two of them their rows are written.
PAGE = 10_000


def is_common(version: TemplateVersion) -> bool:
    """Whether a wording says the same to everybody: only then is there one form for all."""
    return all(v.kind is not Kind.PERSON for v in wording(version.pk).variables)


def correct(
    batch: Batch,
    *,
    actor: Member,
    notice: Notice,
    cells: Mapping[str, str],
    only: frozenset[int] | None = None,
) -> Batch:
    """Draft a correction to exactly those whom a batch has reached, or may have, and ask for it.

    `cells` by variable, the same for everybody. One message a phone, however many rows it had, and
    none to a phone that an earlier correction knows; `only`: of these messages alone. All of it
    happens, or nothing. Raises `ReleaseRefused` or `RowRefused`.
    """
    with transaction.atomic():
        original = _begin(batch, actor)
        people = _People(original, breach=notice.code == BREACH, only=only)
        values = _judged(original, notice, people.first(), cells)
        version = newest_wording(notice, hours_waived=original.hours_waived)
        return _send(original, people, actor, version, values)


def correct_also(batch: Batch, *, actor: Member) -> Batch:
    """The last correction again, to whom the batch has reached since. Raises `ReleaseRefused`."""
    with transaction.atomic():
        original = _begin(batch, actor)
        people = _People(original)
        people.first()
        if not people.corrections:
            raise ReleaseRefused(ReleaseRefusal.NOBODY_REACHED)
        last = people.corrections[-1]
        return _send(original, people, actor, last.version, _values_of(last))


def _begin(batch: Batch, actor: Member) -> Batch:
    """The batch under a lock of its own: two who correct it at once must not both tell everybody.
    Not that of its row, for which a stop would wait until the last one is written."""
    advisory.wait_for(advisory.CORRECT, batch.pk)
    original = Batch.objects.select_related("notice", "department").get(pk=batch.pk)
    if not may(actor, Right.SEND, original.department):
        raise ReleaseRefused(ReleaseRefusal.NOT_ALLOWED)
    return original


class _People:
    """Whom a correction goes to, read page by page while their rows are written."""

    def __init__(
        self, original: Batch, *, breach: bool = False, only: frozenset[int] | None = None
    ) -> None:
        self._original, self._only = original, only
        self.corrections = corrections_of(original, breach=breach)
        self._known = [c.pk for c in self.corrections]
        try:
            self._key = crypto.BatchKey.unwrap(bytes(original.wrapped_key or b""), original.pk)
        except crypto.Unreadable:
            raise ReleaseRefused(ReleaseRefusal.CONTENT_GONE) from None
        self._after = b""
        self._page: list[reach.Reached] = []
        self._over = False
        self._seen: set[bytes] = set()

    def first(self) -> str:
        """The phone of one of them. Raises `ReleaseRefused` if there is nobody."""
        self.refill()
        if not self._page:
            raise ReleaseRefused(ReleaseRefusal.NOBODY_REACHED)
        return self._phone(self._page[0])

    def refill(self) -> None:
        """Read the next page, if this one is used up."""
        while not (self._page or self._over):
            page = reach.page(self._original.pk, self._after, self._known, PAGE)
            self._over = len(page) < PAGE
            if page:
                self._after = page[-1].row_key
            only = self._only
            self._page = page if only is None else [p for p in page if p.message in only]

    def rows(self, values: Sequence[str]) -> Iterator[GoodRow | Pause]:
        """A row for each phone, keyed by the phone itself: no second one can be written."""
        number = 0
        while True:
            page, self._page = self._page, []
            for person in page:
                if person.to_hash not in self._seen:
                    self._seen.add(person.to_hash)
                    number += 1
                    yield GoodRow(number, person.to_hash, self._phone(person), "", tuple(values))
            if self._page:
                continue  # read meanwhile, because a COPY was full
            if self._over:
                return
            yield Pause.PAUSE

    def _phone(self, person: reach.Reached) -> str:
        return self._key.open(person.message, person.payload)[0]


def _judged(
    original: Batch, notice: Notice, phone: str, cells: Mapping[str, str]
) -> tuple[str, ...]:
    """The values as the check of a list of one would have them. Raises `RowRefused`."""
    version = newest_wording(notice, hours_waived=original.hours_waived)
    chosen = {PHONE: PHONE} | {variable: variable for variable in cells}
    roster = roster_for(version, original.department, chosen)
    rows = [SourceRow(1, [PHONE, *cells]), SourceRow(2, [phone, *cells.values()])]
    try:
        row = next(roster.read(rows))
    except (RosterRefused, StopIteration):
        row = BadRow(2, "", Refusal.VALUE_EMPTY, "", "", "")
    if isinstance(row, BadRow):
        raise RowRefused(row)
    return row.values


def _values_of(correction: Batch) -> list[str]:
    """What a correction says: the same to everybody."""
    found = reach.any_message(correction.pk)
    try:
        key = crypto.BatchKey.unwrap(bytes(correction.wrapped_key or b""), correction.pk)
        if found is not None:
            return key.open(*found)[2:]
    except crypto.Unreadable:
        pass
    raise ReleaseRefused(ReleaseRefusal.CONTENT_GONE)


def _send(
    original: Batch,
    people: _People,
    actor: Member,
    version: TemplateVersion,
    values: Sequence[str],
) -> Batch:
    order = Order(
        notice=version.notice,
        version=version,
        department=original.department,
        member=actor,
        chunk_size=chunk_size(version.pk, hours_waived=original.hours_waived),
        origin=Origin.CORRECTION.value,
        hours_waived=original.hours_waived,
        draft=True,
        corrects=original.pk,
    )
    try:
        draft = take_in(order, people.rows(values), people.refill)
    except IntakeRefused:
        raise ReleaseRefused(ReleaseRefusal.NOBODY_REACHED) from None
    audit.record(
        actor=actor,
        act="batch.correct",
        subject=f"batch:{original.pk}",
        department=original.department,
        facts={"correction": draft.pk, "people": draft.people, "notice": version.notice.code},
    )
    # Whoever corrects knows what went before.
    asked = ask(draft, actor=actor, confirmed=True)
    # What was a mistake is nothing to measure the next list by.
    defer(JobName.REMEMBER, original.pk, queue=LISTS)
    return asked
