"""`members`: the first people of an office, and help for who cannot get in any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused, near
from alimnaru.ops.cli_output import JsonFlag, answer, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.store.models import Department, Member

Login = Annotated[str, typer.Argument(help="아이디.", metavar="아이디", show_default=False)]
RoleName = Annotated[
    str,
    typer.Argument(
        help="viewer, writer, approver, department_manager, system_manager, auditor, "
        "privacy_officer 가운데 하나.",
        metavar="역할",
        show_default=False,
    ),
]
Place = Annotated[
    str | None,
    typer.Option(
        "--department",
        help="부서의 코드나 이름. 적지 않으면 맨 위 부서.",
        metavar="부서",
        show_default=False,
    ),
]


def members(ctx: typer.Context, as_json: JsonFlag = False) -> int:
    return list_members(None, as_json) if ctx.invoked_subcommand is None else 0


def list_members(department: Place = None, as_json: JsonFlag = False) -> int:
    """담당자와 역할을 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.ops.cli_lookups import department_called
    from alimnaru.reads.people import everybody

    found = everybody(department_called(department))
    if as_json:
        answer({"members": [_as_json(member) for member in found]})
    elif not found:
        screen().print("담당자가 없습니다. alimnaru members add로 만들어 주십시오.")
    else:
        columns = ("아이디", "이름", "역할", "마지막 로그인", "상태")
        screen().print(listing(columns, [_row(member) for member in found]))
    return 0


def add(
    *,
    login: Login,
    name: Annotated[str, typer.Option("--name", help="이름.", metavar="이름")],
    role: Annotated[
        str, typer.Option("--role", help="역할. writer처럼 적습니다.", metavar="역할")
    ] = "writer",
    department: Place = None,
    same_name: Annotated[
        bool, typer.Option("--same-name", help="같은 부서에 이름이 같은 다른 분이 있습니다.")
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """담당자의 계정을 만들고 초기 비밀번호를 한 번 보여 줍니다.

    새 기관의 첫 시스템 관리자도 이렇게 만듭니다: --role system_manager
    """
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.members import add_member
    from alimnaru.wording import ROLES

    place = _place(department)
    member, password = add_member(
        actor=cli_member(),
        login=login,
        name=name,
        department=place,
        role=role,
        same_name=same_name,
        as_operator=True,
    )
    if as_json:
        facts = {"login": member.login, "role": role, "department": place.code}
        answer({**facts, "initial_password": password})
        return 0
    screen().print(f"{place.name}의 {ROLES[role].label} ‘{member.login}’ 계정을 만들었습니다.")
    _tell_password(password)
    return 0


def role(
    login: Login,
    role: RoleName,
    department: Place = None,
    take: Annotated[bool, typer.Option("--take", help="역할을 거둡니다.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """역할을 맡기거나 거둡니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.members import give_role, take_role
    from alimnaru.wording import ROLES

    member, place = _member(login), _place(department)
    act = take_role if take else give_role
    act(member, actor=cli_member(), department=place, role=role, as_operator=True)
    if as_json:
        facts = {"login": member.login, "role": role, "department": place.code}
        answer({**facts, "held": not take})
    else:
        done = "거두었습니다" if take else "맡겼습니다"
        screen().print(f"‘{member.login}’의 {place.name} {ROLES[role].label} 역할을 {done}.")
    return 0


def reset(
    login: Login,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="잃어버린 인증 앱과 복구 코드도 지웁니다.")
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """들어오지 못하는 담당자에게 새 초기 비밀번호를 만들어 줍니다. 잠긴 것도 풀립니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.members import reset_password, reset_second_factor

    member = _member(login)
    act = reset_second_factor if second_factor else reset_password
    password = act(member, actor=cli_member(), as_operator=True)
    if as_json:
        answer({"login": member.login, "initial_password": password})
    else:
        _tell_password(password)
    return 0


def code(login: Login, as_json: JsonFlag = False) -> int:
    """연습용 담당자의 지금 인증번호를 보여 줍니다. 실제 담당자의 번호는 볼 수 없습니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.office.example_people import example_code
    from alimnaru.wording import Fault

    found = example_code(login)
    if found is None:
        raise Refused(Fault.NOT_AN_EXAMPLE, code=login)
    if as_json:
        answer({"login": login, "code": found[0], "seconds": found[1]})
    else:
        screen().print(f"{found[0]}  ({found[1]}초 뒤에 바뀝니다)")
    return 0


def _tell_password(password: str) -> None:
    screen().print(f"초기 비밀번호: {password}")
    screen().print(
        "한 번만 보여 드립니다. 본인에게 직접 전해 주십시오. 처음 로그인할 때 자신의 비밀번호로 "
        "바꾸고 인증 앱을 등록합니다."
    )


def _place(department: str | None) -> Department:
    from alimnaru.ops.cli_lookups import department_called
    from alimnaru.reads.people import top_department

    return department_called(department) or top_department()


def _member(login: str) -> Member:
    from alimnaru.store.models import Member
    from alimnaru.wording import Fault

    people = Member.objects.filter(is_program=False)
    found = people.filter(login=login).first()
    if found is None:
        close = near(login, people.values_list("login", flat=True))
        raise Refused(Fault.MEMBER_UNKNOWN, code=login, near=close)
    return found


def _held(member: Member) -> list[tuple[str, str, str]]:
    return [(m.role, m.department.code, m.department.name) for m in member.memberships.all()]


def _as_json(member: Member) -> dict[str, object]:
    return {
        "login": member.login,
        "name": member.name,
        "is_active": member.is_active,
        "last_login": member.last_login.isoformat() if member.last_login else None,
        "roles": [{"role": role, "department": code} for role, code, _ in _held(member)],
    }


def _row(member: Member) -> tuple[str, ...]:
    from alimnaru.wording import ROLES

    held = ", ".join(f"{place} {ROLES[role].label}" for role, _, place in _held(member))
    last = moment(member.last_login) if member.last_login else "아직 없음"
    return member.login, member.name, held or "없음", last, "" if member.is_active else "닫힘"
