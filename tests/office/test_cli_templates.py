"""`templates` as a clerk types it, with reviewers in this process; and what `check` warns of."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from alimnaru.carriers.base import NotSent, Rejected, Unsupported
from alimnaru.carriers.review import Comment, Review
from alimnaru.flow.reviews import look_at
from alimnaru.rules.outcomes import Result
from alimnaru.store.models import CarrierAccount, TemplateRegistration, TemplateVersion
from tests.cast import Cast
from tests.office.desk import Desk
from tests.office.words import BODY, BODY_2
from tests.ops.commands import Commands, write_list

NOTICE = "lib.due.soon"


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An edit of the body."""
    path = tmp_path / "edit.toml"
    path.write_text(f"[template]\nbody = '''\n{BODY_2}\n'''\n", encoding="utf-8")
    return path


def decide(desk: Desk, account: CarrierAccount, review: Review, comment: str = "") -> None:
    for registration in TemplateRegistration.objects.filter(account=account).exclude(code=""):
        desk.reviews[registration.code] = review
        if comment:
            desk.comments[registration.code] = [Comment(comment, timezone.now())]
        look_at(registration)


# ---- status --------------------------------------------------------------------------------------


def test_what_nobody_submitted_is_shown(office: Cast, commands: Commands) -> None:
    said = commands.run("templates", "status")
    assert said.code == 0
    assert "낸 적 없음" in said.out
    (found,) = commands.json("templates", "status").json["templates"]
    assert (found["notice"], found["version"], found["state"]) == (NOTICE, 1, None)


def test_what_needs_nobody_is_left_out(
    office: Cast, commands: Commands, accounts: list[CarrierAccount], desks: tuple[Desk, Desk]
) -> None:
    commands.run("templates", "submit", NOTICE)
    for account, desk in zip(accounts, desks, strict=True):
        decide(desk, account, Review.APPROVED)
    assert "모든 알림의 문안이 승인" in commands.run("templates", "status").out
    for args in ([NOTICE], ["--all"]):
        said = commands.run("templates", "status", *args)
        assert said.out.count("승인") == 2
        assert "●1" in said.out
    assert commands.json("templates", "status").json["counts"] == {"approved": 2}


def test_a_long_comment_stands_in_full_below_the_table(
    office: Cast, commands: Commands, account: CarrierAccount, desk: Desk
) -> None:
    commands.run("templates", "submit", NOTICE, "--account", "desk1")
    comment = "행사 안내가 섞여 있습니다. " * 4
    decide(desk, account, Review.REJECTED, comment.strip())
    said = commands.run("templates", "status")
    assert "반려" in said.out
    assert "…" in said.out
    assert comment.split(maxsplit=1)[0] in said.out.partition("검수자:")[2]


def test_an_unknown_notice_is_refused(office: Cast, commands: Commands) -> None:
    said = commands.json("templates", "status", "lib.due")
    assert (said.code, said.error) == (2, "notice_unknown")


# ---- draft and diff ------------------------------------------------------------------------------


def test_an_edit_is_saved_and_compared(office: Cast, commands: Commands, file: Path) -> None:
    said = commands.run("templates", "draft", NOTICE, "--file", file)
    assert said.code == 0
    assert "문안 2판을 저장했습니다" in said.out
    said = commands.run("templates", "diff", NOTICE)
    assert "지금 나가는 1판(-)과 2판(+)" in said.out
    assert "[본문]" in said.out
    assert "+ #{성명}님, 돌려주실 날은 #{기한}입니다." in said.out
    found = commands.json("templates", "diff", NOTICE).json
    assert (found["sending"], found["version"]) == (1, 2)
    (change,) = found["changes"]
    assert change["where"] == "body"
    assert "-#{성명}님, 반납예정일은 #{기한}입니다." in change["lines"]


def test_an_edit_without_a_difference_is_told(
    office: Cast, commands: Commands, tmp_path: Path
) -> None:
    path = tmp_path / "none.toml"
    path.write_text("")
    assert "바뀐 것이 없습니다" in commands.run("templates", "draft", NOTICE, "--file", path).out
    found = commands.json("templates", "draft", NOTICE, "--file", path).json
    assert (found["version"], found["new"]) == (1, False)
    assert "다른 곳이 없습니다" in commands.run("templates", "diff", NOTICE).out


