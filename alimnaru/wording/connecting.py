"""Words for keys of other programs, webhooks and connected systems."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.api_keys import (
    MOST_ADDRESSES,
    MOST_DAYS,
    MOST_OVERLAP_DAYS,
    MOST_PER_DAY,
    MOST_PER_MINUTE,
    KeyState,
)
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.webhooks import CallFault, EventType
from alimnaru.wording.language import Texts
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

_F = ConnectingFault
CONNECTING_FAULTS: Mapping[ConnectingFault, Words] = {
    _F.CONNECTION_NOT_YOURS: Words(
        "이 부서의 연계는 이 부서나 위 부서의 관리자만 다룰 수 있습니다.",
        "부서 관리자에게 부탁해 주십시오.",
    ),
    _F.CONNECTION_NAME: Words("이름을 읽을 수 없습니다.", "40자까지 한 줄로 적어 주십시오."),
    _F.SCOPES_MISSING: Words(
        "이 키로 할 수 있는 일이 정해지지 않았습니다.", "하나 이상 골라 주십시오."
    ),
    _F.ADDRESS_UNREADABLE: Words(
        "허용 주소 가운데 읽을 수 없는 것이 있습니다.",
        "한 줄에 하나씩 203.0.113.7이나 10.20.0.0/16처럼 적어 주십시오.",
    ),
    _F.ADDRESS_TOO_WIDE: Words(
        "허용 주소가 너무 넓어 막는 뜻이 없습니다.",
        "프로그램이 있는 망만 적고, 어디서나 쓰게 하려면 비워 주십시오.",
    ),
    _F.ADDRESSES_TOO_MANY: Words(
        f"허용 주소가 {MOST_ADDRESSES}개를 넘습니다.", "주소를 망으로 묶어 주십시오."
    ),
    _F.PER_MINUTE_OUT_OF_RANGE: Words(
        "1분 한도로 쓸 수 없는 수입니다.", f"1부터 {MOST_PER_MINUTE:,}까지 적어 주십시오."
    ),
    _F.PER_DAY_OUT_OF_RANGE: Words(
        "하루 한도로 쓸 수 없는 수입니다.", f"1부터 {MOST_PER_DAY:,}까지 적어 주십시오."
    ),
    _F.LIFE_OUT_OF_RANGE: Words(
        "유효 기간으로 쓸 수 없는 날수입니다. 키는 2년을 넘겨 쓰지 않습니다.",
        f"1일부터 {MOST_DAYS}일까지 적어 주십시오.",
    ),
    _F.OVERLAP_OUT_OF_RANGE: Words(
        "예전 키를 함께 쓰는 날수로 쓸 수 없는 수입니다.",
        f"0일부터 {MOST_OVERLAP_DAYS}일까지 적어 주십시오.",
    ),
    _F.KEY_OVER: Words("이미 끝났거나 폐기한 키입니다.", "새 키가 필요하면 새로 발급해 주십시오."),
    _F.KEY_WAITS: Words(
        "다른 관리자의 확인을 기다리는 키여서 바꿀 것이 없습니다.",
        "받아 두지 못했으면 이 키를 폐기하고 새로 발급해 주십시오.",
    ),
    _F.KEY_NOT_WAITING: Words(
        "확인을 기다리는 키가 아닙니다. 다른 관리자가 먼저 확인했거나 폐기했습니다.",
        "화면을 새로 열어 지금 상태를 확인해 주십시오.",
    ),
    _F.KEY_OWN: Words(
        "자신이 발급한 키는 스스로 확인할 수 없습니다.", "다른 관리자에게 부탁해 주십시오."
    ),
    _F.KEY_CHANGED: Words(
        "화면을 연 뒤에 이 키의 한도나 허용 주소가 바뀌어 확인하지 않았습니다.",
        "지금 내용을 다시 살펴보고 확인해 주십시오.",
    ),
    _F.KEY_NOBODY_SENDS: Words(
        "발급한 분과 확인하는 분 가운데 이 부서에서 발송할 수 있는 분이 없습니다.",
        "이 부서의 부서 관리자가 확인해 주십시오.",
    ),
    _F.KEY_WIDER: Words(
        "두 분이 확인한 키의 한도와 허용 주소는 좁힐 수만 있습니다.",
        "더 넓게 쓰려면 새 키를 발급하고 다른 관리자의 확인을 받아 주십시오.",
    ),
    _F.KEY_REPLACED: Words(
        "이 키를 대신할 새 키를 이미 발급했습니다.",
        "새 키를 받아 두지 못했으면 새 키를 폐기한 뒤 다시 해 주십시오.",
    ),
    _F.URL_UNREADABLE: Words(
        "주소를 읽을 수 없습니다.",
        "https://로 시작하는 주소를 300자까지 적어 주십시오. 한글은 쓸 수 없습니다.",
    ),
    _F.URL_WITH_SECRET: Words(
        "주소에 아이디나 비밀번호가 들어 있습니다.",
        "빼고 적어 주십시오. 받는 쪽은 서명으로 보낸 곳을 확인합니다.",
    ),
    _F.URL_NOT_HTTPS: Words(
        "암호화하지 않는 주소(http)에는 서버 운영자가 허용한 내부망으로만 보낼 수 있습니다.",
        "https로 시작하는 주소를 적어 주십시오.",
    ),
    _F.URL_NOT_ALLOWED: Words(
        "서버 운영자가 허용하지 않은 내부망 주소여서 보낼 수 없습니다.",
        "받는 시스템의 주소가 맞으면 ALIMNARU_HOOK_HOSTS 설정에 더해 달라고 부탁해 주십시오.",
    ),
    _F.WEBHOOK_PAUSED: Words("멈추어 둔 웹훅입니다.", "다시 보내기를 켠 뒤에 해 주십시오."),
    _F.NOTHING_FAILED: Words(
        "다시 보낼 것이 없습니다. 포기한 것만 다시 보냅니다.",
        "기다리는 것은 때가 되면 저절로 다시 보냅니다.",
    ),
}

_S = Scope
SCOPES: Mapping[Scope, Named] = {
    _S.SEND: Named("발송", "한 건, 여러 건, 명단을 보내고 스스로 보낸 것을 취소합니다."),
    _S.READ: Named("결과 조회", "이 부서의 메시지와 발송이 어디까지 갔는지 봅니다."),
    _S.NOTICES: Named("알림과 문안 조회", "보낼 수 있는 알림과 그 문안, 변수를 봅니다."),
    _S.PREFERENCES: Named(
        "수신 설정", "주민이 고른 받는 방법을 전화번호로 보고, 접수한 것을 등록합니다."
    ),
    _S.CONSENTS: Named("송달 동의", "송달에 동의한 것을 전화번호로 보고, 기록하고 끝냅니다."),
    _S.TALLIES: Named("집계 조회", "날짜, 알림, 방법, 결과별 건수와 비용을 봅니다."),
}

_K = KeyState
KEY_STATES: Mapping[KeyState, Named] = {
    _K.WAITS: Named(
        "확인 대기",
        "실제로 보내거나 송달 동의를 적을 수 있는 키여서, 다른 관리자가 확인해야 쓸 수 있습니다.",
    ),
    _K.WORKS: Named("사용 중", "쓸 수 있는 키입니다."),
    _K.ENDS_SOON: Named(
        "곧 끝남", "14일 안에 쓸 수 없게 됩니다. 새 키로 바꾸도록 상대 쪽에 알려 주십시오."
    ),
    _K.ENDED: Named("끝남", "유효 기간이 지나 쓸 수 없습니다."),
    _K.REVOKED: Named("폐기함", "폐기하여 쓸 수 없습니다."),
}

_E = EventType
EVENTS: Mapping[EventType, Named] = {
    _E.MESSAGE_DELIVERED: Named("전달됨", "메시지가 휴대전화에 전달되었습니다."),
    _E.MESSAGE_FAILED: Named("전달 못 함", "할 수 있는 방법을 다 썼으나 전달하지 못했습니다."),
    _E.MESSAGE_SUPPRESSED: Named("보내지 않음", "수신거부처럼 보내지 말아야 할 까닭이 있었습니다."),
    _E.MESSAGE_CANCELLED: Named("취소됨", "보내기 전에 취소했습니다."),
    _E.MESSAGE_EXPIRED: Named("시한 지남", "쓸모가 있는 시한이 지나 보내지 않았습니다."),
    _E.MESSAGE_UNKNOWN: Named("확인 필요", "전달되었는지 알 수 없습니다."),
    _E.BATCH_FINISHED: Named("발송 끝남", "한 발송의 모든 메시지가 끝났습니다."),
}

#: `Delivery.state`.
DELIVERY_STATES = Texts({"waiting": "기다림", "done": "받음", "failed": "포기함"})

#: `Source.kind`.
SOURCE_KINDS: Mapping[str, Named] = {
    "table": Named("데이터베이스 조회", "다른 시스템의 표를 읽기 전용으로 봅니다."),
    "agent": Named("문자 발송 표", "예전 문자 프로그램이 비우던 표를 대신 비웁니다."),
    "folder": Named("폴더", "정해진 폴더에 놓인 명단을 가져옵니다."),
}

_C = CallFault
CALL_FAULTS: Mapping[CallFault, Words] = {
    _C.TIMEOUT: Words("받는 쪽이 제때 답하지 않았습니다.", "받는 쪽이 느린지 살펴 주십시오."),
    _C.UNREACHABLE: Words(
        "연결할 수 없습니다.", "상대 시스템이 켜져 있는지, 방화벽이 열려 있는지 살펴 주십시오."
    ),
    _C.STATUS: Words(
        "받는 쪽이 받았다고 답하지 않았습니다.", "받는 쪽 담당자에게 응답 코드를 알려 주십시오."
    ),
    _C.CERTIFICATE: Words(
        "받는 쪽의 인증서를 믿을 수 없습니다.", "인증서의 기한과 이름을 살펴 주십시오."
    ),
    _C.NOT_ALLOWED: Words(
        "서버 운영자가 허용하지 않은 내부망 주소여서 보내지 않았습니다.",
        "받는 시스템의 주소가 맞으면 ALIMNARU_HOOK_HOSTS 설정에 더해 달라고 부탁해 주십시오.",
    ),
}
