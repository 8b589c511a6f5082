"""Where a message stands, in words that no carrier owns, as one byte each.

Every protocol has a table of its own from these names to its codes. The first name is what was
accepted for sending; the next two follow it; what a registration refuses and what a network fails
with stand mixed behind them, because journals keep the bytes: append, never reorder.
"""

from __future__ import annotations

_MEANINGS: dict[str, str] = {
    "accepted": "정상 접수",
    "waiting": "전달 완료, 결과 대기",
    "delivered": "수신 완료",
    "missing_field": "필수 항목이 비었습니다",
    "bad_format": "형식이 잘못되었습니다",
    "subject_of_sms": "단문에는 제목을 쓸 수 없습니다",
    "subject_too_long": "제목이 허용 길이를 넘습니다",
    "unknown_type": "알 수 없는 메시지 유형입니다",
    "duplicate": "같은 요청 안에서 수신번호가 겹칩니다",
    "control_character": "출력할 수 없는 문자가 있습니다",
    "foreign_character": "EUC-KR에 없는 문자가 있습니다",
    "no_money": "잔액이 부족합니다",
    "too_long": "내용이 허용 길이를 넘습니다",
    "bad_custom": "사용자 지정 필드가 잘못되었습니다",
    "not_for_type": "이 유형에는 쓸 수 없는 항목입니다",
    "no_image": "이미지를 찾을 수 없습니다",
    "no_profile": "등록되지 않은 발신 프로필입니다",
    "no_template": "등록되지 않은 템플릿입니다",
    "mismatch": "등록된 템플릿과 내용이 다릅니다",
    "button_differs": "버튼의 종류나 이름이 템플릿과 다릅니다",
    "link_differs": "버튼 주소가 템플릿과 다릅니다",
    "buttons_missing": "버튼이 있는 템플릿인데 버튼이 없습니다",
    "buttons_unregistered": "버튼이 없는 템플릿인데 버튼이 있습니다",
    "link_too_long": "버튼 주소가 너무 깁니다",
    "button_name_too_long": "버튼 이름이 14자를 넘습니다",
    "too_many_buttons": "버튼이 5개를 넘습니다",
    "button_order": "버튼 순서가 템플릿과 다릅니다",
    "no_route": "보낼 경로가 없습니다",
    "bad_sender": "등록되지 않은 발신번호입니다",
    "bad_number": "수신번호 오류",
    "carrier_error": "연동 서버 오류",
    "undeliverable": "전송할 수 없음",
    "not_subscribed": "미가입 번호",
    "timeout": "전송 시간 초과",
    "busy": "단말기 통화 중",
    "shadow": "음영 지역",
    "power_off": "단말기 전원 꺼짐",
    "full": "단말기 저장 공간 부족",
    "suspended": "일시 정지된 번호",
    "handset": "단말기 문제",
    "refused": "착신 거절",
    "unknown": "알 수 없는 결과",
    "no_sms_service": "문자를 받을 수 없는 단말기",
    "unreachable": "수신 불가 상태",
    "cancelled": "발송 취소",
    "queue_full": "연동 서버 대기열 가득 참",
    "spam": "스팸 차단",
    "radio": "무선망 오류",
    "route_lost": "전송 경로 없음",
    "profile_failed": "발신 프로필 오류",
    "template_mismatch": "템플릿과 내용 불일치",
    "not_user": "카카오톡 미사용자",
    "template_missing": "템플릿 없음",
    "channel_refused": "채널 사용 불가",
    "blocked": "알림톡 차단",
    "inactive": "최근 카카오톡 미사용",
    "may_arrive": "전달했으나 수신을 확인하지 못함",
    "old_version": "카카오톡 버전이 낮음",
    "not_approved": "승인되지 않은 템플릿입니다",
    "variables_differ": "변수가 템플릿과 다릅니다",
    "repeated": "이미 접수한 요청입니다",
    "opted_out": "수신을 거부한 번호입니다",
    "foreign_country": "해외 번호로는 보낼 수 없습니다",
    "header_differs": "헤더가 템플릿과 다릅니다",
    "items_differ": "아이템이 템플릿과 다릅니다",
}

NAMES: tuple[str, ...] = tuple(_MEANINGS)
MEANINGS: tuple[str, ...] = tuple(_MEANINGS.values())
INDEX: dict[str, int] = {name: number for number, name in enumerate(NAMES)}

ACCEPTED = INDEX["accepted"]
WAITING = INDEX["waiting"]
DELIVERED = INDEX["delivered"]
CANCELLED = INDEX["cancelled"]

# A byte that is no status: the message was taken out of its group again.
REMOVED = 255
