"""`check` and `send`: a list looked at, and a list sent."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from alimnaru.ops.cli_faults import BAD_INPUT, Refused
from alimnaru.ops.cli_money import (
    Paying,
    forecast_as_json,
    forecast_for,
    line_called,
    show_forecast,
)
from alimnaru.ops.cli_output import JsonFlag, answer, count, moment, row_counter, screen

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from alimnaru.office.lists import ListCheck
    from alimnaru.reads.readiness import SendWarning
    from alimnaru.store.models import Batch, Department, Notice

ListFile = Annotated[
    Path, typer.Argument(help="명단 파일(xlsx, xls, csv).", metavar="명단", show_default=False)
]
NoticeName = Annotated[
    str,
    typer.Option(
        "--notice", "-n", help="알림 업무의 코드나 이름.", metavar="알림", show_default=False
    ),
]
DepartmentName = Annotated[
    str | None,
    typer.Option(
        "--department", "-d", help="보내는 부서의 코드나 이름. 적지 않으면 알림의 담당 부서.",
        metavar="부서", show_default=False,
    ),
]  # fmt: skip
SheetName = Annotated[
    str | None, typer.Option(help="읽을 시트의 이름.", metavar="시트", show_default=False)
]
StartTime = Annotated[
    str | None,
    typer.Option(
        "--at",
        help="보내기 시작할 시각. 예: 10:00, 내일 10:00.",
        metavar="시각",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="묻지 않고 보냅니다.")]
WaiveHours = Annotated[
    bool,
    typer.Option("--waive-hours", help="보내는 시간을 지키지 않습니다. 모의 통신사로만 보냅니다."),
]
Again = Annotated[
    bool, typer.Option("--again", help="같은 명단에 같은 문안을 방금 보냈어도 다시 보냅니다.")
]
ShowAll = Annotated[bool, typer.Option("--all", help="보낼 수 없는 행을 모두 보여 줍니다.")]
Hidden = Annotated[bool, typer.Option("--include-hidden", help="숨긴 행도 읽습니다.")]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A list and how it is to be read, as the command line names them."""

    path: Path
    notice: Notice
    department: Department | None
    sheet: str | None
    include_hidden: bool
    #: The code of the budget line that pays; None: the notice's own.
    project: str | None = None

    @classmethod
    def of(
        cls,
        path: Path,
        notice: str,
        department: str | None,
        sheet: str | None,
        *,
        include_hidden: bool,
        project: str | None = None,
    ) -> Self:
        """Find what was named, or refuse it."""
        from alimnaru.ops.cli_lookups import department_called, notice_called

        found, sender = notice_called(notice), department_called(department)
        return cls(path, found, sender, sheet, include_hidden, project)

    @property
    def sender(self) -> Department:
        return self.department or self.notice.department

    def check(self, *, quiet: bool) -> ListCheck:
        """What the check says."""
        from alimnaru.office.lists import check_list

        with row_counter(quiet=quiet, what="명단을 살펴보고 있습니다…") as on_row:
            return check_list(
                self.path,
                notice=self.notice,
                department=self.department,
                sheet=self.sheet,
                include_hidden=self.include_hidden,
                on_row=on_row,
            )

    def send(
        self, at: datetime | None, *, waive_hours: bool, again: bool, quiet: bool
    ) -> tuple[Batch, list[SendWarning]]:
        """Take the list in; return what is known of its way too."""
        from django.utils import timezone

        from alimnaru.office.batches import send_list
        from alimnaru.office.lists import growth_of, newest_wording
        from alimnaru.ops.boot import cli_member
        from alimnaru.ops.heap import settle_heap
        from alimnaru.reads.readiness import before_send

        settle_heap()
        growth = growth_of(
            newest_wording(self.notice, hours_waived=waive_hours), hours_waived=waive_hours
        )
        with row_counter(quiet=quiet, what="명단을 접수하고 있습니다…") as on_row:
            batch = send_list(
                self.path,
                actor=cli_member(),
                notice=self.notice,
                department=self.department,
                at=at,
                sheet=self.sheet,
                include_hidden=self.include_hidden,
                hours_waived=waive_hours,
                confirmed=again,
                growth=growth,
                on_row=on_row,
                project=line_called(self.notice, self.sender, self.project, at),
            )
        # Its messages wait already, so they are counted there.
        warnings = before_send(
            batch.version,
            rows=0,
            grown=growth.count,
            now=timezone.now(),
            hours_waived=waive_hours,
        )
        return batch, warnings


