"""`source`: other systems connected, tested, paused and let go, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import OUR_FAULT, Refused, near
from alimnaru.ops.cli_output import JsonFlag, answer, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.reads.sources import SourceLine
    from alimnaru.store.models import Department, Source

#: Where the address is read from, if nobody can be asked: it holds a password, and the process list
#: shows options to everybody.
VARIABLE = "ALIMNARU_SOURCE_URL"

Code = Annotated[
    str, typer.Argument(help="연결의 이름. loans처럼 적습니다.", metavar="이름", show_default=False)
]
Called = Annotated[
    str, typer.Option("--name", help="사람이 보는 이름.", metavar="이름", show_default=False)
]
Place = Annotated[
    str,
    typer.Option(
        "--department", help="맡은 부서의 코드나 이름.", metavar="부서", show_default=False
    ),
]
Every = Annotated[
    int | None,
    typer.Option(
        "--every", help="몇 초마다 살필지.", metavar="초", min=1, max=86_400, show_default=False
    ),
]

Notices = Annotated[
    list[str] | None,
    typer.Option(
        "--notice",
        help="이 폴더로 보낼 알림. 적지 않으면 부서의 모든 알림.",
        metavar="알림",
        show_default=False,
    ),
]
Kept = Annotated[
    int | None,
    typer.Option(
        "--keep-days",
        help="받은 파일을 며칠 둘지.",
        metavar="일",
        min=0,
        max=366,
        show_default=False,
    ),
]


def list_(as_json: JsonFlag = False) -> int:
    """연결한 시스템과 그 상태를 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.sources import source_lines
    from alimnaru.store.scoping import whole_office

    found = source_lines(whole_office())
    if as_json:
        answer({"sources": [line.as_json() for line in found]})
    elif not found:
        screen().print("연결한 시스템이 없습니다.")
    else:
        columns = ("이름", "종류", "부서", "마지막으로 살핌", "상태")
        screen().print(listing(columns, [_row(line) for line in found]))
    return 0


def add_table(
    *,
    code: Code,
    name: Called,
    department: Place,
    view: Annotated[
        list[str],
        typer.Option(
            "--view",
            help="볼 표: 이름=표나 뷰,열쇠 칸[,변경 번호나 시각 칸]. 여러 번 적을 수 있습니다.",
            metavar="표",
            show_default=False,
        ),
    ],
    every: Every = None,
    as_json: JsonFlag = False,
) -> int:
    """다른 시스템의 표를 읽기 전용으로 연결합니다.

    주소는 물어보거나 환경 변수 ALIMNARU_SOURCE_URL에서 읽습니다.
    예: mysql://reader:비밀번호@10.0.0.5/library
    """
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    place = place_called(department)
    url = address_asked(as_json=as_json)
    from alimnaru.office import sources as office

    source = office.add_table(
        actor=cli_member(),
        code=code,
        name=name,
        department=place,
        url=url,
        views=view,
        poll_seconds=every,
    )
    return tell_test(source, as_json=as_json)


def add_folder(
    *,
    code: Code,
    path: Annotated[
        str, typer.Argument(help="지켜볼 폴더의 전체 경로.", metavar="폴더", show_default=False)
    ],
    name: Called,
    department: Place,
    notice: Notices = None,
    keep_days: Kept = None,
    every: Every = None,
    as_json: JsonFlag = False,
) -> int:
    """명단을 넣으면 보내는 폴더를 연결합니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import sources as office
    from alimnaru.ops.cli_lookups import notice_called

    source = office.add_folder(
        actor=cli_member(),
        code=code,
        name=name,
        department=place_called(department),
        path=path,
        notices=[notice_called(text).code for text in notice or ()],
        keep_days=keep_days,
        poll_seconds=every,
    )
    return tell_test(source, as_json=as_json)


def change(
    code: Code,
    view: Annotated[
        list[str] | None,
        typer.Option(
            "--view", help="볼 표. 적은 것이 모두를 대신합니다.", metavar="표", show_default=False
        ),
    ] = None,
    notice: Annotated[
        list[str] | None,
        typer.Option(
            "--notice",
            help="문자를 알아보고 보낼 알림(문자 표만). 적은 것이 모두를 대신합니다.",
            metavar="알림",
            show_default=False,
        ),
    ] = None,
    address: Annotated[
        bool, typer.Option("--address", help="주소를 새로 물어봅니다(비밀번호를 바꾼 때).")
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """연결한 표의 주소나 볼 표, 알아볼 알림을 바꿉니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.agent_sources import change_agent
    from alimnaru.office.sources import change_table
    from alimnaru.ops.cli_lookups import notice_called

    url = address_asked(as_json=as_json) if address else None
    source = source_called(code)
    if view is None and (notice is not None or source.kind == source.Kind.AGENT):
        notices = None if notice is None else [notice_called(text).code for text in notice]
        source = change_agent(source, actor=cli_member(), url=url, notices=notices)
    else:
        source = change_table(source, actor=cli_member(), url=url, views=view)
    return tell_test(source, as_json=as_json)


