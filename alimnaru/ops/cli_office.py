"""The whole office paused and going on: for maintenance, and after a restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.reads.standing import Standing
    from alimnaru.rules.standing import Unsure

Why = Annotated[
    str,
    typer.Option("--why", help="사유. 감사 기록에 남습니다.", metavar="사유", show_default=False),
]


def status(as_json: JsonFlag = False) -> int:
    """모든 발송이 멈추어 있는지, 왜 멈추었는지 보여 줍니다."""
    standing = _standing()
    if as_json:
        answer(standing.as_json())
        return 0
    _show(standing)
    return 0


def pause(why: Why = "", as_json: JsonFlag = False) -> int:
    """모든 발송을 멈춥니다. 접수는 계속 받고, 이미 사업자에게 넘긴 것의 결과도 받습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import standing

    changed = standing.pause(actor=cli_member(), why=why)
    if as_json:
        answer({**_standing().as_json(), "changed": changed})
        return 0
    screen().print("모든 발송을 멈추었습니다." if changed else "발송은 이미 멈추어 있습니다.")
    screen().print("  다시 시작하려면: alimnaru office resume")
    return 0


def reconcile(as_json: JsonFlag = False) -> int:
    """되살린 자료가 모르는 동안 사업자들이 받은 메시지를 물어봅니다. 아무것도 보내지 않습니다."""
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.wording import Fault

    boot(migrate=True)
    from alimnaru.office import standing

    if standing.reconcile(actor=cli_member()) is None:
        raise Refused(Fault.NOT_A_COPY)
    found = _standing()
    if as_json:
        answer(found.as_json())
        return 0
    _show(found)
    return 0


UnsureWord = Annotated[
    str,
    typer.Option(
        "--unsure",
        help="갔는지 알 수 없는 메시지를 어떻게 할지: unknown(확인 필요로 둠), send(보냄).",
        metavar="방법",
        show_default=False,
    ),
]
Whole = Annotated[
    bool,
    typer.Option(
        "--whole",
        help="빠진 기록이 없다고 확인합니다. 동기 백업을 마지막까지 되살렸을 때만 씁니다.",
    ),
]


def resume(
    why: Why = "", unsure: UnsureWord = "", whole: Whole = False, as_json: JsonFlag = False
) -> int:
    """멈춘 발송을 다시 시작합니다. 되살린 자료라면 먼저 office reconcile을 실행해야 합니다."""
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.wording import Fault

    boot(migrate=True)
    from alimnaru.office import standing

    try:
        settled = standing.resume(actor=cli_member(), why=why, unsure=_choice(unsure), whole=whole)
    except standing.NotReconciled:
        raise Refused(Fault.NOT_RECONCILED) from None
    except standing.MustChoose as error:
        raise Refused(Fault.UNSURE_MESSAGES, count=error.messages) from None
    if as_json:
        answer({"resumed": settled is not None, "unknown": settled or 0})
        return 0
    if settled is None:
        screen().print("발송은 멈추어 있지 않습니다.")
        return 0
    screen().print("발송을 다시 시작했습니다.")
    if settled:
        screen().print(f"  갔는지 알 수 없는 {count(settled, '건')}은 ‘확인 필요’에 있습니다.")
    return 0


def _choice(text: str) -> Unsure | None:
    from alimnaru.rules.standing import Unsure
    from alimnaru.wording import Fault

    if not text:
        return None
    if text not in set(Unsure):
        raise Refused(Fault.CHOICE_UNKNOWN, code=text, near=", ".join(Unsure))
    return Unsure(text)


def _standing() -> Standing:
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from django.utils import timezone

    from alimnaru.flow.standing import look_after
    from alimnaru.reads.standing import standing

    look_after(timezone.now())
    return standing()


def _show(standing: Standing) -> None:
    out = screen()
    if not standing.pause or standing.since is None:
        out.print("보내고 있습니다.")
        return
    if not standing.is_copy:
        out.print(f"{moment(standing.since)}부터 모든 발송이 멈추어 있습니다 ({standing.who}).")
        if standing.why:
            out.print(f"  사유: {standing.why}")
        return
    out.print("되살린 자료여서 모든 발송이 멈추어 있습니다.")
    if standing.known_until is not None:
        out.print(f"  {moment(standing.known_until)}까지의 기록이 들어 있습니다.")
    if standing.reconciled_at is None:
        out.print("  먼저 사업자들이 받은 것을 확인하십시오: alimnaru office reconcile")
        return
    rows = [
        (
            str(one["name"]),
            count(one["listed"], "건") if one["asked"] else "알 수 없음",
            count(one["recalled"], "건") if one["asked"] else "",
            count(one["strange"], "건") if one["asked"] else "",
        )
        for one in standing.found
    ]
    columns = ("계정", "받았다고 한 것", "여기서 모르던 것", "여기에 없는 것")
    out.print(listing(columns, rows, numbers=",".join(columns[1:])))
    out.print("  다시 시작하려면: alimnaru office resume")
