"""Words for `rules.refusals.Refusal`: why a file, a row, a message or a chunk does not go."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.refusals import Refusal
from alimnaru.wording.words import Words

_R = Refusal

_FILES: Mapping[Refusal, Words] = {
    _R.FILE_NOT_FOUND: Words(
        "파일[[ ‘{file}’]]이(가) 없습니다.", "폴더와 파일 이름을 확인해 주십시오."
    ),
    _R.FILE_EMPTY: Words(
        "파일에 아무 내용이 없습니다.", "명단을 열어 내용을 확인하고 다시 저장해 주십시오."
    ),
    _R.FILE_TOO_LARGE: Words(
        "파일이 너무 큽니다[[(한도 {limit})]].",
        "쓰지 않는 시트와 그림을 지우거나 명단을 나누어 주십시오.",
    ),
    _R.FILE_NOT_A_LIST: Words(
        "명단으로 읽을 수 있는 파일이 아닙니다[[({kind})]]. 엑셀(xlsx, xls)과 CSV만 읽습니다.",
        "엑셀에서 명단을 열어 xlsx로 저장한 뒤 다시 시도해 주십시오.",
    ),
    _R.FILE_DAMAGED: Words(
        "파일이 손상되어 끝까지 읽을 수 없습니다[[({line}번째 줄)]].",
        "엑셀에서 열어 다른 이름으로 저장하거나, 파일을 준 곳에서 다시 받아 주십시오.",
    ),
    _R.FILE_BOMB: Words(
        "압축을 풀면 비정상으로 커지는 파일이어서 열지 않았습니다.",
        "파일을 어디서 받았는지 확인하고, 명단의 내용만 새 파일에 옮겨 저장해 주십시오.",
    ),
    _R.FILE_PASSWORD: Words(
        "암호가 걸려 있어 읽을 수 없습니다.",
        "엑셀에서 암호를 풀어 저장한 뒤 다시 시도해 주십시오.",
    ),
    _R.FILE_DRM: Words(
        "문서보안(DRM[[, {maker}]])이 걸려 있어 읽을 수 없습니다.",
        "문서보안 프로그램에서 보안을 푼 사본을 만들어 주십시오. "
        "권한이 없으면 정보보안 담당자에게 요청해 주십시오.",
    ),
    _R.FILE_ENCODING: Words(
        "한글이 깨져 있어 읽을 수 없습니다[[({line}번째 줄)]].",
        "엑셀에서 열어 글자를 확인하고 xlsx로 저장해 주십시오.",
    ),
    _R.FILE_LINE_TOO_LONG: Words(
        "한 줄이 지나치게 길어 명단으로 볼 수 없습니다[[({line}번째 줄)]].",
        "따옴표가 닫히지 않은 칸이 있는지 확인하고, 엑셀에서 xlsx로 저장해 주십시오.",
    ),
    _R.FILE_TOO_MANY_COLUMNS: Words(
        "열이 너무 많습니다[[({count}개, 한도 {limit}개)]].",
        "알림에 쓰는 열만 남기고 다시 저장해 주십시오.",
    ),
    _R.FILE_TOO_MANY_ROWS: Words(
        "행이 너무 많습니다[[(한도 {limit}행)]].", "명단을 나누어 보내 주십시오."
    ),
    _R.SHEET_NOT_FOUND: Words(
        "[[‘{sheet}’ ]]시트가 없습니다.[[ 이 파일에 있는 시트는 {sheets}입니다.]]",
        "시트 이름을 확인해 주십시오.",
    ),
    _R.SHEET_WHICH: Words(
        "명단으로 읽을 수 있는 시트가 둘 이상입니다[[: {sheets}]]. "
        "어느 것을 보낼지 알 수 없습니다.",
        "보낼 시트를 골라 주십시오.",
    ),
    _R.HEADER_NOT_FOUND: Words(
        "[[처음 {rows}행에서 ]]제목 줄(이름, 전화번호 같은 열 이름이 있는 줄)을 찾지 못했습니다.",
        "명단 맨 위에 열 이름을 적어 주십시오.",
    ),
    _R.HEADER_ONLY: Words(
        "제목 줄만 있고 그 아래에 보낼 사람이 없습니다.", "명단의 내용을 확인해 주십시오."
    ),
    _R.COLUMN_MISSING: Words(
        "필요한 열이 없습니다[[: {columns}]].[[ 이 명단에 있는 열은 {present}입니다.]]",
        "열을 추가하거나 열 이름을 고쳐 주십시오.",
    ),
    _R.COLUMN_TWICE: Words(
        "같은 뜻으로 읽히는 열이 둘 이상입니다[[: {column}]]. 어느 열을 써야 할지 알 수 없습니다.",
        "하나만 남기고 지우거나 이름을 바꿔 주십시오.",
    ),
    _R.COLUMN_FORBIDDEN: Words(
        "알림에는 주민등록번호를 쓸 수 없는데, 그 열이 있습니다[[: {column}]].",
        "그 열을 지우고 다시 저장해 주십시오.",
    ),
    _R.NOTHING_TO_SEND: Words(
        "보낼 수 있는 사람이 한 명도 없습니다.", "아래 까닭을 보고 명단을 고쳐 주십시오."
    ),
}

_ROWS: Mapping[Refusal, Words] = {
    _R.PHONE_EMPTY: Words("전화번호가 비어 있습니다.", "휴대전화 번호를 확인해 적어 주십시오."),
    _R.PHONE_TWO: Words(
        "한 칸에 전화번호가 둘 이상 있습니다.", "알림을 받을 번호 하나만 남겨 주십시오."
    ),
    _R.PHONE_LANDLINE: Words(
        "일반전화 번호라 알림을 받을 수 없습니다.", "휴대전화 번호를 확인해 주십시오."
    ),
    _R.PHONE_DEAD_PREFIX: Words(
        "011, 016 같은 옛 번호는 이제 쓰이지 않습니다.", "바뀐 010 번호를 확인해 주십시오."
    ),
    _R.PHONE_TOO_SHORT: Words("전화번호의 자릿수가 모자랍니다.", "빠진 숫자를 확인해 주십시오."),
    _R.PHONE_TOO_LONG: Words("전화번호의 자릿수가 넘칩니다.", "더 들어간 숫자를 확인해 주십시오."),
    _R.PHONE_NOT_A_NUMBER: Words(
        "전화번호로 읽을 수 없습니다.", "010으로 시작하는 휴대전화 번호를 적어 주십시오."
    ),
    _R.PHONE_FOREIGN: Words(
        "외국 전화번호에는 보낼 수 없습니다.", "국내 휴대전화 번호를 확인해 주십시오."
    ),
    _R.PHONE_PLACEHOLDER: Words(
        "실제 번호가 아니라 자리만 채운 번호입니다.", "휴대전화 번호를 확인해 적어 주십시오."
    ),
    _R.PHONE_NOT_OFFICE: Words(
        "기관 전화번호가 아닙니다.", "사무실 번호나 대표번호를 적어 주십시오."
    ),
    _R.VALUE_EMPTY: Words("[[‘{column}’ ]]칸이 비어 있습니다.", "내용을 적어 주십시오."),
    _R.VALUE_TOO_LONG: Words(
        "[[‘{column}’ 칸의 ]]글이 너무 깁니다[[(한도 {limit}자)]].", "짧게 줄여 주십시오."
    ),
    _R.VALUE_NOT_A_DATE: Words(
        "[[‘{column}’ 칸을 ]]날짜로 읽을 수 없습니다.", "2026-11-25처럼 적어 주십시오."
    ),
    _R.VALUE_NOT_A_TIME: Words(
        "[[‘{column}’ 칸을 ]]시각으로 읽을 수 없습니다.", "14:30처럼 적어 주십시오."
    ),
    _R.VALUE_NOT_A_NUMBER: Words(
        "[[‘{column}’ 칸을 ]]숫자로 읽을 수 없습니다.", "3처럼 숫자만 적어 주십시오."
    ),
    _R.VALUE_NOT_IN_LIST: Words(
        "[[‘{column}’ 칸의 ]]값이 이 알림에서 쓰기로 정한 값이 아닙니다.",
        "정해진 이름대로 적거나, 새 이름이면 기관 설정에 추가해 주십시오.",
    ),
    _R.VALUE_NOT_A_NAME: Words(
        "[[‘{column}’ 칸을 ]]사람 이름으로 읽을 수 없습니다.", "이름만 적어 주십시오."
    ),
    _R.VALUE_NOT_TEXT: Words(
        "[[‘{column}’ 칸의 ]]값이 글이 아닙니다.", "글이나 숫자로 적어 주십시오."
    ),
    _R.VALUE_FORMULA_ERROR: Words(
        "[[‘{column}’ 칸의 ]]엑셀 수식이 오류를 내고 있습니다.",
        "수식을 고치거나 값으로 바꿔 주십시오.",
    ),
    _R.VALUE_FORMULA: Words(
        "[[‘{column}’ 칸에 ]]값이 아니라 수식이 글로 들어 있습니다.", "값만 적어 주십시오."
    ),
    _R.VALUE_HAS_LINK: Words(
        "[[‘{column}’ 칸에 ]]인터넷 주소가 있습니다. 사칭 문자를 막으려고 받지 않습니다.",
        "주소를 지워 주십시오.",
    ),
    _R.VALUE_HAS_MARK: Words(
        "[[‘{column}’ 칸에 ]]문안의 변수 기호(#{)가 있습니다.",
        "그 기호를 지워 주십시오.",
    ),
    _R.VALUE_CONTROL_CHARACTER: Words(
        "[[‘{column}’ 칸에 ]]줄바꿈이나 보이지 않는 글자가 있습니다.", "한 줄로 다시 적어 주십시오."
    ),
    _R.VALUE_RESIDENT_NUMBER: Words(
        "[[‘{column}’ 칸에 ]]주민등록번호로 보이는 숫자가 있습니다.",
        "알림에는 쓸 수 없으니 지워 주십시오.",
    ),
    _R.VALUE_TWO_PHONES: Words(
        "서로 다른 휴대전화 번호가 둘 이상 들어 있습니다[[(‘{column}’ 칸)]]. "
        "다른 사람의 번호가 함께 나갈 수 있어 보내지 않습니다.",
        "알림을 받는 사람과 상관없는 번호를 지워 주십시오.",
    ),
    _R.VALUE_NAME_LIST: Words(
        "[[‘{column}’ 칸에 ]]여러 사람의 이름이 적혀 있습니다. "
        "다른 사람의 명단이 함께 나갈 수 있어 보내지 않습니다.",
        "받는 사람에게 필요한 내용만 남겨 주십시오.",
    ),
    _R.ROW_DUPLICATE: Words(
        "같은 사람이 명단에 두 번 있습니다. 먼저 나온 행만 보냅니다.",
        "다른 사람이면 이름이나 회원번호를 구별되게 적어 주십시오.",
    ),
    _R.TEXT_TOO_LONG: Words(
        "완성된 알림톡이 너무 깁니다[[({length}자, 한도 {limit}자)]].",
        "[[‘{column}’ 칸의 ]]글을 줄여 주십시오.",
    ),
    _R.SMS_TOO_LONG: Words(
        "완성된 문자가 너무 깁니다[[({length}바이트, 한도 {limit}바이트)]].",
        "[[‘{column}’ 칸의 ]]글을 줄여 주십시오.",
    ),
    _R.SMS_UNPRINTABLE: Words(
        "[[‘{column}’ 칸에 ]]문자로 보낼 수 없는 글자가 있습니다.",
        "그림 글자나 특수 기호를 다른 글자로 바꿔 주십시오.",
    ),
}

_PICTURES: Mapping[Refusal, Words] = {
    _R.PICTURE_UNREADABLE: Words(
        "그림 파일로 읽을 수 없습니다.", "JPEG나 PNG로 다시 저장해 주십시오."
    ),
    _R.PICTURE_TOO_LARGE: Words(
        "그림 파일이 너무 큽니다[[(한도 {limit}KB)]].", "크기를 줄여 다시 저장해 주십시오."
    ),
    _R.PICTURE_TOO_WIDE: Words(
        "그림의 가로나 세로가 너무 깁니다[[({width}×{height})]].",
        "[[가로 {most_width}, 세로 {most_height} 픽셀 안으로 ]]줄여 주십시오.",
    ),
    _R.PICTURE_WRONG_SHAPE: Words(
        "그림의 가로세로 비율이 맞지 않습니다[[({width}×{height})]].",
        "[[가로와 세로가 {shape}인 ]]다른 그림을 써 주십시오.",
    ),
}

_EXIT: Mapping[Refusal, Words] = {
    _R.OPTED_OUT: Words("주민이 이 알림을 받지 않겠다고 했습니다."),
    _R.NUMBER_SUSPENDED: Words(
        "이 번호를 쓰는 사람이 ‘내 안내가 아니다’라고 알려 와 보내지 않았습니다."
    ),
    _R.NO_SERVICE_CONSENT: Words(
        "이 문서를 전자 송달로 받겠다는 동의가 기록되어 있지 않아 보내지 않았습니다.",
        "종이 문서나 등기우편으로 송달하시고, 동의서를 받으셨다면 동의 대장에 올려 주십시오.",
    ),
    _R.EXPIRED: Words("보낼 수 있는 시한이 지나 보내지 않았습니다. 늦은 안내는 혼란을 줍니다."),
    _R.DAILY_CAP: Words(
        "이 분께 오늘 보낼 수 있는 수를 다 보냈고, 내일은 늦은 안내가 되어 보내지 않았습니다.",
        "꼭 알려야 하면 전화로 알려 주십시오.",
    ),
    _R.CANCELLED_BY_STAFF: Words("담당자가 발송을 취소하여 보내지 않았습니다."),
    _R.NO_LONGER_TRUE: Words(
        "보내기 직전에 다시 확인하니 더는 해당되지 않아(반납·취소 등) 보내지 않았습니다."
    ),
    _R.NO_TEXT_FOR_CHANNEL: Words(
        "가장 새 문안에 그 방법으로 보낼 글이나 그림이 없습니다.",
        "templates draft로 글을 넣거나, 그림 문자라면 --picture로 그림을 붙여 주십시오.",
    ),
    _R.NO_CHANNEL_LEFT: Words("알림톡으로 닿지 않았고, 더 시도할 방법이 없습니다."),
    _R.SPEND_CAP: Words(
        "부서나 사업의 예산 한도(하루 또는 한 달)에 닿아 발송을 기다리고 있습니다.",
        "한도를 늘리면 곧 이어지고, 그대로 두면 다음 날이나 다음 달에 저절로 이어집니다.",
    ),
    _R.BATCH_STOPPED: Words(
        "담당자가 발송을 멈추었습니다.",
        "계속하려면 alimnaru resume[[ {batch}]] 명령을 실행해 주십시오.",
    ),
    _R.RELEASE_AWAITED: Words(
        "아직 발송이 결정되지 않아 보내지 않고 기다리고 있습니다.",
        "내용을 확인하고 발송하거나, 승인을 요청했다면 승인을 기다려 주십시오.",
    ),
    _R.FIRST_SLICE: Words(
        "일부에게 먼저 보내고 그 결과를 지켜보고 있습니다.",
        "결과가 좋으면 나머지는 저절로 이어지니 기다려 주십시오.",
    ),
    _R.SLICE_FAILED: Words(
        "먼저 보낸 일부의 결과가 나빠, 나머지를 보내지 않고 멈추었습니다.",
        "명단과 문안을 확인한 뒤 계속하거나 취소해 주십시오.",
    ),
    _R.TEMPLATE_NOT_APPROVED: Words(
        "이 문안이 카카오에 승인·등록되어 있지 않아 기다리고 있습니다.",
        "승인된 문안의 코드를 등록한 뒤 계속해 주십시오.",
    ),
    _R.NO_ACCOUNT: Words(
        "쓸 수 있는 발송 사업자 계정이 없어 기다리고 있습니다.",
        "시스템 관리자가 계정을 등록한 뒤 계속해 주십시오.",
    ),
    _R.ACCOUNT_REFUSED: Words(
        "발송 사업자가 우리 계정을 거절하여 기다리고 있습니다.",
        "시스템 관리자가 인증 키와 계약 상태를 확인한 뒤 계속해 주십시오.",
    ),
    _R.BALANCE_EMPTY: Words(
        "발송 사업자에 남은 금액이 없어 기다리고 있습니다.", "충전한 뒤 계속해 주십시오."
    ),
    _R.SENDER_NUMBER_MISSING: Words(
        "부서의 발신번호가 등록되어 있지 않아 기다리고 있습니다.",
        "시스템 관리자가 ‘채널과 발신번호’에서 정하면 저절로 이어집니다.",
    ),
    _R.CHANNEL_OFF: Words(
        "장애가 있거나 담당자가 꺼 두어, 이 발송 방법을 쓸 수 없습니다.",
        "다시 켜지면 저절로 이어지니 기다려 주십시오.",
    ),
    _R.PICTURE_REFUSED: Words(
        "발송 사업자가 문안의 그림을 받지 않아 기다리고 있습니다.",
        "시스템 관리자가 그림이나 계정을 바꾼 뒤 계속해 주십시오.",
    ),
}

REFUSALS: Mapping[Refusal, Words] = {**_FILES, **_ROWS, **_PICTURES, **_EXIT}
