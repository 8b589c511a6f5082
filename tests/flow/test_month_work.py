"""A statement comes in by a page: looked at, asked about, read and compared by a worker."""

from __future__ import annotations

import os
import tempfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone

from alimnaru.flow.month_files import tidy
from alimnaru.office import month_work as works
from alimnaru.office.report_files import write_month
from alimnaru.papers.disputes import SUMMARY, disputes_paper
from alimnaru.reads.closing import disputes, verdicts
from alimnaru.rules.periods import after
from alimnaru.rules.statement import Columns, StatementFault, StatementRefused
from alimnaru.store.models import (
    CarrierAccount,
    Charge,
    MonthClose,
    MonthWork,
    Statement,
    Tally,
    WorkPiece,
)
from tests.cast import Cast, bring_results, phone, ring

TITLES = ("수신번호", "메시지ID", "유형", "완료일시", "요금", "상태")
PEOPLE = 4


@pytest.fixture
def month() -> date:
    """Two months ago: whatever today is, it is over and past its fifth working day."""
    return after(timezone.localdate(), -2)


@pytest.fixture
def account(cast: Cast, month: date) -> CarrierAccount:
    """Four messages, delivered in that month and not charged yet."""
    batch = cast.send(cast.rows(*(phone() for _ in range(PEOPLE))))
    bring_results(batch)
    at = timezone.make_aware(datetime(month.year, month.month, 10, 12))
    batch.message_set.update(done_at=at)
    Tally.objects.update(day=at.date())
    batch.chunks.update(sent_at=at)
    assert cast.account is not None
    return cast.account


def statement(names: list[str], month: date, *, won: str = "5") -> bytes:
    """A file as nobody has told us: other titles, a phone in it, a title above."""
    lines = [",".join(TITLES)]
    lines += [f"010-1234-5678,{ref},ATA,{month:%Y-%m}-10 12:00,{won},4000" for ref in names]
    return "\n".join(["이용 내역서", *lines]).encode("cp949")


def upload(cast: Cast, account: CarrierAccount, month: date, content: bytes) -> MonthWork:
    work = works.receive(account, month, [content], actor=cast.librarian, name="내역.csv")
    ring()
    work.refresh_from_db()
    return work


def test_a_file_is_asked_about_read_and_compared(
    cast: Cast, account: CarrierAccount, month: date
) -> None:
    names = [c for chunk in account.chunk_set.all() for c in chunk.carrier_refs]
    work = upload(cast, account, month, statement(names, month))
    assert work.state == "asked", work.fault
    guessed = Columns.of_json(work.mapping)
    assert (guessed.ref, guessed.channel, guessed.day) == (("메시지ID",), "유형", "완료일시")
    assert (guessed.won, guessed.result) == ("요금", "상태")
    sample = works.sample_of(work)
    assert sample is not None
    assert sample.titles == list(TITLES)
    assert len(sample.lines) == PEOPLE
    assert {line[0] for line in sample.lines} == {"***"}

    works.read_as(work, guessed, actor=cast.librarian)
    ring()
    work.refresh_from_db()
    assert (work.state, work.fault, work.rows_read) == ("done", "", PEOPLE)
    assert Charge.objects.filter(month=month).count() == PEOPLE
    assert list(disputes(month)) == []
    assert not WorkPiece.objects.exists()
    # The account's next file is read the same way.
    again = upload(cast, account, month, statement(names[1:], month, won="9"))
    assert Columns.of_json(again.mapping) == guessed


def test_what_other_words_mend_keeps_its_file(
    cast: Cast, account: CarrierAccount, month: date
) -> None:
    names = [c for chunk in account.chunk_set.all() for c in chunk.carrier_refs]
    content = statement(names, month).replace(b"ATA", b"KKO")
    work = upload(cast, account, month, content)
    columns = Columns.of_json(work.mapping)
    works.read_as(work, columns, actor=cast.librarian)
    ring()
    work.refresh_from_db()
    assert (work.state, work.fault) == ("refused", StatementFault.CHANNEL_UNKNOWN)
    assert not Statement.objects.exists()
    told = Columns.of_json({**columns.as_json(), "channels": {"KKO": "alimtalk"}})
    works.read_as(work, told, actor=cast.librarian)
    ring()
    work.refresh_from_db()
    assert work.state == "done"
    with pytest.raises(StatementRefused):
        works.read_as(work, told, actor=cast.librarian)


