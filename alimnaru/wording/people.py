"""Words for what is refused about people and departments, and for codes that are not taken."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.members import MemberFault
from alimnaru.wording.words import Words

_M = MemberFault
MEMBER_FAULTS: Mapping[MemberFault, Words] = {
    _M.OWN_ROLES: Words(
        "자신의 역할은 스스로 바꿀 수 없습니다.", "다른 관리자에게 부탁해 주십시오."
    ),
    _M.OWN_ACCOUNT: Words(
        "자신의 계정은 여기서 바꿀 수 없습니다.",
        "비밀번호와 인증 앱은 ‘내 계정’에서 바꾸고, 그 밖의 일은 다른 관리자에게 부탁해 주십시오.",
    ),
    _M.ROLE_NOT_YOURS: Words(
        "이 부서의 이 역할은 맡기거나 거둘 수 없습니다. 부서 관리자는 자기 부서와 그 아래의 "
        "조회자, 담당자, 승인자, 부서 관리자만 정할 수 있습니다.",
        "시스템 관리자에게 부탁해 주십시오.",
    ),
    _M.ROLE_ONLY_AT_ROOT: Words(
        "시스템 관리자는 기관 전체를 맡으므로 맨 위 부서에서만 맡길 수 있습니다.",
        "맨 위 부서를 골라 주십시오.",
    ),
    _M.ROLE_HELD: Words("이 부서에서 이미 맡고 있는 역할입니다.", "다른 역할을 골라 주십시오."),
    _M.ROLE_NOT_HELD: Words(
        "이미 거둔 역할입니다.", "화면을 새로 열어 지금의 역할을 확인해 주십시오."
    ),
    _M.ROLE_UNKNOWN: Words("없는 역할입니다.", "목록에 있는 역할을 골라 주십시오."),
    _M.MEMBER_ABOVE_YOU: Words(
        "이 담당자는 맡기실 수 없는 역할을 다른 부서나 기관에서 맡고 있어, 계정을 바꿀 수 "
        "없습니다.",
        "시스템 관리자에게 부탁해 주십시오.",
    ),
    _M.MEMBER_SHUT: Words(
        "닫힌 계정에는 역할을 맡길 수 없습니다.", "계정을 먼저 다시 열어 주십시오."
    ),
    _M.TWO_SYSTEM_MANAGERS: Words(
        "시스템 관리자는 언제나 두 분 이상이어야 합니다. 한 분이 들어올 수 없을 때 다른 분이 "
        "열어 주어야 하기 때문입니다.",
        "다른 분에게 먼저 시스템 관리자를 맡긴 뒤 다시 해 주십시오.",
    ),
    _M.LAST_MANAGER: Words(
        "이 부서의 마지막 부서 관리자입니다. 관리자가 없으면 부서 사람의 역할을 정할 수 없습니다.",
        "다른 분에게 먼저 부서 관리자를 맡긴 뒤 다시 해 주십시오.",
    ),
    _M.LOGIN_TAKEN: Words(
        "이미 쓰고 있는 아이디입니다. 한 사람은 계정 하나만 씁니다.",
        "같은 분이면 그 계정에 역할을 더하고, 다른 분이면 다른 아이디를 적어 주십시오.",
    ),
    _M.LOGIN_UNREADABLE: Words(
        "아이디로 쓸 수 없습니다.",
        "영문 소문자와 숫자로 3자에서 40자까지 적어 주십시오. 점, 붙임표, 밑줄도 쓸 수 있습니다.",
    ),
    _M.NAME_UNREADABLE: Words("이름을 읽을 수 없습니다.", "40자까지 한 줄로 적어 주십시오."),
    _M.SAME_NAME_HERE: Words(
        "이 부서에 같은 이름의 담당자가 있습니다. 한 사람은 계정 하나만 씁니다.",
        "다른 분이 맞으면 ‘이름이 같은 다른 분입니다’에 표시하고 다시 눌러 주십시오.",
    ),
    _M.DEPARTMENT_NAME_TAKEN: Words(
        "같은 곳에 같은 이름의 부서가 있습니다.", "다른 이름을 적어 주십시오."
    ),
    _M.DEPARTMENT_TOO_DEEP: Words(
        "부서를 이보다 더 아래에 만들 수 없습니다.", "한 단계 위의 부서에 더해 주십시오."
    ),
    _M.CAP_UNREADABLE: Words(
        "한도를 읽을 수 없습니다.", "원 단위의 숫자로 적고, 한도가 없으면 비워 주십시오."
    ),
}
