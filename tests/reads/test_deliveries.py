"""A batch's report comes from counters, and counters and rows say the same."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from alimnaru.office.batches import resume_batch, stop_batch
from alimnaru.reads.deliveries import (
    BatchReport,
    Held,
    batch_report,
    count_from_messages,
    failures_by_code,
)
from alimnaru.reads.what_next import REFUSED
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Action, Result, action_for
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import base
from alimnaru.store.models import Batch, Member, Membership, Role, Tariff
from alimnaru.store.scoping import scope_of, whole_office
from tests.cast import Cast
from tests.reads.fates import bad, end_unsent, fall_back, hand_over, list_of, tell, tell_late


def report_on(batch: Batch, *, timed: bool = False) -> BatchReport:
    found = batch_report(whole_office(), batch.pk, timed=timed)
    assert found is not None
    return found


def assert_counters_and_rows_agree(report: BatchReport) -> None:
    rows = count_from_messages(report.batch)
    assert report.balances
    assert {f"delivered:{c}": n for c, n in report.delivered.items()} == {
        name: n for name, n in rows.items() if name.startswith("delivered:")
    }
    ends = ("refused", "failed", "suppressed", "cancelled", "expired", "unknown", "pending")
    assert {end: getattr(report, end) for end in ends} == {end: rows[end] for end in ends}


# ---- counts --------------------------------------------------------------------------------------


def test_it_works(office: Cast) -> None:
    batch = list_of(office, 3, [bad(90), bad(91)])
    report = report_on(batch)
    assert (report.rows, report.refused, report.pending) == (5, 2, 3)
    assert dict(report.delivered) == {"alimtalk": 0, "sms": 0, "lms": 0, "mms": 0}
    assert (report.notice_code, report.department) == ("lib.due.soon", "나루중앙도서관")
    assert report.first_sent_at is None
    assert_counters_and_rows_agree(report)


def test_every_fate_is_counted_once(office: Cast) -> None:
    batch = list_of(office, 9, [bad(90)])
    end_unsent(
        batch,
        {
            0: (MessageState.SUPPRESSED, Refusal.OPTED_OUT),
            1: (MessageState.CANCELLED, Refusal.CANCELLED_BY_STAFF),
            2: (MessageState.EXPIRED, Refusal.EXPIRED),
        },
    )
    hand_over(batch)
    fates = {3: Result.DELIVERED, 4: Result.NOT_A_USER, 5: Result.BLOCKED, 6: Result.NUMBER_WRONG}
    tell(batch, {**fates, 7: Result.TIMED_OUT})
    fall_back(batch)
    tell(batch, {4: Result.DELIVERED})
    report = report_on(batch)
    assert dict(report.delivered) == {"alimtalk": 1, "sms": 1, "lms": 0, "mms": 0}
    assert (report.suppressed, report.cancelled, report.expired) == (1, 1, 1)
    assert (report.failed, report.unknown, report.pending) == (1, 1, 2)
    assert report.settled == 7
    assert_counters_and_rows_agree(report)


ANY = [result for result in Result if action_for(result) is not Action.RETRY]


@pytest.mark.parametrize("seed", range(4))
def test_counters_and_rows_agree_whatever_the_carrier_says(office: Cast, seed: int) -> None:
    dice = random.Random(seed)
    batch = list_of(office, 40, [bad(90 + n) for n in range(seed)])
    hand_over(batch)
    for _ in range(4):
        tell(batch, {place: dice.choice(ANY) for place in dice.sample(range(40), 25)})
        assert_counters_and_rows_agree(report_on(batch))
        fall_back(batch)
        for place in dice.sample(range(40), 5):
            tell_late(batch, place, 1)
        assert_counters_and_rows_agree(report_on(batch))


def test_a_report_that_does_not_balance_says_so(office: Cast) -> None:
    batch = list_of(office, 2)
    Batch.objects.filter(pk=batch.pk).update(rows=3)
    assert not report_on(batch).balances


# ---- what waits for a person ---------------------------------------------------------------------


def test_held_chunks_name_their_reason(office: Cast) -> None:
    batch = list_of(office, 3)
    assert not report_on(batch).waits_for_a_person
    stop_batch(batch, actor=office.librarian)
    report = report_on(batch)
    assert list(report.held) == [Held("batch_stopped", 1, 3)]
    assert report.waits_for_a_person
    assert report.stopped_at is not None
    resume_batch(batch, actor=office.librarian)
    assert list(report_on(batch).held) == []


def test_a_batch_with_messages_under_way_does_not_wait(office: Cast) -> None:
    batch = office.send(list(office.rows("01012340001", "01012340002")), chunk_size=1)
    first = batch.chunks.order_by("pk")[0]
    hand_over_one = batch.chunks.filter(pk=first.pk)
    hand_over_one.update(state="sent", sent_at=timezone.now())
    stop_batch(batch, actor=office.librarian)
    report = report_on(batch)
    assert (report.pending, report.held[0].messages) == (2, 1)
    assert not report.waits_for_a_person


# ---- money ---------------------------------------------------------------------------------------


def test_money_is_what_was_delivered(office: Cast) -> None:
    batch = list_of(office, 4)
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED, 1: Result.DELIVERED, 2: Result.BLOCKED})
    fall_back(batch)
    tell(batch, {2: Result.DELIVERED})
    assert dict(report_on(batch).won) == {
        "spent": 2 * Decimal(5) + Decimal("8.063"),
        "needed": 3 * Decimal("8.063"),
        "all_sms": 3 * Decimal("8.063"),
        "all_lms": 3 * Decimal("26.763"),
    }


def test_a_resident_reached_on_both_is_billed_twice_and_counted_once(office: Cast) -> None:
    batch = list_of(office, 2)
    hand_over(batch)
    tell(batch, {0: Result.NOT_A_USER, 1: Result.NOT_A_USER})
    fall_back(batch)
    tell(batch, {0: Result.DELIVERED})
    tell_late(batch, 0, 1)  # beside the SMS
    tell_late(batch, 1, 1)
    tell(batch, {1: Result.HANDSET_OFF})  # the SMS had not: Kakao's word decides
    report = report_on(batch)
    assert dict(report.both_reached) == {"alimtalk": 1}
    assert dict(report.delivered) == {"alimtalk": 1, "sms": 1, "lms": 0, "mms": 0}
    assert report.won["spent"] == 2 * Decimal(5) + Decimal("8.063")
    assert report.won["all_sms"] == 2 * Decimal("8.063")
    assert_counters_and_rows_agree(report)


def test_the_price_of_the_day_counts(office: Cast) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    Tariff.objects.create(channel="alimtalk", won=7, since=timezone.localdate(tomorrow))
    today, later = list_of(office, 1), list_of(office, 1)
    Batch.objects.filter(pk=later.pk).update(not_before=tomorrow)
    for batch in (today, later):
        hand_over(batch)
        tell(batch, {0: Result.DELIVERED})
    assert report_on(today).won["spent"] == 5
    assert report_on(later).won["spent"] == 7


def test_without_prices_there_is_no_money(office: Cast) -> None:
    batch = list_of(office, 1)
    Tariff.objects.all().delete()
    assert dict(report_on(batch).won) == {}


# ---- time ----------------------------------------------------------------------------------------


def test_seconds_run_from_the_first_hand_over_to_the_last_result(office: Cast) -> None:
    batch = list_of(office, 2)
    start = timezone.now()
    hand_over(batch, start)
    tell(batch, {0: Result.DELIVERED}, start + timedelta(seconds=3))
    assert report_on(batch, timed=True).seconds is None
    tell(batch, {1: Result.NUMBER_WRONG}, start + timedelta(seconds=7))
    assert report_on(batch, timed=True).seconds == 7.0
    assert report_on(batch).seconds is None


def test_a_batch_that_never_went_has_no_seconds(office: Cast) -> None:
    batch = list_of(office, 1)
    end_unsent(batch, {0: (MessageState.CANCELLED, Refusal.CANCELLED_BY_STAFF)})
    assert report_on(batch, timed=True).seconds is None


# ---- who may see it ------------------------------------------------------------------------------


def test_a_neighbour_sees_nothing(office: Cast) -> None:
    batch = list_of(office, 1)
    nurse = Member.objects.create(login="nurse", name="이간호")
    Membership.objects.create(member=nurse, department=office.health, role=Role.WRITER)
    assert batch_report(scope_of(nurse), batch.pk) is None
    assert batch_report(scope_of(office.librarian), batch.pk) is not None


def test_an_unknown_batch_is_none(office: Cast) -> None:
    assert batch_report(whole_office(), 4711) is None


# ---- speed ---------------------------------------------------------------------------------------


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The report's own statements as they pass, for they go past Django's query log."""
    asked: list[str] = []

    def select(sql: str, params: Any) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return base.rows(sql, params)

    monkeypatch.setattr("alimnaru.reads.deliveries.select", select)
    return asked


