"""Words for the monthly review, for incidents and for residents' requests."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.access_review import Oddity, ReviewFault
from alimnaru.rules.breach import BreachFault, Step, Why
from alimnaru.rules.resident_request import RequestFault, RequestRefusal
from alimnaru.wording.language import Texts
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

ODDITIES: Mapping[Oddity, Named] = {
    Oddity.NIGHT: Named("밤에 봄", "저녁 8시부터 아침 7시 사이에 주민의 정보를 보았습니다."),
    Oddity.HOLIDAY: Named("쉬는 날에 봄", "주말이나 공휴일에 주민의 정보를 보았습니다."),
    Oddity.VOLUME: Named("평소보다 많이 봄", "지난 석 달이나 동료보다 훨씬 많이 보았습니다."),
    Oddity.OTHER_DEPARTMENT: Named(
        "다른 부서의 주민을 봄", "역할이 없는 부서의 주민 정보를 보았습니다."
    ),
    Oddity.EXPORT: Named("남의 발송을 파일로 받음", "본인이 보내지 않은 발송의 명단을 받았습니다."),
    Oddity.SEARCHES: Named("번호로 자주 찾음", "전화번호로 찾은 횟수가 많습니다."),
    Oddity.SHARED_ADDRESS: Named(
        "한 자리에서 두 계정을 씀", "같은 때에 한 주소에서 두 계정이 주민의 정보를 보았습니다."
    ),
    Oddity.FAILED_SIGN_INS: Named("로그인 실패가 많음", "비밀번호나 인증번호를 자주 틀렸습니다."),
}

REVIEW_FAULTS: Mapping[ReviewFault, Words] = {
    ReviewFault.NOT_OVER: Words("아직 끝나지 않은 달입니다.", "다음 달에 서명해 주십시오."),
    ReviewFault.SIGNED: Words("이미 서명한 달입니다.", "다시 서명하지 않아도 됩니다."),
    ReviewFault.OWN: Words(
        "본인에 관한 항목이 있어 본인이 확인하거나 서명할 수 없습니다.",
        "다른 감사자나 개인정보 보호책임자에게 맡겨 주십시오.",
    ),
    ReviewFault.REMARKS_MISSING: Words(
        "확인한 내용을 적지 않은 항목이 있습니다.", "항목마다 확인한 내용을 적어 주십시오."
    ),
    ReviewFault.NOT_THERE: Words(
        "이 달에 그런 항목이 없습니다.", "화면을 새로 고치고 다시 보아 주십시오."
    ),
    ReviewFault.NOT_ALLOWED: Words(
        "접속기록을 점검할 권한이 없습니다.", "감사자나 개인정보 보호책임자에게 요청해 주십시오."
    ),
    ReviewFault.REMARK_WRONG: Words(
        "확인한 내용이 너무 짧거나, 전화번호처럼 보이는 숫자가 있습니다.",
        "5자 이상으로, 개인정보 없이 적어 주십시오.",
    ),
}

STEPS: Mapping[Step, Named] = {
    Step.FOUND: Named("사실 확인", "언제 어떻게 알게 되었는지 확인했습니다."),
    Step.STOPPED: Named("확산 막음", "발송을 멈추거나 링크를 닫아 더 퍼지지 않게 했습니다."),
    Step.SCOPED: Named("대상 확인", "누구의 어떤 정보가 유출되었는지 확인했습니다."),
    Step.NOTIFIED: Named("정보주체 통지", "해당하는 분들에게 알렸습니다."),
    Step.REPORTED: Named("신고", "개인정보보호위원회나 한국인터넷진흥원에 신고했습니다."),
    Step.PUBLISHED: Named("누리집 게시", "연락처를 모르는 분을 위해 누리집에 올렸습니다."),
    Step.PREVENTED: Named("재발 방지", "같은 일이 다시 없도록 고쳤습니다."),
    Step.OTHER: Named("그 밖의 조치", "그 밖에 한 일입니다."),
    Step.CLOSED: Named("사고 종결", "조치를 마치고 종결했습니다."),
}

WHYS: Mapping[Why, Named] = {
    Why.MANY: Named("1천 명 이상", "1천 명 이상의 정보가 유출되어 신고해야 합니다."),
    Why.SENSITIVE: Named("민감정보", "건강 같은 민감정보가 유출되어 신고해야 합니다."),
    Why.UNIQUE_ID: Named("고유식별정보", "주민등록번호 같은 고유식별정보여서 신고해야 합니다."),
    Why.ILLEGAL: Named("불법 접근", "외부의 불법적인 접근이 있어 신고해야 합니다."),
}

BREACH_FAULTS: Mapping[BreachFault, Words] = {
    BreachFault.CLOSED: Words("이미 종결한 사고입니다.", "새로 안 것은 새 사고로 적어 주십시오."),
    BreachFault.STEPS_MISSING: Words(
        "아직 하지 않은 조치가 있습니다.",
        "조치를 적거나, 하지 않아도 되는 까닭을 20자 이상으로 적어 주십시오.",
    ),
    BreachFault.REASON_MISSING: Words("종결하는 까닭이 없습니다.", "10자 이상으로 적어 주십시오."),
    BreachFault.TEXT_PERSONAL: Words(
        "전화번호나 주민등록번호처럼 보이는 숫자가 있습니다.",
        "오래 남는 기록이니 번호를 빼고 적어 주십시오.",
    ),
    BreachFault.IN_FUTURE: Words("아직 오지 않은 때입니다.", "실제로 한 때를 적어 주십시오."),
    BreachFault.NOBODY: Words("해당하는 분이 없습니다.", "발송이나 메시지를 먼저 더해 주십시오."),
    BreachFault.ALL_TOLD: Words(
        "통지할 분이 남아 있지 않습니다. 알림을 받은 분이 없거나, 모두에게 통지를 요청했습니다.",
        "아래의 통지를 확인하고, 받지 못한 분에게는 다른 방법으로 알려 주십시오.",
    ),
    BreachFault.NO_BATCH: Words(
        "그 번호의 발송이나 메시지가 없습니다.", "발송 내역에서 번호를 확인해 주십시오."
    ),
    BreachFault.NOT_ALLOWED: Words(
        "유출 사고를 처리할 권한이 없습니다.", "개인정보 보호책임자에게 알려 주십시오."
    ),
    BreachFault.NOTHING_SAID: Words(
        "유출된 항목과 시점이 없어 통지할 수 없습니다.", "사고 내용을 먼저 적어 주십시오."
    ),
}

REQUEST_REFUSALS: Mapping[RequestRefusal, Named] = {
    RequestRefusal.LAW: Named("법률로 금지됨", "법률에 따라 열람이 금지되거나 제한됩니다."),
    RequestRefusal.HARM: Named(
        "다른 사람을 해칠 우려", "다른 사람의 생명이나 재산, 이익을 해칠 우려가 있습니다."
    ),
    RequestRefusal.DUTY: Named(
        "법정 업무에 필요함", "법령의 의무를 지키거나 소관 업무를 하는 데 꼭 필요합니다."
    ),
    RequestRefusal.CONTRACT: Named("계약에 필요함", "멈추면 약속한 일을 할 수 없습니다."),
    RequestRefusal.KEPT_BY_LAW: Named("법령의 보존 대상", "법령에서 지우지 못하게 한 기록입니다."),
    RequestRefusal.NOT_THEIRS: Named("본인이 아님", "본인이거나 대리인인지 확인하지 못했습니다."),
}

REQUEST_FAULTS: Mapping[RequestFault, Words] = {
    RequestFault.ANSWERED: Words("이미 답한 요구입니다.", "새로 받은 요구는 새로 적어 주십시오."),
    RequestFault.NOTE_MISSING: Words(
        "본인을 어떻게 확인했는지, 또는 거절하는 까닭이 없습니다.", "5자 이상으로 적어 주십시오."
    ),
    RequestFault.NOTE_PERSONAL: Words(
        "전화번호나 주민등록번호처럼 보이는 숫자가 있습니다.",
        "오래 남는 기록이니 번호를 빼고 적어 주십시오.",
    ),
    RequestFault.IN_FUTURE: Words("아직 오지 않은 날입니다.", "실제로 받은 날을 적어 주십시오."),
    RequestFault.NOT_ALLOWED: Words(
        "주민의 요구에 답할 권한이 없습니다.", "개인정보 보호책임자에게 넘겨 주십시오."
    ),
}

#: By `ResidentRequest.Kind` and `Way`.
KINDS: Mapping[str, str] = Texts({"access": "열람", "correct": "정정·삭제", "stop": "처리정지"})
WAYS: Mapping[str, str] = Texts({"desk": "창구", "post": "우편", "phone": "전화"})
