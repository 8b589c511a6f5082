"""The working list of unknown outcomes, and the decisions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.reads.unknowns import UnknownBatch, UnknownMessage
    from alimnaru.rules.unknowns import Choice
    from alimnaru.store.models import Batch

#: Messages shown of one batch, on screen and to a program.
SHOWN, TOLD = 50, 10_000

OfBatch = Annotated[
    int | None,
    typer.Option("--batch", help="이 발송의 것만 한 명씩 보여 줍니다.", metavar="번호"),
]
Batches = Annotated[
    int | None,
    typer.Option("--batch", help="이 발송에서 아직 정하지 않은 모두.", metavar="번호"),
]
Messages = Annotated[int | None, typer.Option("--message", help="이 메시지 하나.", metavar="번호")]
As = Annotated[
    str,
    typer.Option(
        "--as",
        help="sent(보낸 것으로 셈), sms(문자로 보냄), leave(그대로 둠).",
        metavar="처리",
        show_default=False,
    ),
]


def unknown(ctx: typer.Context, as_json: JsonFlag = False) -> int:
    if ctx.invoked_subcommand is None:
        return list_(as_json=as_json)
    return 0


def list_(batch: OfBatch = None, as_json: JsonFlag = False) -> int:
    """전달되었는지 알 수 없는 메시지를 발송별로 보여 줍니다.

    시한까지 아무도 정하지 않으면 알림 업무에 정해 둔 대로 처리합니다.
    """
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import batch_numbered

    boot(migrate=True)
    from alimnaru.reads.unknowns import unknown_batches, unknown_messages
    from alimnaru.rules.access import Access
    from alimnaru.store import access
    from alimnaru.store.scoping import whole_office

    number = None if batch is None else batch_numbered(batch).pk
    found = unknown_batches(whole_office(), number)
    messages = [] if number is None else unknown_messages(whole_office(), number, TOLD)
    if messages:
        access.note(
            member=cli_member(),
            act=Access.ROWS,
            subject=f"batch:{number}",
            department=found[0].batch.department if found else None,
            people=len(messages),
        )
    if as_json:
        told: dict[str, object] = {"batches": [_batch_json(b) for b in found]}
        if number is not None:
            told["messages"] = [m.as_json() for m in messages]
        answer(told)
        return 0
    _show(found, messages)
    return 0


def _batch_json(found: UnknownBatch) -> dict[str, object]:
    return {
        "batch": found.batch.pk,
        "notice": found.batch.notice.code,
        "department": found.batch.department.name,
        "open": found.open,
        "left": found.left,
        "since": found.since.isoformat() if found.since else None,
        "deadline": found.deadline.isoformat() if found.deadline else None,
        "rule": _rule(found).value,
        "allowed": [choice.value for choice in _allowed(found.batch)],
        "codes": dict(found.codes),
    }


def _allowed(batch: Batch) -> tuple[Choice, ...]:
    from django.utils import timezone

    from alimnaru.flow.unknowns import case_of
    from alimnaru.rules.unknowns import allowed

    return allowed(case_of(batch, timezone.now()))


def _rule(found: UnknownBatch) -> Choice:
    """What the rule would come to at the deadline."""
    from django.utils import timezone

    from alimnaru.flow.unknowns import case_of
    from alimnaru.rules.unknowns import by_rule

    at = max(timezone.now(), found.deadline or timezone.now())
    return by_rule(found.rule, case_of(found.batch, at))


def _show(found: list[UnknownBatch], messages: list[UnknownMessage]) -> None:
    from alimnaru.rules.unknowns import Choice
    from alimnaru.wording import label, sentence, why_not

    out = screen()
    if not found:
        out.print("전달되었는지 알 수 없는 메시지가 없습니다.")
        return
    rows = [
        (
            str(f.batch.pk),
            f.batch.notice.name,
            f.batch.department.name,
            f"{f.open:,}",
            moment(f.deadline) if f.deadline else "모두 정함",
            label(_rule(f)) if f.deadline else "",
        )
        for f in found
    ]
    columns = ("발송", "알림", "부서", "정할 사람", "시한", "그때까지 정하지 않으면")
    out.print(listing(columns, rows, numbers="발송,정할 사람"))
    if messages:
        lines = [
            (str(m.message), m.name, m.phone, label(m.channel), why_not("unknown", m.code), said)
            for m in messages[:SHOWN]
            for said in [_label_of(m.choice)]
        ]
        out.print(listing(("메시지", "이름", "전화", "방법", "마지막 소식", "처리"), lines))
        if len(messages) > SHOWN:
            out.print(f"이 밖에 {count(len(messages) - SHOWN)}이 더 있습니다.")
    out.print("정하려면: alimnaru unknown decide --batch 번호 --as 정할 것")
    for choice in Choice:
        out.print(f"  {choice.value:<5}  {sentence(choice)}")


def _label_of(choice: str) -> str:
    from alimnaru.rules.unknowns import Choice
    from alimnaru.wording import label

    return label(Choice(choice)) if choice else ""


def decide(
    how: As, batch: Batches = None, message: Messages = None, as_json: JsonFlag = False
) -> int:
    """전달되었는지 알 수 없는 메시지를 어떻게 할지 정합니다.

    문자로 보내면 두 번 받는 분이 있을 수 있습니다. 누가 언제 정했는지 기록에 남습니다.
    """
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.wording import Fault, sentence

    choice = _choice(how)
    if (batch is None) == (message is None):
        raise Refused(Fault.UNKNOWN_TARGET)
    boot(migrate=True)
    from alimnaru.office.unknowns import NoText
    from alimnaru.office.unknowns import decide as decide_

    found = _batch_meant(batch, message)
    only = None if message is None else [message]
    try:
        decided = decide_(found, choice, actor=cli_member(), messages=only)
    except NoText as error:
        raise Refused(Fault.UNKNOWN_NO_TEXT, reason=sentence(error.code)) from None
    if as_json:
        answer({"batch": found.pk, "choice": choice.value, "decided": decided})
    elif decided:
        screen().print(f"{found.pk}번 발송의 {count(decided)}: {_done(choice)}")
    else:
        screen().print("정할 것이 남아 있지 않습니다.")
    return 0


def _done(choice: Any) -> str:
    from alimnaru.wording import sentence

    return sentence(choice)


def _choice(text: str) -> Choice:
    from alimnaru.rules.unknowns import Choice
    from alimnaru.wording import Fault

    if text not in set(Choice):
        raise Refused(Fault.CHOICE_UNKNOWN, code=text, near="sent, sms, leave")
    return Choice(text)


def _batch_meant(batch: int | None, message: int | None) -> Batch:
    from alimnaru.ops.cli_lookups import batch_numbered
    from alimnaru.reads.unknowns import batch_of
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording import Fault

    if batch is not None:
        return batch_numbered(batch)
    number = message or 0
    found = batch_of(whole_office(), number) if 0 < number < 2**63 else None
    if found is None:
        raise Refused(Fault.MESSAGE_UNKNOWN, code=str(number))
    return found
