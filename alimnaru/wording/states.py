"""Screen words for states, channels and lanes, each with a sentence that explains it."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.channel import Channel, Lane, Priority
from alimnaru.rules.lifecycle import ChunkState, MessageState
from alimnaru.rules.unknowns import Choice
from alimnaru.wording.language import said


class Named(tuple[str, str]):
    """A word for a column or a badge, and what it means: Korean as a tuple, its properties in the
    reader's language."""

    __slots__ = ()

    def __new__(cls, label: str, meaning: str) -> Named:
        return super().__new__(cls, (label, meaning))

    @property
    def label(self) -> str:
        """The word."""
        return said(self[0])

    @property
    def meaning(self) -> str:
        """A sentence about it."""
        return said(self[1])


_M = MessageState
MESSAGES: Mapping[MessageState, Named] = {
    _M.PENDING: Named("진행 중", "보낼 차례이거나 결과를 기다리고 있습니다."),
    _M.DELIVERED: Named("전달", "주민의 휴대전화에 전달되었습니다."),
    _M.FAILED: Named("실패", "전달하지 못했습니다. 못 받은 까닭을 확인해 주십시오."),
    _M.SUPPRESSED: Named("보내지 않음", "주민의 수신 설정에 따라 보내지 않았습니다."),
    _M.CANCELLED: Named("취소", "담당자가 취소하여 보내지 않았습니다."),
    _M.EXPIRED: Named("시한 지남", "보낼 수 있는 시한이 지나 보내지 않았습니다."),
    _M.UNKNOWN: Named(
        "확인 필요", "전달되었는지 알 수 없습니다. 다시 보내기 전에 주민에게 확인해 주십시오."
    ),
}

_C = ChunkState
CHUNKS: Mapping[ChunkState, Named] = {
    _C.READY: Named("대기", "보낼 차례를 기다리고 있습니다."),
    _C.CLAIMED: Named("보내는 중", "발송 사업자에게 넘기고 있습니다."),
    _C.SENT: Named("결과 대기", "발송 사업자가 받았고, 결과를 기다리고 있습니다."),
    _C.SETTLED: Named("끝남", "모든 메시지의 결과가 정해졌습니다."),
    _C.DOUBT: Named(
        "확인 중",
        "넘기는 도중에 끊겨, 두 번 보내지 않도록 발송 사업자에게 먼저 확인하고 있습니다.",
    ),
    _C.HELD: Named("멈춤", "담당자가 할 일이 있어 멈추어 있습니다. 까닭을 확인해 주십시오."),
}

CHANNELS: Mapping[Channel, Named] = {
    Channel.ALIMTALK: Named("알림톡", "카카오톡 알림톡으로 보냅니다."),
    Channel.SMS: Named("문자", "90바이트까지의 짧은 문자(SMS)로 보냅니다."),
    Channel.LMS: Named("장문 문자", "2,000바이트까지의 긴 문자(LMS)로 보냅니다."),
    Channel.MMS: Named("그림 문자", "그림이 붙은 긴 문자(MMS)로 보냅니다."),
}

LANES: Mapping[Lane, Named] = {
    Lane.URGENT: Named("긴급", "다른 모든 발송보다 먼저 보냅니다."),
    Lane.NORMAL: Named("보통", "차례대로 보냅니다."),
    Lane.BULK: Named("대량", "긴급과 보통 발송에 자리를 내주며 보냅니다."),
}

PRIORITIES: Mapping[Priority, Named] = {
    Priority.P0: Named("가장 급함", "곧바로 닿아야 합니다. 금액의 한도를 넘어도 보냅니다."),
    Priority.P1: Named("급함", "몇 분 안에 닿아야 합니다."),
    Priority.P2: Named("보통", "한 시간 안에 닿으면 됩니다."),
    Priority.P3: Named("여유", "그날 안에 닿으면 됩니다."),
}

CHOICES: Mapping[Choice, Named] = {
    Choice.SENT: Named("보낸 것으로 셈", "전달된 것으로 셈합니다."),
    Choice.SMS: Named("문자로 보냄", "문자로 다시 보냅니다. 두 번 받는 분이 있을 수 있습니다."),
    Choice.LEAVE: Named("그대로 둠", "확인 필요로 남겨 두고 더 묻지 않습니다."),
}

#: The code of what was decided to be counted as sent (`rules.unknowns.COUNTED_AS_SENT`).
COUNTED = "전달되었는지 알 수 없어, 담당자나 정해 둔 규칙에 따라 전달된 것으로 셈했습니다."
