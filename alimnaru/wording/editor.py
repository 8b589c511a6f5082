"""Words for what a wording is made of: message types, emphases, buttons, kinds of variables."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.template import ButtonKind, Emphasis, MessageType
from alimnaru.rules.variables import Kind
from alimnaru.wording.states import Named

_T = MessageType
MESSAGE_TYPES: Mapping[MessageType, Named] = {
    _T.BA: Named("기본형", "본문만 보냅니다."),
    _T.EX: Named("부가 정보형", "본문 아래에 모든 분께 같은 부가 정보를 붙입니다."),
    _T.AD: Named("채널 추가형", "본문 아래에 채널을 추가해 달라는 글과 버튼을 붙입니다."),
    _T.MI: Named("복합형", "부가 정보와 채널 추가를 함께 붙입니다."),
}

_E = Emphasis
EMPHASES: Mapping[Emphasis, Named] = {
    _E.NONE: Named("강조 없음", "본문만 보입니다."),
    _E.TEXT: Named("글 강조", "본문 위에 큰 제목과 보조 문구가 보입니다."),
    _E.IMAGE: Named("그림 강조", "본문 위에 가로와 세로가 2:1인 그림이 보입니다."),
    _E.ITEM_LIST: Named("항목 목록", "본문 위에 이름과 값이 짝을 이룬 줄들이 보입니다."),
}

_B = ButtonKind
BUTTONS: Mapping[ButtonKind, Named] = {
    _B.WL: Named("웹 주소", "누르면 누리집이 열립니다."),
    _B.TN: Named("전화", "누르면 전화를 겁니다."),
    _B.AC: Named("채널 추가", "누르면 우리 채널을 추가합니다."),
    _B.AL: Named("앱 주소", "누르면 앱이 열립니다."),
    _B.DS: Named("배송 조회", "본문의 송장 번호로 배송을 조회합니다."),
    _B.BK: Named("봇에 낱말 보내기", "버튼의 이름을 챗봇에게 보냅니다."),
    _B.MD: Named("상담원에게 전달", "받은 글을 상담원에게 전달합니다."),
    _B.BC: Named("상담 시작", "상담 대화로 바뀝니다."),
    _B.BT: Named("챗봇 시작", "챗봇 대화로 바뀝니다."),
    _B.BF: Named("비즈니스폼", "카카오톡 안의 예약, 설문, 응모 화면이 열립니다."),
    _B.P1: Named("보안 그림 전송", "카카오톡 안에서 신분증 같은 그림을 안전하게 받습니다."),
    _B.P2: Named("개인정보 이용", "카카오톡 안에서 개인정보 이용 동의를 받습니다."),
    _B.P3: Named("한 번에 결제", "카카오톡 안에서 결제합니다."),
}

#: What each kind of variable is called, and an invented value as residents would read it.
KINDS: Mapping[Kind, Named] = {
    Kind.PERSON: Named("사람 이름", "김*루"),
    Kind.DATE_LONG: Named("날짜", "2026. 11. 25.(수)"),
    Kind.DATE_SHORT: Named("짧은 날짜", "11/25(수)"),
    Kind.TIME: Named("시각", "14:00"),
    Kind.DATETIME: Named("날짜와 시각", "2026. 11. 25.(수) 14:00"),
    Kind.DATE_RANGE: Named("기간", "2026. 11. 25.(수) ~ 2026. 11. 30.(월)"),
    Kind.INTEGER: Named("수", "3"),
    Kind.PHONE: Named("사무실 전화", "02-555-0101"),
    Kind.ENUM: Named("정해진 값", "나루중앙도서관"),
    Kind.ENUM_SHORT: Named("정해진 짧은 값", "중앙"),
    Kind.TEXT: Named("글", "자료실 안내대"),
    Kind.TITLE: Named("제목(길면 자름)", "나루터의 사계절…"),
    Kind.PLACE: Named("곳", "2층 종합자료실"),
    Kind.DEPARTMENT: Named("부서", "민원여권과"),
    Kind.STAFF: Named("담당자", "김담당"),
    Kind.CODE: Named("번호", "A-2026-0012"),
    Kind.CODE_TAIL: Named("번호 끝 네 자리", "0012"),
    Kind.PLATE_TAIL: Named("차량 번호 끝 네 자리", "3456"),
}
