"""`source add-agent`: the place of an SMS agent is taken, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from alimnaru.ops.cli_output import JsonFlag
from alimnaru.ops.cli_sources import (
    Called,
    Code,
    Every,
    Place,
    address_asked,
    place_called,
    tell_test,
)

_Tables = Annotated[
    list[str],
    typer.Option(
        "--table",
        help="대신 비울 문자 표. sc_tran처럼 적고, 표 이름을 바꾸어 쓰면 "
        "sc_tran=OLD_SC_TRAN처럼 적습니다. 여러 번 적을 수 있습니다.",
        metavar="표",
        show_default=False,
    ),
]
_Notices = Annotated[
    list[str] | None,
    typer.Option(
        "--notice",
        help="문자를 알아보고 알림톡으로 보낼 알림. 여러 번 적을 수 있습니다.",
        metavar="알림",
        show_default=False,
    ),
]
_Schema = Annotated[
    str, typer.Option("--schema", help="표가 있는 스키마.", metavar="이름", show_default=False)
]
_Keep = Annotated[
    bool, typer.Option("--keep", help="끝난 행을 월별 로그 표로 옮기지 않고 그 자리에 둡니다.")
]


def add_agent(
    *,
    code: Code,
    name: Called,
    department: Place,
    table: _Tables,
    notice: _Notices = None,
    schema: _Schema = "",
    keep: _Keep = False,
    every: Every = None,
    as_json: JsonFlag = False,
) -> int:
    """문자 발송 프로그램이 비우던 표를 대신 비웁니다. 그 프로그램을 먼저 멈추어야 합니다.

    주소는 물어보거나 환경 변수 ALIMNARU_SOURCE_URL에서 읽습니다.
    예: mysql://alimnaru:비밀번호@10.0.0.5/sms
    """
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    place = place_called(department)
    url = address_asked(as_json=as_json)
    from alimnaru.office import agent_sources as office
    from alimnaru.ops.cli_lookups import notice_called

    source = office.add_agent(
        actor=cli_member(),
        code=code,
        name=name,
        department=place,
        url=url,
        tables=dict(_table(text) for text in table),
        notices=[notice_called(text).code for text in notice or ()],
        schema=schema,
        log=not keep,
        poll_seconds=every,
    )
    return tell_test(source, as_json=as_json)


def _table(text: str) -> tuple[str, str]:
    layout, _, name = text.partition("=")
    return layout.strip().lower(), name.strip()