def try_out(code: Code, as_json: JsonFlag = False) -> int:
    """연결한 시스템을 지금 읽을 수 있는지 확인합니다. 아무것도 보내지 않습니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    return tell_test(source_called(code), as_json=as_json)


def pause(code: Code, as_json: JsonFlag = False) -> int:
    """연결한 시스템을 더 살피지 않습니다. 이미 받은 것은 그대로 보냅니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import sources as office

    source = office.pause(source_called(code), actor=cli_member())
    return _tell(source, f"‘{source.name}’ 연결을 멈추었습니다.", as_json=as_json)


def resume(code: Code, as_json: JsonFlag = False) -> int:
    """멈춘 연결을 다시 살핍니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import sources as office

    source = office.resume(source_called(code), actor=cli_member())
    return _tell(source, f"‘{source.name}’ 연결을 다시 살핍니다.", as_json=as_json)


def remove(code: Code, as_json: JsonFlag = False) -> int:
    """아직 아무것도 보내지 않은 연결을 지웁니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import sources as office

    source = source_called(code)
    office.remove(source, actor=cli_member())
    if as_json:
        answer({"code": source.code, "removed": True})
    else:
        screen().print(f"‘{source.name}’ 연결을 지웠습니다.")
    return 0


def source_called(code: str) -> Source:
    """A connected system by its code."""
    from alimnaru.office.sources import SourceRefused
    from alimnaru.reads.sources import sources_in
    from alimnaru.rules.source_refusals import SourceRefusal
    from alimnaru.store.scoping import whole_office

    found = sources_in(whole_office())
    source = found.filter(code=code).first()
    if source is None:
        known = list(found.values_list("code", flat=True))
        close = near(code, known) or ", ".join(known)
        raise SourceRefused(SourceRefusal.SOURCE_UNKNOWN, code=code, near=close)
    return source


def _tell(source: Source, words: str, *, as_json: bool) -> int:
    if as_json:
        answer({"code": source.code, "active": source.is_active})
    else:
        screen().print(words)
    return 0


def tell_test(source: Source, *, as_json: bool) -> int:
    """Whether it can be read, right away: a typing error shows today and not at 10:00 tomorrow."""
    from alimnaru.office.sources import fault_in
    from alimnaru.wording import sentence

    fault = fault_in(source)
    if as_json:
        words = sentence(fault) if fault else None
        answer({"code": source.code, "reads": fault is None, "fault": fault, "message": words})
    elif fault is None:
        screen().print(f"‘{source.name}’ 연결을 읽을 수 있습니다.")
    else:
        screen().print(f"‘{source.name}’ 연결은 등록되어 있으나 읽지 못했습니다. {sentence(fault)}")
    return 0 if fault is None else OUR_FAULT


def _row(line: SourceLine) -> tuple[str, str, str, str, str]:
    from alimnaru.wording import why
    from alimnaru.wording.connecting import SOURCE_KINDS

    if not line.is_active:
        state = "멈춤"
    elif line.failing_since is not None:
        state = f"{moment(line.failing_since)}부터 읽지 못함. {why(line.error)}"
    else:
        state = "정상"
    polled = moment(line.polled_at) if line.polled_at else ""
    kind = SOURCE_KINDS[line.kind].label
    return f"{line.code} ({line.name})", kind, line.department, polled, state


def place_called(text: str) -> Department:
    from alimnaru.ops.cli_lookups import department_called
    from alimnaru.wording import Fault

    found = department_called(text)
    if found is None:
        raise Refused(Fault.DEPARTMENT_UNKNOWN, code=text)
    return found


def address_asked(*, as_json: bool) -> str:
    import os
    import sys

    from alimnaru.wording import Fault

    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return given
    if as_json or not sys.stdin.isatty():
        raise Refused(Fault.SECRET_MISSING, variable=VARIABLE)
    asked: str = typer.prompt("데이터베이스 주소", hide_input=True)
    return asked.strip()
