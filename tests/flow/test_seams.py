"""Where routing, quotas and outages meet: what none of them sees alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.carriers.base import NotSent
from alimnaru.flow.dispatch import _not_sent, dispatch
from alimnaru.flow.exit import decide
from alimnaru.flow.sweep import sweep
from alimnaru.office.accounts import switch_account
from alimnaru.office.batches import cancel_batch, stop_batch
from alimnaru.store.ledger import chunks
from alimnaru.store.models import Batch, Breaker, CarrierAccount, Chunk, Notice, Outage, Quota
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.accounts import break_, first_account, second_account
from tests.flow.books import check_books

BY_SMS = ("delivered", "sms", "delivered")


# ---- an outage, and accounts that do not know the wording ----------------------------------------


def forget_wording(account: CarrierAccount) -> None:
    account.templateregistration_set.all().delete()


def test_an_account_that_knows_no_wording_is_no_way_by_kakao(cast: Cast) -> None:
    """A contract that is only being set up must not hide that the other one is out."""
    cast.notice.priority = "P1"
    cast.notice.save()
    forget_wording(second_account(cast))
    break_(first_account(cast))
    sweep()
    batch = cast.send(cast.rows(phone()))
    ring()
    sweep()
    bring_results(batch)
    assert states(batch) == [BY_SMS]
    check_books(batch)


@pytest.fixture
def two_out(cast: Cast) -> tuple[CarrierAccount, CarrierAccount]:
    """Both accounts are out; the first could be tried now, the second in a minute."""
    first, second = first_account(cast), second_account(cast)
    break_(first, probe_in=-1)
    break_(second)
    sweep()
    assert Outage.objects.filter(until=None, reason="breaker").exists()
    return first, second


def test_a_try_of_an_account_that_does_not_know_the_wording_helps_nobody(
    cast: Cast, two_out: tuple[CarrierAccount, CarrierAccount]
) -> None:
    """Kept ready for a try that it can never be, it would neither go nor take the way round."""
    cast.notice.priority = "P1"
    cast.notice.save()
    registration = two_out[0].templateregistration_set.get()
    registration.version = cast.notice.versions.create(
        number=99, template=cast.version.template, variables=[], sha256="x"
    )
    registration.save()
    batch = cast.send(cast.rows(phone()))
    ring()
    sweep()
    bring_results(batch)
    assert states(batch) == [BY_SMS]
    check_books(batch)


def test_what_an_account_is_tried_with_is_something_it_can_carry(
    cast: Cast, two_out: tuple[CarrierAccount, CarrierAccount]
) -> None:
    old = cast.send(cast.rows(phone()))
    Breaker.objects.update(probe_at=timezone.now() + timedelta(minutes=1))
    new = cast.send(cast.rows(phone()))
    ring()
    assert set(Chunk.objects.values_list("hold_code", flat=True)) == {"channel_off"}
    # The newer list is in a wording that only the second account knows, and would be tried first.
    registration = two_out[1].templateregistration_set.get()
    registration.version = new.version = cast.notice.versions.create(
        number=99,
        template=cast.version.template,
        variables=cast.version.variables,
        sms=cast.version.sms,
        sha256="x",
    )
    registration.save()
    new.save()
    Breaker.objects.filter(account=two_out[0]).update(probe_at=timezone.now())
    sweep()
    assert list(Chunk.objects.filter(state="ready").values_list("batch", flat=True)) == [old.pk]


def test_a_stopped_list_keeps_no_urgent_one_from_being_tried(cast: Cast) -> None:
    break_(first_account(cast))
    sweep()
    stopped = cast.send(cast.rows(phone()))
    ring()
    stop_batch(stopped, actor=cast.librarian)
    other = Notice.objects.create(code="lib.other", name="다른 안내", department=cast.library)
    Batch.objects.update(notice=other)
    cast.notice.priority, cast.notice.fallback = "P1", ""
    cast.notice.save()
    batch = cast.send(cast.rows(phone()))
    ring()
    Breaker.objects.update(probe_at=timezone.now())
    sweep()
    ring()
    assert Chunk.objects.get(batch=batch).state == "sent"
    assert Chunk.objects.get(batch=stopped).state == "held"


# ---- lines in which nobody stands any more -------------------------------------------------------


def line_up(cast: Cast, account: CarrierAccount) -> None:
    """A long list stands in the account's line."""
    for _ in range(3):
        cast.send(cast.rows(*(phone() for _ in range(30))))
        dispatch(Chunk.objects.latest("pk").pk)
    assert Quota.objects.get(account=account, lane="normal").free_at > timezone.now() + timedelta(
        seconds=30
    )


def rest(account: CarrierAccount) -> None:
    """Nothing has gone by the account for a while."""
    Quota.objects.filter(account=account, lane="").update(
        free_at=timezone.now() - timedelta(seconds=2)
    )


def test_a_line_that_was_left_is_over(cast: Cast) -> None:
    """Switched off and on again, an account would be waited for by a line of nobody."""
    account = first_account(cast, per_second=1)
    line_up(cast, account)
    switch_account(account, actor=cast.librarian, on=False)
    Chunk.objects.filter(state="ready").update(state="held", hold_code="no_account")
    switch_account(account, actor=cast.librarian, on=True)
    rest(account)
    sweep()
    cast.send(cast.rows(phone()))
    dispatch(Chunk.objects.latest("pk").pk)
    assert Chunk.objects.latest("pk").state == "sent"


