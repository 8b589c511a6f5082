"""Words for contracts with carriers: what each kind is called, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.wording.states import Named

#: By the names in `carriers.registry.KINDS`.
KINDS: Mapping[str, Named] = {
    "solapi": Named("솔라피(SOLAPI)", "알림톡과 문자를 한 계정으로 보냅니다."),
    "nhn": Named(
        "NHN클라우드",
        "알림톡과 문자의 앱 키가 따로 있습니다. 문자를 보내려면 문자 앱 키도 적어 주십시오.",
    ),
    "bizgo": Named("비즈고(Bizgo)", "비밀 키 하나로 알림톡과 문자를 보냅니다."),
    "sens": Named(
        "네이버클라우드 SENS",
        "결과를 먼저 알려 주지 않아 알림나루가 때마다 물어봅니다. 서비스 ID가 둘 있습니다.",
    ),
    "sandbox": Named("모의 통신사", "연습용입니다. 아무에게도 보내지 않습니다."),
}

#: By the names in `carriers.kind.Setting`: the label and what to write there.
SETTINGS: Mapping[str, Named] = {
    "kind": Named("사업자", "발송 사업자를 골라 주십시오."),
    "name": Named("계정 이름", "화면과 기록에서 이 계정을 부르는 이름입니다."),
    "base_url": Named("주소", "비우면 사업자의 본래 주소를 씁니다."),
    "profile": Named("발신 프로필", "사업자가 준 카카오톡 채널의 발신 프로필 키입니다."),
    "api_key": Named("API 키(앱 키)", "사업자의 관리 화면에서 받은 키입니다."),
    "api_secret": Named("비밀 키", "사업자의 관리 화면에서 받은 비밀 키입니다."),
    "sms_key": Named("문자 앱 키", "문자를 보내려면 적습니다."),
    "sms_secret": Named("문자 비밀 키", "문자 앱 키와 짝이 되는 비밀 키입니다."),
    "callback_secret": Named(
        "웹훅 서명 키", "결과를 알려 올 때 붙이는 서명의 키입니다. 정해 두면 꾸민 결과를 막습니다."
    ),
    "service_id": Named("알림톡 서비스 ID", "비즈메시지 프로젝트의 서비스 ID입니다."),
    "sms_service_id": Named("문자 서비스 ID", "SMS 프로젝트의 서비스 ID입니다."),
    "sms_template": Named("단문 템플릿", "글 전체를 값으로 보내는 템플릿을 만들었으면 적습니다."),
    "lms_template": Named("장문 템플릿", "글 전체를 값으로 보내는 템플릿을 만들었으면 적습니다."),
    "key_seconds": Named("중복 방지 시간(초)", "비우면 사업자가 정한 시간을 씁니다."),
    "quiet_seconds": Named("조용한 시간(초)", "비우면 기본값을 씁니다."),
    "fence_seconds": Named("예약 확인 시간(초)", "비우면 기본값을 씁니다."),
    "skew_seconds": Named("시계 차이(초)", "비우면 기본값을 씁니다."),
    "fresh_seconds": Named("서명 유효 시간(초)", "비우면 기본값을 씁니다."),
    "settle_seconds": Named("결과 정리 시간(초)", "비우면 기본값을 씁니다."),
}
