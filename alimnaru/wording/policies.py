"""Words for an office's own numbers (`rules.policy`): fields, units, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.policy import FIELDS as RANGES
from alimnaru.rules.policy import PolicyFault, PolicyProblem, Unit
from alimnaru.wording.filling import fill
from alimnaru.wording.language import Texts
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

#: What stands behind the number.
UNITS: Mapping[Unit, str] = Texts(
    {
        Unit.PEOPLE: "명",
        Unit.MESSAGES: "통",
        Unit.SECONDS: "초",
        Unit.MINUTES: "분",
        Unit.HOURS: "시간",
        Unit.DAYS: "일",
        Unit.SHARE: "%",
        Unit.TIMES: "배",
    }
)

#: By the field's name in `rules.policy.FIELDS`.
FIELDS: Mapping[str, Named] = {
    "first_approval_from": Named(
        "한 분의 승인이 필요한 인원", "받는 분이 이만큼 되면 다른 한 분이 승인해야 나갑니다."
    ),
    "second_approval_from": Named(
        "두 분의 승인이 필요한 인원", "받는 분이 이만큼 되면 다른 두 분이 승인해야 나갑니다."
    ),
    "undo_seconds": Named(
        "되돌릴 수 있는 시간", "발송을 정한 뒤 실제로 나가기 전까지 취소할 수 있는 시간입니다."
    ),
    "long_undo_from": Named(
        "더 오래 기다리는 인원", "받는 분이 이만큼 되면 되돌릴 수 있는 시간을 길게 둡니다."
    ),
    "long_undo_seconds": Named(
        "많은 인원일 때 되돌릴 수 있는 시간", "받는 분이 많은 발송을 취소할 수 있는 시간입니다."
    ),
    "slice_from": Named(
        "일부에게 먼저 보내는 인원", "받는 분이 이만큼 되면 일부에게 먼저 보내고 결과를 봅니다."
    ),
    "slice_share": Named("먼저 보내는 비율", "전체 가운데 먼저 보낼 비율입니다."),
    "slice_least": Named(
        "먼저 보내는 최소 인원",
        "비율로 셈한 수가 이보다 적어도 이만큼은 먼저 보냅니다. "
        "처음 쓰는 문안은 받는 분이 이보다 많으면 승인을 받습니다.",
    ),
    "slice_bad_share": Named(
        "자동으로 멈추는 실패 비율", "먼저 보낸 결과에서 실패가 이보다 많으면 멈춥니다."
    ),
    "slice_patience_seconds": Named(
        "먼저 보낸 결과를 기다리는 시간", "이 시간이 지나면 그때까지의 결과로 판단합니다."
    ),
    "repeat_hours": Named(
        "같은 발송을 다시 묻는 시간", "이 시간 안에 같은 명단에 같은 문안을 보내면 다시 묻습니다."
    ),
    "idle_minutes": Named("자동 로그아웃 시간", "이만큼 아무것도 하지 않으면 로그아웃합니다."),
    "idle_warning_minutes": Named(
        "자동 로그아웃을 미리 알리는 시간", "로그아웃하기 이만큼 전에 알리고, 늘릴 수 있게 합니다."
    ),
    "step_up_minutes": Named(
        "인증번호를 다시 묻는 시간",
        "승인, 개인정보 받기, 권한과 정책 바꾸기는 이 시간이 지나면 인증번호를 다시 확인합니다.",
    ),
    "saved_list_days": Named("저장한 명단의 보관 기간", "이만큼 쓰지 않은 명단은 지웁니다."),
    "upload_hours": Named("올린 파일의 보관 시간", "올린 명단 파일은 이 시간이 지나면 지웁니다."),
    "surge_factor": Named(
        "평소보다 많다고 보는 배수", "평소 인원의 이만큼이 되면 다른 분의 승인을 받습니다."
    ),
    "daily_cap": Named(
        "한 분께 하루에 보내는 수",
        "이보다 많으면 다음 날로 미루고, 그때는 늦은 알림이면 보내지 않습니다. "
        "급한 알림과 법에 따라 알리는 일은 세지 않습니다. 0이면 제한하지 않습니다.",
    ),
}

POLICY_FAULTS: Mapping[PolicyFault, Words] = {
    PolicyFault.OUT_OF_RANGE: Words(
        "[[‘{field}’에 ]]넣을 수 있는 값이 아닙니다.",
        "[[{low}부터 {high}까지에서 ]]다시 적어 주십시오.",
    ),
    PolicyFault.SECOND_BEFORE_FIRST: Words(
        "두 분의 승인이 필요한 인원이 한 분의 승인이 필요한 인원보다 적습니다.",
        "같거나 더 큰 수를 적어 주십시오.",
    ),
    PolicyFault.LONG_UNDO_SHORTER: Words(
        "많은 인원일 때 되돌릴 수 있는 시간이 보통 때보다 짧습니다.",
        "같거나 더 긴 시간을 적어 주십시오.",
    ),
    PolicyFault.SLICE_IS_ALL: Words(
        "먼저 보내는 최소 인원이 너무 많아, 먼저 보낼 일부가 전체와 같아집니다.",
        "일부에게 먼저 보내는 인원보다 작은 수를 적어 주십시오.",
    ),
    PolicyFault.WARNING_TOO_EARLY: Words(
        "자동 로그아웃을 미리 알리는 시간이 자동 로그아웃 시간보다 짧아야 합니다.",
        "더 짧은 시간을 적어 주십시오.",
    ),
}


def amount(field: str, number: float) -> str:
    """The number of a field with its unit: '1,000명', '20%'."""
    unit = RANGES[field].unit
    shown = number * 100 if unit is Unit.SHARE else number
    return f"{round(shown, 2):,}".removesuffix(".0") + UNITS[unit]


def about(problem: PolicyProblem) -> str:
    """What is wrong with a policy, in words for its page."""
    fault, field, low, high = problem
    facts = {
        "field": FIELDS[field].label,
        "low": amount(field, low),
        "high": amount(field, high),
    }
    return fill(POLICY_FAULTS[fault].both, facts)
