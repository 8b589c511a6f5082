"""Words for steps towards a release that are not possible."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.wording.words import Words

_R = ReleaseRefusal

RELEASE_REFUSALS: Mapping[ReleaseRefusal, Words] = {
    _R.NOT_ALLOWED: Words(
        "이 부서의 발송에 대해 그 일을 할 권한이 없습니다.", "부서 관리자에게 요청해 주십시오."
    ),
    _R.NOT_YOURS: Words(
        "[[{member} 님이 ]]준비한 발송입니다. 준비한 사람만 발송을 요청할 수 있습니다.",
        "준비한 분에게 부탁하거나, 명단을 다시 올려 주십시오.",
    ),
    _R.HANDLED: Words("그 사이에 다른 사람이 먼저 처리했습니다.", "지금 상태를 확인해 주십시오."),
    _R.CHANGED: Words(
        "그 사이에 명단이나 문안, 보낼 시각이 바뀌어 처리하지 않았습니다.",
        "바뀐 내용을 다시 확인해 주십시오.",
    ),
    _R.REPEATED: Words(
        "같은 명단에 같은 문안을 얼마 전에 보냈거나 보내기로 했습니다[[(발송 {batch}번)]].",
        "정말 다시 보내려면 확인란을 선택하고 다시 눌러 주십시오. 명령이면 --again을 붙이십시오.",
    ),
    _R.UNDO_OVER: Words(
        "이미 발송이 시작되어 되돌릴 수 없습니다.", "멈추려면 발송 멈추기를 눌러 주십시오."
    ),
    _R.REQUEST_EXPIRED: Words(
        "승인을 기다리는 동안 보낼 수 있는 시한이 지났습니다.",
        "요청한 분이 시각을 다시 정해 요청해야 합니다.",
    ),
    _R.TIME_PAST: Words(
        "고른 시각이 이미 지났습니다.", "지금 보내거나 앞으로 올 시각을 골라 주십시오."
    ),
    _R.NEVER_OPEN: Words(
        "이 알림을 보낼 수 있는 시간대가 되기 전에 시한이 지나 보낼 수 없습니다.",
        "보낼 수 있는 시간대 안의 시각을 골라 주십시오.",
    ),
    _R.NOBODY_REACHED: Words(
        "정정 안내를 보낼 분이 없습니다. 받은 분이 없거나, 받은 분 모두에게 이미 보냈습니다."
    ),
    _R.CONTENT_GONE: Words(
        "보관 기간이 지나 받은 분의 정보가 지워졌으므로 정정 안내를 보낼 수 없습니다.",
        "다른 방법으로 알려 주십시오.",
    ),
    _R.REASON_MISSING: Words(
        "돌려보내는 까닭이 비어 있습니다.", "무엇을 고쳐야 하는지 적어 주십시오."
    ),
}
