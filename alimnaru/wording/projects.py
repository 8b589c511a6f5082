"""Words for budget lines."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.budget_lines import ProjectFault
from alimnaru.wording.words import Words

_F = ProjectFault
PROJECT_FAULTS: Mapping[ProjectFault, Words] = {
    _F.CODE_UNREADABLE: Words(
        "사업의 코드를 읽을 수 없습니다.", "영문 소문자와 숫자, 붙임표로 40자까지 적어 주십시오."
    ),
    _F.CODE_TAKEN: Words("이 부서에 같은 코드의 사업이 있습니다.", "다른 코드를 적어 주십시오."),
    _F.NAME_UNREADABLE: Words("사업의 이름을 읽을 수 없습니다.", "60자까지 적어 주십시오."),
    _F.FUNDING_UNKNOWN: Words("재원을 알 수 없습니다.", "정해진 재원 가운데 하나로 적어 주십시오."),
    _F.DAYS_REVERSED: Words(
        "사업이 끝나는 날이 시작하는 날보다 빠릅니다.", "두 날짜를 확인해 주십시오."
    ),
    _F.CAP_UNREADABLE: Words(
        "사업의 한도를 읽을 수 없습니다.", "원 단위의 숫자로 적고, 한도가 없으면 비워 주십시오."
    ),
    _F.NOT_THEIRS: Words(
        "알림의 부서나 그 위 부서의 사업이 아닙니다.", "그 부서의 사업을 골라 주십시오."
    ),
    _F.UNKNOWN: Words(
        "그 부서나 위 부서에서 지금 쓸 수 있는 사업이 아닙니다.",
        "사업의 코드와 쓰는 기간, 닫혔는지를 확인해 주십시오.",
    ),
    _F.SENT: Words(
        "이미 승인을 요청했거나 보낸 발송이어서 사업을 바꿀 수 없습니다.",
        "승인을 요청한 것이면 거두어들인 뒤에 바꾸어 주십시오.",
    ),
    _F.CLOSED: Words("닫은 사업입니다.", "쓰고 있는 사업을 골라 주십시오."),
}
