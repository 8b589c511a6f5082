"""Words for connected systems: why one cannot be read, and what became of a dropped file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alimnaru.rules.drops import DropFault
from alimnaru.rules.source_faults import SourceFault
from alimnaru.rules.source_refusals import SourceRefusal
from alimnaru.wording.language import Texts
from alimnaru.wording.words import Words

_S = SourceFault
_ASK = "그 시스템의 담당자에게 확인해 주십시오."
SOURCE_FAULTS: Mapping[SourceFault, Words] = {
    _S.ADDRESS: Words(
        "데이터베이스 주소를 읽을 수 없습니다.",
        "읽을 수 있는 데이터베이스의 주소인지, 모양이 맞는지 확인해 주십시오.",
    ),
    _S.DRIVER_MISSING: Words(
        "이 데이터베이스에 접속하는 프로그램이 설치되어 있지 않습니다.",
        "시스템 관리자에게 드라이버 설치를 요청해 주십시오.",
    ),
    _S.UNREACHABLE: Words("연결한 시스템에 접속할 수 없습니다.", _ASK),
    _S.REFUSED: Words("연결한 시스템이 접속이나 조회를 거절했습니다.", f"권한을 {_ASK}"),
    _S.NO_SUCH_TABLE: Words("연결한 시스템에 그런 표나 뷰가 없습니다.", _ASK),
    _S.NO_SUCH_COLUMN: Words("연결한 시스템의 표에 그런 칸이 없습니다.", _ASK),
    _S.KEY_NOT_UNIQUE: Words(
        "한 건을 가리켜야 할 열쇠 칸에 같은 값이 여러 번 있습니다.",
        "값이 겹치지 않는 칸을 열쇠로 정해 주십시오.",
    ),
    _S.ODD_VALUE: Words(
        "칸의 종류와 맞지 않는 값이 있습니다.", "조건의 값과 칸을 확인해 주십시오."
    ),
    _S.TIMEOUT: Words("연결한 시스템이 제때 답하지 않았습니다.", _ASK),
    _S.SETTINGS: Words(
        "연결 설정이 비었거나 모양이 맞지 않습니다.", "연결을 다시 등록해 주십시오."
    ),
    _S.SECRET: Words(
        "저장된 주소를 이 기관의 열쇠로 열 수 없습니다.", "주소를 다시 등록해 주십시오."
    ),
    _S.FOLDER_MISSING: Words(
        "지켜보는 폴더가 없습니다.", "폴더의 경로와 연결 상태를 확인해 주십시오."
    ),
    _S.FOLDER_CLOSED: Words(
        "지켜보는 폴더를 읽거나 그 안에서 파일을 옮길 수 없습니다.",
        "폴더의 읽기와 쓰기 권한을 확인해 주십시오.",
    ),
    _S.INTERNAL: Words("연결을 살피다가 문제가 생겼습니다.", "시스템 관리자에게 알려 주십시오."),
}

_R = SourceRefusal
SOURCE_REFUSALS: Mapping[SourceRefusal, Words] = {
    _R.CODE_WRONG: Words(
        "연결 이름은 영문 소문자로 시작하고 영문 소문자, 숫자, 줄표로 40자까지 쓸 수 있습니다.",
        "이름을 고쳐 주십시오.",
    ),
    _R.CODE_TAKEN: Words("같은 이름의 연결이 이미 있습니다.", "다른 이름을 적어 주십시오."),
    _R.SOURCE_UNKNOWN: Words(
        "연결 ‘{code}’을(를) 찾지 못했습니다.", "[[가까운 이름은 {near}입니다.]]"
    ),
    _R.VIEW_WRONG: Words(
        "볼 표를 읽을 수 없습니다[[: {text}]].",
        "‘대출=표이름,열쇠칸,변경시각칸’처럼 이름과 표, 열쇠 칸을 적어 주십시오.",
    ),
    _R.FOLDER_NOT_ABSOLUTE: Words(
        "폴더는 맨 위부터 적은 경로여야 합니다.", "‘/’로 시작하는 경로를 적어 주십시오."
    ),
    _R.FOLDER_SHARED: Words(
        "이 폴더나 그 위아래의 폴더를 다른 연결이 지켜보고 있습니다.",
        "연결마다 서로 다른 폴더를 정해 주십시오.",
    ),
    _R.NOTICE_NOT_ITS: Words(
        "알림 ‘{code}’은(는) 이 부서에서 보낼 수 있는 알림이 아닙니다.",
        "부서와 알림을 확인해 주십시오.",
    ),
    _R.IN_USE: Words(
        "이 연결을 쓰는 규칙이 있거나 이미 보낸 것이 있어 지울 수 없습니다.",
        "더 쓰지 않으려면 멈추어 주십시오.",
    ),
    _R.TABLE_UNKNOWN: Words(
        "대신할 수 있는 문자 표가 아닙니다[[: {text}]].", "{known} 가운데에서 적어 주십시오."
    ),
    _R.KIND_OTHER: Words("이 연결의 종류에는 없는 설정입니다.", "연결의 종류를 확인해 주십시오."),
}

_D = DropFault
DROP_FAULTS: Mapping[DropFault, Words] = {
    _D.NO_NOTICE: Words(
        "어느 알림의 명단인지 알 수 없습니다.",
        "알림 코드로 된 폴더에 넣거나, 파일 이름을 ‘알림코드__이름’처럼 지어 주십시오.",
    ),
    _D.NOT_ITS_NOTICE: Words(
        "이 폴더로는 보낼 수 없는 알림입니다.", "다른 부서의 알림이 아닌지 확인해 주십시오."
    ),
    _D.NOT_A_FILE: Words(
        "보통 파일이 아닙니다(바로가기나 폴더).", "명단 파일 자체를 넣어 주십시오."
    ),
    _D.UNREADABLE: Words("파일을 읽을 권한이 없습니다.", "파일의 권한을 확인해 주십시오."),
    _D.NAME_TOO_LONG: Words(
        "파일 이름이 너무 깁니다[[(한도 {limit}자)]].", "이름을 줄여 다시 넣어 주십시오."
    ),
    _D.RETURNED: Words(
        "승인자가 돌려보냈습니다.", "승인자에게 까닭을 물은 뒤, 고친 파일을 다시 넣어 주십시오."
    ),
    _D.GIVEN_UP: Words("발송하지 않고 끝냈습니다.", "필요하면 파일을 다시 넣어 주십시오."),
}

#: What stands on a receipt, in its order.
RECEIPT: Final = Texts(
    {
        "title": "알림나루 접수증",
        "file": "파일",
        "notice": "알림",
        "found": "받은 때",
        "written": "적은 때",
        "stand": "상태",
        "batch": "발송 번호",
        "rows": "명단의 행",
        "good": "보낼 사람",
        "refused": "오류로 뺀 행",
        "bad": "오류 행 (행 번호, 칸, 까닭)",
        "more": "그 밖의 오류 행",
        "result": "결과",
        "sum": "합계",
        "once": "같은 이름의 같은 파일은 다시 넣어도 한 번만 보냅니다.",
    }
)

#: `reads.drops.Stand` where there is no phase to say more.
STANDS: Final = Texts(
    {
        "reading": "명단을 읽는 중",
        "refused": "보내지 않음",
        "taken": "접수함",
        "ended": "끝남",
        "waits": "승인을 기다림",
    }
)
