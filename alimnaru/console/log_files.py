"""A log as a workbook: for a reason, and noted with what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk
from alimnaru.console.reason import ask_again, asked
from alimnaru.console.sheets import Sheet, xlsx_answer
from alimnaru.office.disclosure import disclose
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.rules.rights import Right
from alimnaru.store.models import AccessEntry, AuditEntry, Department

#: A workbook is made in memory; more is asked for in several.
MOST_ROWS = 50_000

Entry = TypeVar("Entry", AuditEntry, AccessEntry)


@dataclass(frozen=True, slots=True)
class LogFile:
    """What is taken out. `department`: of what part of the office; None: of all that the reader may
    see. `facts` hold nothing personal."""

    what: Disclosed
    subject: str
    title: str
    back: str
    department: Department | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def log_file(
    request: HttpRequest,
    desk: Desk,
    file: LogFile,
    found: QuerySet[Entry],
    sheet: Callable[[QuerySet[Entry]], Sheet],
) -> HttpResponse:
    """The workbook, or the page that asks why, or the way back where there is too much."""
    rows = found[: MOST_ROWS + 1].count()
    if rows > MOST_ROWS:
        messages.error(request, _("한 번에 받을 수 있는 것보다 많습니다. 기간을 줄여 주십시오."))
        return redirect(file.back)
    purpose = asked(request)
    if not isinstance(purpose, Purpose):
        return ask_again(request, purpose, title=file.title, back=file.back)
    with transaction.atomic():
        # Made before the download itself is noted: the file holds what the page showed.
        name = f"{file.subject}-{timezone.localdate():%Y%m%d}.xlsx"
        answer = xlsx_answer([sheet(found)], name)
        disclose(
            actor=desk.member,
            subject=file.subject,
            department=file.department or _highest(desk),
            what=file.what,
            reason=purpose,
            facts={**file.facts, "rows": rows},
        )
    return answer


def _highest(desk: Desk) -> Department | None:
    """To whom the download belongs: nobody's in particular where the whole office was read."""
    if desk.over_the_office(Right.AUDIT):
        return None
    return next(
        (m.department for m in desk.memberships if desk.may(Right.AUDIT, m.department)), None
    )
