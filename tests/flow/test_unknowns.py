"""Decisions about what nobody tells: what they change, what they must not, and what still may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.flow import tasks, unknowns
from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.sweep import sweep
from alimnaru.office.batches import cancel_batch
from alimnaru.office.unknowns import NoText, decide
from alimnaru.reads.deliveries import batch_report
from alimnaru.reads.unknowns import unknown_batches, unknown_messages
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.unknowns import COUNTED_AS_SENT, Choice
from alimnaru.store.ledger import unknowns as ledger
from alimnaru.store.models import Attempt, AuditEntry, Batch, Chunk, Message, UnknownDecision
from alimnaru.store.scoping import whole_office
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books, jobs
from tests.flow.moment import Moment
from tests.flow.reports import DELIVERED, NOT_A_USER, NUMBER_WRONG, TIMED_OUT, ids, report
from tests.flow.test_exit import wish

UNKNOWN = ("unknown", "alimtalk", "timed_out")
COUNTED = ("delivered", "alimtalk", COUNTED_AS_SENT)
BY_SMS = ("delivered", "sms", "delivered")
ON_KAKAO = ("delivered", "alimtalk", "delivered")
HOURS = 72


def in_the_dark(cast: Cast, people: int = 2, **rest: int) -> Batch:
    """A batch about which the carrier says that it does not know."""
    batch = cast.send(cast.rows(*(phone("0009") for _ in range(people))), **rest)
    bring_results(batch)
    assert states(batch) == [UNKNOWN] * people
    return batch


def choose(cast: Cast, batch: Batch, choice: Choice, *messages: int) -> int:
    decided = decide(batch, choice, actor=cast.librarian, messages=messages or None)
    check_books(batch)
    return decided


def kinds(cast: Cast) -> list[str]:
    return [kind for _, kind in cast.accepted()]


# ---- sent ----------------------------------------------------------------------------------------


def test_counted_as_sent(cast: Cast) -> None:
    batch = in_the_dark(cast)
    assert choose(cast, batch, Choice.SENT) == 2
    assert states(batch) == [COUNTED] * 2
    chunk = Chunk.objects.get()
    assert (chunk.delivered, chunk.unknown, chunk.state) == (2, 0, "settled")
    assert kinds(cast) == ["ATA", "ATA"]
    assert choose(cast, batch, Choice.SENT) == 0
    assert UnknownDecision.objects.count() == 2


@pytest.mark.parametrize("code", [DELIVERED, NUMBER_WRONG, NOT_A_USER, TIMED_OUT])
def test_a_receipt_after_it_changes_nothing(cast: Cast, code: str) -> None:
    batch = in_the_dark(cast, 1)
    choose(cast, batch, Choice.SENT)
    report(cast, (f"{ids(batch)[0]}-1", code))
    bring_results(batch)
    assert states(batch) == [COUNTED]
    assert kinds(cast) == ["ATA"]
    check_books(batch)


# ---- sms -----------------------------------------------------------------------------------------


def test_sent_by_sms(cast: Cast) -> None:
    batch = in_the_dark(cast)
    first, second = ids(batch)
    assert choose(cast, batch, Choice.SMS) == 2
    assert states(batch) == [("pending", "sms", None)] * 2
    assert set(Message.objects.values_list("attempt_no", flat=True)) == {2}
    bring_results(batch)
    assert states(batch) == [BY_SMS] * 2
    assert cast.accepted()[2:] == [(f"{first}-2", "SMS"), (f"{second}-2", "SMS")]
    tries = Attempt.objects.values_list("channel", "code", "next_channel", "reached_at")
    assert set(tries) == {("alimtalk", "timed_out", "sms", None)}
    assert not Attempt.objects.filter(moved_at=None).exists()
    check_books(batch)


def test_kakaos_late_success_is_known_as_both(cast: Cast) -> None:
    batch = in_the_dark(cast, 1)
    choose(cast, batch, Choice.SMS)
    bring_results(batch)
    report(cast, (f"{ids(batch)[0]}-1", DELIVERED))
    assert states(batch) == [BY_SMS]
    found = batch_report(whole_office(), batch.pk)
    assert found is not None
    assert found.both_reached == {"alimtalk": 1}
    check_books(batch)


def test_kakaos_success_before_the_sms_goes_saves_it(cast: Cast) -> None:
    batch = in_the_dark(cast, 1)
    choose(cast, batch, Choice.SMS)
    report_only(cast, batch)
    dispatch(Chunk.objects.get(channel="sms").pk)
    assert states(batch) == [ON_KAKAO]
    assert kinds(cast) == ["ATA"]
    check_books(batch)


def report_only(cast: Cast, batch: Batch) -> None:
    from tests.flow.reports import keep

    keep(cast, (f"{ids(batch)[0]}-1", DELIVERED))
    tasks.receive(0)


@pytest.mark.parametrize("code", [NUMBER_WRONG, NOT_A_USER, TIMED_OUT])
def test_a_late_no_changes_nothing(cast: Cast, code: str) -> None:
    batch = in_the_dark(cast, 1)
    choose(cast, batch, Choice.SMS)
    report(cast, (f"{ids(batch)[0]}-1", code))
    bring_results(batch)
    assert states(batch) == [BY_SMS]
    assert kinds(cast) == ["ATA", "SMS"]
    check_books(batch)


def test_a_wish_is_kept_at_the_exit(cast: Cast) -> None:
    number = phone("0009")
    batch = cast.send(cast.rows(number))
    bring_results(batch)
    wish(number, "stop")
    choose(cast, batch, Choice.SMS)
    bring_results(batch)
    assert states(batch) == [("suppressed", "sms", "opted_out")]
    assert kinds(cast) == ["ATA"]
    check_books(batch)


def test_a_try_that_was_already_handed_over_to_its_next_is_closed_once(cast: Cast) -> None:
    """Retry was due when the carrier said that it does not know."""
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    message = ids(batch)[0]
    report(cast, (f"{message}-1", "3024"))
    report(cast, (f"{message}-1", TIMED_OUT))
    assert states(batch) == [UNKNOWN]
    choose(cast, batch, Choice.SMS)
    Attempt.objects.update(due_at=timezone.now())
    tasks.fallback(batch.pk)
    assert Chunk.objects.count() == 2
    bring_results(batch)
    assert states(batch) == [BY_SMS]
    check_books(batch)


def test_a_second_sms_is_a_persons_to_send(cast: Cast) -> None:
    number = phone("0013")
    wish(number, "sms")
    batch = cast.send(cast.rows(number))
    ring()
    report(cast, (f"{ids(batch)[0]}-2", TIMED_OUT))
    choose(cast, batch, Choice.SMS)
    ring()
    assert kinds(cast) == ["SMS", "SMS"]
    check_books(batch)


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("no fallback", Refusal.NO_CHANNEL_LEFT),
        ("no text", Refusal.NO_CHANNEL_LEFT),
        ("expired", Refusal.EXPIRED),
        ("key destroyed", Refusal.EXPIRED),
        ("cancelled", Refusal.CANCELLED_BY_STAFF),
    ],
)
def test_where_no_sms_may_follow(cast: Cast, why: str, code: Refusal) -> None:
    batch = in_the_dark(cast, 1)
    match why:
        case "no fallback":
            cast.notice.fallback = ""
            cast.notice.save()
        case "no text":
            from alimnaru.flow.wordings import wording

            cast.version.sms = ""
            cast.version.save()
            wording.cache_clear()
        case "expired":
            Batch.objects.update(expires_at=timezone.now())
        case "key destroyed":
            Batch.objects.update(wrapped_key=None)
        case "cancelled":
            cancel_batch(batch, actor=cast.librarian)
    with pytest.raises(NoText) as caught:
        choose(cast, batch, Choice.SMS)
    assert caught.value.code is code
    assert states(batch) == [UNKNOWN]
    assert not UnknownDecision.objects.exists()
    assert choose(cast, batch, Choice.LEAVE) == 1


# ---- leave ---------------------------------------------------------------------------------------


def test_left_as_it_is(cast: Cast) -> None:
    batch = in_the_dark(cast)
    first, second = ids(batch)
    assert choose(cast, batch, Choice.LEAVE, first) == 1
    assert states(batch) == [UNKNOWN] * 2
    (found,) = unknown_batches(whole_office())
    assert (found.open, found.left) == (1, 1)
    assert choose(cast, batch, Choice.SENT) == 1  # the batch: who is not decided about yet
    assert states(batch) == [UNKNOWN, COUNTED]
    assert second != first


def test_one_that_was_left_may_be_taken_up_again(cast: Cast) -> None:
    batch = in_the_dark(cast, 1)
    choose(cast, batch, Choice.LEAVE)
    assert choose(cast, batch, Choice.SMS, ids(batch)[0]) == 1
    bring_results(batch)
    assert states(batch) == [BY_SMS]
    assert UnknownDecision.objects.get().choice == "sms"


@pytest.mark.parametrize(
    ("code", "becomes"),
    [(DELIVERED, ON_KAKAO), (NUMBER_WRONG, ("failed", "alimtalk", "number_wrong"))],
)
def test_a_receipt_settles_what_was_left(
    cast: Cast, code: str, becomes: tuple[str, str, str]
) -> None:
    batch = in_the_dark(cast, 1)
    choose(cast, batch, Choice.LEAVE)
    report(cast, (f"{ids(batch)[0]}-1", code))
    assert states(batch) == [becomes]
    assert unknown_batches(whole_office()) == []
    check_books(batch)


# ---- what is decided about -----------------------------------------------------------------------


def test_only_what_is_unknown_is_decided_about(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone(), phone("0009"), phone("0004")))
    bring_results(batch)
    before = states(batch)
    assert choose(cast, batch, Choice.SENT, *ids(batch)) == 1
    assert states(batch) == [before[0], COUNTED, before[2]]


def test_another_batchs_messages_are_not(cast: Cast) -> None:
    batch, other = in_the_dark(cast, 1), in_the_dark(cast, 1)
    assert choose(cast, batch, Choice.SENT, *ids(other)) == 0
    assert states(other) == [UNKNOWN]


def test_the_audit_names_who_and_how_many(cast: Cast) -> None:
    batch = in_the_dark(cast)
    choose(cast, batch, Choice.SENT)
    entry = AuditEntry.objects.get(act="unknown.decide")
    assert (entry.actor, entry.subject) == (cast.librarian, f"batch:{batch.pk}")
    assert entry.facts == {"choice": "sent", "messages": 2, "named": False}
    assert {d.member for d in UnknownDecision.objects.all()} == {cast.librarian}


def test_a_decision_taken_while_another_waited_is_not_taken_twice(cast: Cast) -> None:
    batch = in_the_dark(cast)
    choose(cast, batch, Choice.LEAVE, ids(batch)[0])
    assert [o.message for o in ledger.lock_open(batch.pk)] == ids(batch)[1:]


# ---- the rule ------------------------------------------------------------------------------------


def rule(cast: Cast, on_unknown: str, ttl_hours: int = 24 * 30) -> None:
    cast.notice.on_unknown = on_unknown
    cast.notice.ttl_minutes = ttl_hours * 60
    cast.notice.save()


def swept(cast: Cast) -> None:
    sweep()
    for name, key in jobs():
        if name in {"unknown", "dispatch"}:
            getattr(tasks, name)(key)


@pytest.mark.parametrize(
    ("on_unknown", "becomes"),
    [("leave", UNKNOWN), ("sent", COUNTED), ("sms", ("pending", "sms", None)), ("odd", UNKNOWN)],
)
def test_the_rule_decides_after_the_deadline(
    cast: Cast, moment: Moment, on_unknown: str, becomes: tuple[str, str, str | None]
) -> None:
    rule(cast, on_unknown)
    batch = in_the_dark(cast)
    moment.passes(hours=HOURS, seconds=-2)
    swept(cast)
    assert states(batch) == [UNKNOWN] * 2
    moment.passes(seconds=2)
    swept(cast)
    assert states(batch) == [becomes] * 2
    assert {d.member for d in UnknownDecision.objects.all()} == {None}
    check_books(batch)


def test_who_decides_in_time_is_not_overruled(cast: Cast, moment: Moment) -> None:
    rule(cast, "sms")
    batch = in_the_dark(cast, 1)
    choose(cast, batch, Choice.LEAVE)
    moment.passes(hours=HOURS)
    swept(cast)
    assert states(batch) == [UNKNOWN]
    assert UnknownDecision.objects.get().member == cast.librarian


def test_the_rule_sends_nothing_that_is_over(cast: Cast, moment: Moment) -> None:
    rule(cast, "sms", ttl_hours=24)
    batch = in_the_dark(cast, 1)
    moment.passes(hours=HOURS)
    swept(cast)
    assert states(batch) == [UNKNOWN]
    assert UnknownDecision.objects.get().choice == "leave"


def test_the_rule_sends_no_second_sms(cast: Cast, moment: Moment) -> None:
    rule(cast, "sms")
    number = phone("0013")
    wish(number, "sms")
    batch = cast.send(cast.rows(number))
    ring()
    report(cast, (f"{ids(batch)[0]}-2", TIMED_OUT))
    moment.passes(hours=HOURS)
    swept(cast)
    assert states(batch) == [("unknown", "sms", "timed_out")]


def test_a_decided_batch_is_not_looked_at_again_until_something_becomes_unknown(
    cast: Cast, moment: Moment
) -> None:
    rule(cast, "leave")
    batch = cast.send(cast.rows(phone("0009"), phone("0006")))
    bring_results(batch)
    moment.passes(hours=HOURS)
    swept(cast)
    assert ledger.due_batches(moment.now + timedelta(days=300)) == []
    unknowns.apply_rule(batch.pk)  # an old bell
    report(cast, (f"{ids(batch)[1]}-1", TIMED_OUT))
    assert ledger.due_batches(moment.now) == [batch.pk]
    swept(cast)
    assert ledger.due_batches(moment.now) == []
    moment.passes(hours=HOURS)
    assert ledger.due_batches(moment.now) == [batch.pk]
    swept(cast)
    assert UnknownDecision.objects.count() == 2


def test_rounds(cast: Cast, moment: Moment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unknowns, "ROUND", 2)
    rule(cast, "sent")
    batch = in_the_dark(cast, 5, chunk_size=2)
    moment.passes(hours=HOURS)
    swept(cast)
    assert states(batch) == [COUNTED] * 5
    check_books(batch)


# ---- the list ------------------------------------------------------------------------------------


def test_the_list_says_what_is_known(cast: Cast, moment: Moment) -> None:
    batch = in_the_dark(cast, 1)
    (found,) = unknown_batches(whole_office())
    (message,) = unknown_messages(whole_office(), batch.pk, 10)
    assert (found.batch, found.open, found.left) == (batch, 1, 0)
    assert found.codes == {"timed_out": 1}
    assert found.deadline == message.deadline == message.since + timedelta(hours=HOURS)
    assert (message.name, message.phone[:9]) == ("김*루", "010-****-")
    assert (message.account, message.code, message.tries) == ("sandbox", "timed_out", 1)
    assert message.sent_at == moment.now
    assert message.choice == ""


def test_without_its_key_a_message_has_no_name(cast: Cast) -> None:
    batch = in_the_dark(cast, 1)
    Batch.objects.update(wrapped_key=None)
    (message,) = unknown_messages(whole_office(), batch.pk, 10)
    assert (message.name, message.phone) == ("", "")


def test_a_damaged_payload_has_no_name(cast: Cast) -> None:
    batch = in_the_dark(cast, 1)
    Message.objects.update(payload=b"x" * 40)
    (message,) = unknown_messages(whole_office(), batch.pk, 10)
    assert (message.name, message.phone) == ("", "")
