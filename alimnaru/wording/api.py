"""What a program's developer reads when the API says no: what happened, and what to do."""

from __future__ import annotations

from typing import Final

from alimnaru.rules.api_problems import ApiProblem

_P = ApiProblem

#: Title and advice. The advice stands in `detail` where the call itself has nothing better to say.
PROBLEMS: Final[dict[ApiProblem, tuple[str, str]]] = {
    _P.NOT_SIGNED_IN: (
        "API 키가 없거나 올바르지 않습니다.",
        "Authorization 머리글에 Bearer와 키를 적어 주십시오.",
    ),
    _P.KEY_EXPIRED: ("사용이 끝난 API 키입니다.", "부서 관리자에게 새 키를 받아 주십시오."),
    _P.KEY_WAITS: (
        "아직 확인을 기다리는 API 키입니다.",
        "다른 부서 관리자가 콘솔의 연계 화면에서 확인하면 쓸 수 있습니다.",
    ),
    _P.ADDRESS_NOT_ALLOWED: (
        "이 주소에서는 쓸 수 없는 API 키입니다.",
        "부서 관리자에게 이 서버의 주소를 키에 더해 달라고 하십시오.",
    ),
    _P.SCOPE_MISSING: (
        "이 API 키에는 그 권한이 없습니다.",
        "필요한 권한을 부서 관리자에게 요청해 주십시오.",
    ),
    _P.NOT_FOUND: ("찾을 수 없습니다.", "주소와 번호, 키의 부서를 확인해 주십시오."),
    _P.METHOD_NOT_ALLOWED: ("이 주소에서 쓸 수 없는 방법입니다.", "설명서에서 확인해 주십시오."),
    _P.BODY_UNREADABLE: (
        "본문을 읽을 수 없습니다.",
        "본문이 UTF-8로 적은 올바른 JSON인지 확인해 주십시오.",
    ),
    _P.BODY_TOO_LARGE: (
        "본문이 너무 큽니다.",
        "나누어 보내 주십시오. 많은 분께 보낼 때는 발송을 열고 행을 나누어 더할 수 있습니다.",
    ),
    _P.MEDIA_TYPE: ("본문의 형식이 다릅니다.", "Content-Type을 application/json으로 해 주십시오."),
    _P.INVALID: ("요청의 값이 올바르지 않습니다.", "errors에 적힌 값을 고쳐 주십시오."),
    _P.REFUSED: (
        "이대로는 보낼 수 없습니다.",
        "errors에 적힌 값을 고쳐 다시 보내 주십시오. 아무것도 보내지 않았습니다.",
    ),
    _P.NOTICE_NOT_SENDABLE: (
        "지금은 보낼 수 없는 알림 업무입니다.",
        "승인된 문안이 있는지, 쓰고 있는 업무인지 콘솔에서 확인해 주십시오.",
    ),
    _P.TOKEN_REUSED: (
        "같은 Idempotency-Key로 다른 요청이 왔습니다.",
        "새 요청에는 새 값을 써 주십시오. 이 요청은 처리하지 않았습니다.",
    ),
    _P.NOT_NOW: ("지금 상태에서는 할 수 없습니다.", "현재 상태를 확인해 주십시오."),
    _P.RATE_LIMITED: (
        "API 키의 한도를 다 썼습니다.",
        "Retry-After에 적힌 시간(초)이 지난 뒤에 다시 보내 주십시오.",
    ),
    _P.SANDBOX_MISSING: (
        "시험용 키로 보낼 모의 통신사 계정이 없습니다.",
        "시스템 관리자에게 모의 통신사 계정을 등록해 달라고 하십시오.",
    ),
    _P.UNAVAILABLE: ("잠시 쓸 수 없습니다.", "잠시 뒤에 같은 Idempotency-Key로 다시 보내십시오."),
}