def check(
    *,
    path: ListFile,
    notice: NoticeName,
    department: DepartmentName = None,
    sheet: SheetName = None,
    include_hidden: Hidden = False,
    show_all: ShowAll = False,
    as_json: JsonFlag = False,
) -> int:
    """명단을 살펴봅니다. 아무것도 보내거나 저장하지 않습니다.

    보낼 수 있는 사람과 없는 사람, 그 까닭, 주민이 받을 글을 보여 줍니다.
    """
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.ops.cli_lists_screen import SHOWN, check_as_json, show_check

    choice = _Choice.of(path, notice, department, sheet, include_hidden=include_hidden)
    found = choice.check(quiet=as_json)
    if as_json:
        answer(check_as_json(found, choice.notice, choice.sender))
    else:
        limit = len(found.bad) if show_all else SHOWN
        show_check(screen(), found, choice.notice, choice.sender, limit=limit)
    return 0 if found.good else BAD_INPUT


def send(
    *,
    path: ListFile,
    notice: NoticeName,
    department: DepartmentName = None,
    at: StartTime = None,
    sheet: SheetName = None,
    include_hidden: Hidden = False,
    yes: Yes = False,
    waive_hours: WaiveHours = False,
    again: Again = False,
    project: Paying = None,
    as_json: JsonFlag = False,
) -> int:
    """명단의 주민에게 알림을 보냅니다.

    먼저 명단을 살펴본 결과를 보여 주고 보낼지 묻습니다. 보낼 수 없는 행은 빼고 나머지를 보냅니다.
    다른 사람의 승인이 필요한 발송이면 승인을 요청하고, 승인을 받은 뒤에 나갑니다.
    """
    from django.utils import timezone

    from alimnaru.ops.boot import boot
    from alimnaru.ops.cli_lookups import time_to_send

    boot(migrate=True)
    listed = (path, notice, department, sheet)
    choice = _Choice.of(*listed, include_hidden=include_hidden, project=project)
    start = time_to_send(at, timezone.localtime())
    if not yes and not _confirmed(choice, as_json=as_json):
        return 0
    batch, warnings = choice.send(start, waive_hours=waive_hours, again=again, quiet=as_json)
    if as_json:
        answer(_sent_as_json(batch, warnings))
    else:
        _show_sent(batch, warnings if yes else [])  # who was asked has read them
    return 0


def _confirmed(choice: _Choice, *, as_json: bool) -> bool:
    """Show what the check says and ask. What was looked at is what goes, byte for byte."""
    from alimnaru.office.lists import newest_wording
    from alimnaru.ops.cli_lists_screen import SHOWN, show_check
    from alimnaru.rules.refusals import Refusal
    from alimnaru.sources.upload import ListRefused
    from alimnaru.wording import Fault

    if as_json or not sys.stdin.isatty():
        raise Refused(Fault.CONFIRMATION_NEEDED)
    before = _fingerprint(choice.path)
    found = choice.check(quiet=False)
    show_check(screen(), found, choice.notice, choice.sender, limit=SHOWN)
    if not found.good:
        raise ListRefused(Refusal.NOTHING_TO_SEND)
    version = newest_wording(choice.notice).pk
    line = line_called(choice.notice, choice.sender, choice.project)
    show_forecast(screen(), forecast_for(choice.notice, choice.sender, found.good, line, version))
    if not typer.confirm(f"{count(found.good)}에게 보내시겠습니까?", err=True):
        screen().print("보내지 않았습니다.")
        return False
    if _fingerprint(choice.path) != before:
        raise Refused(Fault.LIST_CHANGED)
    return True


