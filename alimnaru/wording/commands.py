"""What a person asked for and cannot have, on the command line and in the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from alimnaru.wording.words import Words


class Fault(StrEnum):
    """Why a command was not carried out. The first group is the asker's to mend, not ours."""

    NOTICE_UNKNOWN = "notice_unknown"
    DEPARTMENT_UNKNOWN = "department_unknown"
    BATCH_UNKNOWN = "batch_unknown"
    INCIDENT_UNKNOWN = "incident_unknown"
    DESTRUCTION_UNKNOWN = "destruction_unknown"
    ACCOUNT_UNKNOWN = "account_unknown"
    LANE_UNKNOWN = "lane_unknown"
    CARRIER_UNKNOWN = "carrier_unknown"
    NO_WORDING = "no_wording"
    TIME_UNREADABLE = "time_unreadable"
    TIME_PAST = "time_past"
    DATE_UNREADABLE = "date_unreadable"
    REASON_UNUSABLE = "reason_unusable"
    PDF_UNAVAILABLE = "pdf_unavailable"
    KEY_UNREADABLE = "key_unreadable"
    SEALS_UNREADABLE = "seals_unreadable"
    DATES_REVERSED = "dates_reversed"
    MONTH_CLOSED = "month_closed"
    PROJECT_UNKNOWN = "project_unknown"
    CONFIRMATION_NEEDED = "confirmation_needed"
    LIST_CHANGED = "list_changed"
    OUTPUT_NOT_XLSX = "output_not_xlsx"
    OUTPUT_NO_REPORT = "output_no_report"
    NO_PDF = "no_pdf"
    OUTPUT_EXISTS = "output_exists"
    OUTPUT_UNWRITABLE = "output_unwritable"
    ACCOUNT_SETTING = "account_setting"
    ACCOUNT_NUMBER = "account_number"
    CHANNEL_UNKNOWN = "channel_unknown"
    PICTURE_NOT_FOUND = "picture_not_found"
    PRICE_UNREADABLE = "price_unreadable"
    ACCOUNT_BUSY = "account_busy"
    DAY_UNREADABLE = "day_unreadable"
    MONTH_UNREADABLE = "month_unreadable"
    CHANNEL_STILL_OUT = "channel_still_out"
    NOTHING_SERVED = "nothing_served"
    PERSON_MISSING = "person_missing"
    MESSAGE_UNKNOWN = "message_unknown"
    CHOICE_UNKNOWN = "choice_unknown"
    UNKNOWN_TARGET = "unknown_target"
    RULE_UNKNOWN = "rule_unknown"
    UNKNOWN_NO_TEXT = "unknown_no_text"
    MEMBER_UNKNOWN = "member_unknown"
    NOT_AN_EXAMPLE = "not_an_example"
    API_KEY_UNKNOWN = "api_key_unknown"
    WEBHOOK_UNKNOWN = "webhook_unknown"
    RING_NEEDS_OLD = "ring_needs_old"
    EVENT_UNKNOWN = "event_unknown"
    SECRET_MISSING = "secret_missing"  # noqa: S105 - a code, not a secret
    VERSION_UNKNOWN = "version_unknown"
    NOT_REGISTERED = "not_registered"
    NOTHING_TO_SUBMIT = "nothing_to_submit"
    NOWHERE_TO_SUBMIT = "nowhere_to_submit"
    WORDING_STOPPED = "wording_stopped"
    DRAFT_UNREADABLE = "draft_unreadable"
    CARRIER_LACKS = "carrier_lacks"
    CARRIER_REFUSED = "carrier_refused"
    BACKUP_NOWHERE = "backup_nowhere"
    BACKUP_NOT_OURS = "backup_not_ours"
    NOT_A_COPY = "not_a_copy"
    NOT_RECONCILED = "not_reconciled"
    UNSURE_MESSAGES = "unsure_messages"
    MIGRATION_CONTRACTS = "migration_contracts"
    USAGE = "usage"
    USAGE_MISSING = "usage_missing"
    USAGE_EXTRA = "usage_extra"
    USAGE_VALUE = "usage_value"
    USAGE_OPTION = "usage_option"
    USAGE_COMMAND = "usage_command"

    SETTINGS_WRONG = "settings_wrong"
    DATABASE_DOWN = "database_down"
    DATABASE_OLD = "database_old"
    KEY_WRONG = "key_wrong"
    SERVICE_FAILED = "service_failed"
    CARRIER_SILENT = "carrier_silent"
    INTERNAL = "internal"