def test_charging_anew_compares_again_and_closing_waits_for_all(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path
) -> None:
    names = [c for chunk in account.chunk_set.all() for c in chunk.carrier_refs]
    work = upload(cast, account, month, statement(names[1:], month))
    works.read_as(work, Columns.of_json(work.mapping), actor=cast.librarian)
    works.ask_charges(month, actor=cast.librarian)
    ring()
    line = disputes(month).get()
    assert (line.verdict, line.ref) == ("only_ours", names[0])
    row = MonthClose.objects.get(month=month)
    assert row.totals["charges"] == [
        {"account": account.name, "channel": "alimtalk", "messages": PEOPLE, "won": "20.000"}
    ]
    assert row.totals["tallies_differ"] == 0

    paper = disputes_paper(
        month, disputes(month), verdicts(month), office="시험구", at=timezone.now()
    )
    write_month(paper, tmp_path / "d.xlsx", summary=SUMMARY)
    sheet = openpyxl.load_workbook(tmp_path / "d.xlsx")["서로 다른 줄"]
    assert [c.value for c in sheet[2]][2] == names[0]
    assert [c.value for c in sheet[2]][7] == 5

    Tally.objects.update(won=Decimal(1))
    refused = works.ask_close(month, actor=cast.librarian, reasons={})
    ring()
    refused.refresh_from_db()
    assert refused.fault == StatementFault.TALLIES_DIFFER
    Tally.objects.update(won=Decimal(20))
    works.ask_close(month, actor=cast.librarian, reasons={})
    ring()
    assert MonthClose.objects.get(month=month).closed_at is not None
    with pytest.raises(StatementRefused):
        works.ask_charges(month, actor=cast.librarian)


def test_a_bill_of_a_month_in_which_nothing_was_delivered(cast: Cast, month: date) -> None:
    assert cast.account is not None
    work = upload(cast, cast.account, month, statement(["M1", "M2"], month))
    works.read_as(work, Columns.of_json(work.mapping), actor=cast.librarian)
    ring()
    assert [line.verdict for line in disputes(month)] == ["only_theirs"] * 2


def test_a_file_without_titles_leaves_nobody_s_number_behind(
    cast: Cast, account: CarrierAccount, month: date
) -> None:
    content = b"\n".join([b"M1,ATA,2026-01-10,010-1234-5678,5,4000"] * 3)
    work = upload(cast, account, month, content)
    assert (work.state, work.fault) == ("refused", StatementFault.TITLES_MISSING)
    assert (work.titles, work.sample) == ([], None)
    assert not WorkPiece.objects.exists()


def test_what_ends_its_worker_is_given_up(cast: Cast, account: CarrierAccount, month: date) -> None:
    work = works.ask_charges(month, actor=cast.librarian)
    MonthWork.objects.update(state="running", tries=works.TRIES)
    ring()
    work.refresh_from_db()
    assert (work.state, work.fault) == ("refused", StatementFault.GAVE_UP)


def test_what_a_killed_worker_left_of_a_file_goes_with_the_next(
    cast: Cast, account: CarrierAccount, month: date, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "alimnaru-list-killed"
    left.mkdir()
    (left / "statement.csv").write_text("010-1234-5678")
    os.utime(left, (0, 0))
    upload(cast, account, month, statement(["M1"], month))
    assert list(tmp_path.iterdir()) == []


def test_what_lies_is_rung_for_and_what_is_old_goes(
    cast: Cast, account: CarrierAccount, month: date
) -> None:
    work = upload(cast, account, month, statement(["M1"], month))
    lost = works.ask_charges(month, actor=cast.librarian)
    ring()
    long_ago = timezone.now() - timedelta(days=30)
    MonthWork.objects.update(created_at=long_ago)
    MonthWork.objects.filter(pk=lost.pk).update(state="running")
    tidy(timezone.now())
    ring()
    lost.refresh_from_db()
    work.refresh_from_db()
    assert lost.state == "done"
    assert work.state == "gone"
    assert not WorkPiece.objects.exists()
