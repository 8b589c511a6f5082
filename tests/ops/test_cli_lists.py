"""`check` and `send` as a clerk types them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import Workbook

from alimnaru.flow.wordings import wording
from alimnaru.office.consents import Agreement, record
from alimnaru.ops import cli_lists
from alimnaru.store.models import AuditEntry, Batch, Chunk, Message, Notice, RefusedRow
from tests.cast import Cast, make_cast
from tests.ops.commands import HEADER, PEOPLE, Commands, write_list


@pytest.fixture
def office(db: None) -> Cast:
    wording.cache_clear()
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def loans(tmp_path: Path) -> Path:
    return write_list(tmp_path / "loans.csv")


# ---- check ---------------------------------------------------------------------------------------


def test_a_check_tells_programs_everything(office: Cast, commands: Commands, loans: Path) -> None:
    said = commands.json("check", loans, "--notice", "lib.due.soon")
    assert said.code == 0
    found = said.json
    assert (found["rows"], found["good"], found["bad"]) == (4, 2, 2)
    assert found["by_code"] == {"phone_landline": 1, "value_not_a_date": 1}
    assert [(r["row"], r["column"], r["code"], r["name"]) for r in found["bad_rows"]] == [
        (4, "휴대폰", "phone_landline", "최*온"),
        (5, "반납예정일", "value_not_a_date", "이*담"),
    ]
    assert found["bad_rows"][1]["phone"] == "010-****-9004"
    assert "‘반납예정일’ 칸을 날짜로" in found["bad_rows"][1]["message"]
    assert found["samples"][0].startswith("[나루중앙도서관] 반납예정일 안내")
    assert (found["notice"], found["department"]) == ("lib.due.soon", "lib")


def test_a_check_tells_people_what_they_need(office: Cast, commands: Commands, loans: Path) -> None:
    said = commands.run("check", loans, "-n", "반납예정일 안내")
    assert said.code == 0
    for words in ("loans.csv", "보낼 수 있음", "2명", "일반전화", "언젠가", "김*루님"):
        assert words in said.out


def test_a_check_tells_who_agreed_to_nothing(office: Cast, commands: Commands, loans: Path) -> None:
    Notice.objects.filter(pk=office.notice.pk).update(legal_effect="service")
    assert commands.json("check", loans, "-n", "lib.due.soon").json["unserved"] == 2
    notice = Notice.objects.get(pk=office.notice.pk)
    today = timezone.localdate()
    record(notice, [Agreement("010-1234-9001", "김나루", today, "1호")], actor=office.librarian)
    assert commands.json("check", loans, "-n", "lib.due.soon").json["unserved"] == 1
    assert "등기우편으로 송달" in commands.run("check", loans, "-n", "lib.due.soon").out


def test_a_check_stores_nothing(office: Cast, commands: Commands, loans: Path) -> None:
    commands.run("check", loans, "-n", "lib.due.soon")
    assert not Batch.objects.exists()
    assert not RefusedRow.objects.exists()


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_check_shows_nobodys_name_or_number(
    office: Cast, commands: Commands, loans: Path, form: list[str]
) -> None:
    said = commands.run("check", loans, "-n", "lib.due.soon", *form)
    for name, phone in ((row[1], row[2]) for row in PEOPLE):
        assert name not in said.out
        assert phone not in said.out


def test_a_list_on_which_nobody_can_be_told_is_bad_input(
    office: Cast, commands: Commands, tmp_path: Path
) -> None:
    path = write_list(tmp_path / "a.csv", [PEOPLE[2]])
    said = commands.json("check", path, "-n", "lib.due.soon")
    assert said.code == 2
    assert (said.json["good"], said.json["bad"]) == (0, 1)


def test_many_bad_rows_are_shown_in_part(office: Cast, commands: Commands, tmp_path: Path) -> None:
    rows = [(f"M{n}", "김나루", "02-555-0101", "2026-11-25") for n in range(30)]
    path = write_list(tmp_path / "a.csv", rows)
    assert "이 밖에 10행이 더" in commands.run("check", path, "-n", "lib.due.soon").out
    assert "이 밖에" not in commands.run("check", path, "-n", "lib.due.soon", "--all").out


def test_another_department_speaks_with_its_own_number(
    office: Cast, commands: Commands, loans: Path
) -> None:
    said = commands.json("check", loans, "-n", "lib.due.soon", "-d", "나루구보건소")
    assert said.json["department"] == "health"


# ---- what is named wrongly -----------------------------------------------------------------------


def test_an_unknown_notice_is_refused_with_what_comes_near(
    office: Cast, commands: Commands, loans: Path
) -> None:
    said = commands.run("check", loans, "-n", "lib.due")
    assert said.code == 2
    assert said.out == ""
    assert "lib.due.soon" in said.err
    assert commands.json("check", loans, "-n", "반납예정").error == "notice_unknown"


def test_an_unknown_department_is_refused(office: Cast, commands: Commands, loans: Path) -> None:
    said = commands.json("send", loans, "-n", "lib.due.soon", "-d", "healt", "--yes")
    assert (said.code, said.error) == (2, "department_unknown")
    assert "health" in said.json["error"]["message"]
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "file_not_found"),
        (b"", "file_empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "file_not_a_list"),
        (b"PK\x03\x04" + bytes(40), "file_damaged"),
        ("이용자명,반납예정일\n김나루,2026-11-25\n".encode(), "column_missing"),
        ("회원번호,이용자명,휴대폰,반납예정일\n".encode(), "header_only"),
        ("주민등록번호,이용자명,휴대폰,반납예정일\n1,김나루,2,3\n".encode(), "column_forbidden"),
        (b"a,b,c\n1,2,3\n", "header_not_found"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("command", ["check", "send"])
def test_a_file_that_is_no_list_is_refused_whole(
    *, office: Cast, commands: Commands, tmp_path: Path, command: str, content: bytes, code: str
) -> None:
    path = tmp_path / "loans.xlsx"
    if content is not None:
        path.write_bytes(content)
    yes = ["--yes"] if command == "send" else []
    said = commands.json(command, path, "-n", "lib.due.soon", *yes)
    assert (said.code, said.error) == (2, code)
    said = commands.run(command, path, "-n", "lib.due.soon", *yes)
    assert said.out == ""
    assert said.err.strip().endswith("십시오.")
    assert not Batch.objects.exists()


def test_a_notice_without_wording_cannot_be_sent(
    office: Cast, commands: Commands, loans: Path
) -> None:
    Notice.objects.create(code="lib.new", name="새 안내", department=office.library)
    assert commands.json("check", loans, "-n", "lib.new").error == "no_wording"


# ---- send ----------------------------------------------------------------------------------------


def test_a_list_is_sent(office: Cast, commands: Commands, loans: Path) -> None:
    said = commands.json("send", loans, "--notice", "lib.due.soon", "--yes")
    assert said.code == 0
    batch = Batch.objects.get(pk=said.json["batch"])
    assert (batch.rows, batch.refused, batch.hours_waived) == (4, 2, False)
    assert (said.json["rows"], said.json["refused"], said.json["to_send"]) == (4, 2, 2)
    assert Message.objects.filter(batch=batch).count() == 2
    assert batch.member.login == "cli"
    assert batch.member.is_program
    acts = AuditEntry.objects.filter(subject=f"batch:{batch.pk}").order_by("pk")
    assert list(acts.values_list("act", flat=True))[:2] == ["batch.send", "batch.request"]


def test_a_clerk_is_told_what_follows(office: Cast, commands: Commands, loans: Path) -> None:
    said = commands.run("send", loans, "-n", "lib.due.soon", "--yes", "--waive-hours")
    number = Batch.objects.get().pk
    assert f"발송 번호는 {number}번" in said.out
    assert "2명에게 보냅니다. 보낼 수 없는 2명은 뺐습니다." in said.out
    assert "지금 보내기 시작합니다" in said.out
    assert "발송 일꾼이 없습니다" in said.out
    assert f"alimnaru status {number} --watch" in said.out


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nobody_is_told_unless_somebody_says_yes(
    office: Cast, commands: Commands, loans: Path, form: list[str]
) -> None:
    said = commands.run("send", loans, "-n", "lib.due.soon", *form)
    assert said.code == 2
    assert "--yes" in said.out + said.err
    assert not Batch.objects.exists()


def test_a_list_may_be_sent_later(office: Cast, commands: Commands, loans: Path) -> None:
    said = commands.run("send", loans, "-n", "lib.due.soon", "--yes", "--at", "내일 10:00")
    assert "10:00에 보내기 시작합니다" in said.out
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert timezone.localtime(Batch.objects.get().not_before).date() == tomorrow


@pytest.mark.parametrize(
    ("at", "code"), [("언젠가", "time_unreadable"), ("2020-01-01 10:00", "time_past")]
)
def test_an_odd_time_is_refused(
    office: Cast, commands: Commands, loans: Path, at: str, code: str
) -> None:
    said = commands.json("send", loans, "-n", "lib.due.soon", "--yes", "--at", at)
    assert (said.code, said.error) == (2, code)
    assert not Batch.objects.exists()


def test_the_hours_of_a_notice_stand_above_the_time_asked_for(
    office: Cast, commands: Commands, loans: Path
) -> None:
    said = commands.run("send", loans, "-n", "lib.due.soon", "--yes", "--at", "내일 23:00")
    assert "보내는 시간(08:00~20:00)이 아니어서" in said.out
    assert "08:00에 보내기 시작합니다" in said.out


def test_a_notice_that_would_be_worthless_by_then_is_called_so(
    office: Cast, commands: Commands, loans: Path
) -> None:
    Notice.objects.update(ttl_minutes=60)
    said = commands.json("send", loans, "-n", "lib.due.soon", "--yes", "--at", "내일 23:00")
    assert (said.code, said.error) == (2, "release_never_open")
    assert not Batch.objects.exists()


def test_a_list_that_others_must_agree_to_waits_for_them(
    office: Cast, commands: Commands, loans: Path
) -> None:
    Notice.objects.update(approvals=2)
    said = commands.json("send", loans, "-n", "lib.due.soon", "--yes").json
    assert (said["stage"], said["approvals"]) == ("requested", 2)
    assert "always_two" in said["risks"]
    assert set(Chunk.objects.values_list("state", "hold_code")) == {("held", "release_awaited")}
    said = commands.run("send", loans, "-n", "lib.due.soon", "--yes", "--again")
    assert "2명의 승인이 필요합니다(두 분 승인 업무" in said.out
    assert "승인할 수 있는 사람이 모자랍니다" in said.out
    number = Batch.objects.latest("pk").pk
    said = commands.run("status", number)
    assert "발송이 결정되지 않아" in said.out
    assert "alimnaru resume" not in said.out


def test_the_same_list_again_has_to_be_meant(office: Cast, commands: Commands, loans: Path) -> None:
    commands.json("send", loans, "-n", "lib.due.soon", "--yes")
    said = commands.json("send", loans, "-n", "lib.due.soon", "--yes")
    assert (said.code, said.error) == (2, "release_repeated")
    assert Batch.objects.count() == 1
    assert commands.json("send", loans, "-n", "lib.due.soon", "--yes", "--again").code == 0


def test_what_goes_to_the_sandbox_alone_asks_nobody(
    office: Cast, commands: Commands, loans: Path
) -> None:
    Notice.objects.update(approvals=2)
    for _ in range(2):
        said = commands.json("send", loans, "-n", "lib.due.soon", "--yes", "--waive-hours").json
        assert said["stage"] == "released"
    assert set(Chunk.objects.values_list("state", flat=True)) == {"ready"}


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv")
    before = cli_lists._fingerprint(path)
    assert cli_lists._fingerprint(path) == before
    path.write_bytes(path.read_bytes() + b"\n")
    assert cli_lists._fingerprint(path) != before
    assert cli_lists._fingerprint(tmp_path / "missing.csv") == ""


def test_what_was_left_out_of_a_workbook_is_said(
    office: Cast, commands: Commands, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "대출"
    for row in (HEADER, PEOPLE[0], PEOPLE[1], ("합계", "", "", "2")):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("코드").append(("가",))
    path = tmp_path / "loans.xlsx"
    book.save(path)
    said = commands.run("check", path, "-n", "lib.due.soon")
    assert "‘대출’ 시트" in said.out
    assert "합계 행 1" in said.out
    assert "숨긴 행 1개는 읽지 않았습니다" in said.out
    assert "읽지 않은 시트가 있습니다: 코드" in said.out
    notes = commands.json("check", path, "-n", "lib.due.soon", "--include-hidden").json["notes"]
    assert [note["code"] for note in notes] == ["sheets_left_out"]
