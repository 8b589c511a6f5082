"""Destroying by decision: two people, and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.flow import retention
from alimnaru.office import destroying as office
from alimnaru.reads.destroying import is_untouched
from alimnaru.rules.destruction import DestroyFault
from alimnaru.store.ledger import retention as ledger
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    Destruction,
    Kept,
    Member,
    Message,
)
from tests.cast import Cast, phone, ring, states
from tests.flow.moment import Moment
from tests.flow.test_retention import told
from tests.staff import Staff

REASON = "잘못 만든 명단이라 바로 파기"


@pytest.fixture
def batch(cast: Cast, moment: Moment) -> Batch:
    """One that is through, and whose time is far from over."""
    made = told(cast, phone(), phone())
    moment.passes(days=2)
    retention.retain()
    return made


def test_one_asks_another_agrees_and_it_goes(batch: Batch, staff: Staff, officer: Member) -> None:
    one = office.ask(batch.pk, actor=staff.manager, reason=REASON)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is not None
    with pytest.raises(office.DestroyRefused) as refused:
        office.agree(one.pk, actor=staff.manager)
    assert refused.value.code is DestroyFault.SAME_PERSON
    office.agree(one.pk, actor=officer)
    retention.retain()
    batch.refresh_from_db()
    one.refresh_from_db()
    assert batch.wrapped_key is None
    assert (one.state, one.batches, one.messages) == ("done", 1, 2)
    assert (one.asked_by, one.approved_by) == (staff.manager, officer)
    assert is_untouched(one)
    acts = AuditEntry.objects.filter(subject=f"destruction:{one.pk}").order_by("pk")
    assert [e.act for e in acts] == ["retention.ask", "retention.agree", "retention.destroy"]


def test_what_is_to_go_after_all_goes_before_it_is_destroyed(
    cast: Cast, moment: Moment, staff: Staff, officer: Member
) -> None:
    """An SMS that somebody decided on between the request and the agreement."""
    made = told(cast, phone())
    moment.passes(days=2)
    retention.retain()
    one = office.ask(made.pk, actor=staff.manager, reason=REASON)
    chunk = made.chunks.get()
    Batch.objects.update(expires_at=moment.now + timedelta(hours=1))
    chunk.state = "ready"
    chunk.save(update_fields=["state"])
    office.agree(one.pk, actor=officer)
    retention.retain()
    made.refresh_from_db()
    assert made.wrapped_key is not None
    chunk.state = "settled"
    chunk.save(update_fields=["state"])
    retention.retain()
    made.refresh_from_db()
    assert made.wrapped_key is None


def test_what_was_never_sent_ends_without_its_text(cast: Cast) -> None:
    """Held by a fault for months: it must not be tried again and again."""
    made = cast.send(cast.rows(phone()))
    Batch.objects.filter(pk=made.pk).update(wrapped_key=None)
    ring()
    assert states(made) == [("expired", "alimtalk", "expired")]
    assert made.chunks.get().state == "settled"
    assert cast.accepted() == []


def test_blanking_twice_hashes_no_digest(batch: Batch) -> None:
    chunks = list(batch.chunks.values_list("pk", flat=True))
    assert ledger.blank(batch.pk, chunks, timezone.now()) == 2
    before = list(Message.objects.order_by("pk").values_list("payload", flat=True))
    assert ledger.blank(batch.pk, chunks, timezone.now()) == 0
    assert list(Message.objects.order_by("pk").values_list("payload", flat=True)) == before


def test_who_says_no_keeps_it_and_it_may_be_asked_again(
    batch: Batch, staff: Staff, officer: Member
) -> None:
    one = office.ask(batch.pk, actor=staff.manager, reason=REASON)
    with pytest.raises(office.DestroyRefused) as refused:
        office.ask(batch.pk, actor=officer, reason=REASON)
    assert refused.value.code is DestroyFault.WAITING
    office.refuse(one.pk, actor=officer)
    retention.retain()
    assert Kept.objects.get(batch=batch).text_destruction is None
    assert office.ask(batch.pk, actor=officer, reason=REASON).pk != one.pk


def test_who_may_not_asks_for_nothing(batch: Batch, staff: Staff) -> None:
    for actor in (staff.writer, staff.approver, staff.system, staff.auditor, staff.neighbour):
        with pytest.raises(office.DestroyRefused) as refused:
            office.ask(batch.pk, actor=actor, reason=REASON)
        assert refused.value.code is DestroyFault.NOT_THERE
    assert not Destruction.objects.exists()


def test_a_request_whose_batch_is_destroyed_altogether_is_not_there(
    batch: Batch, staff: Staff, officer: Member
) -> None:
    """The row that said what is kept goes with it; a page of before still shows the button."""
    one = office.ask(batch.pk, actor=staff.manager, reason=REASON)
    Kept.objects.filter(batch=batch).delete()
    for decide in (office.agree, office.refuse):
        with pytest.raises(office.DestroyRefused) as refused:
            decide(one.pk, actor=officer)
        assert refused.value.code is DestroyFault.NOT_THERE
