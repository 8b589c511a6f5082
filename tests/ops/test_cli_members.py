"""`members`: the first people of an office, help for who cannot get in, and the invented four."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from alimnaru.office.accounts import add_account
from alimnaru.office.example_people import (
    EXAMPLES,
    example_code,
    example_password,
    examples,
    make_examples,
)
from alimnaru.ops import doctor
from alimnaru.ops.boot import cli_member
from alimnaru.store.models import AuditEntry, Authenticator, Member, Membership
from tests.cast import Cast, make_cast
from tests.ops.commands import Commands
from tests.staff import Staff, hire

ADD = ("members", "add", "kim.narae", "--name", "김나래")


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def staff(office: Cast) -> Staff:
    return hire(office)


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def a_real_contract() -> None:
    add_account(
        actor=cli_member(),
        kind="solapi",
        name="real",
        base_url="",
        api_key="NCSKEY0000000001",
        secret="SECRET0000000001",
        profile="KA01PF1",
        is_sandbox=False,
    )


# ---- people ----------------------------------------------------------------------------------


def test_the_first_system_manager(office: Cast, commands: Commands) -> None:
    said = commands.json(*ADD, "--role", "system_manager")
    assert said.code == 0
    member = Member.objects.get(login="kim.narae")
    assert said.json | {"initial_password": ""} == {
        "login": "kim.narae",
        "role": "system_manager",
        "department": "gu",
        "initial_password": "",
    }
    assert member.check_password(said.json["initial_password"])
    assert member.must_change_password
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor.login) == ("member.add", "cli")


def test_what_people_read(office: Cast, commands: Commands) -> None:
    said = commands.run(*ADD, "--department", "lib")
    assert "나루중앙도서관의 담당자 ‘kim.narae’" in said.out
    assert re.search(r"초기 비밀번호: \w{4}(-\w{4}){3}", said.out)
    said = commands.run("members")
    assert "나루중앙도서관 담당자" in said.out
    assert "아직 없음" in said.out


def test_nobody_yet(db: None, commands: Commands) -> None:
    assert "members add로" in commands.run("members", "list").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((*ADD, "--role", "king"), "role_unknown"),
        ((*ADD, "--role", "system_manager", "--department", "lib"), "role_only_at_root"),
        ((*ADD, "--department", "nowhere"), "department_unknown"),
        (("members", "add", "librarian", "--name", "김나래"), "login_taken"),
        (("members", "add", "김", "--name", "김나래"), "login_unreadable"),
        (("members", "reset", "nobody"), "member_unknown"),
        (("members", "role", "librarian", "viewer", "--take"), "role_not_held"),
        (("members", "role", "system", "system_manager", "--take"), "two_system_managers"),
        (("members", "code", "librarian"), "not_an_example"),
    ],
)
def test_what_is_refused(
    staff: Staff, commands: Commands, args: tuple[str, ...], code: str
) -> None:
    said = commands.json(*args)
    assert (said.code, said.error) == (2, code)


def test_a_role_is_given_and_taken(staff: Staff, commands: Commands) -> None:
    said = commands.json("members", "role", "viewer", "approver", "--department", "lib")
    assert said.json["held"]
    assert (
        "거두었습니다"
        in commands.run(
            "members", "role", "viewer", "approver", "--department", "lib", "--take"
        ).out
    )
    (viewer,) = (
        m
        for m in commands.json("members", "list", "--department", "lib").json["members"]
        if m["login"] == "viewer"
    )
    assert viewer["roles"] == [{"role": "viewer", "department": "lib"}]


def test_a_list_of_a_department(staff: Staff, commands: Commands) -> None:
    found = commands.json("members", "list", "--department", "health").json["members"]
    assert [m["login"] for m in found] == ["neighbour"]


def test_who_cannot_get_in(staff: Staff, commands: Commands) -> None:
    Authenticator.objects.create(user=staff.viewer, confirmed=True)
    said = commands.json("members", "reset", "viewer")
    staff.viewer.refresh_from_db()
    assert staff.viewer.check_password(said.json["initial_password"])
    assert Authenticator.objects.exists()
    assert "초기 비밀번호" in commands.run("members", "reset", "viewer", "--second-factor").out
    assert not Authenticator.objects.exists()


# ---- the invented four -----------------------------------------------------------------------


@pytest.fixture
def practice(office: Cast) -> Cast:
    """An office that nobody works in yet."""
    office.librarian.memberships.all().delete()
    office.librarian.delete()
    assert make_examples(actor=cli_member())
    return office


def test_five_to_sign_in_as(practice: Cast, commands: Commands) -> None:
    assert examples() == list(EXAMPLES)
    # The seals and the review of the access log are the whole office's.
    assert Membership.objects.get(member__login="example.auditor").department.parent_id is None
    assert not make_examples(actor=cli_member())
    client = Client()
    client.post("/sign-in", {"username": "example.manager", "password": example_password()})
    said = commands.json("members", "code", "example.manager")
    assert 0 < said.json["seconds"] <= 30
    client.post("/sign-in/code", {"code": said.json["code"]})
    assert "윤가온" in client.get("/").content.decode()
    # Once more within the half minute: the code that was shown is spent.
    assert example_code("example.manager") != (said.json["code"], said.json["seconds"])
    assert "초 뒤에 바뀝니다" in commands.run("members", "code", "example.writer").out


def test_none_where_somebody_works(staff: Staff) -> None:
    assert not make_examples(actor=cli_member())
    assert examples() == []


def test_none_where_real_messages_go(practice: Cast, commands: Commands) -> None:
    a_real_contract()
    assert commands.json("members", "code", "example.writer").error == "not_an_example"
    assert examples() == []
    found = {f.code: f.ok for f in doctor.people()}
    assert found == {"system_managers": False, "example_people": False}


def test_none_before_the_catalogue(db: None) -> None:
    assert not make_examples(actor=cli_member())


def test_an_example_that_somebody_took_over(practice: Cast) -> None:
    member = Member.objects.get(login="example.writer")
    member.set_password("something of their own 1")
    member.save()
    assert "example.writer" not in [example.login for example in examples()]
    Authenticator.objects.filter(user=member).update(name="authenticator")
    assert example_code("example.writer") is None


# ---- the doctor ------------------------------------------------------------------------------


def test_the_doctor_counts_system_managers(staff: Staff, commands: Commands) -> None:
    assert [(f.code, f.ok, f.detail) for f in doctor.people()] == [("system_managers", True, "1명")]
    a_real_contract()
    (finding,) = doctor.people()
    assert not finding.ok
    assert "members add" in finding.advice
    commands.run(*ADD, "--role", "system_manager")
    assert [f.ok for f in doctor.people()] == [True]
