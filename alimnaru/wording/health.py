"""Screen words for how accounts fare."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.carriers.review import ProfileState
from alimnaru.rules.health import BreakerState, Reason
from alimnaru.wording.states import Named

_B = BreakerState
BREAKERS: Mapping[BreakerState, Named] = {
    _B.CLOSED: Named("정상", "이 계정으로 보내고 있습니다."),
    _B.OPEN: Named("쉬는 중", "문제가 있어 보내지 않고, 잠시 뒤 한 묶음으로 다시 시험합니다."),
    _B.HALF: Named("시험 중", "한 묶음을 보내 보고 그 결과를 기다리고 있습니다."),
}

_R = Reason
REASONS: Mapping[Reason, Named] = {
    _R.RESULTS: Named("전달 실패가 많음", "사업자 쪽 까닭으로 전달하지 못한 결과가 많습니다."),
    _R.CUTS: Named("연결 실패", "사업자가 여러 번 잇달아 답하지 않았거나 오류로 답했습니다."),
    _R.SILENCE: Named("결과가 오지 않음", "보낸 메시지의 결과가 한동안 하나도 오지 않습니다."),
    _R.REFUSED: Named(
        "계정 거절",
        "사업자가 이 계정을 받아 주지 않습니다. 키와 잔액, 발신 프로필을 확인해 주십시오.",
    ),
    _R.PERSON: Named("담당자가 되돌림", "담당자가 다시 보내도록 되돌렸습니다."),
}

_P = ProfileState
PROFILES: Mapping[ProfileState, Named] = {
    _P.ACTIVE: Named("정상", "알림톡을 보낼 수 있습니다."),
    _P.DORMANT: Named("휴면", "오래 쓰지 않아 잠들어 있습니다. 사업자 화면에서 깨워 주십시오."),
    _P.BLOCKED: Named("차단", "카카오가 막아 두었습니다. 사업자에게 까닭을 물어 주십시오."),
    _P.GONE: Named("없음", "사업자가 이 발신 프로필을 모릅니다. 값을 확인해 주십시오."),
}