#: Mistakes of ours or of the machine: exit code 1. Everything else is bad input: 2.
OUR_FAULTS = frozenset(
    {
        Fault.SETTINGS_WRONG,
        Fault.DATABASE_DOWN,
        Fault.DATABASE_OLD,
        Fault.KEY_WRONG,
        Fault.SERVICE_FAILED,
        Fault.CARRIER_SILENT,
        Fault.INTERNAL,
    }
)

_F = Fault
FAULTS: Mapping[Fault, Words] = {
    _F.NOTICE_UNKNOWN: Words(
        "알림 업무 ‘{code}’을(를) 찾지 못했습니다.", "[[가까운 이름은 {near}입니다.]]"
    ),
    _F.DEPARTMENT_UNKNOWN: Words(
        "부서 ‘{code}’을(를) 찾지 못했습니다.", "[[가까운 이름은 {near}입니다.]]"
    ),
    _F.BATCH_UNKNOWN: Words("{code}번 발송이 없습니다.", "[[최근 발송 번호는 {near}입니다.]]"),
    _F.INCIDENT_UNKNOWN: Words("{code}번 유출 사고가 없습니다.", "[[적은 사고는 {near}번입니다.]]"),
    _F.DESTRUCTION_UNKNOWN: Words("{code}번 파기 확인서가 없습니다.", "번호를 확인해 주십시오."),
    _F.ACCOUNT_UNKNOWN: Words(
        "발송 사업자 계정 ‘{code}’을(를) 찾지 못했습니다.", "[[가까운 이름은 {near}입니다.]]"
    ),
    _F.CARRIER_UNKNOWN: Words(
        "‘{code}’(이)라는 발송 사업자를 모의 통신사가 흉내 내지 못합니다.",
        "solapi, nhn, bizgo, sens 가운데에서 골라 주십시오.",
    ),
    _F.LANE_UNKNOWN: Words(
        "차로 ‘{code}’을(를) 찾지 못했습니다.",
        "urgent, normal, bulk 가운데 골라 쉼표로 이어 주십시오.",
    ),
    _F.NO_WORDING: Words(
        "[[‘{code}’ 알림에는 ]]보낼 수 있는 문안이 없습니다.",
        "문안을 승인하거나 ‘alimnaru catalogue load’로 다시 불러와 주십시오.",
    ),
    _F.API_KEY_UNKNOWN: Words(
        "그런 번호의 키가 없습니다.",
        "‘alimnaru key list’에 나오는 12자의 키 번호를 적어 주십시오.",
    ),
    _F.RING_NEEDS_OLD: Words(
        "아직 예전 열쇠가 있어야 열리는 것이 남아 치우지 않았습니다.",
        "열쇠를 다시 감싸고(‘alimnaru keys rotate’), 새 세대를 만든 지 10분이 지난 뒤 "
        "다시 해 주십시오.",
    ),
    _F.WEBHOOK_UNKNOWN: Words(
        "{code}번 웹훅이 없습니다.", "‘alimnaru webhook list’에서 번호를 확인해 주십시오."
    ),
    _F.EVENT_UNKNOWN: Words(
        "알릴 일 ‘{code}’을(를) 모릅니다.", "[[{near} 가운데에서 골라 주십시오.]]"
    ),
    _F.TIME_UNREADABLE: Words(
        "‘{text}’을(를) 보낼 시각으로 읽을 수 없습니다.",
        "‘2026-11-25 10:00’이나 ‘10:00’처럼 적어 주십시오.",
    ),
    _F.TIME_PAST: Words(
        "[[{text}은(는) ]]이미 지난 시각입니다.", "앞으로 올 시각을 적어 주십시오."
    ),
    _F.REASON_UNUSABLE: Words(
        "사유로 쓸 수 없는 말입니다.",
        "이름과 전화번호 없이 다섯 글자 이상으로 적어 주십시오.",
    ),
    _F.PDF_UNAVAILABLE: Words(
        "이 서버에 문서를 그리는 프로그램이 없습니다.", "설치 안내를 보고 더한 뒤 다시 해 주십시오."
    ),
    _F.KEY_UNREADABLE: Words(
        "공개 열쇠 파일을 읽을 수 없습니다.", "alimnaru seal key로 받은 파일을 그대로 주십시오."
    ),
    _F.SEALS_UNREADABLE: Words(
        "남겨 둔 봉인을 읽을 수 없습니다.",
        "alimnaru seal show가 보여 준 줄을 그대로 모아 주십시오.",
    ),
    _F.DATE_UNREADABLE: Words(
        "‘{text}’을(를) 날짜로 읽을 수 없습니다.", "2026-11-25처럼 적어 주십시오."
    ),
    _F.DATES_REVERSED: Words(
        "시작하는 날이 끝나는 날보다 늦습니다.", "두 날짜를 바꾸어 적어 주십시오."
    ),
    _F.MONTH_CLOSED: Words(
        "{month}까지 마감되어 그 안의 단가는 바꿀 수 없습니다.",
        "마감한 달보다 늦은 날을 적어 주십시오.",
    ),
    _F.PROJECT_UNKNOWN: Words(
        "‘{code}’라는 사업이 없습니다.", "[[있는 것: {near}. ]]코드와 부서를 확인해 주십시오."
    ),
    _F.CONFIRMATION_NEEDED: Words(
        "보낼지 물어볼 수 없는 상황이어서 보내지 않았습니다.",
        "먼저 check로 확인한 뒤, 묻지 않고 보내려면 --yes를 붙여 주십시오.",
    ),
    _F.LIST_CHANGED: Words(
        "확인하는 사이에 명단 파일이 바뀌어 보내지 않았습니다.", "다시 확인하고 보내 주십시오."
    ),
    _F.OUTPUT_NOT_XLSX: Words(
        "이 명령은 엑셀 파일을 만듭니다.", "파일 이름이 .xlsx로 끝나게 적어 주십시오."
    ),
    _F.OUTPUT_NO_REPORT: Words(
        "보고서는 엑셀(.xlsx)이나 PDF(.pdf)로만 만듭니다.",
        "파일 이름이 .xlsx나 .pdf로 끝나게 적어 주십시오.",
    ),
    _F.NO_PDF: Words(
        "이 기계에는 PDF를 그리는 프로그램(Pango)이 없어 PDF를 만들 수 없습니다.",
        "엑셀(.xlsx)로 만들거나, 운영체제에 Pango를 설치해 주십시오.",
    ),
    _F.OUTPUT_EXISTS: Words(
        "[[{file} ]]파일이 이미 있어 덮어쓰지 않았습니다.",
        "다른 이름을 적거나, 덮어쓰려면 --force를 붙여 주십시오.",
    ),
    _F.OUTPUT_UNWRITABLE: Words(
        "[[{file} ]]파일을 쓸 수 없습니다.",
        "폴더가 있는지, 권한이 있는지, 엑셀에서 열어 둔 파일이 아닌지 확인해 주십시오.",
    ),
    _F.ACCOUNT_SETTING: Words(
        "발송 사업자 계정의 설정이 맞지 않습니다[[: {setting}]].",
        "사업자마다 쓰는 설정의 이름과 값을 확인해 다시 적어 주십시오.",
    ),
    _F.ACCOUNT_BUSY: Words(
        "[[‘{name}’ ]]계정으로 보낸 것의 결과를 아직 기다리고 있어 다른 사업자로 바꿀 수 없습니다.",
        "다른 이름으로 등록하고 이 계정은 accounts off로 꺼 주십시오.",
    ),
    _F.PRICE_UNREADABLE: Words(
        "[[‘{text}’은(는) ]]단가로 읽을 수 없습니다.", "7.5처럼 원을 숫자로 적어 주십시오."
    ),
    _F.MONTH_UNREADABLE: Words(
        "‘{text}’은(는) 달로 읽을 수 없습니다.", "2026-10처럼 적어 주십시오."
    ),
    _F.DAY_UNREADABLE: Words(
        "[[‘{text}’은(는) ]]날짜로 읽을 수 없습니다.", "2026-12-01처럼 적어 주십시오."
    ),
    _F.PICTURE_NOT_FOUND: Words(
        "그림 파일[[ ‘{name}’]]을(를) 열 수 없습니다.", "파일의 이름과 위치를 확인해 주십시오."
    ),
    _F.CHANNEL_UNKNOWN: Words(
        "발송 방법 ‘{code}’을(를) 찾지 못했습니다.",
        "alimtalk, sms, lms, mms 가운데 골라 주십시오.",
    ),
    _F.CHANNEL_STILL_OUT: Words(
        "모든 발송 사업자의 [[{channel} ]]발송에 장애가 있어 켤 수 없습니다.",
        "한 곳이라도 회복되면 저절로 켜지니 기다려 주십시오.",
    ),
    _F.NOTHING_SERVED: Words(
        "‘{code}’은(는) 안내만 하는 알림이어서 송달 동의가 필요하지 않습니다.",
        "송달하는 알림을 골라 주십시오.",
    ),
    _F.PERSON_MISSING: Words(
        "누구의 동의인지 읽지 못했습니다.", "전화번호와 이름을 쉼표로 이어 한 줄로 적어 주십시오."
    ),
    _F.MESSAGE_UNKNOWN: Words(
        "{code}번 메시지가 없습니다.",
        "콘솔에서 메시지의 화면을 열거나 ‘alimnaru unknown list --batch’로 번호를 확인해 주십시오.",
    ),
    _F.CHOICE_UNKNOWN: Words(
        "‘{code}’은(는) 고를 수 있는 처리가 아닙니다.",
        "{near} 가운데 골라 주십시오.",
    ),
    _F.BACKUP_NOWHERE: Words(
        "백업 폴더를 알 수 없습니다.", "--into로 적거나 ALIMNARU_BACKUP에 지정해 주십시오."
    ),
    _F.BACKUP_NOT_OURS: Words(
        "이 기관은 자체 PostgreSQL 서버를 쓰고 있어 여기서 백업하지 않습니다.",
        "그 서버의 백업 도구를 써 주십시오. 방법은 docs/how-to/backup-and-restore.md에 있습니다.",
    ),
    _F.NOT_A_COPY: Words(
        "되살린 자료가 아니어서 사업자에게 확인할 것이 없습니다.",
        "멈춘 발송을 다시 시작하려면 ‘alimnaru office resume’을 실행해 주십시오.",
    ),
    _F.NOT_RECONCILED: Words(
        "되살린 자료여서, 이미 보낸 것을 다시 보낼 수 있습니다.",
        "먼저 ‘alimnaru office reconcile’로 사업자들이 받은 것을 확인해 주십시오.",
    ),
    _F.UNSURE_MESSAGES: Words(
        "메시지 {count}건은 이미 갔는지 사업자에게 물어볼 수 없습니다.",
        "--unsure unknown(확인 필요로 둠)과 --unsure send(보냄) 가운데 골라 주십시오."
        " 빠진 기록이 없다면 --whole을 적어 주십시오.",
    ),
    _F.MIGRATION_CONTRACTS: Words(
        "예전 버전이 함께 돌면 안 되는 변경이 있어 아무것도 바꾸지 않았습니다: {names}.",
        "모든 프로그램을 이 버전으로 바꾼 뒤 ‘alimnaru migrate --contract’를 실행해 주십시오.",
    ),
    _F.UNKNOWN_TARGET: Words(
        "무엇을 정할지 알 수 없습니다.", "--batch와 --message 가운데 하나만 적어 주십시오."
    ),
    _F.RULE_UNKNOWN: Words(
        "‘{code}’(이)라는 알림 규칙이 없습니다.", "alimnaru rule list에서 코드를 확인해 주십시오."
    ),
    _F.UNKNOWN_NO_TEXT: Words(
        "이 발송은 문자로 대신 보낼 수 없습니다.[[ {reason}]]",
        "sent나 leave 가운데 골라 주십시오.",
    ),
    _F.MEMBER_UNKNOWN: Words(
        "담당자 ‘{code}’을(를) 찾지 못했습니다.", "[[가까운 아이디는 {near}입니다.]]"
    ),
    _F.NOT_AN_EXAMPLE: Words(
        "‘{code}’은(는) 연습용 담당자가 아니거나, 실제로 보내는 기관이어서 인증번호를 보여 드릴 수 "
        "없습니다.",
        "본인의 인증 앱을 쓰고, 잃어버렸으면 members reset으로 초기화해 주십시오.",
    ),
    _F.SECRET_MISSING: Words(
        "비밀 키를 물어볼 수 없는 상황입니다.",
        "환경 변수[[ {variable}]]에 넣고 다시 실행해 주십시오.",
    ),
    _F.ACCOUNT_NUMBER: Words(
        "{name}에 적은 수가 맞지 않습니다.", "0보다 크거나 같은 수를 적어 주십시오."
    ),
    _F.VERSION_UNKNOWN: Words("{version}판 문안이 없습니다.", "[[가장 새것은 {newest}판입니다.]]"),
    _F.NOT_REGISTERED: Words(
        "지금 그렇게 할 문안이 없습니다. 아직 내지 않았거나, 이미 다음 단계로 넘어갔습니다.",
        "alimnaru templates status로 어디까지 왔는지 확인해 주십시오.",
    ),
    _F.NOTHING_TO_SUBMIT: Words(
        "새로 낼 문안이 없습니다. 가장 새 문안은 이미 승인되었거나 검수 중입니다.",
        "문안을 고치려면 alimnaru templates draft를 실행해 주십시오.",
    ),
    _F.NOWHERE_TO_SUBMIT: Words(
        "문안을 낼 발송 사업자 계정이 없습니다.", "시스템 관리자가 계정을 먼저 등록해 주십시오."
    ),
    _F.WORDING_STOPPED: Words(
        "문안에 고칠 곳이 있어 카카오에 내지 않았습니다.", "고친 뒤 다시 내 주십시오."
    ),
    _F.DRAFT_UNREADABLE: Words(
        "문안 파일을 읽을 수 없습니다[[: {detail}]].",
        "TOML이나 JSON으로 적었는지, 이름이 맞는지 확인해 주십시오.",
    ),
    _F.CARRIER_LACKS: Words(
        "이 발송 사업자에는 그 기능이 없습니다.", "사업자의 관리 화면에서 직접 해 주십시오."
    ),
    _F.CARRIER_REFUSED: Words(
        "발송 사업자가 거절했습니다[[({detail})]].",
        "문안의 상태를 확인한 뒤 다시 시도해 주십시오.",
    ),
    _F.USAGE: Words("명령을 잘못 적었습니다[[: {detail}]].", "--help로 쓰는 법을 볼 수 있습니다."),
    _F.USAGE_MISSING: Words(
        "{name}을(를) 적지 않았습니다.[[ 쓸 수 있는 것은 {known}입니다.]]",
        "--help로 쓰는 법을 볼 수 있습니다.",
    ),
    _F.USAGE_EXTRA: Words(
        "쓰이지 않는 말이 더 있습니다[[: {name}]].", "--help로 쓰는 법을 볼 수 있습니다."
    ),
    _F.USAGE_VALUE: Words(
        "{name}에 적은 값이 맞지 않습니다.", "--help로 쓰는 법을 볼 수 있습니다."
    ),
    _F.USAGE_OPTION: Words(
        "그런 옵션은 없습니다: {name}.",
        "[[가까운 이름은 {near}입니다. ]]--help로 쓰는 법을 볼 수 있습니다.",
    ),
    _F.USAGE_COMMAND: Words(
        "그런 명령은 없습니다: {name}.",
        "[[가까운 이름은 {near}입니다. ]]--help로 명령을 볼 수 있습니다.",
    ),
    _F.SETTINGS_WRONG: Words(
        "설정이 맞지 않아 시작하지 못했습니다[[: {detail}]].", "환경 변수를 확인해 주십시오."
    ),
    _F.DATABASE_DOWN: Words(
        "데이터베이스에 연결하지 못했습니다.",
        "데이터베이스가 켜져 있는지, DATABASE_URL이 맞는지 확인해 주십시오.",
    ),
    _F.DATABASE_OLD: Words(
        "데이터베이스가 이 버전에 맞게 준비되어 있지 않습니다.",
        "‘alimnaru up’을 한 번 실행하면 준비됩니다.",
    ),
    _F.KEY_WRONG: Words(
        "저장된 개인정보를 지금의 마스터 키로 열 수 없습니다.",
        "처음 저장할 때 쓴 ALIMNARU_MASTER_KEY나 master.key 파일을 되돌려 주십시오.",
    ),
    _F.SERVICE_FAILED: Words(
        "함께 도는 프로그램[[ {name}]]이(가) 시작하지 못했습니다.",
        "[[{log}에 남은 기록을 ]]시스템 관리자에게 보여 주십시오.",
    ),
    _F.CARRIER_SILENT: Words(
        "발송 사업자가 응답하지 않습니다[[({detail})]].",
        "잠시 뒤 다시 실행해 주십시오. 하던 데서 이어집니다.",
    ),
    _F.INTERNAL: Words(
        "프로그램 안에서 예상하지 못한 문제가 생겼습니다. 저장된 자료는 그대로 있습니다.",
        "[[{log}에 남은 기록을 ]]시스템 관리자에게 전달해 주십시오.",
    ),
}
