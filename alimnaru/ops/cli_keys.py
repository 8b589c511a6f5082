"""`key`: keys of other programs, for whoever sits at the machine.

One that sends for real works only after a manager has confirmed it in the console: nobody makes one
alone, not even here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.store.models import ApiKey, Department

Public = Annotated[str, typer.Argument(help="키 번호(12자).", metavar="키번호", show_default=False)]
Place = Annotated[
    str | None,
    typer.Option(
        "--department",
        help="부서의 코드나 이름. 적지 않으면 맨 위 부서.",
        metavar="부서",
        show_default=False,
    ),
]


def keys(ctx: typer.Context, as_json: JsonFlag = False) -> int:
    return list_keys(as_json=as_json) if ctx.invoked_subcommand is None else 0


def list_keys(
    over: Annotated[bool, typer.Option("--over", help="끝나거나 폐기한 키를 봅니다.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """키와 오늘 쓴 양을 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.connections import key_lines, keys_of
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording import label

    lines = key_lines(list(keys_of(whole_office(), over=over)))
    if as_json:
        found = [
            {**_facts(line.key), "state": line.state.value}
            | {"calls_today": line.calls, "messages_today": line.messages}
            for line in lines
        ]
        answer({"keys": found})
    elif not lines:
        screen().print("키가 없습니다. alimnaru key issue로 발급해 주십시오.")
    else:
        rows = [
            (
                line.key.public,
                line.key.name,
                line.key.department.name,
                label(line.state),
                f"{line.calls:,} / {line.key.per_day:,}",
                moment(line.key.expires_at) if line.key.expires_at else "없음",
            )
            for line in lines
        ]
        screen().print(
            listing(("키 번호", "이름", "부서", "상태", "오늘 쓴 한도", "끝나는 때"), rows)
        )
    return 0


def issue(
    *,
    name: Annotated[str, typer.Argument(help="쓸 프로그램의 이름.", metavar="이름")],
    department: Place = None,
    scopes: Annotated[
        str,
        typer.Option(
            "--scopes",
            help="할 수 있는 일: send, read, notices, preferences, tallies를 쉼표로 잇습니다.",
            metavar="일",
        ),
    ] = "send,read",
    live: Annotated[
        bool, typer.Option("--live", help="실제로 보내는 키. 적지 않으면 연습용입니다.")
    ] = False,
    addresses: Annotated[
        str, typer.Option("--from", help="쓸 수 있는 주소나 망을 쉼표로 잇습니다.", metavar="주소")
    ] = "",
    per_minute: Annotated[
        int, typer.Option("--per-minute", help="1분 한도(요청 수).", metavar="수")
    ] = 6_000,
    per_day: Annotated[
        int, typer.Option("--per-day", help="하루 한도(메시지 수).", metavar="수")
    ] = 100_000,
    days: Annotated[int, typer.Option("--days", help="유효 기간(일).", metavar="일수")] = 365,
    as_json: JsonFlag = False,
) -> int:
    """키를 발급하고 한 번 보여 줍니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.keys import Wish
    from alimnaru.office.keys import issue as act
    from alimnaru.rules.api_keys import Limits

    limits = Limits(tuple(_parts(addresses)), per_minute, per_day)
    wish = Wish(name, _parts(scopes), limits, not live, days)
    key, text = act(wish, actor=cli_member(), department=_place(department), as_operator=True)
    _tell(key, text, as_json=as_json)
    return 0


def rotate(
    public: Public,
    overlap_days: Annotated[
        int,
        typer.Option("--overlap-days", help="예전 키를 함께 쓰는 날수.", metavar="일수"),
    ] = 7,
    as_json: JsonFlag = False,
) -> int:
    """이 키를 대신할 새 키를 발급하고 한 번 보여 줍니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.keys import rotate as act

    key, text = act(_key(public), actor=cli_member(), overlap_days=overlap_days, as_operator=True)
    _tell(key, text, as_json=as_json)
    return 0


def revoke(public: Public, as_json: JsonFlag = False) -> int:
    """키를 바로 폐기합니다. 되돌릴 수 없습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.keys import revoke as act

    key = act(_key(public), actor=cli_member(), as_operator=True)
    if as_json:
        answer({"public": key.public, "revoked": True})
    else:
        screen().print(f"‘{key.name}’ 키를 폐기했습니다. 더는 쓸 수 없습니다.")
    return 0


def _tell(key: ApiKey, text: str, *, as_json: bool) -> None:
    if as_json:
        answer({**_facts(key), "key": text})
        return
    screen().print(f"{key.department.name}의 ‘{key.name}’ 키를 발급했습니다.")
    screen().print(text, soft_wrap=True)
    screen().print("한 번만 보여 드립니다. 프로그램의 비밀 설정에 옮겨 주십시오.")
    if key.waits:
        screen().print(
            "실제로 보내는 키이므로, 부서 관리자가 콘솔의 ‘연계’에서 확인해야 쓸 수 있습니다."
        )


def _facts(key: ApiKey) -> dict[str, object]:
    return {
        "public": key.public,
        "name": key.name,
        "department": key.department.code,
        "scopes": list(key.scopes),
        "sandbox": key.is_sandbox,
        "waits": key.waits,
        "addresses": list(key.addresses),
        "per_minute": key.per_minute,
        "per_day": key.per_day,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _place(department: str | None) -> Department:
    from alimnaru.ops.cli_lookups import department_called
    from alimnaru.reads.people import top_department

    return department_called(department) or top_department()


def _key(public: str) -> ApiKey:
    from alimnaru.store.models import ApiKey
    from alimnaru.wording import Fault

    # Whoever pastes the whole key by mistake must not read it again in our answer, nor in a log.
    found = ApiKey.objects.filter(public=public).first() if len(public) <= 12 else None
    if found is None:
        raise Refused(Fault.API_KEY_UNKNOWN)
    return found