def test_faults_of_an_edit_are_told_at_once(
    office: Cast, commands: Commands, tmp_path: Path
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('sms = "할인 쿠폰"\ncategory = "1"\n', encoding="utf-8")
    found = commands.json("templates", "draft", NOTICE, "--file", path).json
    assert found["new"] is True
    stops = [(p["code"], p["where"]) for p in found["problems"] if p["severity"] == "stop"]
    assert stops == [("advertising", "sms"), ("advertising", "sms"), ("category_bad", "category")]
    assert "‘할인’" in found["problems"][0]["message"]
    said = commands.run("templates", "draft", NOTICE, "--file", path)
    assert "고쳐야 할 곳" in said.out
    assert "살펴볼 곳" in said.out


def test_an_odd_file_is_refused(office: Cast, commands: Commands, tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text("smss = 'x'")
    said = commands.json("templates", "draft", NOTICE, "--file", path)
    assert (said.code, said.error) == (2, "draft_unreadable")
    assert "smss" in said.json["error"]["message"]
    assert TemplateVersion.objects.count() == 1


def test_the_first_wording_has_nothing_beside_it(office: Cast, commands: Commands) -> None:
    TemplateVersion.objects.update(status="draft")
    assert commands.json("templates", "diff", NOTICE).json["changes"] == []


def test_a_notice_without_a_wording_is_refused(office: Cast, commands: Commands) -> None:
    TemplateVersion.objects.all().delete()
    for command in ("diff", "submit"):
        said = commands.json("templates", command, NOTICE)
        assert (said.code, said.error) == (2, "no_wording")


# ---- submit --------------------------------------------------------------------------------------


def test_a_wording_is_submitted_to_all_accounts(office: Cast, commands: Commands) -> None:
    found = commands.json("templates", "submit", NOTICE, "--comment", "급합니다").json
    assert [(s["account"], s["state"]) for s in found["submitted"]] == [
        ("desk1", "in_review"), ("desk2", "in_review"),
    ]  # fmt: skip
    assert (found["failed"], found["stopped"]) == ([], False)
    said = commands.run("templates", "submit", NOTICE)  # again: nothing is lost by it
    assert "desk1 검수 중" in said.out
    assert "그대로 나갑니다" not in said.out  # there is no other yet


def test_the_old_wording_is_said_to_go_on(
    office: Cast, commands: Commands, account: CarrierAccount, desk: Desk, file: Path
) -> None:
    commands.run("templates", "submit", NOTICE)
    decide(desk, account, Review.APPROVED)
    commands.run("templates", "draft", NOTICE, "--file", file)
    assert "지금의 1판이 그대로 나갑니다" in commands.run("templates", "submit", NOTICE).out


def test_looking_submits_nothing(office: Cast, commands: Commands, desk: Desk) -> None:
    assert "아직 내지 않았습니다" in commands.run("templates", "submit", NOTICE, "--check").out
    assert commands.json("templates", "submit", NOTICE, "--check").json["submitted"] == []
    assert desk.calls == []


def test_a_stopped_wording_is_not_submitted(office: Cast, commands: Commands, desk: Desk) -> None:
    TemplateVersion.objects.update(sms="할인")
    said = commands.run("templates", "submit", NOTICE)
    assert said.code == 2
    assert "내지 않았습니다" in said.out
    said = commands.json("templates", "submit", NOTICE)
    assert (said.code, said.json["stopped"]) == (2, True)
    assert desk.calls == []


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (Unsupported("register"), ("carrier_lacks", 2)),
        (Rejected("-3000", result=Result.REQUEST_WRONG), ("carrier_refused", 2)),
        (NotSent("timeout"), ("carrier_silent", 1)),
    ],
)
def test_an_account_that_does_not_take_it_is_told(
    office: Cast, commands: Commands, desk: Desk, error: NotSent, ending: tuple[str, int]
) -> None:
    desk.fail["register"] = error
    said = commands.json("templates", "submit", NOTICE)
    assert [(f["account"], f["code"], said.code) for f in said.json["failed"]] == [
        ("desk1", *ending)
    ]
    assert [s["account"] for s in said.json["submitted"]] == ["desk2"]
    desk.fail["register"] = error
    assert "desk1에 내지 못했습니다" in commands.run("templates", "submit", NOTICE).out


def test_what_is_named_wrongly_is_refused(office: Cast, commands: Commands) -> None:
    said = commands.json("templates", "submit", NOTICE, "--account", "desk3")
    assert (said.code, said.error) == (2, "account_unknown")
    said = commands.json("templates", "submit", NOTICE, "--version", "7")
    assert (said.code, said.error) == (2, "version_unknown")
    CarrierAccount.objects.update(is_active=False)
    said = commands.json("templates", "submit", NOTICE)
    assert (said.code, said.error) == (2, "nowhere_to_submit")


# ---- the other acts ------------------------------------------------------------------------------


