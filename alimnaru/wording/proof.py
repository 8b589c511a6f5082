"""Words for `Notice.legal_effect`: what a message is in law, and where effect comes from."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.wording.states import Named

#: By `Notice.legal_effect`: what such a message is, and where legal effect would come from.
LEGAL_EFFECTS: Mapping[str, Named] = {
    "none": Named("안내", "편의를 위한 안내이며, 이 메시지로 법적 효력이 생기지 않습니다."),
    "notice": Named(
        "사전 안내",
        "법이 알리라고 한 것을 미리 알리는 안내입니다. 송달이 아니므로 처분의 효력과 기한은 따로 "
        "보낸 문서(우편 등)로 생깁니다.",
    ),
    "service": Named(
        "전자 송달",
        "받는 분이 동의한 때에만 전자문서로 송달할 수 있습니다(행정절차법 제14조 제3항, 전자정부법 "
        "제11조, 질서위반행위규제법 제17조, 민방위기본법 제24조 제1항). 알림톡은 문서가 왔음을 "
        "알리는 것이고, 도달의 증명은 공인전자문서중계자의 유통증명서로 합니다.",
    ),
}
