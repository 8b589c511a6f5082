"""Words for `rules.outcomes.Result`: what became of a try. What to do about it is in `steps`."""

from __future__ import annotations

from alimnaru.rules.outcomes import Result
from alimnaru.wording.language import Texts

_R = Result

RESULTS: Texts[Result] = Texts(
    {
        _R.ACCEPTED: "발송 사업자가 받았고, 결과를 기다리고 있습니다.",
        _R.IN_TRANSIT: "전달하는 중입니다.",
        _R.DELIVERED: "전달되었습니다.",
        _R.NOT_A_USER: "이 번호로 카카오톡을 쓰지 않습니다.",
        _R.BLOCKED: "주민이 우리 기관의 알림톡을 차단해 두었습니다.",
        _R.UNREACHABLE_ON_KAKAO: "카카오톡으로 받을 수 없는 상태입니다(휴면 등).",
        _R.KAKAO_TOO_OLD: "주민의 카카오톡이 오래되어 알림톡을 표시하지 못합니다.",
        _R.CARRIER_DOWN: "발송 사업자의 시스템에 장애가 있었고, 다시 시도해도 전달하지 못했습니다.",
        _R.HANDSET_BUSY: "통신사가 여러 번 시도했지만 휴대전화가 받지 못하는 상태였습니다.",
        _R.HANDSET_OFF: "휴대전화가 오래 꺼져 있거나 통화권 밖에 있었습니다.",
        _R.HANDSET_FULL: "휴대전화의 문자 보관함이 가득 차 있었습니다.",
        _R.HANDSET_CANNOT: "문자를 받을 수 없는 휴대전화입니다.",
        _R.NO_ROUTE: "통신사로 가는 길에 문제가 있어, 다시 시도해도 전달하지 못했습니다.",
        _R.NUMBER_WRONG: "없는 번호입니다(결번).",
        _R.NUMBER_SUSPENDED: "사용이 정지된 번호입니다.",
        _R.TEMPLATE_MISMATCH: "보낸 글이 카카오에 승인된 문안과 달라 거절되었습니다.",
        _R.TEMPLATE_MISSING: "카카오에 등록되지 않은 문안이어서 거절되었습니다.",
        _R.CHANNEL_REFUSED: "카카오톡 채널(발신 프로필)을 쓸 수 없어 거절되었습니다.",
        _R.SENDER_REFUSED: "등록되지 않은 발신번호여서 거절되었습니다.",
        _R.REQUEST_WRONG: "발송 요청의 형식이 맞지 않아 거절되었습니다.",
        _R.TEXT_REFUSED: "글의 길이나 글자 때문에 거절되었습니다.",
        _R.ACCOUNT_REFUSED: "발송 사업자가 우리 계정을 거절했습니다.",
        _R.BALANCE_EMPTY: "발송 사업자에 남은 금액이 없어 거절되었습니다.",
        _R.REFUSED_BY_RESIDENT: "주민이 통신사에 수신 거부를 신청한 번호입니다.",
        _R.SPAM_BLOCKED: "통신사가 스팸으로 보고 차단했습니다.",
        _R.DUPLICATE: "발송 사업자가 같은 번호로 가는 중복으로 보고 보내지 않았습니다.",
        _R.TIMED_OUT: "정해진 시간 안에 결과가 오지 않아, 전달되었는지 알 수 없습니다.",
        _R.MAY_ARRIVE_LATER: "아직 전달되지 않았지만 늦게 도착할 수 있습니다.",
        _R.UNRECOGNISED: "발송 사업자의 답을 알아볼 수 없어, 전달되었는지 알 수 없습니다.",
    }
)

#: Written by `flow.fallback` about a try that nobody answered.
SILENT = "정해진 시간 안에 답이 없어 다음 방법으로 넘어갔습니다."
