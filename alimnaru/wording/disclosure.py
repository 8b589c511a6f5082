"""Words for `rules.disclosure`: why somebody sees residents' data, and what they saw."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.disclosure import NOTE_LEAST, NOTE_MOST, Disclosed, DisclosureFault, Reason
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

DISCLOSED: Mapping[Disclosed, Named] = {
    Disclosed.PERSON: Named("가린 정보 보기", "주민 한 분의 가린 정보를 열어 보았습니다."),
    Disclosed.FIND: Named("전화번호로 찾기", "전화번호로 주민 한 분의 메시지를 찾았습니다."),
    Disclosed.UNREACHED: Named(
        "못 받은 분 명단 받기", "알림을 받지 못한 분의 이름과 전화번호를 파일로 받았습니다."
    ),
    Disclosed.ERRORS: Named("오류 행 받기", "올린 명단에서 고칠 곳이 있는 행을 파일로 받았습니다."),
    Disclosed.LIST: Named("명단 받기", "저장한 명단을 파일로 받았습니다."),
    Disclosed.STATISTICS: Named("통계 받기", "통계를 파일로 받았습니다."),
    Disclosed.AUDIT: Named("감사 기록 받기", "감사 기록을 파일로 받았습니다."),
    Disclosed.REPORT: Named("보고서 받기", "발송 실적 보고서를 파일로 받았습니다."),
    Disclosed.OFFICERS: Named(
        "발송과 결재 목록 받기", "누가 보내고 누가 승인했는지 적힌 목록을 파일로 받았습니다."
    ),
    Disclosed.PROOF: Named("발송 증명 받기", "메시지 한 건의 증명을 파일로 받았습니다."),
    Disclosed.HELD: Named(
        "따로 보존한 증명 받기", "다른 법에 따라 따로 보존한 메시지의 증명을 파일로 받았습니다."
    ),
    Disclosed.ACCESS: Named("접속기록 받기", "접속기록을 파일로 받았습니다."),
    Disclosed.GRANTS: Named("권한 기록 받기", "권한을 주고 거둔 기록을 파일로 받았습니다."),
    Disclosed.AFFECTED: Named("유출 대상 받기", "유출 사고에 해당하는 분들을 파일로 받았습니다."),
}

REASONS: Mapping[Reason, Named] = {
    Reason.CALL_RESIDENT: Named("주민에게 연락", "주민에게 전화나 우편으로 알리려고 합니다."),
    Reason.CORRECT_LIST: Named("명단 고치기", "명단의 번호나 내용을 바로잡으려고 합니다."),
    Reason.COMPLAINT: Named("민원 답변", "주민의 문의나 민원에 답하려고 합니다."),
    Reason.AUDIT: Named("감사·점검", "감사나 개인정보 점검에 쓰려고 합니다."),
    Reason.OTHER: Named("그 밖의 사유", "따로 적은 사유로 봅니다."),
}

DISCLOSURE_FAULTS: Mapping[DisclosureFault, Words] = {
    DisclosureFault.REASON_MISSING: Words(
        "개인정보를 보는 사유가 없습니다.", "사유를 골라 주십시오."
    ),
    DisclosureFault.NOTE_MISSING: Words(
        "사유를 나중에 알아볼 수 없습니다.", f"{NOTE_LEAST}자 이상으로 적어 주십시오."
    ),
    DisclosureFault.NOTE_TOO_LONG: Words(
        "사유가 너무 깁니다.", f"{NOTE_MOST}자 안으로 줄여 주십시오."
    ),
    DisclosureFault.NOTE_PERSONAL: Words(
        "사유에 전화번호나 주민등록번호처럼 보이는 숫자가 있습니다. "
        "사유는 감사 기록에 오래 남으므로 개인정보를 적을 수 없습니다.",
        "숫자를 빼고 다시 적어 주십시오.",
    ),
    DisclosureFault.NOT_THEIRS: Words(
        "이 부서의 개인정보를 볼 권한이 없습니다.",
        "맡은 일에 필요하면 부서 관리자에게 권한을 요청해 주십시오.",
    ),
}
