"""Lists dropped into a watched folder go as a clerk's would: once, with the same questions."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alimnaru.flow import drops
from alimnaru.office.release import approve, send_back
from alimnaru.office.sources import pause
from alimnaru.ops import drop_receipts
from alimnaru.ops.drop_receipts import tend
from alimnaru.sources.folder import Folder
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    DroppedFile,
    ListUpload,
    Message,
    Source,
    Stage,
)
from tests.cast import Cast, phone, ring
from tests.flow.books import check_books
from tests.flow.dropping import aside, look, only, put, receipt, receipt_text, run_out, watched
from tests.flow.lists import DAY, people, table, workbook
from tests.flow.moment import Moment
from tests.staff import hire

LIST = "lib.due.soon/명단.csv"
BAD = ("박하늘", "02-123-4567", "나루중앙도서관", DAY)
NOON = "2026-11-24 12:00"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    (made / "lib.due.soon").mkdir(parents=True)
    return made


@pytest.fixture(autouse=True)
def _unseen(moment: Moment) -> None:
    drops._seen.clear()
    moment.is_(NOON)


def test_it_works(cast: Cast, moment: Moment, place: Path) -> None:
    watched(cast, place)
    put(place, LIST, table(*people(3), BAD))
    look()
    batch = only().upload.batch  # type: ignore[union-attr]
    assert batch is not None
    assert (batch.stage, batch.rows, batch.refused) == (Stage.RELEASED, 4, 1)
    assert (batch.member.login, batch.origin) == ("source:drop", "list")
    assert aside(place, ".done") == ["lib.due.soon__명단.csv"]
    first = receipt(place, LIST)
    assert (first["state"], first["final"], first["batch"]) == ("taken", False, batch.pk)
    assert first["bad"] == [
        {
            "row": 5,
            "column": "휴대폰",
            "code": "phone_landline",
            "reason": first["bad"][0]["reason"],
        }
    ]
    run_out(moment)
    check_books(batch)
    assert len(cast.accepted()) == 3
    last = receipt(place, LIST)
    assert (last["state"], last["final"], last["phase"]) == ("ended", True, "done")
    counts = last["counts"]
    assert (counts["rows"], counts["refused"], counts["delivered"]["alimtalk"]) == (4, 1, 3)
    assert only().receipt_final


def test_the_receipt_is_for_people_too_and_names_nobody(
    cast: Cast, moment: Moment, place: Path
) -> None:
    watched(cast, place)
    rows = people(2)
    put(place, LIST, table(*rows, BAD))
    look()
    run_out(moment)
    text = receipt_text(place, LIST)
    for words in ("알림나루 접수증", "반납예정일 안내", "명단의 행: 3", "4, 휴대폰,", "합계: 3"):
        assert words in text
    said = text + str(receipt(place, LIST))
    for row in (*rows, BAD):
        assert row[0] not in said
        assert row[1] not in said


def test_a_name_says_the_notice_too(cast: Cast, place: Path) -> None:
    watched(cast, place)
    put(place, "lib.due.soon__10월.xlsx", workbook(명단=[
        ("이용자명", "휴대폰", "도서관", "반납예정일"), *people(2),
    ]))  # fmt: skip
    look()
    assert only().upload.batch.rows == 2  # type: ignore[union-attr]
    assert receipt(place, "lib.due.soon__10월.xlsx")["state"] == "taken"


def test_a_file_counts_once_it_stands_still(cast: Cast, place: Path) -> None:
    watched(cast, place)
    path = put(place, LIST, table(*people(1)))
    look(1)
    path.write_bytes(table(*people(2)))
    look(1)
    assert not DroppedFile.objects.exists()
    look(1)
    assert only().upload.batch.rows == 2  # type: ignore[union-attr]


def test_the_same_file_twice_is_sent_once(cast: Cast, moment: Moment, place: Path) -> None:
    watched(cast, place)
    content = table(*people(2))
    put(place, LIST, content)
    look()
    run_out(moment)
    (place / f"{LIST}.receipt.json").unlink()
    put(place, LIST, content)
    look()
    assert (Batch.objects.count(), ListUpload.objects.count()) == (1, 1)
    assert aside(place, ".done") == ["lib.due.soon__명단.csv"] * 2
    # Whoever dropped it again is told what became of it the first time.
    assert receipt(place, LIST)["state"] == "ended"


def test_the_same_people_under_another_name_are_not_told_twice(
    cast: Cast, moment: Moment, place: Path
) -> None:
    watched(cast, place)
    content = table(*people(2))
    put(place, LIST, content)
    look()
    run_out(moment)
    put(place, "lib.due.soon/again.csv", content)
    look()
    run_out(moment)
    told = receipt(place, "lib.due.soon/again.csv")
    assert (told["state"], told["code"], told["final"]) == ("refused", "release_repeated", True)
    assert len(cast.accepted()) == 2
    assert Batch.objects.filter(stage=Stage.DISCARDED).count() == 1


# ---- approvals -----------------------------------------------------------------------------------


def test_approvals_are_asked_for_as_of_any_list(cast: Cast, moment: Moment, place: Path) -> None:
    staff = hire(cast)
    watched(cast, place)
    cast.notice.approvals = 2
    cast.notice.save()
    put(place, LIST, table(*people(2)))
    look()
    batch = only().upload.batch  # type: ignore[union-attr]
    assert batch is not None
    assert (batch.stage, batch.approvals_needed) == (Stage.REQUESTED, 2)
    assert (receipt(place, LIST)["phase"], receipt(place, LIST)["approvals"]) == ("requested", 2)
    assert "승인을 기다림" in receipt_text(place, LIST)
    approve(batch, actor=staff.approver, hash=batch.release_hash)
    approve(batch, actor=staff.second_approver, hash=batch.release_hash)
    run_out(moment)
    assert receipt(place, LIST)["phase"] == "done"


def test_what_an_approver_sends_back_ends_and_may_be_dropped_again(cast: Cast, place: Path) -> None:
    staff = hire(cast)
    watched(cast, place)
    cast.notice.approvals = 2
    cast.notice.save()
    content = table(*people(2))
    put(place, LIST, content)
    look()
    batch = only().upload.batch  # type: ignore[union-attr]
    assert batch is not None
    send_back(batch, actor=staff.approver, hash=batch.release_hash, reason="날짜가 다릅니다")
    tend()
    assert receipt(place, LIST)["code"] == "drop_returned"
    ring()
    assert not Message.objects.exists()
    put(place, LIST, content)
    look()
    assert receipt(place, LIST)["phase"] == "requested"


def test_a_request_that_nobody_approves_in_time_ends(
    cast: Cast, moment: Moment, place: Path
) -> None:
    hire(cast)
    watched(cast, place)
    cast.notice.approvals = 2
    cast.notice.save()
    put(place, LIST, table(*people(2)))
    look()
    moment.passes(minutes=cast.notice.ttl_minutes + 1)
    tend()
    assert receipt(place, LIST)["code"] == "release_request_expired"
    assert Batch.objects.get().stage == Stage.DISCARDED


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("list.csv", b"x", "drop_no_notice"),
        ("no.such.notice/list.csv", b"x", "drop_no_notice"),
        ("lib.due.soon/list.csv", b"", "file_empty"),
        ("hc.visit/list.csv", b"x", "drop_not_its_notice"),
        ("lib.due.soon/" + "x" * 190 + ".csv", b"x", "drop_name_too_long"),
    ],
)
def test_refused_as_it_lies(cast: Cast, place: Path, path: str, content: bytes, code: str) -> None:
    other = cast.notice.__class__(code="hc.visit", name="방문 안내", department=cast.health)
    other.save()
    watched(cast, place)
    put(place, path, content)
    look()
    assert not ListUpload.objects.exists()
    assert aside(place, ".refused")[0].endswith(path.replace("/", "__")[-50:])
    told = receipt(place, path[:200])
    assert (told["state"], told["final"], told["code"]) == ("refused", True, code)
    assert told["reason"]


def test_a_list_without_a_use_is_refused_with_its_rows(cast: Cast, place: Path) -> None:
    watched(cast, place)
    put(place, LIST, table(BAD, BAD))
    put(place, "lib.due.soon/no header.csv", b"hello\r\nworld")
    look()
    told = receipt(place, LIST)
    assert (told["code"], told["bad_rows"]) == ("nothing_to_send", 2)
    assert [cell["code"] for cell in told["bad"]] == ["phone_landline"] * 2
    assert receipt(place, "lib.due.soon/no header.csv")["state"] == "refused"


def test_huge_files_are_refused(cast: Cast, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drops, "MOST_BYTES", 10)
    watched(cast, place)
    put(place, LIST, table(*people(2)))
    look()
    assert receipt(place, LIST)["code"] == "file_too_large"


def test_links_and_folders_are_refused(cast: Cast, place: Path, tmp_path: Path) -> None:
    outside = put(tmp_path, "outside.csv", table(*people(1)))
    watched(cast, place)
    (place / "lib.due.soon" / "link.csv").symlink_to(outside)
    (place / "lib.due.soon" / "inner").mkdir()
    look()
    assert receipt(place, "lib.due.soon/link.csv")["code"] == "drop_not_a_file"
    assert receipt(place, "lib.due.soon/inner")["code"] == "drop_not_a_file"
    assert not ListUpload.objects.exists()
    assert outside.exists()


def test_only_the_notices_it_was_connected_for(cast: Cast, place: Path) -> None:
    cast.notice.__class__.objects.create(code="lib.b", name="다른 안내", department=cast.library)
    watched(cast, place, notices=["lib.due.soon"])
    put(place, "lib.b/list.csv", table(*people(1)))
    look()
    assert receipt(place, "lib.b/list.csv")["code"] == "drop_not_its_notice"


def test_what_was_refused_may_be_dropped_again(cast: Cast, moment: Moment, place: Path) -> None:
    watched(cast, place)
    cast.notice.is_active = False
    cast.notice.save()
    content = table(*people(1))
    put(place, LIST, content)
    look()
    assert receipt(place, LIST)["code"] == "notice_inactive"
    cast.notice.is_active = True
    cast.notice.save()
    put(place, LIST, content)
    look()
    run_out(moment)
    assert receipt(place, LIST)["phase"] == "done"
    assert DroppedFile.objects.count() == 1


# ---- crashes -------------------------------------------------------------------------------------


def test_killed_between_store_and_move(
    cast: Cast, moment: Moment, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(cast, place)
    put(place, LIST, table(*people(2)))

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "move", killed)
        with pytest.raises(KeyboardInterrupt):
            look()
    assert (place / LIST).exists()
    drops._seen.clear()
    look()
    run_out(moment)
    assert not (place / LIST).exists()
    assert len(cast.accepted()) == 2
    assert receipt(place, LIST)["phase"] == "done"


def test_killed_before_the_receipt(
    cast: Cast, moment: Moment, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(cast, place)
    put(place, LIST, table(*people(2)))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drop_receipts, "write_receipts", killed)
        with pytest.raises(KeyboardInterrupt):
            look()
    look()
    run_out(moment)
    assert len(cast.accepted()) == 2
    assert receipt(place, LIST)["phase"] == "done"


def test_a_folder_that_is_away_loses_nothing(cast: Cast, moment: Moment, place: Path) -> None:
    watched(cast, place)
    put(place, LIST, table(*people(2)))
    look()
    hidden = place.with_name("away")
    place.rename(hidden)
    run_out(moment)
    look()
    assert Source.objects.get().error == "folder_missing"
    hidden.rename(place)
    look()
    assert Source.objects.get().failing_since is None
    assert receipt(place, LIST)["phase"] == "done"


def test_a_paused_folder_is_left_alone(cast: Cast, place: Path) -> None:
    pause(watched(cast, place), actor=cast.librarian)
    put(place, LIST, table(*people(2)))
    look()
    assert (place / LIST).exists()


def test_a_folder_without_rights_does_not_keep_the_others(
    cast: Cast, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(cast, place)
    put(place, "closed/list.csv", table(*people(1)))
    put(place, LIST, table(*people(1)))
    may = Folder.may_move
    monkeypatch.setattr(
        Folder, "may_move", lambda self, entry: "closed" not in entry.path and may(self, entry)
    )
    look()
    assert Source.objects.get().error == "folder_closed"
    assert DroppedFile.objects.count() == 1
    assert (place / "closed/list.csv").exists()


def test_many_files_take_several_looks(
    cast: Cast, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drops, "PER_POLL", 2)
    watched(cast, place)
    for number in range(5):
        path = put(place, f"lib.due.soon/{number}.csv", table(*people(1)))
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    look()
    assert [dropped.name[-5] for dropped in DroppedFile.objects.order_by("pk")] == ["0", "1"]
    look(2)
    assert DroppedFile.objects.count() == 5


def test_files_that_wait_cost_no_queries_each(
    cast: Cast, place: Path, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    hire(cast)
    watched(cast, place)
    cast.notice.approvals = 2
    cast.notice.save()
    for number in range(6):
        put(place, f"lib.due.soon/{number}.csv", table(*people(2)))
    look()
    assert Batch.objects.filter(stage=Stage.REQUESTED).count() == 6
    with django_assert_max_num_queries(6):
        tend()


def test_the_audit_names_the_file_and_the_program(cast: Cast, place: Path) -> None:
    watched(cast, place)
    put(place, LIST, table((("김나루"), phone(), "나루중앙도서관", DAY)))
    look()
    entries = AuditEntry.objects.filter(actor__is_program=True)
    acts = list(entries.order_by("pk").values_list("act", "actor__login"))
    assert acts == [
        ("list.upload", "source:drop"),
        ("batch.request", "source:drop"),
        ("batch.release", "source:drop"),
    ]
    assert str(place) not in str(list(AuditEntry.objects.values_list("facts", flat=True)))
