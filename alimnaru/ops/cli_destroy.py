"""`destroy`: certificates of what was destroyed, and what is late."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.rules.document import Document
    from alimnaru.store.models import Destruction

#: Certificates in a list, the latest.
MOST = 100

Number = Annotated[int, typer.Argument(help="확인서 번호.", metavar="번호", show_default=False)]
Out = Annotated[
    Path | None, typer.Option("--out", help="확인서를 만들 파일(.pdf, .xlsx).", metavar="파일")
]


def list_(as_json: JsonFlag = False) -> int:
    """파기 확인서를 새것부터, 곧 파기할 것과 늦은 것의 수와 함께 보여 줍니다."""
    from django.utils import timezone

    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.destroying import certificates, standing
    from alimnaru.store.scoping import whole_office

    stand = standing(whole_office(), timezone.now())
    found = list(certificates(whole_office())[:MOST])
    if as_json:
        sums = {"kept": stand.kept, "soon": stand.soon, "late": stand.late}
        answer({**sums, "certificates": [_as_json(one) for one in found]})
        return 0
    out = screen()
    out.print(
        f"두고 있는 발송 {count(stand.kept, '건')}, 30일 안에 파기할 것 {count(stand.soon, '건')}, "
        f"늦은 것 {count(stand.late, '건')}"
    )
    if not found:
        out.print("아직 파기한 것이 없습니다.")
        return 0
    heads = ("번호", "마친 때", "파기한 것", "사유", "발송", "메시지")
    out.print(listing(heads, [_line(one) for one in found], numbers="번호"))
    return 0


def _as_json(one: Destruction) -> dict[str, object]:
    return {
        "id": one.pk,
        "what": one.what,
        "basis": one.basis,
        "class": one.retention,
        "done_at": one.done_at.isoformat() if one.done_at else None,
        "batches": one.batches,
        "messages": one.messages,
    }


def _line(one: Destruction) -> tuple[str, ...]:
    from alimnaru.wording.destroying import BASES, WHATS

    return (
        str(one.pk),
        moment(one.done_at) if one.done_at else "–",
        WHATS[one.what],
        BASES[one.basis],
        count(one.batches, "건"),
        count(one.messages, "건"),
    )


def show(number: Number, out: Out = None, as_json: JsonFlag = False) -> int:
    """파기 확인서 하나를 보여 주거나, --out으로 PDF나 엑셀 파일을 만듭니다."""
    from django.conf import settings
    from django.utils import timezone

    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.wording import Fault

    boot(migrate=True)
    from alimnaru.papers.destruction import certificate
    from alimnaru.reads import destroying as reads
    from alimnaru.store.catalogue import load_office
    from alimnaru.store.scoping import whole_office

    all_ = reads.certificates(whole_office())
    one = all_.filter(pk=number).first() if 0 < number < 2**63 else None
    if one is None:
        raise Refused(Fault.DESTRUCTION_UNKNOWN, code=str(number))
    untouched = reads.is_untouched(one)
    document = certificate(
        one,
        reads.batches_of(one),
        untouched=untouched,
        office=load_office(settings.OFFICE_FILE).words["office.name"],
        by=cli_member().name,
        at=timezone.now(),
    )
    if out is not None:
        _write(document, out)
    if as_json:
        answer({"id": one.pk, "untouched": untouched, "digest": one.digest})
    else:
        _show(document)
    return 0


def _write(document: Document, out: Path) -> None:
    from alimnaru.office.pdf import PdfUnavailable
    from alimnaru.office.report_files import Form, write_month
    from alimnaru.papers.destruction import SUMMARY
    from alimnaru.wording import Fault

    form = out.suffix.removeprefix(".")
    if form not in set(Form):
        raise Refused(Fault.OUTPUT_UNWRITABLE, file=str(out))
    try:
        write_month(document, out, summary=SUMMARY)
    except PdfUnavailable as error:
        raise Refused(Fault.NO_PDF) from error
    except OSError as error:
        raise Refused(Fault.OUTPUT_UNWRITABLE, file=str(out)) from error


def _show(document: Document) -> None:
    out = screen()
    out.print(document.title)
    for name, value in document.facts:
        out.print(f"  {name}: {value}")
    for figure in document.figures:
        out.print(f"  {figure.name}: {figure.value}{figure.unit}")
    for said in document.sections[-1].says:
        out.print(f"  {said}")
