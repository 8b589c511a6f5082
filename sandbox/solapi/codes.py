"""SOLAPI's status codes, and what they say.

First digit: 1 refused at registration, 2 accepted, 3 handed over or failed at the network,
4 received. The sentences are ours; the numbers are SOLAPI's.
"""

from __future__ import annotations

import json

from sandbox.statuses import NAMES

MEANING: dict[str, str] = {
    "2000": "정상 접수",
    "3000": "전달 완료, 결과 대기",
    "4000": "수신 완료",
    "1010": "필수 항목이 비었습니다",
    "1011": "형식이 잘못되었습니다",
    "1013": "단문에는 제목을 쓸 수 없습니다",
    "1014": "제목이 40바이트를 넘습니다",
    "1025": "알 수 없는 메시지 유형입니다",
    "1026": "그룹 안에서 수신번호가 겹칩니다",
    "1028": "출력할 수 없는 문자가 있습니다",
    "1029": "EUC-KR에 없는 문자가 있습니다",
    "1030": "잔액이 부족합니다",
    "1031": "내용이 허용 길이를 넘습니다",
    "1032": "사용자 지정 필드가 잘못되었습니다",
    "1033": "이 유형에는 kakaoOptions를 쓸 수 없습니다",
    "1034": "이미지를 찾을 수 없습니다",
    "1041": "등록되지 않은 발신 프로필입니다",
    "1042": "등록되지 않은 템플릿입니다",
    "1043": "등록된 템플릿과 내용이 다릅니다",
    "1044": "버튼의 종류나 이름이 템플릿과 다릅니다",
    "1045": "버튼 주소가 템플릿과 다릅니다",
    "1046": "버튼이 있는 템플릿인데 버튼이 없습니다",
    "1047": "버튼이 없는 템플릿인데 버튼이 있습니다",
    "1048": "버튼 주소가 너무 깁니다",
    "1049": "버튼 이름이 14자를 넘습니다",
    "1050": "버튼이 5개를 넘습니다",
    "1052": "버튼 순서가 템플릿과 다릅니다",
    "1058": "보낼 경로가 없습니다",
    "1061": "080 수신거부 번호입니다",
    "1062": "등록되지 않은 발신번호입니다",
    "3010": "수신번호 오류",
    "3024": "연동 서버 오류",
    "3031": "전송할 수 없음",
    "3032": "미가입 번호",
    "3040": "전송 시간 초과",
    "3041": "단말기 통화 중",
    "3042": "음영 지역",
    "3043": "단말기 전원 꺼짐",
    "3044": "단말기 저장 공간 부족",
    "3045": "일시 정지된 번호",
    "3046": "단말기 문제",
    "3047": "착신 거절",
    "3048": "알 수 없는 결과",
    "3050": "문자를 받을 수 없는 단말기",
    "3051": "수신 불가 상태",
    "3052": "발송 취소",
    "3053": "연동 서버 대기열 가득 참",
    "3054": "스팸 차단",
    "3056": "무선망 오류",
    "3058": "전송 경로 없음",
    "3101": "발신 프로필 오류",
    "3103": "템플릿과 내용 불일치",
    "3104": "카카오톡 미사용자",
    "3105": "템플릿 없음",
    "3106": "채널 사용 불가",
    "3107": "알림톡 차단 또는 최근 미사용",
}

# Won per message, the list prices of SOLAPI's price endpoint.
PRICES = {"ata": 19.0, "sms": 20.0, "lms": 50.0, "mms": 200.0}

# The simulator's words → SOLAPI's code.
CODE: dict[str, str] = {
    "accepted": "2000",
    "waiting": "3000",
    "delivered": "4000",
    "missing_field": "1010",
    "bad_format": "1011",
    "subject_of_sms": "1013",
    "subject_too_long": "1014",
    "unknown_type": "1025",
    "duplicate": "1026",
    "control_character": "1028",
    "foreign_character": "1029",
    "no_money": "1030",
    "too_long": "1031",
    "bad_custom": "1032",
    "not_for_type": "1033",
    "no_image": "1034",
    "no_profile": "1041",
    "no_template": "1042",
    "mismatch": "1043",
    "button_differs": "1044",
    "link_differs": "1045",
    "buttons_missing": "1046",
    "buttons_unregistered": "1047",
    "link_too_long": "1048",
    "button_name_too_long": "1049",
    "too_many_buttons": "1050",
    "button_order": "1052",
    "no_route": "1058",
    "bad_sender": "1062",
    "bad_number": "3010",
    "carrier_error": "3024",
    "undeliverable": "3031",
    "not_subscribed": "3032",
    "timeout": "3040",
    "busy": "3041",
    "shadow": "3042",
    "power_off": "3043",
    "full": "3044",
    "suspended": "3045",
    "handset": "3046",
    "refused": "3047",
    "unknown": "3048",
    "no_sms_service": "3050",
    "unreachable": "3051",
    "cancelled": "3052",
    "queue_full": "3053",
    "spam": "3054",
    "radio": "3056",
    "route_lost": "3058",
    "profile_failed": "3101",
    "template_mismatch": "3103",
    "not_user": "3104",
    "template_missing": "3105",
    "channel_refused": "3106",
    "blocked": "3107",
    "inactive": "3107",
    "may_arrive": "3040",
    "old_version": "3107",
    "not_approved": "1042",
    "variables_differ": "1043",
    "repeated": "1026",
    "opted_out": "1061",
    "foreign_country": "1058",
}

# By the simulator's status byte; what has no code here reads as an unknown result.
CODES: tuple[str, ...] = tuple(CODE.get(name, "3048") for name in NAMES)
MEANINGS: tuple[str, ...] = tuple(MEANING[code] for code in CODES)

# As they stand in answers. Escaped, because one Hangul letter would double the size of every text
# that is put together from it.
STATUS_JSON: tuple[str, ...] = tuple(
    f'"statusCode":"{code}","statusMessage":{json.dumps(MEANING[code])}' for code in CODES
)
