"""`verify`, `seal` and `proof`: what shows that nothing was altered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import OUR_FAULT, Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, facts, listing, screen

if TYPE_CHECKING:
    from alimnaru.reads.verifying import Verdict
    from alimnaru.rules.seals import Finding

#: Findings shown on screen.
SHOWN = 50

DayFrom = Annotated[
    str | None,
    typer.Option("--from", help="이날 봉인한 것부터 다시 셈합니다.", metavar="날짜"),
]
DayTo = Annotated[
    str | None,
    typer.Option("--to", help="이날 봉인한 것까지 다시 셈합니다.", metavar="날짜"),
]
KeyFile = Annotated[
    Path | None,
    typer.Option("--public-key", help="감사자가 따로 보관한 공개 열쇠 파일.", metavar="파일"),
]
Published = Annotated[
    Path | None,
    typer.Option("--seals", help="밖에 남겨 둔 봉인 줄을 모은 파일.", metavar="파일"),
]


def verify(
    start: DayFrom = None,
    end: DayTo = None,
    public_key: KeyFile = None,
    seals: Published = None,
    as_json: JsonFlag = False,
) -> int:
    """감사 기록과 발송 결과가 나중에 바뀌거나 지워지지 않았는지 처음부터 다시 셈합니다."""
    from django.utils import timezone

    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import day_called

    boot(migrate=True)
    from alimnaru.office.verifying import keep
    from alimnaru.reads.verifying import verify as run

    today, begun = timezone.localdate(), timezone.now()
    days = (
        day_called(start, today) if start else None,
        day_called(end, today) if end else None,
    )
    published = _lines_in(seals)
    verdict = run(*days, public_key=_key_in(public_key), published=published)
    keep(verdict, actor=cli_member(), begun=begun, days=days, published=published)
    if as_json:
        answer(_as_json(verdict))
    else:
        _show(verdict)
    return OUR_FAULT if verdict.wrong else 0


def seal(as_json: JsonFlag = False) -> int:
    """지금까지 적힌 기록을 봉인하고, 마지막 봉인을 한 줄로 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.flow import sealing

    sealing.seal()
    return show(as_json=as_json)


def show(as_json: JsonFlag = False) -> int:
    """마지막 봉인을 한 줄로 보여 줍니다. 인쇄하거나 메일로 보내 밖에 남겨 두십시오."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.seals import line_of
    from alimnaru.store.models import Seal

    newest = Seal.objects.order_by("-number").first()
    if as_json:
        answer({"seal": newest.number if newest else 0, "line": line_of(newest) if newest else ""})
        return 0
    typer.echo(line_of(newest) if newest else "아직 봉인이 없습니다.")
    return 0


def key(as_json: JsonFlag = False) -> int:
    """봉인의 서명을 확인할 공개 열쇠를 보여 줍니다. 감사자에게 건네십시오."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.store import signing

    if as_json:
        answer({"public_key": signing.public_pem()})
        return 0
    typer.echo(signing.public_pem(), nl=False)
    return 0


Number = Annotated[int, typer.Argument(help="메시지 번호.", metavar="메시지")]
Out = Annotated[Path, typer.Option("--out", help="만들 파일.", metavar="파일")]
Why = Annotated[str, typer.Option("--why", help="받는 사유. 감사 기록에 남습니다.", metavar="사유")]


def proof(message: Number, out: Out, reason: Why, as_json: JsonFlag = False) -> int:
    """메시지 한 건의 내용과 과정, 봉인을 PDF 한 파일로 만듭니다(이의신청, 감사 답변)."""
    from alimnaru.ops.boot import boot
    from alimnaru.wording import Fault

    boot(migrate=True)
    from alimnaru.office.pdf import PdfUnavailable, write_pdf
    from alimnaru.office.proof import paper, prove_by_machine
    from alimnaru.reads.one_message import course_of
    from alimnaru.rules.disclosure import DisclosureFault, Reason, purpose_of
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording.proof import LEGAL_EFFECTS

    course = course_of(whole_office(), message)
    if course is None:
        raise Refused(Fault.MESSAGE_UNKNOWN, code=str(message))
    purpose = purpose_of(Reason.OTHER, reason)
    if isinstance(purpose, DisclosureFault):
        raise Refused(Fault.REASON_UNUSABLE)
    found = prove_by_machine(course, reason=purpose)
    try:
        write_pdf(paper(found, LEGAL_EFFECTS[found.legal_effect]), out)
    except PdfUnavailable:
        raise Refused(Fault.PDF_UNAVAILABLE) from None
    if as_json:
        answer({"message": message, "file": str(out)})
        return 0
    typer.echo(f"{message}번 메시지의 발송 증명을 만들었습니다: {out}")
    return 0


def _key_in(file: Path | None) -> bytes | None:
    from alimnaru.store.signing import raw_key
    from alimnaru.wording import Fault

    if file is None:
        return None
    try:
        return raw_key(file.read_bytes())
    except (OSError, ValueError):
        raise Refused(Fault.KEY_UNREADABLE) from None


def _lines_in(file: Path | None) -> list[tuple[int, bytes]]:
    from alimnaru.rules.seals import read_lines
    from alimnaru.wording import Fault

    if file is None:
        return []
    try:
        return read_lines(file.read_text("ascii"))
    except (OSError, ValueError):
        raise Refused(Fault.SEALS_UNREADABLE) from None


def _as_json(verdict: Verdict) -> dict[str, object]:
    return {
        "seals": verdict.seals,
        "rows": verdict.rows,
        "batches": verdict.batches,
        "messages": verdict.messages,
        "newest": verdict.newest,
        "wrong": verdict.wrong,
        "findings": [
            {
                "code": one.wrong.value,
                "table": one.table,
                "id": one.id,
                "seal": one.seal,
                "day": one.day.isoformat() if one.day else None,
            }
            for one in verdict.findings
        ],
    }


def _show(verdict: Verdict) -> None:
    out = screen()
    looked = [
        ("봉인", count(verdict.seals, "개")),
        ("봉인한 기록", count(verdict.rows, "건")),
        ("끝난 발송", count(verdict.batches, "건")),
        ("메시지", count(verdict.messages, "건")),
    ]
    out.print(facts(looked))
    if not verdict.wrong:
        out.print("모두 적힌 그대로입니다. 바뀌거나 지워지거나 끼어든 기록이 없습니다.")
        return
    out.print(f"적힌 것과 다른 곳이 {count(verdict.wrong, '곳')} 있습니다.")
    out.print(listing(["날", "무엇", "번호", "까닭"], [_row(f) for f in verdict.findings[:SHOWN]]))
    out.print(_advice(verdict.findings[0]))


def _row(found: Finding) -> tuple[str, str, str, str]:
    from alimnaru.wording import why
    from alimnaru.wording.seals import TABLES

    day, table = found.day.isoformat() if found.day else "–", TABLES[found.table]
    return day, table, str(found.id), why(found.wrong, id=found.id, table=table, day=day)


def _advice(found: Finding) -> str:
    from alimnaru.wording.seals import WRONGS

    return WRONGS[found.wrong].do