@pytest.mark.parametrize("act", [stop_batch, cancel_batch])
def test_who_stood_behind_a_stopped_list_moves_up(cast: Cast, act: object) -> None:
    account = first_account(cast, per_second=1)
    line_up(cast, account)
    batch = cast.send(cast.rows(phone()))
    dispatch(Chunk.objects.get(batch=batch).pk)
    waiting = Chunk.objects.get(batch=batch)
    assert (waiting.state, waiting.account) == ("ready", account)
    for other in {c.batch for c in Chunk.objects.exclude(batch=batch)}:
        act(other, actor=cast.librarian)  # type: ignore[operator]
    rest(account)
    sweep()
    ring()
    assert Chunk.objects.get(batch=batch).state == "sent"


def test_a_line_that_moves_is_left_alone(cast: Cast) -> None:
    account = first_account(cast, per_second=1)
    line_up(cast, account)
    before = list(Chunk.objects.order_by("pk").values_list("account", "not_before"))
    sweep()
    assert list(Chunk.objects.order_by("pk").values_list("account", "not_before")) == before


# ---- what counts against a day -------------------------------------------------------------------


def test_what_was_cut_and_never_arrived_is_not_used_up(cast: Cast) -> None:
    first_account(cast, per_day=10)
    cast.faults(kind="cut_before", path="send")
    cast.send(cast.rows(*(phone() for _ in range(6))))
    chunk = Chunk.objects.get().pk
    dispatch(chunk)
    assert Chunk.objects.get().state == "doubt"
    Chunk.objects.update(not_before=timezone.now())
    dispatch(chunk)
    assert (Chunk.objects.get().state, Quota.objects.get().used) == ("ready", 0)
    dispatch(chunk)
    assert (Chunk.objects.get().state, Quota.objects.get().used) == ("sent", 6)


def test_a_second_hand_over_under_a_kept_token_is_not_counted_again(cast: Cast) -> None:
    account = first_account(cast, per_second=100, per_day=6)
    Quota.objects.create(
        account=account, lane="", free_at=timezone.now(), day=timezone.localdate(), used=6
    )
    cast.send(cast.rows(*(phone() for _ in range(6))))
    Chunk.objects.update(account=account, token="G4V20261125000000000000000000000")
    now = timezone.now()
    claim = chunks.claim_ready(Chunk.objects.get().pk, now, now + timedelta(minutes=1))
    assert claim is not None
    assert decide(claim) is not None
    assert Quota.objects.get(lane="").used == 6


def test_who_has_lost_its_chunk_gives_nothing_back(cast: Cast) -> None:
    """It slept so long that another asked the carrier, and gave back what had been counted."""
    account = first_account(cast, per_day=10)
    cast.send(cast.rows(*(phone() for _ in range(6))))
    now = timezone.now()
    claim = chunks.claim_ready(Chunk.objects.get().pk, now, now)
    assert claim is not None
    departure = decide(claim)
    assert departure is not None
    Quota.objects.filter(account=account).update(used=8)  # others have used two
    assert chunks.claim_doubt(claim.chunk, now + timedelta(seconds=1), now) is not None
    _not_sent(claim, departure, NotSent("GroupGone"))
    assert Quota.objects.get(account=account).used == 8


# ---- doubt after a long wait ---------------------------------------------------------------------


@pytest.mark.parametrize("died", [True, False], ids=["its worker died", "it was cut"])
def test_what_was_offered_in_vain_for_long_is_asked_about_soon(cast: Cast, died: bool) -> None:
    """An account that works again is tried with what has waited longest: cut, it would be asked
    about once, and then not for a quarter of an hour."""
    cast.send(cast.rows(phone()))
    chunk = Chunk.objects.get().pk
    cast.faults(kind="cut_after", path="send")
    cast.faults(kind="error_503", path="groups", times=9)
    if died:
        Chunk.objects.update(
            state="claimed", setbacks=30, token="G", account=cast.account,
            lease_until=timezone.now() - timedelta(seconds=1),
        )  # fmt: skip
    else:
        Chunk.objects.update(setbacks=30)
        dispatch(chunk)
        Chunk.objects.update(not_before=timezone.now())
    dispatch(chunk)
    found = Chunk.objects.get()
    assert found.state == "doubt"
    assert found.not_before < timezone.now() + timedelta(seconds=10)


def test_an_account_at_rest_calls_nobody_whom_it_sent_away(cast: Cast) -> None:
    """It had asked for a pause, and would be asked again at every sweep."""
    account = first_account(cast, per_second=10)
    cast.faults(kind="too_many", path="create", times=None)
    cast.send(cast.rows(phone()))
    Chunk.objects.update(setbacks=5)
    dispatch(Chunk.objects.get().pk)
    waiting = Chunk.objects.get()
    assert (waiting.state, waiting.account) == ("ready", None)
    Chunk.objects.update(account=account)  # as one that was sent away after its group was made
    rest(account)
    sweep()
    assert Chunk.objects.get().not_before == waiting.not_before


def test_who_was_sent_away_once_and_stands_in_line_is_called(cast: Cast) -> None:
    account = first_account(cast, per_second=1)
    line_up(cast, account)
    cast.send(cast.rows(phone()))
    last = Chunk.objects.latest("pk")
    Chunk.objects.filter(pk=last.pk).update(setbacks=3)
    dispatch(last.pk)
    Chunk.objects.exclude(pk=last.pk).update(state="held", hold_code="batch_stopped")
    rest(account)
    sweep()
    last.refresh_from_db()
    assert (last.state, last.setbacks) == ("ready", 0)
    assert last.not_before <= timezone.now()
