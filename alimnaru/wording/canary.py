"""Words for how the service stands, and for canary messages."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.canary import MINUTES, CanaryFault, Stand
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

STANDS: Mapping[Stand, Named] = {
    Stand.WELL: Named("정상", "점검 메시지가 제때 도착하고 있습니다."),
    Stand.SLOW: Named("늦음", "일부가 늦거나 다른 길로 돌아가고 있습니다."),
    Stand.DOWN: Named("중단", "지금은 보내지 못하고 있습니다."),
    Stand.UNMEASURED: Named("확인 못 함", "최근에 확인한 것이 없습니다."),
}

CANARY_FAULTS: Mapping[CanaryFault, Words] = {
    CanaryFault.MINUTES: Words(
        "점검 메시지의 간격이 맞지 않습니다.",
        f"{MINUTES.start}분에서 {MINUTES.stop - 1}분 사이로 적어 주십시오.",
    ),
    CanaryFault.NO_SENDER: Words(
        "기관의 발신번호가 없어 점검 메시지를 보낼 수 없습니다.",
        "기관 설정의 맨 위 부서에 sender_number를 적어 주십시오.",
    ),
    CanaryFault.NO_OFFICE: Words(
        "부서가 아직 없습니다.", "‘alimnaru catalogue load’로 불러온 뒤 다시 해 주십시오."
    ),
}
