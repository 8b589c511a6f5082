"""Words for `rules.access`: what was done with residents' data."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.access import Access
from alimnaru.wording.states import Named

ACCESSES: Mapping[Access, Named] = {
    Access.MESSAGE: Named("메시지 한 건을 봄", "주민 한 분에게 보낸 메시지를 보았습니다."),
    Access.ROWS: Named("보낸 명단을 봄", "보낸 분들의 이름과 전화번호를 가린 채로 보았습니다."),
    Access.DRAFT: Named("보낼 명단을 봄", "보내기 전인 명단의 행을 가린 채로 보았습니다."),
    Access.WISHES: Named("수신 설정을 봄", "전화번호에 적힌 수신 설정을 보았습니다."),
    Access.GUARDIANS: Named("보호자 목록을 봄", "보호자의 전화번호를 가린 채로 보았습니다."),
    Access.INCIDENT: Named("유출 사고의 대상을 봄", "유출 사고에 해당하는 분들을 보았습니다."),
    Access.FIND: Named("전화번호로 찾음", "전화번호 하나로 주민 한 분의 기록을 찾았습니다."),
    Access.EXPORT: Named("파일로 받음", "이름과 전화번호가 든 파일을 받았습니다."),
    Access.SEND: Named("보냄", "명단의 분들에게 알림을 보냈거나 보내 달라고 했습니다."),
    Access.PROGRAM: Named("시스템이 보냄", "연계한 시스템이나 알림 규칙이 알림을 보냈습니다."),
    Access.ENTER: Named("적거나 고침", "주민의 정보나 명단을 적거나 고치거나 지웠습니다."),
    Access.REQUEST: Named("열람 요구에 답함", "본인의 열람 요구에 답하는 파일을 만들었습니다."),
}
