"""What residents ask for: entered, ended, and taken in by the thousand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.office.preferences import (
    StatutoryNotice,
    end_choice,
    end_suspension,
    enter_choice,
    import_opt_outs,
    suspend,
)
from alimnaru.reads.preferences import OnFile, on_file, recent
from alimnaru.rules.consent import Choice, Provenance
from alimnaru.rules.opt_out_list import OptOutsRefused
from alimnaru.rules.refusals import Refusal
from alimnaru.sources.upload import ListRefused
from alimnaru.store import crypto
from alimnaru.store.models import AuditEntry, Notice, Preference, Suspension
from tests.cast import Cast, make_cast, phone

STOP, SMS, KAKAO = Choice.STOP, Choice.SMS, Choice.KAKAO


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


def want(
    office: Cast, number: str, choice: Choice, notice: Notice | None = None, note: str = ""
) -> bool:
    return enter_choice(
        actor=office.librarian,
        phone=number,
        choice=choice,
        notice=notice,
        provenance=Provenance.CALL,
        note=note,
    )


def filed(number: str) -> OnFile:
    return on_file(crypto.phone_hash(number), timezone.now())


def lasting(number: str) -> list[tuple[str, str]]:
    found = filed(number)
    chosen = [found.for_all, *found.for_notices]
    return [(p.notice.code if p.notice else "", p.choice) for p in chosen if p is not None]


def facts(act: str) -> list[dict[str, object]]:
    return list(AuditEntry.objects.filter(act=act).order_by("pk").values_list("facts", flat=True))


# ---- one choice ----------------------------------------------------------------------------------


def test_a_choice_is_entered_once(office: Cast) -> None:
    number = phone()
    assert want(office, number, STOP, note="접수 12")
    assert not want(office, number, STOP)
    assert lasting(number) == [("", "stop")]
    entry = Preference.objects.get()
    assert (entry.provenance, entry.member, entry.note) == ("call", office.librarian, "접수 12")
    assert facts("preference.set") == [{"choice": "stop", "from": "call", "ended": 0}]


def test_it_takes_the_place_of_the_one_before(office: Cast) -> None:
    number = phone()
    want(office, number, SMS)
    want(office, number, KAKAO)
    assert lasting(number) == [("", "kakao")]
    assert [p.choice for p in filed(number).history] == ["kakao", "sms"]


def test_one_for_a_notice_stands_beside_the_one_for_all(office: Cast) -> None:
    number = phone()
    want(office, number, SMS)
    want(office, number, STOP, office.notice)
    assert lasting(number) == [("", "sms"), ("lib.due.soon", "stop")]


def test_who_wants_nothing_at_all_keeps_no_wish_for_a_single_notice(office: Cast) -> None:
    number = phone()
    want(office, number, KAKAO, office.notice)
    want(office, number, STOP)
    assert lasting(number) == [("", "stop")]
    assert facts("preference.set")[-1]["ended"] == 1


def test_the_laws_notice_cannot_be_refused(office: Cast) -> None:
    office.notice.legal_effect = "service"
    office.notice.save()
    with pytest.raises(StatutoryNotice):
        want(office, phone(), STOP, office.notice)
    assert want(office, phone(), SMS, office.notice)


def test_a_choice_ends_once(office: Cast) -> None:
    number = phone()
    want(office, number, STOP)
    entry = Preference.objects.get()
    assert end_choice(entry, actor=office.librarian, note="다시 받기를 원함")
    assert not end_choice(entry, actor=office.librarian, note="다시")
    assert lasting(number) == []
    assert facts("preference.end") == [{"choice": "stop", "note": "다시 받기를 원함"}]


def test_a_number_that_is_somebody_elses(office: Cast) -> None:
    number = phone()
    who = office.librarian
    assert suspend(actor=who, phone=number, provenance=Provenance.DESK)
    assert not suspend(actor=who, phone=number, provenance=Provenance.DESK)
    assert filed(number).suspensions == [Suspension.objects.get()]
    assert end_suspension(Suspension.objects.get(), actor=who, note="본인 확인")
    assert not end_suspension(Suspension.objects.get(), actor=who, note="본인 확인")
    assert filed(number).suspensions == []
    assert suspend(actor=who, phone=number, provenance=Provenance.DESK)


def test_no_number_is_kept_or_told(office: Cast) -> None:
    number = phone()
    want(office, number, STOP)
    suspend(actor=office.librarian, phone=number, provenance=Provenance.CALL)
    written = str(list(AuditEntry.objects.values())) + str(list(Preference.objects.values()))
    assert number not in written
    assert filed(number).code not in str(facts("preference.set"))


# ---- the free number's list ----------------------------------------------------------------------


def listed(folder: Path, *numbers: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join(["번호", *numbers]), encoding="utf-8")
    return path


def test_a_list_is_taken_in(office: Cast, tmp_path: Path) -> None:
    known, mixed, new = phone(), phone(), phone()
    want(office, known, STOP)
    want(office, mixed, SMS)
    want(office, mixed, KAKAO, office.notice)
    path = listed(tmp_path, known, mixed, new, new, "02-555-0101")
    done = import_opt_outs(path, actor=office.librarian, note="11월")
    assert (done.new, done.known, done.found.repeated) == (2, 1, 1)
    assert done.found.refused == [(6, Refusal.PHONE_LANDLINE)]
    for number in (known, mixed, new):
        assert lasting(number) == [("", "stop")]
    assert facts("preference.import") == [{"new": 2, "known": 1, "refused": 1}]
    assert Preference.objects.filter(provenance="080", note="11월").count() == 2


def test_the_same_list_again_changes_nothing(office: Cast, tmp_path: Path) -> None:
    path = listed(tmp_path, phone(), phone())
    import_opt_outs(path, actor=office.librarian)
    done = import_opt_outs(path, actor=office.librarian)
    assert (done.new, done.known) == (0, 2)
    assert Preference.objects.count() == 2


def test_a_list_costs_the_same_statements_whatever_its_length(office: Cast, tmp_path: Path) -> None:
    def statements(length: int) -> int:
        base = random.Random(length).randrange(10_000_000, 80_000_000)
        path = listed(tmp_path, *(f"010{base + n:08d}" for n in range(length)))
        with CaptureQueriesContext(connection) as seen:
            assert import_opt_outs(path, actor=office.librarian).new == length
        return len(seen)

    assert statements(3) == statements(3_000)


@pytest.mark.parametrize(
    ("text", "raised"),
    [("번호\n없음\n", OptOutsRefused), ("", ListRefused)],
)
def test_a_list_that_cannot_be_used_enters_nothing(
    office: Cast, tmp_path: Path, text: str, raised: type[Exception]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(raised):
        import_opt_outs(path, actor=office.librarian)
    assert not Preference.objects.exists()
    assert not AuditEntry.objects.exists()


# ---- what was entered last -----------------------------------------------------------------------


def test_the_latest_come_first_and_in_pages(office: Cast, tmp_path: Path) -> None:
    base = 30_000_000
    path = listed(tmp_path, *(f"010{base + n}" for n in range(120)))
    import_opt_outs(path, actor=office.librarian)
    now = timezone.now()
    seen, after = [], None
    for _ in range(3):
        page, after = recent(now, after)
        seen += [entry.preference.pk for entry in page]
    assert after is None
    assert len(seen) == len(set(seen)) == 120
    assert recent(now, 10**15)[0]  # one that is not there: from the beginning
