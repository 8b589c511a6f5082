"""A mistake is corrected to exactly those whom it has reached, or may have."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from alimnaru.office import corrections
from alimnaru.office.batches import cancel_batch, stop_batch
from alimnaru.office.corrections import correct, correct_also, is_common
from alimnaru.office.release import ReleaseRefused, approve, discard
from alimnaru.office.single import RowRefused
from alimnaru.reads.reach import corrections_of, left_to_correct, reach_of
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.store import crypto
from alimnaru.store.models import Attempt, AuditEntry, Batch, Chunk, Message, Notice, Stage
from tests.apology import CELLS, apology
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.conftest import cast as cast
from tests.flow.conftest import open_cast as open_cast
from tests.flow.conftest import sandbox_process as sandbox_process
from tests.flow.racing import at_once
from tests.flow.reports import DELIVERED, ids, keep
from tests.staff import hire


@pytest.fixture
def sorry(cast: Cast) -> Notice:
    return apology(cast)


def refused(code: object) -> pytest.RaisesExc[ReleaseRefused]:
    return pytest.RaisesExc(ReleaseRefused, check=lambda error: error.code == code)


def stopped_midway(cast: Cast, *, gone: int = 2, waiting: int = 2) -> Batch:
    """Some were told, the others are held."""
    numbers = [phone() for _ in range(gone + waiting)]
    batch = cast.send(cast.rows(*numbers), chunk_size=1)
    first = Chunk.objects.filter(batch=batch).order_by("pk")[:gone]
    later = [c.pk for c in Chunk.objects.filter(batch=batch)[gone:]]
    Chunk.objects.filter(pk__in=later).update(not_before=timezone.now().replace(year=2099))
    assert len(first) == gone
    bring_results(batch)
    stop_batch(batch, actor=cast.librarian)
    batch.refresh_from_db()
    return batch


def hashes(batch: Batch, **more: object) -> set[bytes]:
    found = Message.objects.filter(batch=batch, **more).values_list("to_hash", flat=True)
    return {bytes(h) for h in found}


def sent(cast: Cast, batch: Batch, sorry: Notice) -> Batch:
    return correct(batch, actor=cast.librarian, notice=sorry, cells=CELLS)


def test_exactly_those_who_were_told(cast: Cast, sorry: Notice) -> None:
    batch = stopped_midway(cast)
    assert (reach_of(batch).told, reach_of(batch).waiting) == (2, 2)
    correction = sent(cast, batch, sorry)
    assert hashes(correction) == hashes(batch, state="delivered")
    assert (correction.origin, correction.corrects_id) == ("correction", batch.pk)
    assert correction.department == batch.department
    bring_results(correction)
    assert {s for s, _, _ in states(correction)} == {"delivered"}
    assert left_to_correct(batch, corrections_of(batch)) == 0
    check_books(correction)
    facts = AuditEntry.objects.get(act="batch.correct").facts
    assert facts == {"correction": correction.pk, "people": 2, "notice": "ops.correction"}


def test_it_says_the_same_to_everybody_in_the_offices_words(cast: Cast, sorry: Notice) -> None:
    correction = sent(cast, stopped_midway(cast), sorry)
    key = crypto.BatchKey.unwrap(bytes(correction.wrapped_key or b""), correction.pk)
    found = Message.objects.filter(batch=correction)
    said = {tuple(key.open(m.pk, bytes(m.payload))[1:]) for m in found}
    moment, right = "2026. 11. 25.(수) 10:00", "반납일은 12월 2일입니다"
    assert said == {("", moment, right, "나루중앙도서관", "02-555-0101", "10:00")}


def test_who_is_with_a_carrier_is_told_too(cast: Cast, sorry: Notice) -> None:
    batch = cast.send(cast.rows(phone("0006"), phone("0006")))
    ring()
    stop_batch(batch, actor=cast.librarian)
    assert reach_of(batch).under_way == 2
    assert hashes(sent(cast, batch, sorry)) == hashes(batch)


def in_doubt(chunk: Chunk) -> None:
    Chunk.objects.filter(pk=chunk.pk).update(state="held", token="T")


def unknown(chunk: Chunk) -> None:
    Message.objects.filter(chunk=chunk).update(state="unknown")


def silent_before_its_text(chunk: Chunk) -> None:
    """Kakao never answered; the SMS is held."""
    message = Message.objects.get(chunk=chunk)
    now = timezone.now()
    Attempt.objects.create(
        message=message, attempt_no=1, batch_id=message.batch_id, chunk_id=chunk.pk,
        channel="alimtalk", code="silent", at=now, next_channel="sms", next_try=1, due_at=now,
    )  # fmt: skip


def surely_not(chunk: Chunk) -> None:
    Message.objects.filter(chunk=chunk).update(state="failed", code="number_wrong")


def not_sent(chunk: Chunk) -> None:
    """Held, as it is."""


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (in_doubt, True),
        (unknown, True),
        (silent_before_its_text, True),
        (surely_not, False),
        (not_sent, False),
    ],
)
def test_who_may_have_it(
    cast: Cast, sorry: Notice, happened: Callable[[Chunk], None], told: bool
) -> None:
    batch = stopped_midway(cast, gone=1, waiting=1)
    other = Chunk.objects.get(batch=batch, state="held")
    happened(other)
    assert sent(cast, batch, sorry).people == 1 + told


def test_one_message_a_phone(cast: Cast, sorry: Notice) -> None:
    number = phone()
    batch = cast.send(cast.rows(number, number, phone()))
    bring_results(batch)
    assert sent(cast, batch, sorry).people == 2


def test_who_is_reached_later_is_added_without_repeating(cast: Cast, sorry: Notice) -> None:
    batch = cast.send(cast.rows(phone(), phone("0004")))
    bring_results(batch)
    first = sent(cast, batch, sorry)
    assert first.people == 1
    with refused(ReleaseRefusal.NOBODY_REACHED):
        correct_also(batch, actor=cast.librarian)
    # The phone was off; it reports days later.
    keep(cast, (f"{ids(batch)[1]}-1", DELIVERED))
    ring()
    assert left_to_correct(batch, corrections_of(batch)) == 1
    second = correct_also(batch, actor=cast.librarian)
    assert hashes(second).isdisjoint(hashes(first))
    assert hashes(second) | hashes(first) == hashes(batch)
    assert second.version == first.version
    assert left_to_correct(batch, corrections_of(batch)) == 0


def test_a_discarded_correction_told_nobody(cast: Cast, sorry: Notice) -> None:
    batch = cast.send(cast.rows(*(phone() for _ in range(25))))
    bring_results(batch)
    first = sent(cast, batch, sorry)
    assert first.stage == Stage.REQUESTED  # the wording is new, and they are more than a few
    discard(first, actor=cast.librarian)
    ring()
    assert sent(cast, batch, sorry).people == 25


def test_one_approval_is_enough_however_many(cast: Cast, sorry: Notice) -> None:
    staff = hire(cast)
    batch = cast.send(cast.rows(*(phone() for _ in range(1100))))
    bring_results(batch)
    correction = sent(cast, batch, sorry)
    assert correction.approvals_needed == 1
    gone = approve(correction, actor=staff.approver, hash=correction.release_hash)
    assert gone.stage == Stage.RELEASED
    assert gone.slice_state == ""
    assert gone.undo_until is None  # P0


def test_read_in_pages_while_it_is_written(
    cast: Cast, sorry: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "PAGE", 3)
    batch = cast.send(cast.rows(*(phone() for _ in range(10))))
    bring_results(batch)
    assert hashes(sent(cast, batch, sorry)) == hashes(batch)


def test_what_stands_against_it(cast: Cast, sorry: Notice) -> None:
    staff = hire(cast)
    batch = stopped_midway(cast)
    with refused(ReleaseRefusal.NOT_ALLOWED):
        correct(batch, actor=staff.neighbour, notice=sorry, cells=CELLS)
    with pytest.RaisesExc(RowRefused, check=lambda e: e.row.code is Refusal.VALUE_HAS_LINK):
        correct(
            batch, actor=cast.librarian, notice=sorry, cells={**CELLS, "변경내용": "http://bad.example"}
        )  # fmt: skip
    assert not corrections_of(batch)
    Batch.objects.filter(pk=batch.pk).update(wrapped_key=None)
    with refused(ReleaseRefusal.CONTENT_GONE):
        sent(cast, batch, sorry)


def test_nobody_was_reached(cast: Cast, sorry: Notice) -> None:
    batch = cast.send(cast.rows(phone()))
    stop_batch(batch, actor=cast.librarian)
    cancel_batch(batch, actor=cast.librarian)
    with refused(ReleaseRefusal.NOBODY_REACHED):
        sent(cast, batch, sorry)


def test_a_wording_that_names_each_is_none_for_all(cast: Cast, sorry: Notice) -> None:
    assert is_common(sorry.versions.get())
    assert not is_common(cast.version)


def test_two_who_correct_at_once_tell_each_once(open_cast: Cast) -> None:
    sorry = apology(open_cast)
    batch = stopped_midway(open_cast, gone=3, waiting=0)

    def click() -> bool:
        try:
            correct(batch, actor=open_cast.librarian, notice=sorry, cells=CELLS)
        except ReleaseRefused:
            return False
        return True

    assert sorted(at_once(click, click)) == [False, True]
    assert Message.objects.filter(batch__corrects=batch).count() == 3