def message_rows_read() -> int:
    """Rows of messages that this transaction has read so far, by PostgreSQL's own count."""
    sql = """
        SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
        WHERE relname = 'store_message'
    """
    return int(base.rows(sql, [])[0][0])


def test_the_number_of_queries_does_not_grow(
    office: Cast, statements: list[str], django_assert_num_queries: Any
) -> None:
    asked = []
    for size in (10, 20):
        batch = office.send(office.rows(*(f"010{n:08d}" for n in range(size))), chunk_size=2)
        hand_over(batch)
        tell(batch, dict.fromkeys(range(size), Result.BLOCKED))
        statements.clear()
        with django_assert_num_queries(2):  # the batch, the prices
            report_on(batch)
        asked.append(list(statements))
    assert asked[0] == asked[1]
    assert len(asked[0]) == 1


def test_no_message_is_read_for_a_page(office: Cast) -> None:
    batch = list_of(office, 30)
    hand_over(batch)
    tell(batch, dict.fromkeys(range(20), Result.DELIVERED))
    before = message_rows_read()
    report_on(batch)
    assert message_rows_read() == before
    report_on(batch, timed=True)
    tell(batch, dict.fromkeys(range(20, 30), Result.DELIVERED))
    between = message_rows_read()
    report_on(batch, timed=True)  # the count counts
    assert message_rows_read() - between >= 30


