"""`accounts`: contracts with carriers, entered, watched, switched off and on."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, screen

if TYPE_CHECKING:
    from alimnaru.office.accounts import Terms
    from alimnaru.store.models import CarrierAccount

AccountName = Annotated[str, typer.Argument(help="계정을 부를 이름.", metavar="이름")]
ApiKey = Annotated[
    str,
    typer.Option(
        "--api-key",
        help="API 키(앱 키). 비밀 키 하나만 쓰는 사업자(bizgo)라면 적지 않습니다.",
        metavar="키",
        show_default=False,
    ),
]
Profile = Annotated[
    str,
    typer.Option(
        "--profile",
        help="카카오톡 채널의 발신 프로필(pfId, senderKey, plusFriendId).",
        metavar="프로필",
        show_default=False,
    ),
]
CarrierKind = Annotated[
    str, typer.Option(help="발송 사업자: solapi, nhn, bizgo, sens, sandbox.", metavar="사업자")
]
BaseUrl = Annotated[
    str, typer.Option(help="사업자의 주소. 비우면 본래 주소.", metavar="주소", show_default=False)
]
More = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="사업자가 더 필요로 하는 설정. 여러 번 적을 수 있습니다.",
        metavar="이름=값",
        show_default=False,
    ),
]
Priority = Annotated[
    int | None,
    typer.Option(help="순서. 작은 수부터 씁니다.", metavar="수", show_default=False),
]
Channels = Annotated[
    str | None,
    typer.Option(
        help="이 계정으로 보낼 방법: alimtalk,sms,lms,mms.", metavar="방법", show_default=False
    ),
]
PerSecond = Annotated[
    int | None,
    typer.Option(help="1초에 보낼 수 있는 건수. 0이면 없음.", metavar="수", show_default=False),
]
PerDay = Annotated[
    int | None,
    typer.Option(help="하루에 보낼 수 있는 건수. 0이면 없음.", metavar="수", show_default=False),
]
Balance = Annotated[bool, typer.Option("--balance", help="사업자에게 잔액도 물어봅니다.")]


def accounts(ctx: typer.Context, balance: Balance = False, as_json: JsonFlag = False) -> int:
    return list_accounts(balance, as_json) if ctx.invoked_subcommand is None else 0


def list_accounts(balance: Balance = False, as_json: JsonFlag = False) -> int:
    """계정마다 한도와 단가, 지금 잘 보내지고 있는지를 보여 줍니다."""
    from django.utils import timezone

    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.ops import cli_accounts_screen
    from alimnaru.reads import health

    found = health.accounts(timezone.now())
    left = cli_accounts_screen.balances(found) if balance else None
    if as_json:
        answer({"accounts": cli_accounts_screen.as_json(found, left)})
    elif not found:
        screen().print("등록된 계정이 없습니다. alimnaru accounts add로 등록해 주십시오.")
    else:
        cli_accounts_screen.show(found, left)
    return 0


def add_account(
    *,
    name: AccountName,
    profile: Profile,
    api_key: ApiKey = "",
    kind: CarrierKind = "solapi",
    base_url: BaseUrl = "",
    more: More = None,
    priority: Priority = None,
    channels: Channels = None,
    per_second: PerSecond = None,
    per_day: PerDay = None,
    as_json: JsonFlag = False,
) -> int:
    """발송 사업자 계정을 등록하거나, 같은 이름의 계정을 바꿉니다.

    비밀 키는 물어보거나 사업자와 설정의 이름을 딴 환경 변수(NHN_SMS_SECRET 등)에서 읽습니다.
    """
    plain, secrets = _settings(kind, more or []), _secrets(kind, as_json=as_json)
    _must_open(kind, base_url, {"api_key": api_key, **plain, **secrets})
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.accounts import add_account as add

    terms = _terms(priority, channels, per_second, per_day)
    account = add(
        actor=cli_member(),
        kind=kind,
        name=name,
        base_url=base_url,
        api_key=api_key,
        secret=secrets.pop("api_secret", ""),
        profile=profile,
        is_sandbox=kind == "sandbox",
        options=plain,
        secrets_=secrets,
        terms=terms,
    )
    return _tell(account, as_json=as_json)


def _tell(account: CarrierAccount, *, as_json: bool) -> int:
    from alimnaru.carriers.registry import kind_called

    callback = f"/callbacks/{account.callback_token}"
    if as_json:
        answer({"account": account.name, "kind": account.kind, "callback_path": callback})
        return 0
    screen().print(f"‘{account.name}’ 계정을 저장했습니다.")
    if not kind_called(account.kind).calls_back:
        screen().print("이 사업자는 결과를 먼저 알려 주지 않아, 알림나루가 때마다 물어봅니다.")
        return 0
    screen().print(f"결과를 받을 주소(웹훅)로 등록할 경로: {callback}")
    screen().print("이 경로를 아는 사람은 결과를 꾸며 보낼 수 있으니 남에게 알리지 마십시오.")
    return 0


def switch_on(name: AccountName, as_json: JsonFlag = False) -> int:
    """꺼 둔 계정으로 다시 보냅니다."""
    return _switch(name, on=True, as_json=as_json)


def switch_off(name: AccountName, as_json: JsonFlag = False) -> int:
    """계정으로 더 보내지 않습니다. 이미 넘긴 것의 결과는 계속 받습니다."""
    return _switch(name, on=False, as_json=as_json)


OfWhom = Annotated[
    str | None,
    typer.Option(
        "--department",
        help="이 부서와 그 아래 부서에만 쓰는 단가(부서 코드나 이름).",
        metavar="부서",
        show_default=False,
    ),
]
Since = Annotated[
    str,
    typer.Option(
        "--since",
        help="적용하는 날(2026-12-01). 적지 않으면 오늘.",
        metavar="날짜",
        show_default=False,
    ),
]
Won = Annotated[str, typer.Argument(help="한 건의 단가(원, 부가세 별도).", metavar="원")]
Way = Annotated[str, typer.Argument(help="alimtalk, sms, lms, mms 가운데 하나.", metavar="방법")]


def price(
    *,
    name: AccountName,
    channel: Way,
    won: Won,
    since: Since = "",
    department: OfWhom = None,
    as_json: JsonFlag = False,
) -> int:
    """이 계약의 단가를 정합니다. 그날부터 전달된 것에 이 단가를 씁니다. 지난 날도 다시 셈합니다."""
    from alimnaru.ops import cli_lookups as called
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.wording import Fault, label

    (chosen, *_), cost = called.channels_named(channel), called.won_named(won)
    boot(migrate=True)
    from alimnaru.office.accounts import MonthClosed, set_price

    account, day = called.account_called(name), called.day_named(since)
    whose = called.department_called(department)
    try:
        set_price(
            account, actor=cli_member(), channel=chosen, won=cost, since=day, department=whose
        )
    except MonthClosed as closed:
        raise Refused(Fault.MONTH_CLOSED, month=f"{closed.month:%Y-%m}") from closed
    if as_json:
        facts = {"channel": chosen.value, "won": float(cost), "since": day.isoformat()}
        code = whose.code if whose else None
        answer({"account": account.name, **facts, "department": code})
    else:
        of = f"{whose.name} " if whose else ""
        screen().print(
            f"‘{account.name}’의 {of}{label(chosen)} 단가는 {day:%Y-%m-%d}부터 {cost}원입니다."
        )
    return 0


def reset(name: AccountName, as_json: JsonFlag = False) -> int:
    """문제가 있어 쉬고 있는 계정을 기다리지 않고 다시 쓰게 합니다."""
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import account_called

    boot(migrate=True)
    from alimnaru.office.accounts import reset_account
    from alimnaru.wording import label

    reset = reset_account(account_called(name), actor=cli_member())
    if as_json:
        answer({"account": name, "channels": [channel.value for channel in reset]})
    elif reset:
        ways = ", ".join(label(channel) for channel in reset)
        screen().print(f"‘{name}’ 계정으로 다시 보냅니다: {ways}")
    else:
        screen().print(f"‘{name}’ 계정은 쉬고 있지 않습니다.")
    return 0


def _switch(name: str, *, on: bool, as_json: bool) -> int:
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import account_called

    boot(migrate=True)
    from alimnaru.office.accounts import switch_account

    switch_account(account_called(name), actor=cli_member(), on=on)
    if as_json:
        answer({"account": name, "is_active": on})
    elif on:
        screen().print(f"‘{name}’ 계정을 켰습니다.")
    else:
        screen().print(f"‘{name}’ 계정을 껐습니다. 기다리던 것은 다른 계정으로 나갑니다.")
        screen().print("보낼 다른 계정이 없으면 멈춥니다. 켠 뒤 alimnaru resume으로 이어 가십시오.")
    return 0


def _terms(
    priority: int | None, channels: str | None, per_second: int | None, per_day: int | None
) -> Terms:
    from alimnaru.office.accounts import Terms
    from alimnaru.ops.cli_lookups import channels_named
    from alimnaru.wording import Fault

    numbers = {
        # What the columns hold.
        "--priority": (priority, 2**15 - 1),
        "--per-second": (per_second, 2**31 - 1),
        "--per-day": (per_day, 2**31 - 1),
    }
    for option, (number, most) in numbers.items():
        if number is not None and not 0 <= number <= most:
            raise Refused(Fault.ACCOUNT_NUMBER, name=option)
    return Terms(
        priority=priority,
        channels=None if channels is None else channels_named(channels),
        per_second=per_second,
        per_day=per_day,
    )


def _settings(kind: str, more: list[str]) -> dict[str, str]:
    """What stands behind --set, by name; only what the carrier asks for, and no secrets."""
    from alimnaru.carriers.kind import SettingsError
    from alimnaru.carriers.registry import kind_called

    known = {s.name for s in kind_called(kind).settings if not s.secret} - {"api_key", "profile"}
    found = {}
    for text in more:
        name, equals, value = text.partition("=")
        if not equals or name not in known:
            raise SettingsError(name, "known settings are " + ", ".join(sorted(known)))
        found[name] = value.strip()
    return found


def _secrets(kind: str, *, as_json: bool) -> dict[str, str]:
    """Secrets are never options: the process list shows those to everybody."""
    from alimnaru.carriers.registry import kind_called

    found = {}
    for setting in kind_called(kind).settings:
        if not setting.secret:
            continue
        secret = _secret(kind, setting.name, required=setting.required, as_json=as_json)
        if secret:
            found[setting.name] = secret
    return found


def _secret(kind: str, setting: str, *, required: bool, as_json: bool) -> str:
    from alimnaru.wording import Fault

    variable = f"{kind}_{setting}".upper()
    secret = os.environ.get(variable, "").strip()
    asked = not as_json and sys.stdin.isatty()
    if secret or not (required or asked):
        return secret
    if not asked:
        raise Refused(Fault.SECRET_MISSING, variable=variable)
    more = "" if required else ", 없으면 비워 둠"
    answered: str = typer.prompt(
        f"비밀 키({setting}{more})",
        hide_input=True,
        err=True,
        default=None if required else "",
        show_default=False,
    )
    return answered.strip()


def _must_open(kind: str, base_url: str, settings: Mapping[str, str]) -> None:
    """Refuse settings that could not even make a call; nothing is sent. Raises SettingsError."""
    from alimnaru.carriers.registry import open_carrier

    open_carrier(kind, base_url=base_url, settings=settings, tap=lambda _: None).close()
