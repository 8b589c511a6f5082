"""A worker reads a list: what it stores, what it refuses, and what happens to it when it dies."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from alimnaru.flow import listing
from alimnaru.flow.memory import remember
from alimnaru.flow.progress import Counter, progress
from alimnaru.flow.release import Start, for_change, release
from alimnaru.office.release import ask, plan_for
from alimnaru.office.uploads import give_up, read_again, receive
from alimnaru.rules.shifted import ShiftFault, Slide
from alimnaru.store.crypto import phone_hash
from alimnaru.store.ledger import advisory
from alimnaru.store.models import (
    Batch,
    Chunk,
    KnownValue,
    ListUpload,
    Message,
    Preference,
    SavedList,
    SavedPhone,
    Stage,
    Suspension,
)
from tests.cast import Cast, make_cast, phone, ring
from tests.flow.books import jobs
from tests.flow.lists import DAY, HEADER, people, table, taken, workbook


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


BAD = ("박하늘", "02-123-4567", "나루중앙도서관", DAY)


# ---- what is stored ------------------------------------------------------------------------------


def test_a_list_becomes_a_draft_that_cannot_go(cast: Cast) -> None:
    upload = taken(cast, table(*people(3), BAD))
    batch = upload.batch
    assert batch is not None
    assert (upload.state, batch.stage, batch.rows, batch.refused) == ("ready", Stage.DRAFT, 4, 1)
    assert {chunk.state for chunk in Chunk.objects.filter(batch=batch)} == {"held"}
    assert jobs() == []
    assert upload.rows_read == 4
    assert upload.findings["by_code"] == {"phone_landline": 1}
    assert upload.findings["read_from"]["기한"] == "반납예정일"


def test_the_rows_are_found_by_what_the_check_noted(cast: Cast) -> None:
    rows = people(30)
    rows[10] = (*rows[10][:2], "나루중앙도서관 분관", DAY)
    upload = taken(cast, table(*rows))
    ids = list(Message.objects.order_by("row_no").values_list("pk", flat=True))
    assert (upload.findings["first"], upload.findings["last"]) == (ids[0], ids[-1])
    assert upload.findings["longest"] == ids[10]


def test_nothing_personal_stands_in_the_findings(cast: Cast) -> None:
    rows = people(3)
    upload = taken(cast, table(*rows, BAD))
    said = str(upload.findings) + str(upload.fault_facts)
    assert not any(row[0] in said or row[1] in said for row in [*rows, BAD])


def test_who_will_not_get_it_is_counted(cast: Cast) -> None:
    rows = people(5)
    now = timezone.now() - timedelta(days=1)
    for row, notice, choice in (
        (rows[0], None, "stop"),
        (rows[1], cast.notice, "stop"),
        (rows[2], None, "sms"),
    ):
        Preference.objects.create(
            to_hash=phone_hash(row[1]), notice=notice, choice=choice, provenance="x", since=now
        )
    Suspension.objects.create(to_hash=phone_hash(rows[3][1]), reason="x", provenance="x", since=now)
    assert taken(cast, table(*rows)).findings["unwilling"] == 3


def test_a_choice_for_the_notice_stands_above_one_for_all(cast: Cast) -> None:
    rows = people(2)
    now = timezone.now() - timedelta(days=1)
    hashed = phone_hash(rows[0][1])
    Preference.objects.create(to_hash=hashed, choice="stop", provenance="x", since=now)
    Preference.objects.create(
        to_hash=hashed, notice=cast.notice, choice="kakao", provenance="x", since=now
    )
    assert taken(cast, table(*rows)).findings["unwilling"] == 0


def test_who_stands_there_twice_is_counted_where_one_message_would_do(cast: Cast) -> None:
    one, two, three = people(3)
    twice = ("김다른", one[1], *one[2:])  # a name of its own: the check finds no repeated row
    assert taken(cast, table(one, two, three, twice)).findings["repeated"] == [0, 0]
    cast.notice.grouping = "person"
    cast.notice.save()
    assert taken(cast, table(one, two, three, twice)).findings["repeated"] == [1, 2]


def test_staff_among_them_are_counted_where_a_directory_is_kept(cast: Cast) -> None:
    rows = people(4)
    assert taken(cast, table(*rows)).findings["staff"] is None
    now = timezone.now()
    saved = SavedList.objects.create(
        department=cast.library, member=cast.librarian, name="직원", audience="staff", rows=1,
        columns=[], content=b"x", created_at=now, expires_at=now + timedelta(days=9),
    )  # fmt: skip
    SavedPhone.objects.create(saved_list=saved, to_hash=phone_hash(rows[1][1]))
    assert taken(cast, table(*rows)).findings["staff"] == 1


# ---- what is refused -----------------------------------------------------------------------------


def test_a_list_of_nobody_tells_why_and_stores_nothing(cast: Cast) -> None:
    upload = taken(cast, table(BAD))
    assert (upload.state, upload.fault) == ("refused", "nothing_to_send")
    assert upload.findings == {
        "by_code": {"phone_landline": 1},
        "bad": [[2, "휴대폰", "phone_landline"]],
    }
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"%PDF-1.7 whatever", "file_not_a_list"),
        ("이름,메모\r\n김나루,안녕".encode(), "header_not_found"),
        ("휴대폰,성명\r\n".encode(), "column_missing"),
        (table(), "header_only"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(cast: Cast, content: bytes, fault: str) -> None:
    upload = taken(cast, content, "명단.xlsx")
    assert (upload.state, upload.fault, upload.batch) == ("refused", fault, None)


def test_a_missing_column_leaves_the_others_to_choose_from(cast: Cast) -> None:
    upload = taken(cast, "이름,번호,기한\r\n김나루,01022223333,2026-11-25".encode())
    assert upload.fault == "column_missing"
    assert upload.findings["columns"] == ["이름", "번호", "기한"]
    again = read_again(upload, actor=cast.librarian, mapping={"phone": "번호"})
    ring()
    again.refresh_from_db()
    assert (again.state, again.findings["read_from"]["휴대폰"]) == ("ready", "번호")


def test_what_was_chosen_is_remembered_for_the_next_list(cast: Cast) -> None:
    first = taken(cast, "이름,번호,기한\r\n김나루,01022223333,2026-11-25".encode())
    read_again(first, actor=cast.librarian, mapping={"phone": "번호"})
    ring()
    second = taken(cast, "이름,번호,기한\r\n박하늘,01022224444,2026-11-25".encode())
    assert second.state == "ready"


def test_a_notice_without_a_wording_left_is_refused(cast: Cast) -> None:
    upload = receive(
        actor=cast.librarian, notice=cast.notice, name="a.csv", content=table(*people(1))
    )
    cast.notice.versions.update(status="retired")
    ring()
    upload.refresh_from_db()
    assert upload.fault == "template_not_approved"


# ---- sheets --------------------------------------------------------------------------------------


def test_the_sheet_that_is_a_list_is_found(cast: Cast) -> None:
    content = workbook(메모=[("이번 주 할 일",)], 명단=[HEADER, *people(2)])
    upload = taken(cast, content, "a.xlsx")
    assert (upload.findings["sheet"], upload.findings["sheets"]) == ("명단", ["메모"])


def test_two_sheets_that_could_be_the_list_are_a_question(cast: Cast) -> None:
    content = workbook(십일월=[HEADER, *people(2)], 십이월=[HEADER, *people(3)])
    upload = taken(cast, content, "a.xlsx")
    assert upload.fault == "sheet_which"
    assert upload.findings["sheets"] == ["십일월", "십이월"]
    again = read_again(upload, actor=cast.librarian, sheet="십이월")
    ring()
    again.refresh_from_db()
    assert again.batch is not None
    assert again.batch.rows == 3


def test_a_workbook_without_any_list_is_refused_by_its_first_sheet(cast: Cast) -> None:
    upload = taken(cast, workbook(가=[("메모",), ("둘",)], 나=[("또",)]), "a.xlsx")
    assert upload.fault == "header_not_found"


# ---- what earlier lists said ---------------------------------------------------------------------


def _sent(cast: Cast, rows: list[tuple[str, ...]]) -> Batch:
    batch = taken(cast, table(*rows)).batch
    assert batch is not None
    Batch.objects.filter(pk=batch.pk).update(stage=Stage.RELEASED)
    remember(batch.pk)
    return batch


def test_a_column_that_slid_is_found_by_what_was_sent_before(cast: Cast) -> None:
    rows = people(12)
    _sent(cast, rows)
    names = [row[0] for row in rows]
    slid = [(name, *row[1:]) for name, row in zip([names[-1], *names[:-1]], rows, strict=True)]
    upload = taken(cast, table(*slid))
    shift = upload.findings["shift"]
    assert shift["suspicious"]
    code, facts = shift["doubts"][0]
    assert (code, facts["column"], facts["rows"]) == (ShiftFault.SLID, "이용자명", 1)
    assert upload.batch is not None
    faults = [code for code, _facts in plan_for(upload.batch).faults]
    assert faults == [ShiftFault.SLID]


def test_the_same_people_again_are_no_suspicion(cast: Cast) -> None:
    rows = people(12)
    _sent(cast, rows)
    assert not taken(cast, table(*rows)).findings["shift"]["suspicious"]


def test_children_on_one_phone_are_no_suspicion(cast: Cast) -> None:
    mother = phone()
    children = [(f"김{syllable}", mother, "나루중앙도서관", DAY) for syllable in "가나다라마바사"]
    _sent(cast, children)
    assert not taken(cast, table(*children)).findings["shift"]["suspicious"]


def test_a_column_that_sticks_out_at_the_end_is_found_without_memory(cast: Cast) -> None:
    rows = [list(row) for row in people(12)]
    phones = [row[1] for row in rows]
    for row, number in zip(rows, ["", *phones], strict=False):
        row[1] = number
    last = ["", phones[-1], "", ""]
    doubts = taken(cast, table(*rows, last)).findings["shift"]["doubts"]
    assert [code for code, _facts in doubts] == [Slide.DOWN]


def test_a_list_that_was_only_checked_is_not_remembered(cast: Cast) -> None:
    batch = taken(cast, table(*people(3))).batch
    assert batch is not None
    remember(batch.pk)
    assert not KnownValue.objects.exists()


def test_what_goes_is_remembered_once(cast: Cast) -> None:
    batch = _sent(cast, people(3))
    remember(batch.pk)
    assert KnownValue.objects.count() == 3


def test_a_release_rings_for_the_memory(cast: Cast) -> None:
    batch = taken(cast, table(*people(1))).batch
    assert batch is not None
    now = timezone.now()
    release(for_change(batch.pk), Start(now, None, 0), now)
    assert ("remember", batch.pk) in jobs()


# ---- workers die ---------------------------------------------------------------------------------


def _waiting(cast: Cast, content: bytes) -> ListUpload:
    return receive(actor=cast.librarian, notice=cast.notice, name="a.csv", content=content)


def test_a_list_is_read_once_however_often_it_is_rung_for(cast: Cast) -> None:
    upload = _waiting(cast, table(*people(2)))
    ring()
    listing.check(upload.pk)
    assert Batch.objects.count() == 1


def test_what_a_killed_worker_left_is_read_again(cast: Cast) -> None:
    upload = _waiting(cast, table(*people(2)))
    ListUpload.objects.filter(pk=upload.pk).update(state="reading", findings={"tries": 1})
    listing.check(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "ready"


def test_a_file_that_kills_its_workers_is_given_up(cast: Cast) -> None:
    upload = _waiting(cast, table(*people(2)))
    tries = {"tries": listing.TRIES}
    ListUpload.objects.filter(pk=upload.pk).update(state="reading", findings=tries)
    listing.check(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.fault) == ("refused", "file_damaged")


def test_a_list_that_was_given_up_meanwhile_leaves_no_draft(cast: Cast) -> None:
    upload = _waiting(cast, table(*people(2)))
    begun = listing._begin(upload.pk)
    assert begun is not None
    give_up(upload, actor=cast.librarian)
    with listing.open_file(begun) as path, pytest.raises(listing._GivenUp):
        listing._store(begun, path)
    upload.refresh_from_db()
    assert (upload.state, upload.batch) == ("gone", None)
    assert not Batch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_there_are_places_for_two_lists_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    upload = _waiting(cast, table(*people(2)))
    monkeypatch.setattr(listing, "PLACES", 0)
    ring()
    upload.refresh_from_db()
    assert upload.state == "waiting"
    assert jobs() == [("check_list", upload.pk)]


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_list_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    upload = _waiting(cast, table(*people(2)))
    ListUpload.objects.filter(pk=upload.pk).update(state="reading")
    with progress(Counter.LIST, upload.pk) as tell:
        tell(1_000)
        upload.refresh_from_db()
        assert upload.rows_read == 1_000


def test_a_lock_is_held_for_as_long_as_it_is_needed(db: None) -> None:
    with advisory.held(advisory.LIST, 7) as got:
        assert got
    with advisory.held(advisory.LIST, 7) as again:
        assert again


def test_what_a_killed_worker_left_on_the_disk_is_swept_away(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "alimnaru-list-old"
    left.mkdir()
    monkeypatch.setattr(listing, "_LEFT_BEHIND", -1)
    taken(cast, table(*people(1)))
    assert not left.exists()
    assert list(tmp_path.glob("alimnaru-list-*")) == []


def test_the_member_who_gave_the_list_may_ask_for_it(cast: Cast) -> None:
    upload = taken(cast, table(*people(1)))
    assert upload.batch is not None
    asked = ask(upload.batch, actor=cast.librarian)
    assert asked.stage in {Stage.REQUESTED, Stage.RELEASED}
