"""Words for rules: what one does, what mode it is in, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alimnaru.rules.conditions import Condition, Op
from alimnaru.rules.reminder import Days
from alimnaru.rules.rule_facts import RuleFacts
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.wording.filling import Fact, fill
from alimnaru.wording.language import Texts
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

_F = RuleFault
RULE_FAULTS: Mapping[RuleFault, Words] = {
    _F.NO_SOURCE: Words(
        "연결한 시스템이 아직 없습니다.", "‘바꾸기’에서 어느 시스템의 기록을 읽을지 골라 주십시오."
    ),
    _F.NO_VIEW: Words(
        "고른 시스템에 이 규칙이 읽을 표가 없습니다.",
        "시스템 관리자에게 연결 설정을 확인해 달라고 요청해 주십시오.",
    ),
    _F.NO_MARK: Words(
        "새 기록을 알아볼 칸이 정해지지 않은 표입니다.",
        "시스템 관리자에게 늘 커지는 칸(번호나 바뀐 시각)을 정해 달라고 요청해 주십시오.",
    ),
    _F.WRONG: Words("규칙의 설정이 맞지 않습니다.", "‘바꾸기’에서 빠진 것이 없는지 봐 주십시오."),
    _F.VARIABLE_MISSING: Words(
        "문안에 들어갈 값 가운데 어디서 가져올지 정하지 않은 것이 있습니다.",
        "‘바꾸기’에서 값마다 원본의 칸을 골라 주십시오.",
    ),
    _F.NO_WORDING: Words("승인된 문안이 없어 보낼 수 없습니다.", "문안의 심사를 마쳐 주십시오."),
    _F.CHANGED: Words(
        "승인한 뒤에 규칙이나 읽는 표가 바뀌어 멈추어 있습니다.",
        "다시 예행연습을 하고 승인을 받아 주십시오.",
    ),
    _F.SOURCE_PAUSED: Words(
        "연결한 시스템을 쉬게 해 두었습니다.", "시스템 연결을 다시 켠 뒤에 해 주십시오."
    ),
    _F.TOO_MANY: Words(
        "한 번에 알릴 기록이 20만 건을 넘어 멈추었습니다.", "조건이 빠지지 않았는지 봐 주십시오."
    ),
    _F.SOURCE_FAILED: Words(
        "연결한 시스템을 읽지 못했습니다.",
        "잠시 뒤 다시 해 보고, 계속되면 그 시스템의 담당자에게 알려 주십시오.",
    ),
    _F.SOURCE_EMPTY: Words(
        "읽는 표가 갑자기 비어 있어, 원본을 다시 채우는 중으로 보고 기다리고 있습니다.",
        "계속되면 그 시스템의 담당자에게 알려 주십시오.",
    ),
    _F.NOT_ALLOWED: Words(
        "이 규칙에 대해 그 일을 할 권한이 없습니다.", "부서 관리자에게 요청해 주십시오."
    ),
    _F.OWN_RULE: Words(
        "만들거나 마지막으로 바꾼 사람은 승인할 수 없습니다.", "다른 승인자에게 부탁해 주십시오."
    ),
    _F.NOT_REHEARSED: Words(
        "예행연습을 하지 않은 규칙은 저절로 보내게 할 수 없습니다.",
        "먼저 예행연습을 하고 무엇이 나갈지 확인해 주십시오.",
    ),
    _F.NOT_OFF: Words("지금 상태에서는 할 수 없습니다.", "먼저 규칙을 쉬게 해 주십시오."),
    _F.CODE_TAKEN: Words("이미 쓰는 코드입니다.", "다른 코드를 적어 주십시오."),
    _F.FIELD_WRONG: Words("이 값으로는 할 수 없습니다.", "다른 값을 골라 주십시오."),
    _F.SAME: Words("이미 그 상태입니다.", "화면을 새로 고쳐 확인해 주십시오."),
}

#: By `Rule.mode`.
RULE_MODES: Mapping[str, Named] = {
    "off": Named("쉼", "아무것도 찾지 않고 보내지 않습니다."),
    "rehearsal": Named("예행연습", "무엇이 나갈지 찾아 보여 주기만 하고 보내지 않습니다."),
    "live": Named("보내는 중", "때가 되면 저절로 보냅니다."),
}

_SAID = Texts(
    {
        "date": "{days} {at}에 ‘{source}’에서 ‘{anchor}’ 날짜를 보고 ‘{notice}’을(를) 보냅니다.",
        "event": "‘{source}’에 새 기록이 생기면 바로 ‘{notice}’을(를) 보냅니다.",
        "nothing": "‘{notice}’을(를) 보내는 규칙입니다. 아직 시스템에 연결하지 않았습니다.",
        "if": "이런 기록만 알립니다: {conditions}.",
        "all": "표에 있는 기록을 모두 알립니다.",
        "person": "같은 분의 기록이 여럿이면 한 통으로 묶습니다.",
        "none": "기록마다 한 통씩 보냅니다.",
        "at_most": "같은 기록으로는 {count}번까지만 알립니다.",
        "recheck": "보내기 직전에 원본을 다시 확인하여, 해당되지 않으면 보내지 않습니다.",
        "before": "{count}일 전",
        "same_day": "당일",
        "after": "{count}일 뒤",
        "working": "근무일로 헤아려 {days}",
    }
)
_OPS: Texts[Op] = Texts(
    {
        Op.EQ: "‘{field}’ 칸이 ‘{value}’",
        Op.NE: "‘{field}’ 칸이 ‘{value}’ 아님",
        Op.IN: "‘{field}’ 칸이 다음 가운데 하나: {value}",
        Op.NOT_IN: "‘{field}’ 칸이 다음 어느 것도 아님: {value}",
        Op.IS_NULL: "‘{field}’ 칸이 비어 있음",
        Op.NOT_NULL: "‘{field}’ 칸이 적혀 있음",
        Op.LT: "‘{field}’ 칸이 {value} 미만",
        Op.LE: "‘{field}’ 칸이 {value} 이하",
        Op.GT: "‘{field}’ 칸이 {value} 초과",
        Op.GE: "‘{field}’ 칸이 {value} 이상",
    }
)


def what_it_does(rule: RuleFacts) -> list[str]:
    """A rule in plain sentences."""
    if not rule.source:
        return [fill(_SAID["nothing"], {"notice": rule.notice})]
    facts: dict[str, Fact] = {
        "notice": rule.notice,
        "source": rule.source,
        "anchor": rule.anchor,
        "days": days_words(rule.offsets, rule.days),
        "at": f"{rule.at:%H:%M}",
    }
    told = ", ".join(map(condition_words, rule.conditions))
    sentences = [
        fill(_SAID["event" if rule.is_event else "date"], facts),
        fill(_SAID["if" if told else "all"], {"conditions": told}),
        _SAID["person" if rule.grouping == "person" else "none"],
    ]
    if rule.at_most:
        sentences.append(fill(_SAID["at_most"], {"count": rule.at_most}))
    return [*sentences, _SAID["recheck"]]


def days_words(offsets: Iterable[int], days: str) -> str:
    """'2일 전, 1일 전'."""
    words = ", ".join(map(_day_words, sorted(offsets)))
    return fill(_SAID["working"], {"days": words}) if days == Days.WORKING else words


def _day_words(offset: int) -> str:
    if offset == 0:
        return _SAID["same_day"]
    return fill(_SAID["before" if offset < 0 else "after"], {"count": abs(offset)})


def condition_words(condition: Condition) -> str:
    """'‘status’가 ‘대출’'."""
    value = condition.value
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return fill(_OPS[condition.op], {"field": condition.field, "value": shown})