def _fingerprint(path: Path) -> str:
    import hashlib

    if not path.is_file():
        return ""  # the check says what is wrong with it
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sent_as_json(batch: Batch, warnings: list[SendWarning]) -> dict[str, object]:
    from alimnaru.ops.cli_templates_screen import warnings_as_json

    return {
        "batch": batch.pk,
        "notice": batch.notice.code,
        "department": batch.department.code,
        "rows": batch.rows,
        "refused": batch.refused,
        "to_send": batch.rows - batch.refused,
        "lane": batch.lane,
        "stage": batch.stage,
        "approvals": batch.approvals_needed,
        "risks": batch.risks,
        "project": batch.project.code if batch.project else None,
        "forecast": forecast_as_json(
            forecast_for(
                batch.notice, batch.department, batch.people, batch.project_id, batch.version_id
            )
        ),
        "not_before": batch.not_before.isoformat(),
        "expires_at": batch.expires_at.isoformat(),
        "warnings": warnings_as_json(warnings),
    }


def _show_sent(batch: Batch, warnings: list[SendWarning]) -> None:
    from alimnaru.ops.cli_templates_screen import show_warnings
    from alimnaru.ops.doctor import live_workers
    from alimnaru.store.models import Stage

    out = screen()
    to_send = batch.rows - batch.refused
    out.print(f"접수했습니다. 발송 번호는 {batch.pk}번입니다.")
    refused = f" 보낼 수 없는 {count(batch.refused)}은 뺐습니다." if batch.refused else ""
    out.print(f"  {count(to_send)}에게 보냅니다.{refused}")
    if batch.stage == Stage.REQUESTED:
        _show_request(out, batch)
    else:
        out.print(f"  {_when(batch)}")
    show_warnings(out, warnings)
    if not live_workers():
        out.print("  지금은 발송 일꾼이 없습니다. ‘alimnaru up’을 켜면 보내기 시작합니다.")
    out.print(f"진행 상황: alimnaru status {batch.pk} --watch")


def _show_request(out: Console, batch: Batch) -> None:
    """Who has to agree before anything goes, and why."""
    from alimnaru.reads.approvals import risks_of
    from alimnaru.reads.rights import people_with
    from alimnaru.rules.rights import Right
    from alimnaru.wording import label

    why = ", ".join(label(risk) for risk in risks_of(batch))
    out.print(f"  아직 보내지 않았습니다. {batch.approvals_needed}명의 승인이 필요합니다({why}).")
    could = people_with(Right.APPROVE, batch.department).exclude(pk=batch.member_id)
    if could.count() < batch.approvals_needed:
        out.print("  승인할 수 있는 사람이 모자랍니다. 부서 관리자가 승인자를 더 정해야 합니다.")
    out.print(f"  승인을 받으면 {_when(batch)}")


def _when(batch: Batch) -> str:
    """When it really goes: the hours of the notice stand above what was asked for."""
    start = opening_after(batch, batch.not_before)
    if start is None:
        if batch.not_before > batch.created_at:
            return f"{moment(batch.not_before)}에 보내기 시작합니다."
        return "지금 보내기 시작합니다."
    hours = f"{batch.notice.opens:%H:%M}~{batch.notice.closes:%H:%M}"
    if start >= batch.expires_at:
        return (
            f"보내는 시간({hours})이 되기 전에 시한({moment(batch.expires_at)})이 지나 "
            "아무에게도 가지 않습니다. 시각을 바꾸어 다시 보내 주십시오."
        )
    return f"보내는 시간({hours})이 아니어서 {moment(start)}에 보내기 시작합니다."


def opening_after(batch: Batch, at: datetime) -> datetime | None:
    """When the notice's hours let it go, None if at once."""
    from django.utils import timezone

    from alimnaru.rules.workdays import holidays_around

    if batch.hours_waived:
        return None
    local = timezone.localtime(at)
    return batch.notice.window.next_opening(local, holidays_around(local.date()))
