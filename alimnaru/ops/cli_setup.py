"""What a system manager sets up: the catalogue, registered wordings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alimnaru.ops.cli_faults import Refused
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

NoticeName = Annotated[
    str, typer.Argument(help="알림 업무의 코드나 이름.", metavar="알림", show_default=False)
]
Fallback = Annotated[
    str,
    typer.Argument(
        help="sms, lms, mms 가운데 하나. none이면 문자로 보내지 않습니다.",
        metavar="방법",
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
            screen().print("새 문안은 templates submit으로 내어 카카오의 승인을 받은 뒤 나갑니다.")
    return 0


def choose_fallback(notice: NoticeName, channel: Fallback, as_json: JsonFlag = False) -> int:
    """알림톡으로 닿지 않은 주민에게 어떤 문자로 알릴지 정합니다.

    그림 문자(mms)는 문안에 그림과 긴 문자 글이 있어야 합니다. 그림이 없는 판은 긴 문자로 나갑니다.
    """
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import channels_named, notice_called
    from alimnaru.wording import Fault, label

    chosen = None if channel == "none" else channels_named(channel)[0]
    if chosen is not None and chosen.value == "alimtalk":
        raise Refused(Fault.CHANNEL_UNKNOWN, code=channel)
    boot(migrate=True)
    from alimnaru.office.notices import choose_fallback as choose

    found = notice_called(notice)
    choose(actor=cli_member(), notice=found, channel=chosen)
    if as_json:
        answer({"notice": found.code, "fallback": chosen.value if chosen else None})
    elif chosen is None:
        screen().print(f"{found.name}은(는) 이제 문자로 대신 보내지 않습니다.")
    else:
        screen().print(f"{found.name}이(가) 알림톡으로 닿지 않으면 {label(chosen)}로 보냅니다.")
    return 0