def test_the_acts_are_done_at_each_account(
    office: Cast, commands: Commands, accounts: list[CarrierAccount], desks: tuple[Desk, Desk]
) -> None:
    commands.run("templates", "submit", NOTICE)
    said = commands.run("templates", "comment", NOTICE, "급합니다", "--account", "desk1")
    assert "desk1: 의견을 적었습니다. 지금 상태는 ‘검수 중’입니다." in said.out
    found = commands.json("templates", "withdraw", NOTICE).json
    assert [(d["account"], d["state"]) for d in found["done"]] == [
        ("desk1", "draft"), ("desk2", "draft"),
    ]  # fmt: skip
    commands.run("templates", "submit", NOTICE)
    for account, desk in zip(accounts, desks, strict=True):
        decide(desk, account, Review.DORMANT)
    assert "휴면" in commands.run("templates", "status").out
    found = commands.json("templates", "wake", NOTICE).json
    assert [d["state"] for d in found["done"]] == ["approved", "approved"]
    found = commands.json("templates", "refresh").json
    assert len(found["done"]) == 2


def test_one_refusal_leaves_the_others(office: Cast, commands: Commands, desk: Desk) -> None:
    commands.run("templates", "submit", NOTICE)
    desk.fail["withdraw"] = Rejected("InvalidStatus", result=Result.REQUEST_WRONG)
    said = commands.json("templates", "withdraw", NOTICE)
    assert said.code == 2
    assert [(f["account"], f["code"]) for f in said.json["failed"]] == [
        ("desk1", "carrier_refused")
    ]
    assert [d["account"] for d in said.json["done"]] == ["desk2"]
    desk.fail["standing"] = NotSent("timeout")
    said = commands.run("templates", "refresh", NOTICE)
    assert said.code == 1
    assert "응답하지 않습니다" in said.out


@pytest.mark.parametrize("args", [("withdraw",), ("wake",), ("comment", "급합니다"), ("refresh",)])
def test_nothing_to_act_on_is_refused(
    office: Cast, commands: Commands, args: tuple[str, ...]
) -> None:
    said = commands.json("templates", args[0], NOTICE, *args[1:])
    assert (said.code, said.error) == (2, "not_registered")


def test_an_older_wording_is_linked(office: Cast, commands: Commands, file: Path) -> None:
    commands.run("templates", "draft", NOTICE, "--file", file)
    link = ("templates", "link", NOTICE, "T1", "--account", "desk1")
    assert commands.json(*link, "--version", "1").json == {
        "notice": NOTICE, "version": 1, "account": "desk1", "code": "T1",
    }  # fmt: skip
    assert "문안 2판을 desk1의 T1" in commands.run(*link).out


# ---- before a send -------------------------------------------------------------------------------

LONG = "나루중앙도서관 별관 어린이 자료실 나래"


@pytest.fixture
def place(office: Cast) -> Cast:
    """A wording with a value that may be longer than a new profile carries."""
    place = {"name": "장소", "kind": "place", "max": 40}
    version = office.version
    version.template = {"body": f"{BODY}\n#{{장소}}"}
    version.variables = [*version.variables, place]
    version.save()
    return office


def test_a_check_warns(place: Cast, commands: Commands, tmp_path: Path) -> None:
    CarrierAccount.objects.filter(name="desk1").update(profile_is_new=True)
    path = tmp_path / "a.csv"
    path.write_text(
        "이용자명,휴대폰,반납예정일,장소\n"
        f"김나루,010-1234-9001,2026-11-25,{LONG}\n"
        "박가람,010-1234-9002,2026-11-25,본관\n",
        encoding="utf-8",
    )
    found = commands.json("check", path, "-n", NOTICE).json
    assert found["good"] == 2
    assert [w["code"] for w in found["warnings"]] == ["template_unapproved", "profile_growth"]
    assert found["warnings"][1]["rows"] == 1
    assert "1명의 알림톡" in found["warnings"][1]["message"]
    said = commands.run("check", path, "-n", NOTICE)
    assert said.out.count("주의:") == 2
    said = commands.json("send", path, "-n", NOTICE, "--yes")
    assert [w["code"] for w in said.json["warnings"]] == ["template_unapproved", "profile_growth"]
    assert "주의:" in commands.run("send", path, "-n", NOTICE, "--yes", "--again").out


def test_a_check_without_a_reason_warns_of_nothing(
    office: Cast,
    commands: Commands,
    accounts: list[CarrierAccount],
    desks: tuple[Desk, Desk],
    tmp_path: Path,
) -> None:
    commands.run("templates", "submit", NOTICE)
    for account, desk in zip(accounts, desks, strict=True):
        decide(desk, account, Review.APPROVED)
    path = write_list(tmp_path / "a.csv")
    assert commands.json("check", path, "-n", NOTICE).json["warnings"] == []
    assert "주의" not in commands.run("check", path, "-n", NOTICE).out