# ---- reasons -------------------------------------------------------------------------------------


def test_failures_are_grouped_by_reason(office: Cast) -> None:
    batch = list_of(office, 6, [bad(90), bad(91), bad(92, Refusal.PHONE_EMPTY)])
    hand_over(batch)
    wrong = {0: Result.NUMBER_WRONG, 1: Result.NUMBER_WRONG, 2: Result.NUMBER_WRONG}
    tell(batch, {**wrong, 3: Result.TIMED_OUT, 4: Result.DELIVERED})
    found = [(f.state, f.code, f.messages) for f in failures_by_code(batch.pk)]
    assert found == [
        ("failed", "number_wrong", 3),
        (REFUSED, "phone_landline", 2),
        (REFUSED, "phone_empty", 1),
        ("unknown", "timed_out", 1),
    ]


def test_the_json_form_is_complete(office: Cast) -> None:
    batch = list_of(office, 2, [bad(90)])
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED})
    said: dict[str, Any] = report_on(batch).as_json()
    parts = ("refused", "failed", "suppressed", "cancelled", "expired", "unknown", "pending")
    assert said["rows"] == sum(said[p] for p in parts) + sum(said["delivered"].values())
    assert said["won"] == {"spent": 5.0, "needed": 8.063, "all_sms": 8.063, "all_lms": 26.763}
    assert said["balances"] is True
