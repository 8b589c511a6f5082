"""Words for `rules.phase.Phase`: the badge of a batch, and a sentence under it."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.phase import Phase
from alimnaru.wording.states import Named

_P = Phase

PHASES: Mapping[Phase, Named] = {
    _P.DRAFT: Named(
        "임시 저장", "명단은 확인했고 아직 보내지 않았습니다. 이어서 보내거나 지워 주십시오."
    ),
    _P.REQUESTED: Named("승인 대기", "다른 분의 승인을 기다립니다. 승인되면 저절로 나갑니다."),
    _P.RETURNED: Named("돌려받음", "승인자가 돌려보냈습니다. 까닭을 보고 다시 요청해 주십시오."),
    _P.DISCARDED: Named("그만둠", "보내기 전에 그만두었습니다. 명단의 개인정보는 지워졌습니다."),
    _P.UNDO: Named("되돌릴 수 있음", "아직 한 건도 나가지 않았습니다. 지금은 되돌릴 수 있습니다."),
    _P.SCHEDULED: Named("예약", "정해 둔 시각에 나갑니다."),
    _P.FIRST_SLICE: Named(
        "먼저 보내 보는 중", "몇 분에게 먼저 보내고 결과가 좋은지 살핀 뒤 나머지를 보냅니다."
    ),
    _P.SENDING: Named("보내는 중", "차례대로 보내고 있습니다."),
    _P.RESULTS: Named("결과 대기", "모두 넘겼고, 결과를 기다리고 있습니다."),
    _P.HELD: Named(
        "할 일 있음", "사람이 할 일이 있어 더 나아가지 못합니다. 까닭을 확인해 주십시오."
    ),
    _P.STOPPED: Named(
        "멈춤",
        "멈추어 두었습니다. 이미 넘긴 것만 결과를 기다립니다. 이어서 보내거나 취소해 주십시오.",
    ),
    _P.CANCELLED: Named("취소", "보내다가 취소했습니다. 넘기지 않은 것은 나가지 않았습니다."),
    _P.DONE: Named("완료", "모두 끝났습니다."),
    _P.DONE_WITH_FAILURES: Named(
        "완료, 못 받은 분 있음", "모두 끝났습니다. 받지 못한 분을 확인해 주십시오."
    ),
}
