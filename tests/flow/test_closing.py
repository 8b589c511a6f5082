"""A month's bill: what differs is found, what agrees is not shown, and a closed month stays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alimnaru.flow.fallback import fall_back, give_up_waiting
from alimnaru.flow.receive import drain
from alimnaru.office import closing
from alimnaru.office.accounts import MonthClosed, set_price
from alimnaru.reads.closing import carried_over, disputes, figures, unknowns_of
from alimnaru.rules.channel import Channel
from alimnaru.rules.periods import after
from alimnaru.rules.statement import PRESETS, StatementFault, StatementRefused
from alimnaru.store.ledger import charging
from alimnaru.store.ledger.charging import against_tallies
from alimnaru.store.models import (
    Attempt,
    AuditEntry,
    CarrierAccount,
    Charge,
    Message,
    MonthClose,
    Statement,
    StatementLine,
    Tally,
)
from tests.cast import Cast, bring_results, phone, ring
from tests.flow.racing import PATIENCE, wait_for_waiting, workers
from tests.flow.reports import CARRIER_DOWN, DELIVERED, PHONE_OFF, ids, keep, report

COLUMNS = PRESETS["solapi"]
HEADER = "messageId,type,dateCompleted,price,statusCode"
PEOPLE = 8
Row = tuple[str, str, str, str, str]


@pytest.fixture
def month() -> date:
    """Two months ago: whatever today is, it is over and past its fifth working day."""
    return after(timezone.localdate(), -2)


@pytest.fixture
def account(cast: Cast, month: date) -> CarrierAccount:
    """Eight messages of the month, delivered and charged."""
    batch = cast.send(cast.rows(*(phone() for _ in range(PEOPLE))))
    bring_results(batch)
    at = timezone.make_aware(datetime(month.year, month.month, 10, 12))
    assert Message.objects.filter(state="delivered").update(done_at=at) == PEOPLE
    Tally.objects.update(day=at.date())
    batch.chunks.update(sent_at=at)
    assert closing.charge_month(month, actor=cast.librarian) == PEOPLE
    assert cast.account is not None
    return cast.account


def billed(month: date) -> list[Row]:
    """What an honest carrier would write."""
    return [
        (c.ref, "ATA", f"{c.day} 12:00:00", f"{c.won}", "4000")
        for c in Charge.objects.filter(month=month).order_by("id")
    ]


def take(cast: Cast, path: Path, month: date, rows: Sequence[Row], head: str = HEADER) -> Statement:
    path.write_text("\n".join([head, *(",".join(row) for row in rows)]), encoding="cp949")
    assert cast.account is not None
    statement = closing.take_statement(
        cast.account, month, path, COLUMNS, actor=cast.librarian, replace=True
    )
    closing.compare(cast.account, month, actor=cast.librarian)
    return statement


def found(month: date) -> list[tuple[str, str]]:
    return sorted((line.verdict, line.ref) for line in disputes(month))


def planted(rows: list[Row], month: date) -> tuple[list[Row], list[tuple[str, str]]]:
    """One difference of each kind, and what the comparison must say of each."""
    told = list(rows)
    gone = told.pop(0)
    told.append(told[0])
    told.append(("M-nobody", *rows[1][1:]))
    told[1] = (told[1][0], told[1][1], told[1][2], "6.5", told[1][4])
    told[2] = (*told[2][:2], f"{after(month, 1)} 00:01:00", *told[2][3:])
    told[3] = (told[3][0], "SMS", *told[3][2:])
    told.append((gone[0], *gone[1:4], "3000"))  # failed: costs nothing
    wanted = [
        ("only_ours", gone[0]), ("twice", told[0][0]), ("only_theirs", "M-nobody"),
        ("price", told[1][0]), ("other_month", told[2][0]), ("price", told[3][0]),
    ]  # fmt: skip
    return told, sorted(wanted)


@pytest.mark.parametrize("turn", [lambda r: r, lambda r: r[::-1], lambda r: r[4:] + r[:4]])
def test_every_difference_is_found_in_any_order(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path,
    turn: Callable[[list[Row]], list[Row]],
) -> None:  # fmt: skip
    rows, wanted = planted(billed(month), month)
    take(cast, tmp_path / "a.csv", month, turn(rows))
    assert found(month) == wanted
    closing.compare(account, month, actor=cast.librarian)
    assert found(month) == wanted


def test_agreement_shows_nothing(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path
) -> None:
    take(cast, tmp_path / "a.csv", month, billed(month))
    assert found(month) == []
    told = figures(month)
    assert (told["messages"], told["ours"], told["theirs"]) == (PEOPLE, "40.000", "40.000")
    assert told["vat"] == "4"
    assert told["within_tolerance"]


def test_billed_again_in_the_next_month(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path
) -> None:
    take(cast, tmp_path / "a.csv", month, billed(month))
    late = after(month, 1)
    at = timezone.make_aware(datetime(late.year, late.month, 3, 12))
    moved = Message.objects.order_by("-id").first()
    assert moved is not None
    Message.objects.filter(pk=moved.pk).update(done_at=at)
    closing.charge_month(late, actor=cast.librarian)
    rows = billed(month)[:1] + billed(late)
    take(cast, tmp_path / "b.csv", late, rows)
    assert found(late) == [("twice", rows[0][0])]


def test_a_month_is_closed_once_all_agree_with_it(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path
) -> None:
    by = cast.librarian
    with pytest.raises(StatementRefused) as refused:
        closing.close(month, actor=by)
    assert refused.value.code is StatementFault.NOT_COMPARED
    with pytest.raises(StatementRefused) as refused:
        closing.close(timezone.localdate().replace(day=1), actor=by)
    assert refused.value.code is StatementFault.TOO_EARLY
    take(cast, tmp_path / "a.csv", month, billed(month))
    Tally.objects.update(won=Decimal(1))
    with pytest.raises(StatementRefused) as refused:
        closing.close(month, actor=by)
    assert refused.value.code is StatementFault.TALLIES_DIFFER
    Tally.objects.update(won=Decimal(40))
    assert against_tallies(month) == []
    assert closing.close(month, actor=by).totals["ours"] == "40.000"
    for act in (
        lambda: closing.charge_month(month, actor=by),
        lambda: take(cast, tmp_path / "b.csv", month, billed(month)[1:]),
        lambda: closing.compare(account, month, actor=by),
    ):
        with pytest.raises(StatementRefused) as refused:
            act()
        assert refused.value.code is StatementFault.MONTH_CLOSED
    with pytest.raises(StatementRefused):
        closing.reopen(month, " ", actor=by)
    closing.reopen(month, "통신사가 내역을 고쳐 보냄", actor=by)
    assert MonthClose.objects.get(month=month).closed_at is None
    assert AuditEntry.objects.filter(act="month.reopen").count() == 1


def test_what_was_open_at_the_end_is_carried_over(
    cast: Cast, account: CarrierAccount, month: date
) -> None:
    ids = list(Message.objects.order_by("id").values_list("id", flat=True)[:3])
    end = timezone.make_aware(datetime.combine(after(month, 1), datetime.min.time()))
    Message.objects.filter(pk=ids[0]).update(done_at=end)
    Message.objects.filter(pk__in=ids[1:]).update(state="unknown", done_at=None)
    chunk = Message.objects.get(pk=ids[0]).chunk
    type(chunk).objects.filter(pk=chunk.pk).update(unknown=2)
    assert carried_over(month) == [
        {"account": account.name, "channel": "alimtalk", "messages": 3, "delivered": 1,
         "failed": 0, "open": 2}
    ]  # fmt: skip
    assert unknowns_of(month) == 2


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (("", "ATA", "2026-10-10", "5", "4000"), StatementFault.REF_BAD),
        (("M1", "FAX", "2026-10-10", "5", "4000"), StatementFault.CHANNEL_UNKNOWN),
        (("M1", "ATA", "2026-13-10", "5", "4000"), StatementFault.DAY_BAD),
        (("M1", "ATA", "10월", "5", "4000"), StatementFault.DAY_BAD),
        (("M1", "ATA", "2026-10-10", "NaN", "4000"), StatementFault.PRICE_BAD),
        (("M1", "ATA", "2026-10-10", "-5", "4000"), StatementFault.PRICE_BAD),
        (("M1", "ATA", "2026-10-10", "1e9", "4000"), StatementFault.PRICE_BAD),
        (("M1", "ATA", "2026-10-10", "5", "?"), StatementFault.RESULT_UNKNOWN),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_bad_line_leaves_nothing_behind(
    cast: Cast, month: date, tmp_path: Path, bad: Row, code: StatementFault
) -> None:
    take(cast, tmp_path / "a.csv", month, billed(month))
    with pytest.raises(StatementRefused) as refused:
        take(cast, tmp_path / "b.csv", month, [*billed(month), bad])
    assert refused.value.code is code
    assert refused.value.facts["row"] == PEOPLE + 2
    # What had been taken before stands.
    assert StatementLine.objects.count() == PEOPLE


def test_header_and_sum_rows(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path
) -> None:
    rows = [*billed(month), ("", "합계", "", "40", "")]
    assert take(cast, tmp_path / "a.csv", month, rows, f"이용 내역\n{HEADER}").rows == PEOPLE
    with pytest.raises(StatementRefused) as refused:
        take(cast, tmp_path / "b.csv", month, rows, HEADER.replace("price", "cost"))
    assert refused.value.facts == {"column": "price"}


def test_a_settled_dispute_keeps_its_note(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path
) -> None:
    take(cast, tmp_path / "a.csv", month, billed(month)[1:])
    line = disputes(month).get()
    closing.settle_dispute(line, "다음 달에 청구함", actor=cast.librarian)
    line.refresh_from_db()
    assert line.note == "다음 달에 청구함"
    assert line.settled_by == cast.librarian
    assert line.settled_at is not None
    assert timezone.now() - line.settled_at < timedelta(hours=1)


def test_notes_outlive_comparing_anew_and_a_corrected_statement(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path
) -> None:
    rows = billed(month)
    dearer = (*rows[1][:3], "6.5", rows[1][4])
    wrong = [dearer, *rows[2:]]

    def notes() -> set[tuple[str, str, bool]]:
        return {(x.ref, x.note, x.settled_by == cast.librarian) for x in disputes(month)}

    take(cast, tmp_path / "a.csv", month, wrong)
    for line in disputes(month):
        closing.settle_dispute(line, f"{line.verdict} 확인", actor=cast.librarian)
    wanted = {(rows[0][0], "only_ours 확인", True), (rows[1][0], "price 확인", True)}
    closing.compare(account, month, actor=cast.librarian)
    assert notes() == wanted
    # A second file of the account, then one in place of both.
    path = tmp_path / "b.csv"
    path.write_text("\n".join([HEADER, ",".join(("M-nobody", *rows[2][1:]))]), encoding="cp949")
    closing.take_statement(account, month, path, COLUMNS, actor=cast.librarian)
    closing.compare(account, month, actor=cast.librarian)
    assert notes() == {*wanted, ("M-nobody", "", False)}
    take(cast, tmp_path / "c.csv", month, wrong[::-1])
    assert notes() == wanted
    # What agrees by now is no dispute any more.
    take(cast, tmp_path / "d.csv", month, [rows[0], *wrong])
    assert notes() == {(rows[1][0], "price 확인", True)}


# ---- results that come late ----------------------------------------------------------------------


def charged_now() -> tuple[list[tuple[str, int]], list[object]]:
    """What the running month has charged by now, and where it differs from the tallies."""
    month = timezone.localdate().replace(day=1)
    charging.charge(month)
    found = Charge.objects.order_by("channel", "attempt_no")
    return list(found.values_list("channel", "attempt_no")), list(against_tallies(month))


@pytest.mark.parametrize(
    ("sms", "charges"),
    [
        pytest.param(DELIVERED, [("alimtalk", 1), ("sms", 2)], id="reached on both"),
        pytest.param(PHONE_OFF, [("alimtalk", 1)], id="Kakao alone"),
    ],
)
def test_a_late_success_is_charged_once_for_each_try_that_arrived(
    cast: Cast, sms: str, charges: list[tuple[str, int]]
) -> None:
    """The SMS that failed is billed by nobody, although the message was told after all."""
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    give_up_waiting(batch.chunks.get().pk)
    ring()
    message = ids(batch)[0]
    report(cast, (f"{message}-2", sms))
    report(cast, (f"{message}-1", DELIVERED))
    assert charged_now() == (charges, [])
    # As a version wrote it that did not note which try was credited.
    Attempt.objects.update(credited_at=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("alimnaru.store.migrations.0052_credited_before").FORWARD)
    assert charged_now() == (charges, [])


def test_a_second_try_that_never_went_is_not_charged(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    message = ids(batch)[0]
    report(cast, (f"{message}-1", CARRIER_DOWN))
    Attempt.objects.update(due_at=timezone.now())
    fall_back(batch.pk)
    keep(cast, (f"{message}-1", DELIVERED))
    drain()
    ring()
    assert charged_now() == ([("alimtalk", 1)], [])


def test_a_try_that_arrives_before_the_next_is_made(cast: Cast) -> None:
    """Given up on, and still the message's own: tallied like any other."""
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    message = ids(batch)[0]
    report(cast, (f"{message}-1", CARRIER_DOWN))
    report(cast, (f"{message}-1", DELIVERED))
    assert Attempt.objects.count() == 1
    assert charged_now() == ([("alimtalk", 1)], [])


def test_a_price_waits_for_a_month_that_is_being_closed(open_cast: Cast, month: date) -> None:
    """Entered a moment later it would be put on what the closed figures were made of."""
    shut, go = threading.Event(), threading.Event()
    account, by = open_cast.account, open_cast.librarian
    assert account is not None

    def close() -> None:
        with transaction.atomic():
            closing.close(month, actor=by)
            shut.set()
            assert go.wait(PATIENCE)

    def price() -> None:
        set_price(account, actor=by, channel=Channel.ALIMTALK, won=Decimal(9), since=month)

    with workers(2) as start:
        closes = start(close)
        assert shut.wait(PATIENCE)
        enters = start(price)
        wait_for_waiting(1)
        go.set()
        closes.result(PATIENCE)
        with pytest.raises(MonthClosed):
            enters.result(PATIENCE)
