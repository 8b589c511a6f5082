"""`incident`: data breaches and their 72 hours, for whoever sits at the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.reads.incidents import Standing

Number = Annotated[int, typer.Argument(help="사고 번호.", metavar="번호", show_default=False)]


def list_(as_json: JsonFlag = False) -> int:
    """개인정보 유출 사고를, 기한이 가까운 것부터 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.incidents import incidents_of
    from alimnaru.rules.breach import HOURS
    from alimnaru.store.scoping import whole_office

    found = list(incidents_of(whole_office()))
    if as_json:
        told = [
            {
                "id": one.pk,
                "title": one.title,
                "department": one.department.code,
                "known_at": one.known_at.isoformat(),
                "until": (one.known_at + HOURS).isoformat(),
                "closed_at": one.closed_at.isoformat() if one.closed_at else None,
            }
            for one in found
        ]
        answer({"incidents": told})
        return 0
    if not found:
        screen().print("적은 유출 사고가 없습니다.")
        return 0
    lines = [
        (
            str(one.pk),
            one.title,
            one.department.name,
            moment(one.known_at + HOURS),
            "종결" if one.closed_at else "처리 중",
        )
        for one in found
    ]
    screen().print(listing(("번호", "사고", "부서", "기한", "상태"), lines, numbers="번호"))
    return 0


def show(number: Number, as_json: JsonFlag = False) -> int:
    """사고 하나의 기한, 해야 할 일, 한 일을 보여 줍니다. 주민의 이름과 번호는 나오지 않습니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.incidents import incidents_of, standing_of
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording import Fault

    found = incidents_of(whole_office()).filter(pk=number).first() if number < 2**63 else None
    if found is None:
        known = incidents_of(whole_office()).values_list("pk", flat=True)[:5]
        raise Refused(Fault.INCIDENT_UNKNOWN, code=str(number), near=", ".join(map(str, known)))
    stand = standing_of(found)
    if as_json:
        answer(_as_json(stand))
    else:
        _show(stand)
    return 0


def _as_json(stand: Standing) -> dict[str, object]:
    return {
        "id": stand.incident.pk,
        "title": stand.incident.title,
        "people": stand.people,
        "until": stand.until.isoformat(),
        "report": [why.value for why in stand.why],
        "batches": [batch.pk for batch in stand.batches],
        "notices": [batch.pk for batch in stand.notices],
        "duties": [
            {
                "step": duty.step.value,
                "needed": duty.needed,
                "done_at": duty.done_at.isoformat() if duty.done_at else None,
            }
            for duty in stand.duties
        ],
    }


def _show(stand: Standing) -> None:
    from alimnaru.wording import label, sentence

    out = screen()
    out.print(f"{stand.incident.pk}번 사고: {stand.incident.title}")
    out.print(f"  해당하는 분: {count(stand.people)}, 기한: {moment(stand.until)}")
    for why in stand.why:
        out.print(f"  {sentence(why)}")
    lines = [
        (label(duty.step), moment(duty.done_at) if duty.done_at else "할 일")
        for duty in stand.duties
        if duty.needed
    ]
    out.print(listing(("조치", "한 때"), lines))
