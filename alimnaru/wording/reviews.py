"""Words for wordings under review: what is wrong with one, where it stands, what to know of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from alimnaru.carriers.review import Review
from alimnaru.rules.readiness import Warn
from alimnaru.rules.template_faults import TemplateFault
from alimnaru.rules.template_review import ReviewFault
from alimnaru.wording.language import Texts
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

_V = Review
STANDINGS: Mapping[Review, Named] = {
    _V.DRAFT: Named("검수 전", "사업자에 등록했고, 아직 검수를 요청하지 않았습니다."),
    _V.IN_REVIEW: Named(
        "검수 중", "카카오가 문안을 살펴보고 있습니다. 영업일로 이틀까지 걸립니다."
    ),
    _V.APPROVED: Named("승인", "카카오의 승인을 받아 보낼 수 있습니다."),
    _V.REJECTED: Named("반려", "카카오가 돌려보냈습니다. 의견을 보고 고쳐 다시 내 주십시오."),
    _V.DORMANT: Named("휴면", "1년 동안 쓰지 않아 잠들었습니다. 깨운 뒤에 보낼 수 있습니다."),
    _V.BLOCKED: Named("차단", "쓸 수 없게 막혀 있습니다. 발송 사업자에게 까닭을 물어 주십시오."),
    _V.GONE: Named("없음", "발송 사업자에 이 문안이 없습니다. 다시 내 주십시오."),
}

_R = ReviewFault
REVIEW_FAULTS: Mapping[ReviewFault, Words] = {
    _R.ADVERTISING: Words(
        "광고로 보이는 말[[ ‘{detail}’]]이 있습니다. 알림톡에는 정보만 쓸 수 있습니다.",
        "그 말을 빼거나 다른 말로 바꿔 주십시오.",
    ),
    _R.ADVERTISING_PERHAPS: Words(
        "광고로 읽힐 수 있는 말[[ ‘{detail}’]]이 있습니다.",
        "주민이 신청한 일에 관한 말인지 확인해 주십시오.",
    ),
    _R.RESIDENT_NUMBER: Words(
        "주민등록번호로 보이는 숫자가 있습니다.", "문안에는 쓸 수 없으니 지워 주십시오."
    ),
    _R.MOBILE_NUMBER: Words(
        "개인의 휴대전화 번호가 문안에 적혀 있습니다.", "사무실 번호나 대표번호로 바꿔 주십시오."
    ),
    _R.EMAIL: Words(
        "우리 기관의 것이 아닌 전자우편 주소가 있습니다.", "지우거나 기관의 주소로 바꿔 주십시오."
    ),
    _R.REASON_MISSING: Words(
        "왜 이 알림을 받는지 알려 주는 줄이 없습니다. 카카오가 돌려보냅니다.",
        "‘※ 도서를 예약하신 분께 보내는 안내입니다.’처럼 한 줄을 넣어 주십시오.",
    ),
    _R.LINK_NOT_ALLOWED: Words(
        "기관이 쓰기로 정한 곳이 아닌 주소로 이어집니다[[: {detail}]].",
        "기관 설정의 주소로 바꾸거나, 꼭 필요하면 시스템 관리자에게 허용을 요청해 주십시오.",
    ),
    _R.LINK_OPEN: Words(
        "변수가 주소를 통째로 정하게 되어 있어 어디로 이어질지 알 수 없습니다.",
        "기관의 주소를 적고 변수는 그 뒤에만 써 주십시오.",
    ),
    _R.LINK_PLAIN: Words(
        "암호화하지 않는 주소(http)입니다.", "https로 시작하는 주소를 써 주십시오."
    ),
    _R.LINK_IN_TEXT_MESSAGE: Words(
        "문자에 인터넷 주소가 있습니다. 사칭 문자와 구별되지 않습니다.", "주소를 지워 주십시오."
    ),
    _R.VARIABLE_UNKNOWN: Words(
        "문안에 쓴 변수[[ ‘{detail}’]]이(가) 변수 목록에 없습니다.",
        "변수 목록에 추가하거나 문안에서 빼 주십시오.",
    ),
    _R.VARIABLE_UNUSED: Words(
        "변수[[ ‘{detail}’]]이(가) 문안 어디에도 쓰이지 않습니다.", "필요 없으면 빼 주십시오."
    ),
    _R.VARIABLE_UNBOUNDED: Words(
        "변수[[ ‘{detail}’]]의 길이 한도가 없어 글이 넘칠 수 있습니다.",
        "한도(max)를 정해 주십시오.",
    ),
    _R.VARIABLE_LOOSE: Words(
        "변수[[ ‘{detail}’]]에 긴 글을 마음대로 쓸 수 있어 카카오가 돌려보낼 수 있습니다.",
        "한도를 40자 아래로 줄이거나 정해진 값만 받게 해 주십시오.",
    ),
    _R.VARIABLE_RESERVED: Words(
        "알림나루가 스스로 채우는 이름[[ ‘{detail}’]]은 변수로 쓸 수 없습니다.",
        "변수 목록에서 빼 주십시오. 문안에는 그대로 쓸 수 있습니다.",
    ),
    _R.OWN_LINK_IN_TEXT: Words(
        "변수 ‘알림번호’가 읽는 글에 있습니다. 버튼의 주소에만 쓸 수 있습니다.",
        "글에서 지우고 버튼의 주소 끝에 써 주십시오.",
    ),
    _R.OWN_CODE_IN_LINK: Words(
        "변수 ‘확인코드’가 버튼의 주소에 있습니다. 주민이 읽는 글에만 쓸 수 있습니다.",
        "주소에는 ‘알림번호’를 써 주십시오.",
    ),
    _R.VALUE_GROWS: Words(
        "값이 변수 이름보다 14자 넘게 길어질 수 있습니다[[: {detail}]]. "
        "새 발신 프로필로는 그런 값이 든 알림톡이 나가지 않습니다.",
        "프로필을 만든 첫 달에 쓸 문안이면 변수 이름을 길게 지어 주십시오.",
    ),
    _R.VALUE_GROWS_TOO_FAR: Words(
        "값이 언제나 변수 이름보다 14자 넘게 길어[[({detail})]] "
        "새 발신 프로필로는 보낼 수 없습니다.",
        "변수 이름을 길게 짓거나 변수를 나누거나, 프로필의 첫 달이 지난 뒤 내 주십시오.",
    ),
    _R.TEXT_MESSAGE_TOO_LONG: Words(
        "값이 가장 길 때 문자의 한도를 넘습니다[[({detail}바이트)]].", "글을 줄여 주십시오."
    ),
    _R.TEXT_MESSAGE_UNPRINTABLE: Words(
        "문자로 보낼 수 없는 글자[[ ‘{detail}’]]이(가) 있습니다.", "다른 글자로 바꿔 주십시오."
    ),
    _R.TEXT_MESSAGE_RISKY: Words(
        "일부 통신사에서 물음표로 보이는 글자[[ ‘{detail}’]]이(가) 있습니다.",
        "다른 글자로 바꾸는 것이 좋습니다.",
    ),
    _R.FALLBACK_MISSING: Words(
        "알림톡이 닿지 않을 때 보낼 문자의 글이 없습니다.",
        "문자도 보내는 알림이면 글을 적어 주십시오.",
    ),
    _R.CATEGORY_BAD: Words(
        "카카오의 분류 번호가 아닙니다[[: {detail}]].", "여섯 자리 숫자를 적어 주십시오."
    ),
    _R.CATEGORY_OTHER: Words(
        "분류가 ‘기타’(999999)여서 카카오가 맨 나중에 살펴봅니다.",
        "알맞은 분류 번호를 적으면 더 빨리 끝납니다.",
    ),
}

_T = TemplateFault
TEMPLATE_FAULTS: Mapping[TemplateFault, Words] = {
    _T.TOO_LONG: Words("글이 한도보다 깁니다[[({detail}자)]].", "글을 줄여 주십시오."),
    _T.HAS_VARIABLE: Words(
        "변수를 쓸 수 없는 자리에 변수[[ ‘{detail}’]]이(가) 있습니다.", "변수를 빼 주십시오."
    ),
    _T.MARK_MALFORMED: Words(
        "변수의 기호가 잘못되어 그대로 보이게 됩니다.",
        "우물 정 자와 중괄호로 이름을 감싸 주십시오.",
    ),
    _T.VARIABLE_NAME_BAD: Words(
        "쓸 수 없는 변수 이름입니다[[: {detail}]].",
        "마침표와 ‘@’, 앞뒤의 빈칸을 빼 주십시오.",
    ),
    _T.CONTROL_CHARACTER: Words(
        "보이지 않는 글자가 들어 있습니다.", "그 줄을 지우고 다시 적어 주십시오."
    ),
    _T.VARIABLES_TOO_MANY: Words(
        "변수가 너무 많습니다[[({detail}개)]].", "변수를 40개까지로 줄여 주십시오."
    ),
    _T.BODY_MISSING: Words("본문이 비어 있습니다.", "본문을 적어 주십시오."),
    _T.BODY_ONLY_VARIABLES: Words(
        "본문이 변수로만 되어 있습니다.", "바뀌지 않는 글을 함께 적어 주십시오."
    ),
    _T.EXTRA_MISSING: Words(
        "부가 정보가 비어 있습니다.", "부가 정보를 적거나 유형을 바꿔 주십시오."
    ),
    _T.EXTRA_FORBIDDEN: Words(
        "이 유형에는 부가 정보를 쓸 수 없습니다.", "부가 정보를 빼거나 유형을 바꿔 주십시오."
    ),
    _T.TITLE_MISSING: Words("강조 제목이 비어 있습니다.", "강조 제목을 적어 주십시오."),
    _T.TITLE_FORBIDDEN: Words(
        "이 강조 유형에는 강조 제목을 쓸 수 없습니다.", "강조 제목을 빼 주십시오."
    ),
    _T.SUBTITLE_MISSING: Words("강조 보조 문구가 비어 있습니다.", "보조 문구를 적어 주십시오."),
    _T.SUBTITLE_FORBIDDEN: Words(
        "이 강조 유형에는 보조 문구를 쓸 수 없습니다.", "보조 문구를 빼 주십시오."
    ),
    _T.STRIKE_IN_TEMPLATE: Words(
        "취소선 표시는 문안에 넣을 수 없습니다.", "보낼 때 값으로 넣어 주십시오."
    ),
    _T.IMAGE_MISSING: Words("그림이 없습니다.", "그림을 올리거나 강조 유형을 바꿔 주십시오."),
    _T.IMAGE_FORBIDDEN: Words("이 강조 유형에는 그림을 쓸 수 없습니다.", "그림을 빼 주십시오."),
    _T.IMAGE_INCOMPLETE: Words(
        "그림의 이름과 주소 가운데 하나가 없습니다.", "둘 다 적어 주십시오."
    ),
    _T.ITEM_LIST_EMPTY: Words(
        "항목 목록이 비어 있습니다.", "머리말, 강조 항목, 목록, 그림 가운데 하나를 넣어 주십시오."
    ),
    _T.ITEM_LIST_FORBIDDEN: Words(
        "이 강조 유형에는 항목 목록을 쓸 수 없습니다.", "항목을 빼거나 강조 유형을 바꿔 주십시오."
    ),
    _T.ITEM_LIST_SECURITY: Words(
        "항목 목록이 있는 문안은 보안 문안이 될 수 없습니다.", "둘 가운데 하나를 빼 주십시오."
    ),
    _T.HIGHLIGHT_INCOMPLETE: Words(
        "강조 항목의 제목이나 설명이 비어 있습니다.", "둘 다 적어 주십시오."
    ),
    _T.ITEMS_TOO_FEW: Words("목록의 항목이 너무 적습니다[[({detail})]].", "둘 이상 적어 주십시오."),
    _T.ITEMS_TOO_MANY: Words(
        "목록의 항목이 너무 많습니다[[({detail})]].", "열까지로 줄여 주십시오."
    ),
    _T.ITEM_INCOMPLETE: Words("항목의 제목이나 설명이 비어 있습니다.", "둘 다 적어 주십시오."),
    _T.SUMMARY_WITHOUT_ITEMS: Words(
        "목록이 없는데 합계가 있습니다.", "목록을 적거나 합계를 빼 주십시오."
    ),
    _T.SUMMARY_INCOMPLETE: Words("합계의 제목이나 값이 비어 있습니다.", "둘 다 적어 주십시오."),
    _T.SUMMARY_NOT_AN_AMOUNT: Words(
        "합계에는 숫자와 통화 기호만 쓸 수 있습니다.", "‘원’ 같은 글자를 빼 주십시오."
    ),
    _T.BUTTONS_TOO_MANY: Words("버튼이 너무 많습니다[[({detail})]].", "다섯까지로 줄여 주십시오."),
    _T.BUTTONS_WITH_QUICK_REPLIES: Words(
        "바로연결이 있으면 버튼은 둘까지입니다[[({detail})]].", "버튼을 줄여 주십시오."
    ),
    _T.QUICK_REPLIES_TOO_MANY: Words(
        "바로연결이 너무 많습니다[[({detail})]].", "열까지로 줄여 주십시오."
    ),
    _T.QUICK_REPLY_KIND: Words(
        "바로연결로 쓸 수 없는 종류입니다[[: {detail}]].", "다른 종류로 바꿔 주십시오."
    ),
    _T.NAME_MISSING: Words("이름이 비어 있습니다.", "이름을 적어 주십시오."),
    _T.NAME_FIXED: Words(
        "이 종류의 버튼은 이름이 정해져 있습니다[[: {detail}]].", "정해진 이름으로 바꿔 주십시오."
    ),
    _T.CHANNEL_BUTTON_MISSING: Words(
        "채널 추가 버튼이 없습니다.", "채널 추가 버튼을 맨 앞에 넣거나 유형을 바꿔 주십시오."
    ),
    _T.CHANNEL_BUTTON_FORBIDDEN: Words(
        "이 유형에는 채널 추가 버튼을 쓸 수 없습니다.", "버튼을 빼거나 유형을 바꿔 주십시오."
    ),
    _T.BUTTON_NOT_FIRST: Words("이 버튼은 맨 앞에만 올 수 있습니다.", "순서를 바꿔 주십시오."),
    _T.CHAT_NOT_ENABLED: Words(
        "상담이나 챗봇을 쓰지 않는 채널에서는 쓸 수 없습니다.", "다른 종류로 바꿔 주십시오."
    ),
    _T.FIELD_MISSING: Words("이 버튼에 꼭 있어야 하는 값이 없습니다.", "값을 적어 주십시오."),
    _T.FIELD_FORBIDDEN: Words("이 버튼에는 쓸 수 없는 값입니다.", "값을 빼 주십시오."),
    _T.APP_LINKS_TOO_FEW: Words(
        "앱 링크 버튼에는 주소가 둘 이상 있어야 합니다.", "주소를 더 적어 주십시오."
    ),
    _T.LINK_BAD: Words("주소의 꼴이 맞지 않습니다.", "https://로 시작하는 주소를 적어 주십시오."),
    _T.TEL_BAD: Words("전화번호의 꼴이 맞지 않습니다.", "숫자와 줄표로 14자까지 적어 주십시오."),
}

_W = Warn
WARNINGS: Mapping[Warn, Words] = {
    _W.SAME_PEOPLE: Words(
        "[[한 분께 여러 통이 갑니다. ]]{people}분이 명단에 두 번 이상 있습니다[[(모두 {rows}행)]].",
        "한 분을 한 행으로 모아 다시 올리면 한 통만 보냅니다.",
    ),
    _W.TEMPLATE_UNAPPROVED: Words(
        "이 문안은 아직 어느 계정에서도 승인되지 않아, 보내면 승인될 때까지 기다립니다.",
        "문안 화면에서 어디까지 왔는지 확인해 주십시오.",
    ),
    _W.TEMPLATE_DORMANT: Words(
        "[[{notice} ]]문안이 {account}에서 휴면 상태라 보낼 수 없습니다.",
        "문안 화면에서 깨워 주십시오.",
    ),
    _W.TEMPLATE_BLOCKED: Words(
        "[[{notice} ]]문안이 {account}에서 차단되어 보낼 수 없습니다.",
        "발송 사업자에게 까닭을 물어 주십시오.",
    ),
    _W.TEMPLATE_GONE: Words(
        "[[{notice} ]]문안이 {account}에 없어 그 계정으로는 보낼 수 없습니다.",
        "문안 화면에서 다시 심사를 요청해 주십시오.",
    ),
    _W.TEMPLATE_SLEEPY: Words(
        "[[{notice} ]]문안을 {account}에서 오래 쓰지 않아[[ {days}일 뒤면]] 휴면이 됩니다.",
        "계속 쓸 문안이면 그 전에 한 번 보내 주십시오.",
    ),
    _W.TEMPLATE_ONE_ACCOUNT: Words(
        "이 문안은 {account}에서만 승인되어, 그 사업자에 장애가 나면 다른 길이 없습니다.",
        "문안 화면에서 다른 계정에도 심사를 요청해 주십시오.",
    ),
    _W.TEMPLATE_NEWER_WAITS: Words(
        "고친 문안[[({version}판)]]은 아직 검수 중이어서 "
        "지금은 예전 문안[[({sending}판)]]으로 나갑니다.",
        "새 문안으로 보내려면 승인을 기다려 주십시오.",
    ),
    _W.TEMPLATE_NEWER_REJECTED: Words(
        "고친 문안[[({version}판)]]이 반려되어 지금은 예전 문안[[({sending}판)]]으로 나갑니다.",
        "문안 화면에서 반려된 까닭을 확인해 주십시오.",
    ),
    _W.PROFILE_DORMANT: Words(
        "{account}의 카카오톡 발신 프로필이 휴면 상태라 알림톡이 나가지 않습니다.",
        "발송 사업자의 관리 화면에서 휴면을 풀어 주십시오.",
    ),
    _W.PROFILE_BLOCKED: Words(
        "{account}의 카카오톡 발신 프로필이 차단되어 알림톡이 나가지 않습니다.",
        "발송 사업자에게 까닭을 물어 주십시오.",
    ),
    _W.PROFILE_GONE: Words(
        "{account}에 이 카카오톡 발신 프로필이 없어 알림톡이 나가지 않습니다.",
        "계정에 적은 프로필을 확인해 주십시오.",
    ),
    _W.PROFILE_CAP: Words(
        "{account}의 발신 프로필은 새것이어서 하루에 {cap}건까지만 보낼 수 있는데, "
        "오늘 이미 {sent}건을 보냈고 {waiting}건이 더 나가려 합니다.",
        "명단을 나누어 며칠에 걸쳐 보내거나 다른 계정을 써 주십시오.",
    ),
    _W.PROFILE_GROWTH: Words(
        "{account}의 발신 프로필은 새것이어서 긴 값이 든 {rows}명의 알림톡을 "
        "카카오가 거절할 수 있습니다.",
        "값을 줄일 수 있으면 줄이고, 아니면 프로필의 첫 달이 지난 뒤 보내 주십시오.",
    ),
}

#: The parts of a wording.
PARTS: Mapping[str, str] = Texts(
    {
        "body": "본문",
        "title": "강조 제목",
        "subtitle": "강조 보조 문구",
        "extra": "부가 정보",
        "header": "머리말",
        "highlight": "강조 항목",
        "items": "항목",
        "summary": "합계",
        "buttons": "버튼",
        "quick_replies": "바로연결",
        "represent_link": "대표 링크",
        "image": "그림",
        "variables": "변수",
        "security": "보안",
        "category": "분류",
        "message_type": "유형",
        "emphasis": "강조 유형",
        "sms": "문자",
        "lms": "긴 문자",
        "mms": "그림 문자",
        "lms_subject": "긴 문자 제목",
        "name": "이름",
        "description": "설명",
        "thumbnail": "작은 그림",
        "link_mobile": "모바일 주소",
        "link_pc": "PC 주소",
        "scheme_android": "안드로이드 앱 주소",
        "scheme_ios": "아이폰 앱 주소",
        "tel": "전화번호",
        "chat_extra": "상담 정보",
        "chat_event": "봇 이벤트",
        "plugin_id": "플러그인",
        "biz_form_id": "비즈니스폼",
        "outside": "바깥에서 열기",
        "url": "주소",
        "type": "종류",
    }
)
#: The same words inside another part.
INSIDE: Mapping[str, str] = Texts({"title": "제목", "name": "이름"})
_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


def part_name(where: str) -> str:
    """'buttons[0].link_mobile' as people say it: '버튼 1 · 모바일 주소'."""
    names = []
    for depth, step in enumerate(where.split(".")):
        match = _STEP.fullmatch(step)
        word, at = (match[1], match[2]) if match else (step, None)
        name = (INSIDE.get(word) if depth else None) or PARTS.get(word, word)
        names.append(name if at is None else f"{name} {int(at) + 1}")
    return " · ".join(names)
