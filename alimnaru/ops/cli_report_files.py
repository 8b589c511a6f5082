"""`report month|council|officers|effect`: reports as files, for the operator at the machine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, screen

if TYPE_CHECKING:
    from alimnaru.papers.reports import Asked
    from alimnaru.rules.periods import Period
    from alimnaru.rules.reports import Report
    from alimnaru.store.models import Department

Month = Annotated[
    str | None,
    typer.Option(
        help="보고할 달, 여러 달이면 끝 달(예: 2026-10). 적지 않으면 지난달.",
        metavar="달",
        show_default=False,
    ),
]
Months = Annotated[
    int | None, typer.Option(help="끝 달까지 몇 달인지.", min=1, max=36, show_default=False)
]
Whose = Annotated[
    str | None,
    typer.Option("--department", help="이 부서와 하위 부서만.", metavar="부서", show_default=False),
]
Out = Annotated[
    Path, typer.Option(help="만들 파일(.xlsx 또는 .pdf).", metavar="파일", show_default=False)
]
Force = Annotated[bool, typer.Option("--force", help="파일이 있으면 덮어씁니다.")]


def month(
    out: Out,
    *,
    month: Month = None,
    department: Whose = None,
    force: Force = False,
    as_json: JsonFlag = False,
) -> int:
    """한 달의 발송 실적과 비용을 결재란이 있는 보고서로 만듭니다.

    못 받은 까닭을 아직 세지 않은 달이면 먼저 셉니다.
    """
    return _make("month", month, None, department, out, force=force, as_json=as_json)


def council(
    out: Out,
    *,
    month: Month = None,
    months: Months = None,
    department: Whose = None,
    force: Force = False,
    as_json: JsonFlag = False,
) -> int:
    """행정사무감사에 낼 3년의 월·부서·알림·방법별 현황을 만듭니다."""
    return _make("council", month, months, department, out, force=force, as_json=as_json)


def officers(
    out: Out,
    *,
    month: Month = None,
    months: Months = None,
    department: Whose = None,
    force: Force = False,
    as_json: JsonFlag = False,
) -> int:
    """누가 무엇을 보냈고 누가 승인했는지의 목록을 만듭니다.

    담당자의 이름이 들어가니 다루는 데 주의하십시오.
    """
    return _make("officers", month, months, department, out, force=force, as_json=as_json)


def effect(
    out: Out,
    *,
    month: Month = None,
    months: Months = None,
    department: Whose = None,
    force: Force = False,
    as_json: JsonFlag = False,
) -> int:
    """미리 안내한 뒤 다음 안내가 얼마나 갔는지를 달마다 보여 줍니다."""
    return _make("effect", month, months, department, out, force=force, as_json=as_json)


def _make(
    name: str,
    month: str | None,
    months: int | None,
    department: str | None,
    out: Path,
    *,
    force: bool,
    as_json: bool,
) -> int:
    from alimnaru.ops.boot import boot
    from alimnaru.rules.reports import Report, report_period
    from alimnaru.wording import Fault

    if out.suffix not in {".xlsx", ".pdf"}:
        raise Refused(Fault.OUTPUT_NO_REPORT)
    if out.exists() and not force:
        raise Refused(Fault.OUTPUT_EXISTS, file=str(out))
    boot(migrate=True)
    from alimnaru.ops.cli_lookups import department_called

    report = Report(name)
    period = report_period(report, _month_called(month), months)
    _count(report, period)
    _write(report, period, department_called(department), out)
    if as_json:
        start, end = period.start.isoformat(), period.end.isoformat()
        answer({"report": name, "from": start, "to": end, "file": str(out)})
    else:
        screen().print(f"{_name(report)}을 만들었습니다: {out}")
    return 0


def _name(report: Report) -> str:
    from alimnaru.wording.reports import REPORTS

    return f"‘{REPORTS[report]}’ 파일"


def _month_called(text: str | None) -> date:
    """'2026-10' as its first day; nothing as the month before this."""
    from django.utils import timezone

    from alimnaru.rules.periods import after
    from alimnaru.wording import Fault

    if text is None:
        return after(timezone.localdate(), -1)
    try:
        return date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        raise Refused(Fault.MONTH_UNREADABLE, text=text) from None


def _count(report: Report, period: Period) -> None:
    """What is counted at night, now: a machine that was off then has nothing yet."""
    from alimnaru.flow.months import count_month
    from alimnaru.rules.reports import Report
    from alimnaru.store.models import MonthCounted

    if report not in {Report.MONTH, Report.EFFECT}:
        return
    counted = set(
        MonthCounted.objects.filter(month__range=(period.start, period.end)).values_list(
            "month", flat=True
        )
    )
    for first in period.months():
        if first not in counted:
            count_month(first)


def _asked(report: Report, period: Period, department: Department | None, by: str) -> Asked:
    from django.conf import settings
    from django.utils import timezone

    from alimnaru.papers.reports import Asked
    from alimnaru.store.catalogue.reading import load_office
    from alimnaru.store.scoping import whole_office

    office = load_office(settings.OFFICE_FILE).words["office.name"]
    return Asked(report, whole_office(), period, department, office, by, timezone.now())


def _write(report: Report, period: Period, department: Department | None, out: Path) -> None:
    from django.db import transaction

    from alimnaru.office.pdf import PdfUnavailable
    from alimnaru.office.report_files import Form, export_report, write_month
    from alimnaru.ops.boot import cli_member
    from alimnaru.papers.reports import document_of, summary_name
    from alimnaru.wording import Fault

    actor = cli_member()
    try:
        with transaction.atomic():
            form = Form(out.suffix.removeprefix("."))
            export_report(actor=actor, kind=report.value, form=form, period=period, file=out.name)
            document = document_of(_asked(report, period, department, actor.name))
            write_month(document, out, summary=summary_name())
    except PdfUnavailable as error:
        raise Refused(Fault.NO_PDF) from error
    except OSError as error:
        raise Refused(Fault.OUTPUT_UNWRITABLE, file=str(out)) from error
