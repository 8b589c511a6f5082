"""Words for residents, on their own page, and for the tasks that come of it."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.consent import Choice
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.retention import RetentionClass
from alimnaru.rules.topics import Topic
from alimnaru.wording.language import Texts
from alimnaru.wording.states import Named

#: What a topic is called, and what belongs to it.
TOPICS: Mapping[Topic, Named] = {
    Topic.LIBRARY: Named("도서관", "예약도서, 반납예정일, 연체, 희망도서 안내"),
    Topic.HEALTH: Named("보건소·건강", "검사와 접종, 상담 예약, 증명서 발급 안내"),
    Topic.WELFARE: Named("복지·돌봄", "복지 신청 결과와 방문 일정 안내"),
    Topic.CLASSES: Named("강좌·추첨", "개강, 자치 프로그램, 추첨 결과 안내"),
    Topic.EVENTS: Named("행사", "신청하신 행사와 교육 안내"),
    Topic.CANCELLED: Named("긴급 취소·휴관", "신청하신 행사나 시설이 갑자기 열리지 않을 때의 안내"),
    Topic.FACILITIES: Named("체육·문화시설 예약", "예약 확정과 취소, 대기 순서 안내"),
    Topic.PETITIONS: Named("민원", "민원 접수와 처리, 발급물 수령 안내"),
    Topic.TAX: Named("세금", "납부 기간과 전자문서 도착 안내"),
    Topic.PARKING: Named("주차", "단속 사전알림, 거주자우선주차, 사전통지서 안내"),
    Topic.CIVIL_DEFENCE: Named("민방위", "교육 소집과 통지서 안내"),
    Topic.WASTE: Named("대형폐기물", "배출 접수와 수거 안내"),
    Topic.JOBS: Named("일자리", "공공일자리 선발 결과 안내"),
    Topic.OTHER: Named("그 밖의 안내", "위에 없는 구청 안내"),
}

#: What is kept alike, for whoever reads how long.
RETENTIONS: Mapping[RetentionClass, str] = Texts(
    {
        RetentionClass.ORDINARY: "예약, 대출, 강좌 같은 일상 안내",
        RetentionClass.LONG: "요금, 과태료, 신청 결과처럼 나중에 다시 묻는 안내",
        RetentionClass.EVIDENCE: "법이 알리라고 정한 안내",
        RetentionClass.SENSITIVE: "보건과 복지 안내",
    }
)

#: As residents call it: shorter than what the staff read.
WAYS: Mapping[Choice, str] = Texts(
    {Choice.KAKAO: "카카오톡", Choice.SMS: "문자", Choice.STOP: "받지 않음"}
)

#: What became of a message, for whoever it was meant for.
ENDS: Mapping[MessageState, str] = Texts(
    {
        MessageState.PENDING: "보내는 중",
        MessageState.DELIVERED: "도착함",
        MessageState.FAILED: "닿지 않음",
        MessageState.SUPPRESSED: "보내지 않음",
        MessageState.CANCELLED: "취소됨",
        MessageState.EXPIRED: "때가 지나 보내지 않음",
        MessageState.UNKNOWN: "결과를 확인하는 중",
    }
)

#: By `Task.Kind`: what it is called, and what to do.
TASKS: Mapping[str, Named] = {
    "wrong_person": Named(
        "내 안내가 아니라고 함",
        "받은 분이 자기 안내가 아니라고 했습니다. 이 번호로는 그 안내에 적힌 분에게 더 보내지 "
        "않습니다. 메시지를 열어 누구에게 보낸 것인지 보고, 업무 시스템의 번호를 바로잡은 뒤 다른 "
        "방법으로 알려 주십시오.",
    ),
    "source_failing": Named(
        "연계한 시스템을 읽지 못함",
        "업무 시스템에서 알릴 것을 읽어 오지 못하고 있습니다. 연계 상태를 보고, 그 시스템의 "
        "담당자에게 알려 주십시오.",
    ),
    "webhook_failing": Named(
        "결과를 돌려주지 못함",
        "다른 프로그램이 발송 결과를 받지 않고 있습니다. 받는 주소와 그 프로그램의 상태를 확인해 "
        "주십시오.",
    ),
    "rule_surge": Named(
        "알릴 대상이 평소보다 많음",
        "알림 규칙이 찾은 대상이 평소보다 훨씬 많아 보내지 않고 기다립니다. 대상이 맞는지 확인하고 "
        "보낼지 정해 주십시오.",
    ),
    "access_review": Named(
        "접속기록을 점검하지 않음",
        "지난달의 접속기록을 아직 아무도 점검하지 않았습니다. 개인정보를 다루는 곳은 매달 한 번 "
        "점검해야 합니다. 점검 화면에서 눈에 띄는 것을 확인하고 서명해 주십시오.",
    ),
    "budget_low": Named(
        "예산 한도의 80%를 씀",
        "정해 둔 예산 한도의 80%를 썼습니다. 한도에 닿으면 긴급 안내를 뺀 발송이 멈춥니다. 남은 "
        "발송 계획을 보고, 모자라면 한도를 늘려 주십시오.",
    ),
    "budget_spent": Named(
        "예산 한도에 닿음",
        "예산 한도에 닿아 긴급 안내를 뺀 발송이 기다립니다. 한도를 늘리면 곧 이어지고, 그대로 두면 "
        "다음 날이나 다음 달에 저절로 이어집니다. 유효 시간이 지나면 보내지 않고 끝납니다.",
    ),
}
