"""Words for `rules.seals`: what is sealed, and what a verification found."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.seals import Kind, VerifyFault, Wrong
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

KINDS: Mapping[Kind, Named] = {
    Kind.AUDIT: Named("감사 기록", "누가 언제 무엇을 했는지 적은 기록입니다."),
    Kind.ACCESS: Named("접속 기록", "누가 누구의 정보를 보았는지 적은 기록입니다."),
    Kind.OUTCOME: Named("발송 결과", "메시지가 언제 어떻게 되었는지 차례로 적은 기록입니다."),
    Kind.CONTENT: Named("발송 내용", "끝난 발송이 누구에게 무엇을 보냈는지의 지문입니다."),
    Kind.CERTIFICATE: Named("파기 확인서", "무엇을 언제 파기했는지 확인한 값입니다."),
}

_DO = "복구하기 전에 서버의 기록을 그대로 두고, 감사 부서와 보안 담당자에게 알려 주십시오."

WRONGS: Mapping[Wrong, Words] = {
    Wrong.SEAL_MISSING: Words("{id}번 봉인이 없습니다. 누군가 봉인을 지웠습니다.", _DO),
    Wrong.SEAL_ALTERED: Words(
        "{id}번 봉인의 내용이 서명할 때, 또는 밖에 남겨 둔 줄과 다릅니다.", _DO
    ),
    Wrong.SEAL_UNSIGNED: Words("{id}번 봉인의 서명이 이 기관의 열쇠로 한 것이 아닙니다.", _DO),
    Wrong.SEAL_CHAIN: Words("{id}번 봉인이 바로 앞 봉인과 이어지지 않습니다.", _DO),
    Wrong.SEALS_CUT: Words("밖에 남겨 둔 {id}번 봉인이 여기에는 없습니다. 끝이 잘렸습니다.", _DO),
    Wrong.ROW_ALTERED: Words("{day}에 봉인한 {table} {id}번의 내용이 바뀌었습니다.", _DO),
    Wrong.ROW_REMOVED: Words("{day}에 봉인한 {table} {id}번이 지워졌습니다.", _DO),
    Wrong.ROW_INSERTED: Words("{day}에 봉인한 {table} 사이에 {id}번이 끼어들었습니다.", _DO),
    Wrong.MESSAGE_ALTERED: Words("{id}번 메시지의 상태가 결과 기록의 마지막 말과 다릅니다.", _DO),
    Wrong.MESSAGE_REMOVED: Words("결과 기록에 있는 {id}번 메시지가 지워졌습니다.", _DO),
    Wrong.MESSAGE_UNTOLD: Words(
        "{id}번 메시지는 결과 기록에 없는데 끝난 것으로 되어 있습니다.", _DO
    ),
    Wrong.CONTENT_ALTERED: Words(
        "{id}번 발송의 메시지가 발송을 마쳤을 때와 다릅니다. 내용이나 사람이 바뀌었습니다.", _DO
    ),
    Wrong.COURSE_ALTERED: Words(
        "{id}번 발송의 문구나 승인, 시도한 기록이 발송을 마쳤을 때와 다릅니다.", _DO
    ),
    Wrong.DESTROYED_UNTOLD: Words(
        "{id}번 발송의 내용이 파기되었는데 파기 확인서와 감사 기록이 없습니다.", _DO
    ),
    Wrong.CONSENT_ALTERED: Words("{id}번부터의 송달 동의가 감사 기록에 적힌 것과 다릅니다.", _DO),
    Wrong.UNREADABLE: Words(
        "{table}에 이 프로그램이 적지 않는 값이 들어 있어 끝까지 셈할 수 없습니다.", _DO
    ),
    Wrong.HOLD_ALTERED: Words(
        "{id}번 보존의 메시지가 따로 옮긴 때와 다르거나, 열쇠가 열리지 않습니다.", _DO
    ),
    Wrong.KEY_LOST: Words("{id}번 발송의 열쇠가 열리지 않아 내용을 읽을 수 없습니다.", _DO),
}

VERIFY_FAULTS: Mapping[VerifyFault, Words] = {
    VerifyFault.RUNNING: Words(
        "이미 검증하고 있습니다.", "끝나면 이 화면에 결과가 나오니 기다려 주십시오."
    ),
    VerifyFault.LINES_UNREADABLE: Words(
        "밖에 남겨 둔 봉인 줄을 읽을 수 없습니다.",
        "때, 번호, 지문이 차례로 적힌 줄을 그대로 옮겨 주십시오.",
    ),
}

#: By `store.models.Verification.State`.
VERIFICATIONS: Mapping[str, Named] = {
    "asked": Named("검증하는 중", "큰 기관에서는 몇 분이 걸립니다."),
    "done": Named("마침", "처음부터 다시 셈하였습니다."),
    "failed": Named(
        "마치지 못함", "다시 시작해 주십시오. 되풀이되면 시스템 관리자에게 알려 주십시오."
    ),
}

#: What a table is called, by its name in the database.
TABLES: Mapping[str, str] = {
    "store_auditentry": "감사 기록",
    "store_accessentry": "접속 기록",
    "store_outcome": "발송 결과",
    "store_content": "발송 내용",
    "store_certificate": "파기 확인 값",
    "store_destruction": "파기 확인서",
    "store_message": "메시지",
    "store_batch": "발송",
    "store_seal": "봉인",
    "store_serviceconsent": "송달 동의",
    "store_legalhold": "보존",
}
