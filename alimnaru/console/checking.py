"""What the page on which a list is checked shows: counts, rows, columns, cost, who must agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.columns import AUTOMATIC, column_fields
from alimnaru.console.forms.moment import MomentField
from alimnaru.console.frame import office_name
from alimnaru.console.phones import alimtalk_phone, saved_by_sms, sms_phone
from alimnaru.flow.paying import payable
from alimnaru.flow.shipping import sender_number
from alimnaru.flow.wordings import wording
from alimnaru.office.release import ReleasePlan
from alimnaru.reads.consents import lacking
from alimnaru.reads.draft_rows import DraftRow, DraftRows
from alimnaru.reads.estimate import Estimate, estimate
from alimnaru.reads.readiness import before_send
from alimnaru.reads.rights import people_with
from alimnaru.rules.audience import Audience
from alimnaru.rules.channel import Channel
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import display, mask
from alimnaru.rules.readiness import Warn
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.rights import Right
from alimnaru.rules.shifted import ShiftFault, Slide
from alimnaru.rules.variables import Kind, Variable
from alimnaru.store.models import Batch, ListUpload, Stage
from alimnaru.wording import LEFT_OUT, sentence

#: Rows and values shown of a list.
FIRST = 4
VALUES = 4
#: Hours begin a moment before a schedule is noticed to lie outside of them.
ABOUT = timedelta(minutes=1)
OPEN = (Stage.DRAFT, Stage.RETURNED)


class WhenForm(forms.Form):
    """When a list goes."""

    when = forms.ChoiceField(choices=[("now", lazy("지금 바로")), ("later", lazy("예약"))])
    at = MomentField(
        label=lazy("예약 시각"),
        required=False,
        error_messages={"invalid": lazy("날짜와 시각을 함께 골라 주십시오.")},
    )
    confirmed = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("when") == "later" and not given.get("at") and "at" not in self.errors:
            self.add_error("at", _("언제 보낼지 골라 주십시오."))
        if given.get("when") == "now":
            given["at"] = None
            self.errors.pop("at", None)
        return given


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a list as a table shows them: masked."""

    id: int
    row_no: int
    name: str
    phone: str
    values: Sequence[str]

    @classmethod
    def of(cls, row: DraftRow, places: Sequence[int] = ()) -> Person:
        """A row, with the values at these places."""
        values = [row.values[at] for at in places]
        return cls(row.id, row.row_no, mask_name(row.name), mask(row.phone), values)


def check_context(
    upload: ListUpload, batch: Batch, form: WhenForm, plan: ReleasePlan
) -> dict[str, object]:
    """All of it, for a draft."""
    rows = DraftRows(upload, batch)
    words = wording(batch.version_id)
    places = _shown(upload, words.variables)
    first = rows.first(FIRST)
    context: dict[str, object] = {
        **plan_context(upload, batch, plan),
        "form": form,
        "counts": Counts.of(upload, batch),
        "lacking": lacking(batch),
        "titles": [words.variables[at].name for at in places],
        "people": [Person.of(row, places) for row in first],
        "fields": column_fields(upload),
        "columns": upload.findings.get("columns", []),
        "automatic": AUTOMATIC,
        "left_out": [
            (LEFT_OUT[code], n) for code, n in upload.findings.get("left_out", {}).items()
        ],
        "warnings": _warnings(upload, batch),
        "doubts": [
            sentence(code, **facts)
            for code, facts in upload.findings.get("shift", {}).get("doubts", [])
        ],
        "sender": display(sender_number(batch.department)) or "",
        "estimate": estimate_of(upload, batch),
        "projects": list(payable(batch.department, timezone.localdate(batch.not_before))),
        "least_at": timezone.localtime(),
        "audiences": list(Audience),
        **preview(upload, batch, rows, first[0] if first else None),
    }
    return context


@dataclass(frozen=True, slots=True)
class Counts:
    """The rows of a list: `rows` = `people` + `twice` + `unwilling` + `wrong`."""

    rows: int
    people: int
    twice: int
    unwilling: int
    wrong: int

    @classmethod
    def of(cls, upload: ListUpload, batch: Batch) -> Counts:
        """The counts that the check noted."""
        twice = int(upload.findings.get("by_code", {}).get(Refusal.ROW_DUPLICATE.value, 0))
        unwilling = int(upload.findings.get("unwilling", 0))
        people = batch.rows - batch.refused - unwilling
        return cls(batch.rows, people, twice, unwilling, batch.refused - twice)


def _shown(upload: ListUpload, variables: Sequence[Variable]) -> list[int]:
    """The values worth a column: those that the list itself gives. Names have one already."""
    read_from = upload.findings.get("read_from", {})
    own = [
        at
        for at, variable in enumerate(variables)
        if variable.name in read_from and variable.kind is not Kind.PERSON
    ]
    return own[:VALUES]


def plan_context(upload: ListUpload, batch: Batch, plan: ReleasePlan) -> dict[str, object]:
    """What would follow, and who could agree."""
    approvers = people_with(Right.APPROVE, batch.department).exclude(pk=batch.member_id)
    return {
        "upload": upload,
        "batch": batch,
        "notice": batch.notice,
        "plan": plan,
        "faults": [sentence(code, **facts) for code, facts in plan.faults
                   if not isinstance(code, ShiftFault | Slide)],
        "risks": plan.risks,
        "approvers": [member.name for member in approvers[:5]] if plan.approvals else [],
        "people_count": Counts.of(upload, batch).people,
        "waits": plan.opens_at > plan.starts_at + ABOUT,
    }  # fmt: skip


def _warnings(upload: ListUpload, batch: Batch) -> list[str]:
    """What may stand in the way of the list at the carriers."""
    found = before_send(
        batch.version,
        rows=0,
        grown=int(upload.findings.get("grown", 0)),
        now=timezone.now(),
    )
    people, rows = upload.findings.get("repeated", (0, 0))
    again = [sentence(Warn.SAME_PEOPLE, people=people, rows=rows)] if people else []
    return [*again, *(sentence(w.code, **w.facts) for w in found)]


def estimate_of(upload: ListUpload, batch: Batch) -> Estimate:
    """The cost of the list, as far as it can be told."""
    people = Counts.of(upload, batch).people
    return estimate(
        batch.department,
        people,
        fallback_of(batch),
        timezone.now(),
        notice=batch.notice,
        project=batch.project_id,
    )


def fallback_of(batch: Batch) -> Channel | None:
    """By which text who is missed on Kakao is told, if the wording has one."""
    return wording(batch.version_id).text_by(batch.notice.fallback)


def preview(
    upload: ListUpload, batch: Batch, rows: DraftRows, row: DraftRow | None
) -> dict[str, object]:
    """One row as phones, and the rows around it."""
    if row is None:
        return {"row": None}
    words, way = wording(batch.version_id), fallback_of(batch)
    sender = display(sender_number(batch.department)) or ""
    sms = None
    if way is not None:
        saves = saved_by_sms(timezone.localdate())
        sms = sms_phone(words, way, row.values, sender=sender, saves=saves)
    return {
        "row": Person.of(row),
        "before": rows.before(row.id),
        "after": rows.after(row.id),
        "alimtalk": alimtalk_phone(words, row.values, channel_name=office_name()),
        "sms": sms,
        "longest": upload.findings.get("longest"),
        "shortest": upload.findings.get("shortest"),
    }
