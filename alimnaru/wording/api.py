"""What a program's developer reads when the API says no: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.release_refusals import ReleaseRefusal

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
        "연습용 키로 보낼 모의 통신사 계정이 없습니다.",
        "시스템 관리자에게 모의 통신사 계정을 등록해 달라고 하십시오.",
    ),
    _P.UNAVAILABLE: ("잠시 쓸 수 없습니다.", "잠시 뒤에 같은 Idempotency-Key로 다시 보내십시오."),
}

_F = CallFault

FAULTS: Final[dict[CallFault, str]] = {
    _F.UNKNOWN: "이 알림 업무에 없는 이름입니다. 변수 목록을 확인해 주십시오.",
    _F.NOTICE_UNKNOWN: "이 키의 부서에 없는 알림 업무입니다.",
    _F.NOTICE_INACTIVE: "쓰지 않는 알림 업무입니다.",
    _F.PROJECT: "키의 부서나 위 부서에서 지금 쓸 수 있는 사업의 코드가 아닙니다.",
    _F.NO_WORDING: "승인된 문안이 없는 알림 업무입니다.",
    _F.TOKEN: "빈칸 없는 영문자, 숫자, 기호로 255자까지 적어 주십시오.",
    _F.CURSOR: "이 목록의 cursor가 아닙니다. 앞 쪽의 next를 그대로 적어 주십시오.",
    _F.REFERENCE_OR_BATCH: "reference와 batch 가운데 하나만 적어 주십시오.",
    _F.NEEDS_BATCH: "batch와 함께 적어야 합니다.",
    _F.PERIOD: "시작일이 종료일보다 늦거나 기간이 366일을 넘습니다.",
    _F.OVER: "지금이나 send_at보다 늦은 시각이어야 합니다. 아니면 아무에게도 나가지 않습니다.",
    _F.HANDED_OVER: "이미 끝났거나 통신사로 넘어간 메시지라 되돌릴 수 없습니다.",
    _F.STATUTORY: "법으로 알려야 하는 알림이라 거부할 수 없습니다. 받는 방법은 바꿀 수 있습니다.",
    _F.NOTHING_SERVED: "송달이 아니라 알리기만 하는 알림이어서 동의가 필요하지 않습니다.",
    _F.DATES_REVERSED: "끝나는 날이 시작하는 날보다 앞섭니다.",
    _F.EVIDENCE: "비어 있지 않게, 전화번호나 주민등록번호 없이 적어 주십시오.",
    _F.WHOLE_OFFICE: "모든 알림에 대한 설정은 기관 전체의 키로만 바꿀 수 있습니다.",
    _F.SCOPE: "필요한 권한입니다.",
}

#: Where what a clerk is told to do is nothing that a program can do.
INSTEAD: Final[Mapping[StrEnum, str]] = {
    ReleaseRefusal.REPEATED: (
        "같은 명단에 같은 문안을 얼마 전에 보냈거나 보내기로 했습니다. 정말 다시 보내려면 "
        "confirm_repeat를 true로 하여 다시 요청해 주십시오."
    ),
    ReleaseRefusal.NOT_YOURS: "이 키의 부서에서 다른 시스템이나 사람이 만든 발송입니다.",
    ReleaseRefusal.HANDLED: "발송의 지금 단계에서는 할 수 없습니다. 단계를 확인해 주십시오.",
}
