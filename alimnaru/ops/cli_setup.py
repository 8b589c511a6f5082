"""What a system manager sets up: the catalogue, contracts with carriers, registered wordings."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, listing, screen

SECRET = "SOLAPI_API_SECRET"  # noqa: S105 - the name of a setting


OfficeFile = Annotated[
    Path | None,
    typer.Option(
        "--office",
        help="기관 설정 파일(office.toml). 적지 않으면 ALIMNARU_OFFICE의 파일.",
        metavar="파일",
        show_default=False,
    ),
]
AccountName = Annotated[str, typer.Argument(help="계정을 부를 이름.", metavar="이름")]
ApiKey = Annotated[str, typer.Option("--api-key", help="API 키.", metavar="키", show_default=False)]
Profile = Annotated[
    str,
    typer.Option(
        "--profile",
        help="카카오톡 채널의 발신 프로필(pfId).",
        metavar="프로필",
        show_default=False,
    ),
]
CarrierKind = Annotated[str, typer.Option(help="발송 사업자: solapi, sandbox.", metavar="사업자")]
BaseUrl = Annotated[
    str, typer.Option(help="사업자의 주소. 비우면 본래 주소.", metavar="주소", show_default=False)
]


def load_catalogue(office: OfficeFile = None, as_json: JsonFlag = False) -> int:
    """알림 업무 40가지와 부서를 기관 설정에 맞게 불러옵니다.

    여러 번 해도 됩니다. 문안이 바뀌면 새 판이 되고, 이미 접수한 발송은 예전 판을 씁니다.
    """
    from django.conf import settings

    from alimnaru.ops.boot import boot, bring_up_to_date, cli_member

    boot()
    from alimnaru.office.catalogue import load_catalogue as load

    bring_up_to_date()
    loaded = load(actor=cli_member(), office_file=str(office or settings.OFFICE_FILE))
    counts = {
        "departments": loaded.departments,
        "notices": loaded.notices,
        "versions": loaded.versions,
    }
    if as_json:
        answer(counts)
    elif not any(counts.values()):
        screen().print("바뀐 것이 없습니다.")
    else:
        screen().print(
            f"새로 생기거나 바뀐 것: 부서 {loaded.departments}곳, 알림 업무 {loaded.notices}가지, "
            f"문안 {loaded.versions}개"
        )
        if loaded.versions:
            screen().print("새 문안은 templates submit으로 내어 카카오의 승인을 받은 뒤 나갑니다.")
    return 0


def add_account(
    *,
    name: AccountName,
    api_key: ApiKey,
    profile: Profile,
    kind: CarrierKind = "solapi",
    base_url: BaseUrl = "",
    as_json: JsonFlag = False,
) -> int:
    """발송 사업자 계정을 등록하거나, 같은 이름의 계정을 바꿉니다.

    비밀 키는 물어보거나 환경 변수 SOLAPI_API_SECRET에서 읽고, 암호화해 저장합니다.
    """
    from alimnaru.ops.boot import boot, cli_member

    secret = _secret(as_json=as_json)
    boot(migrate=True)
    from alimnaru.office.accounts import add_account as add

    _must_open(kind, base_url, api_key, secret)
    account = add(
        actor=cli_member(),
        kind=kind,
        name=name,
        base_url=base_url,
        api_key=api_key,
        secret=secret,
        profile=profile,
        is_sandbox=kind == "sandbox",
    )
    callback = f"/callbacks/{account.callback_token}"
    if as_json:
        answer({"account": account.name, "kind": account.kind, "callback_path": callback})
        return 0
    screen().print(f"‘{account.name}’ 계정을 저장했습니다.")
    screen().print(f"결과를 받을 주소(웹훅)로 등록할 경로: {callback}")
    screen().print("이 경로를 아는 사람은 결과를 꾸며 보낼 수 있으니 남에게 알리지 마십시오.")
    return 0


def _secret(*, as_json: bool) -> str:
    from alimnaru.wording import Fault

    secret = os.environ.get(SECRET, "").strip()
    if secret:
        return secret
    if as_json or not sys.stdin.isatty():
        raise Refused(Fault.SECRET_MISSING)
    answered: str = typer.prompt("비밀 키(API Secret)", hide_input=True, err=True)
    return answered.strip()


def _must_open(kind: str, base_url: str, api_key: str, secret: str) -> None:
    """Refuse settings that could not even make a call; nothing is sent. Raises SettingsError."""
    from alimnaru.carriers.registry import open_carrier

    settings = {"api_key": api_key, "api_secret": secret}
    open_carrier(kind, base_url=base_url, settings=settings, tap=lambda _: None).close()


def list_accounts(as_json: JsonFlag = False) -> int:
    """등록된 발송 사업자 계정을 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.store.models import CarrierAccount

    accounts = list(CarrierAccount.objects.all())
    if as_json:
        keys = ("name", "kind", "base_url", "profile", "priority", "is_sandbox", "is_active")
        answer({"accounts": [{key: getattr(a, key) for key in keys} for a in accounts]})
        return 0
    if not accounts:
        screen().print("등록된 계정이 없습니다. alimnaru account add로 등록해 주십시오.")
        return 0
    rows = [
        (
            a.name,
            "모의" if a.is_sandbox else a.kind,
            a.profile,
            str(a.priority),
            "사용" if a.is_active else "꺼 둠",
        )
        for a in accounts
    ]
    screen().print(listing(("이름", "사업자", "프로필", "순서", "상태"), rows, numbers="순서"))
    return 0
