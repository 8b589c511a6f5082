"""`rule`: what goes by itself, at the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.store.models import Rule

Code = Annotated[str, typer.Argument(help="규칙의 코드.", metavar="코드", show_default=False)]


def rules(ctx: typer.Context, as_json: JsonFlag = False) -> int:
    return list_(as_json) if ctx.invoked_subcommand is None else 0


def list_(as_json: JsonFlag = False) -> int:
    """알림 규칙과 그 상태를 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.rules import rules_of
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording.rules import RULE_MODES

    found = rules_of(whole_office())
    if as_json:
        answer({"rules": [
            {**_facts(one.rule), "sent": one.sent, "dropped": one.dropped, "due": one.due}
            for one in found
        ]})  # fmt: skip
    elif not found:
        screen().print("알림 규칙이 없습니다. alimnaru catalogue load로 불러와 주십시오.")
    else:
        rows = [
            (
                one.rule.code,
                one.rule.name,
                RULE_MODES[one.rule.mode].label,
                one.rule.source.name if one.rule.source else "연결 안 됨",
                moment(one.rule.looked_at) if one.rule.looked_at else "",
                _trouble(one.rule),
            )
            for one in found
        ]
        screen().print(listing(("코드", "규칙", "상태", "시스템", "마지막 확인", "문제"), rows))
    return 0


def show(code: Code, as_json: JsonFlag = False) -> int:
    """규칙 하나가 하는 일과 예행연습 결과를 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.flow.rehearsal import Rehearsed, rehearsed
    from alimnaru.flow.rule_plan import RuleFailed, facts_of, plan_of
    from alimnaru.wording import sentence
    from alimnaru.wording.rules import what_it_does

    rule = _rule(code)
    result, trouble = Rehearsed(), _trouble(rule)
    try:
        result = rehearsed(plan_of(rule))
    except RuleFailed as failed:
        trouble = trouble or sentence(failed.code)
    if as_json:
        told = {
            "at": result.at.isoformat() if result.at else None,
            "records": result.records,
            "messages": result.messages,
            "refused": dict(result.refused),
        }
        answer({**_facts(rule), "rehearsal": told})
        return 0
    out = screen()
    for line in what_it_does(facts_of(rule)):
        out.print(line)
    if trouble:
        out.print(trouble)
    if result.at is not None:
        out.print(
            f"예행연습: {moment(result.at)}에 기록 {result.records:,}건을 찾아 "
            f"{result.messages:,}통을 보냅니다."
        )
        for reason, count in result.refused.most_common():
            out.print(f"  {count:,}건: {sentence(reason)}")
    return 0


def rehearse(code: Code, as_json: JsonFlag = False) -> int:
    """원본을 읽어 다음 차례에 무엇이 나갈지 찾습니다. 아무것도 보내지 않습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.rules import rehearse as rehearse_

    rehearse_(_rule(code), actor=cli_member())
    return show(code, as_json)


def approve(
    code: Code,
    login: Annotated[
        str,
        typer.Option(
            "--as", help="승인하는 분의 아이디. 승인할 권한이 있어야 합니다.", metavar="아이디"
        ),
    ],
    as_json: JsonFlag = False,
) -> int:
    """예행연습한 규칙을 저절로 보내게 합니다. 만들거나 바꾼 사람은 할 수 없습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.flow.rule_plan import pin_of
    from alimnaru.office.rules import approve as approve_
    from alimnaru.reads.people import everybody
    from alimnaru.wording import Fault

    rule = _rule(code)
    person = next((one for one in everybody(None) if one.login == login), None)
    if person is None:
        raise Refused(Fault.MEMBER_UNKNOWN, code=login)
    rule = approve_(rule, actor=person, hash=pin_of(rule), by=cli_member())
    return _done(rule, "승인했습니다. 다음 차례부터 저절로 보냅니다.", as_json)


def pause(code: Code, as_json: JsonFlag = False) -> int:
    """규칙을 쉬게 합니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.rules import pause as pause_

    rule = pause_(_rule(code), actor=cli_member())
    return _done(rule, "규칙을 쉬게 했습니다.", as_json)


def _done(rule: Rule, said: str, as_json: bool) -> int:
    if as_json:
        answer(_facts(rule))
    else:
        screen().print(said)
    return 0


def _rule(code: str) -> Rule:
    from alimnaru.flow.rule_plan import rule_numbered
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording import Fault

    found = whole_office().rules().filter(code=code).first()
    if found is None:
        raise Refused(Fault.RULE_UNKNOWN, code=code)
    return rule_numbered(found.pk)


def _trouble(rule: Rule) -> str:
    from alimnaru.wording import sentence

    return sentence(rule.error) if rule.error else ""


def _facts(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "notice": rule.notice.code,
        "source": rule.source.code if rule.source else None,
        "mode": rule.mode,
        "looked_at": rule.looked_at.isoformat() if rule.looked_at else None,
        "error": rule.error,
    }
