"""What a system manager sets up: the catalogue, registered wordings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alimnaru.ops.cli_output import JsonFlag, answer, screen

OfficeFile = Annotated[
    Path | None,
    typer.Option(
        "--office",
        help="기관 설정 파일(office.toml). 적지 않으면 ALIMNARU_OFFICE의 파일.",
        metavar="파일",
        show_default=False,
    ),
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
            screen().print("새 문안은 카카오의 승인을 받은 뒤 template link로 이어야 나갑니다.")
    return 0


def link_template(
    notice: Annotated[str, typer.Argument(help="알림 업무의 코드나 이름.", metavar="알림")],
    code: Annotated[str, typer.Argument(help="사업자가 부여한 템플릿 코드.", metavar="템플릿코드")],
    account: Annotated[
        str, typer.Option("--account", help="계정 이름.", metavar="이름", show_default=False)
    ],
    as_json: JsonFlag = False,
) -> int:
    """카카오의 승인을 받은 문안을 사업자의 템플릿 코드와 이어 줍니다."""
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import account_called, notice_called

    boot(migrate=True)
    from alimnaru.office.accounts import register_wordings

    kind, contract = notice_called(notice), account_called(account)
    links = register_wordings(actor=cli_member(), account=contract, codes={kind.code: code})
    version = links[0].version.number
    if as_json:
        answer({"notice": kind.code, "version": version, "account": contract.name, "code": code})
    else:
        screen().print(
            f"{kind.name}의 문안 {version}판을 {contract.name}의 {code}와(과) 이었습니다."
        )
    return 0
