"""SOLAPI status codes as one byte each, and what they say.

First digit: 1 refused at registration, 2 accepted, 3 handed over or failed at the network,
4 received. The sentences are ours; the numbers are SOLAPI's.
"""

from __future__ import annotations

import json

_MEANINGS: dict[str, str] = {
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

CODES: tuple[str, ...] = tuple(_MEANINGS)
MEANINGS: tuple[str, ...] = tuple(_MEANINGS.values())
INDEX: dict[str, int] = {code: number for number, code in enumerate(CODES)}

# As they stand in answers. Escaped, because one Hangul letter would double the size of every text
# that is put together from it.
STATUS_JSON: tuple[str, ...] = tuple(
    f'"statusCode":"{code}","statusMessage":{json.dumps(meaning)}'
    for code, meaning in _MEANINGS.items()
)

ACCEPTED = INDEX["2000"]
WAITING = INDEX["3000"]
RECEIVED = INDEX["4000"]
CANCELLED = INDEX["3052"]

# A byte that is no status: the message was taken out of its group again.
REMOVED = 255
