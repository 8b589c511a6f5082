"""Words for `rules.hold`: what is kept apart, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.hold import MOST_YEARS, ROWS_MOST, TEXT_MOST, HoldFault, HoldState
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

HOLD_STATES: Mapping[HoldState, Named] = {
    HoldState.ASKED: Named("동의를 기다림", "다른 한 분이 동의해야 따로 보존합니다."),
    HoldState.REFUSED: Named("거둠", "따로 보존하지 않고 기간이 끝나면 파기합니다."),
    HoldState.COPYING: Named("옮기는 중", "옮기기를 마칠 때까지 그 발송을 파기하지 않습니다."),
    HoldState.KEPT: Named("보존하는 중", "보존 기한이 끝나면 저절로 파기합니다."),
    HoldState.ENDING: Named("파기하는 중", "열쇠를 이미 없앴으며, 몇 분 안에 파기를 마칩니다."),
    HoldState.ENDED: Named("파기함", "되살릴 수 없게 없앴습니다."),
}

_TEXT = f"5자 이상 {TEXT_MOST}자 이하로, 개인정보 없이 적어 주십시오."

HOLD_FAULTS: Mapping[HoldFault, Words] = {
    HoldFault.NOT_THERE: Words(
        "그 번호의 발송이나 보존이 없습니다.", "번호와 맡은 부서를 확인해 주십시오."
    ),
    HoldFault.NOT_THROUGH: Words(
        "아직 끝나지 않은 발송입니다.", "모든 결과가 나온 뒤, 이튿날부터 요청해 주십시오."
    ),
    HoldFault.GONE: Words(
        "내용을 이미 파기하여 보존할 것이 없습니다.",
        "보낸 과정과 결과는 메시지 화면의 발송 증명에 남아 있습니다.",
    ),
    HoldFault.WAITING: Words(
        "같은 요청이 이미 있습니다.", "다른 분이 동의하거나 거두기를 기다려 주십시오."
    ),
    HoldFault.BASIS_WRONG: Words(
        "보존 근거가 너무 짧거나 길고, 또는 전화번호처럼 보이는 숫자가 있습니다.",
        f"법 조문이나 법원의 명령을 {_TEXT}",
    ),
    HoldFault.REASON_WRONG: Words(
        "사유가 너무 짧거나 길고, 또는 전화번호처럼 보이는 숫자가 있습니다.", _TEXT
    ),
    HoldFault.DATE_WRONG: Words(
        "보존 기한이 오늘보다 뒤가 아니거나 너무 멉니다.",
        f"내일부터 {MOST_YEARS}년 안의 날짜를 적어 주십시오.",
    ),
    HoldFault.ROWS_WRONG: Words(
        "읽을 수 없거나 그 발송에 없는 행이 있습니다.",
        f"‘3, 7-12’처럼 {ROWS_MOST:,}행까지 적거나, 비워 두어 모두 보존해 주십시오.",
    ),
    HoldFault.DECIDED: Words("이미 정해진 요청입니다.", "화면을 새로 고쳐 확인해 주십시오."),
    HoldFault.SAME_PERSON: Words(
        "요청한 분이 스스로 동의할 수 없습니다.", "다른 한 분에게 부탁해 주십시오."
    ),
    HoldFault.NOT_KEPT: Words(
        "지금 보존하고 있지 않습니다.", "화면을 새로 고쳐 상태를 확인해 주십시오."
    ),
}
