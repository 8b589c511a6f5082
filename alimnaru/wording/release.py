"""Words for what makes a release safe: risks, audiences, slides, first slices, who may do what."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.audience import Audience, AudienceFault, Origin
from alimnaru.rules.first_slice import SliceReason, SliceVerdict
from alimnaru.rules.release import ReleaseFault, Risk
from alimnaru.rules.rights import Right
from alimnaru.rules.shifted import ShiftFault, Slide
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

RISKS: Mapping[Risk, Named] = {
    Risk.BIG: Named("많은 사람", "받는 분이 많습니다. 명단과 완성된 글을 살펴 주십시오."),
    Risk.VERY_BIG: Named(
        "아주 많은 사람", "받는 분이 아주 많습니다. 명단과 완성된 글을 살펴 주십시오."
    ),
    Risk.ALWAYS_TWO: Named(
        "두 분 승인 업무", "여러 사람에게 보낼 때 두 분의 승인을 받기로 정한 알림입니다."
    ),
    Risk.SENSITIVE: Named(
        "민감한 내용", "건강이나 복지처럼 드러나면 안 되는 일을 알립니다. 받는 분을 살펴 주십시오."
    ),
    Risk.FIRST_USE: Named(
        "처음 쓰는 문안", "한 번도 보낸 적이 없는 문안입니다. 완성된 글을 읽어 주십시오."
    ),
    Risk.OFF_HOURS: Named(
        "근무 시간 밖",
        "밤이나 쉬는 날에 나갑니다. 잘못되어도 바로잡을 사람이 적으니 살펴 주십시오.",
    ),
    Risk.REPEATED: Named(
        "같은 발송", "같은 명단에 같은 문안을 얼마 전에 보냈습니다. 두 번 보내는지 확인해 주십시오."
    ),
    Risk.SURGE: Named(
        "평소보다 많음", "이 알림을 평소 받던 사람 수보다 훨씬 많습니다. 명단을 확인해 주십시오."
    ),
}

RELEASE_FAULTS: Mapping[ReleaseFault, Words] = {
    ReleaseFault.OWN_BATCH: Words(
        "자신이 요청한 발송은 스스로 승인할 수 없습니다.", "다른 승인자에게 부탁해 주십시오."
    ),
    ReleaseFault.APPROVED_ALREADY: Words(
        "이 발송을 이미 승인하셨습니다. 두 번째 승인은 다른 분이 해야 합니다.",
        "다른 승인자에게 부탁해 주십시오.",
    ),
}

AUDIENCES: Mapping[Audience, Named] = {
    Audience.RESIDENTS: Named("주민", "주민에게 보내는 알림입니다."),
    Audience.MEMBERS: Named("회원·수강생", "강좌나 시설, 모임에 등록한 분에게 보내는 알림입니다."),
    Audience.STAFF: Named("직원", "직원이나 위원, 통장에게 보내는 업무 연락입니다."),
}

ORIGINS: Mapping[Origin, Named] = {
    Origin.LIST: Named("명단 파일", "올린 명단으로 보냅니다."),
    Origin.ONE: Named("한 사람", "한 사람의 정보를 적어 보냅니다."),
    Origin.SAVED: Named("저장한 명단", "저장해 둔 명단으로 보냅니다."),
    Origin.CORRECTION: Named("정정", "잘못 나간 알림을 받은 분에게만 바로잡아 보냅니다."),
    Origin.API: Named("다른 시스템", "다른 업무 시스템이 요청하여 보냅니다."),
    Origin.RULE: Named("자동 발송", "정해 둔 규칙에 따라 저절로 보냅니다."),
    Origin.AGENT: Named("문자 테이블", "다른 시스템이 문자 테이블에 넣은 것을 보냅니다."),
    Origin.GUARDIAN: Named("보호자 사본", "보호자로 등록한 분께 같은 알림을 한 통 더 보냅니다."),
    Origin.CLI: Named("명령", "관리자가 명령으로 보냅니다."),
    Origin.RESIDENT: Named("주민 페이지", "주민이 수신 설정을 바꾸어 저절로 확인을 보냅니다."),
    Origin.CANARY: Named("발송 점검", "길이 살아 있는지 기관의 전화로 확인합니다."),
}

AUDIENCE_FAULTS: Mapping[AudienceFault, Words] = {
    AudienceFault.NOT_BY_HAND: Words(
        "출생, 사망, 경조사 알림은 사람이 명단을 골라 보낼 수 없습니다. "
        "받는 분이 뒤바뀌면 돌이킬 수 없기 때문입니다.",
        "가족관계 업무 시스템에 등록된 자료로만 보내 주십시오.",
    ),
    AudienceFault.LIST_AUDIENCE_DIFFERS: Words(
        "고른 명단과 알림의 대상이 다릅니다[[(명단은 {listed}, 알림은 {wanted})]].",
        "알림에 맞는 명단을 다시 골라 주십시오.",
    ),
    AudienceFault.STAFF_AMONG_RESIDENTS: Words(
        "직원에게 보내는 알림이 아닌데, 직원 번호가 많이 들어 있습니다"
        "[[({rows}명 가운데 {people}명)]].",
        "직원 명단을 잘못 고르지 않았는지 확인해 주십시오.",
    ),
    AudienceFault.RESIDENTS_AMONG_STAFF: Words(
        "직원에게 보내는 알림인데, 직원 명부에 없는 번호가 있습니다"
        "[[({rows}명 가운데 {people}명)]].",
        "주민 명단을 잘못 고르지 않았는지 확인하고, 새 직원이면 명부에 먼저 올려 주십시오.",
    ),
}

SLIDES: Mapping[Slide, Words] = {
    Slide.DOWN: Words(
        "[[‘{columns}’ ]]열이 다른 열보다 [[{rows}행 ]]아래로 밀려 있는 것 같습니다. "
        "맨 위는 비어 있고, 맨 아래에는 그 열만 남아 있습니다.",
        "엑셀에서 이름과 번호가 같은 사람의 것인지 확인하고 다시 올려 주십시오.",
    ),
    Slide.UP: Words(
        "[[‘{columns}’ ]]열이 다른 열보다 [[{rows}행 ]]위로 밀려 있는 것 같습니다. "
        "맨 위에는 그 열만 있고, 맨 아래는 비어 있습니다.",
        "엑셀에서 이름과 번호가 같은 사람의 것인지 확인하고 다시 올려 주십시오.",
    ),
    Slide.TAIL: Words(
        "맨 아래[[ {rows}행]]에 [[‘{columns}’ ]]열만 남아 있습니다. "
        "중간에 칸이 끼어들어 그 아래가 모두 밀렸을 수 있습니다.",
        "엑셀에서 이름과 번호가 같은 사람의 것인지 확인하고 다시 올려 주십시오.",
    ),
}

SHIFT_FAULTS: Mapping[ShiftFault, Words] = {
    ShiftFault.SLID: Words(
        "[[‘{column}’ ]]열이 [[{rows}행 ]]밀려 있는 것 같습니다. 전에 보낸 기록과 맞추어 보니"
        "[[ {known}명 가운데 {agree}명만 같고]], 여러 사람의 값이 이웃한 행에 있습니다.",
        "엑셀에서 이름과 번호가 같은 사람의 것인지 확인하고 다시 올려 주십시오.",
    ),
    ShiftFault.DIFFERS: Words(
        "[[‘{column}’ ]]열이 전에 보낸 기록과 많이 다릅니다"
        "[[({known}명 가운데 {agree}명만 같음)]]. "
        "열이 밀렸거나 다른 명단의 번호가 붙었을 수 있습니다.",
        "엑셀에서 이름과 번호가 같은 사람의 것인지 확인하고 다시 올려 주십시오.",
    ),
}

VERDICTS: Mapping[SliceVerdict, Named] = {
    SliceVerdict.WAIT: Named("먼저 보낸 분 확인 중", "먼저 보낸 분의 결과를 기다리고 있습니다."),
    SliceVerdict.GO_ON: Named("나머지 발송", "먼저 보낸 결과가 좋아 나머지를 보냅니다."),
    SliceVerdict.STOP: Named(
        "자동으로 멈춤",
        "먼저 보낸 결과가 나빠 나머지를 보내지 않고 멈추었습니다. 명단과 문안을 확인해 주십시오.",
    ),
}

VERDICT_REASONS: Mapping[SliceReason, Words] = {
    SliceReason.PENDING: Words("먼저 보낸 분 가운데 결과를 모르는 분이 아직 많습니다."),
    SliceReason.REACHED: Words("먼저 보낸 분이 거의 모두 받았습니다."),
    SliceReason.HALF_REACHED: Words(
        "기다리기로 한 시간이 지났고, 먼저 보낸 분의 절반 이상에서 좋은 결과가 왔습니다."
    ),
    SliceReason.FAILED: Words(
        "먼저 보낸 분 가운데 받지 못한 분이 너무 많습니다[[({size}명 가운데 {failed}명)]].",
        "다른 명단이 아닌지, 열이 밀리지 않았는지 확인해 주십시오.",
    ),
    SliceReason.SILENT: Words(
        "기다리기로 한 시간이 지났는데도 먼저 보낸 분의 결과가 절반도 오지 않았습니다.",
        "발송 사업자의 상태를 확인한 뒤 계속하거나 취소해 주십시오.",
    ),
}

RIGHTS: Mapping[Right, Named] = {
    Right.SEE: Named("보기", "부서의 발송과 결과를 봅니다."),
    Right.SEND: Named("발송", "명단을 올리고 발송을 요청합니다."),
    Right.APPROVE: Named("승인", "다른 사람이 요청한 발송을 승인하거나 돌려보냅니다."),
    Right.WORDINGS: Named("문안 관리", "문안을 쓰고, 검토하고, 심사를 신청합니다."),
    Right.DEPARTMENT: Named("부서 관리", "부서의 사람과 역할, 저장한 명단, 예산을 관리합니다."),
    Right.SYSTEM: Named("시스템 관리", "발송 사업자 계정, 발신번호, 기관의 정책을 관리합니다."),
    Right.AUDIT: Named("감사", "누가 언제 무엇을 했는지의 기록을 봅니다."),
    Right.PRIVACY: Named("개인정보 보호", "유출 사고와 주민의 열람 요구를 맡아 처리합니다."),
}

#: By the role as `rules.rights.RIGHTS_OF` spells it.
ROLES: Mapping[str, Named] = {
    "viewer": Named("조회자", "발송과 결과를 볼 수 있습니다."),
    "writer": Named("담당자", "발송을 준비하고 요청할 수 있습니다."),
    "approver": Named("승인자", "발송을 요청하고, 다른 사람의 요청을 승인할 수 있습니다."),
    "department_manager": Named(
        "부서 관리자", "부서의 발송과 승인, 문안, 사람을 관리하고 부서의 기록을 볼 수 있습니다."
    ),
    "system_manager": Named(
        "시스템 관리자",
        "계정, 발신번호, 정책을 관리합니다. 직접 발송하거나 승인할 수는 없습니다.",
    ),
    "auditor": Named("감사자", "모든 것을 볼 수 있지만 아무것도 바꿀 수 없습니다."),
    "privacy_officer": Named(
        "개인정보 보호책임자", "접속기록을 점검하고, 유출 사고와 주민의 열람 요구를 처리합니다."
    ),
}
