"""Words for `reads.what_next.WhatNext`: the last column of the unreached list."""

from __future__ import annotations

from alimnaru.reads.what_next import WhatNext
from alimnaru.wording.language import Texts

_W = WhatNext

STEPS: Texts[WhatNext] = Texts(
    {
        _W.FIX_LIST: "명단의 이 행을 고치고, 고친 행만 모아 다시 보내 주십시오.",
        _W.CHECK_NUMBER: "지금 쓰는 휴대전화 번호를 확인해 고치고, "
        "고친 행만 모아 다시 보내 주십시오.",
        _W.CHECK_DUPLICATE: "먼저 나온 행으로 안내했습니다. 다른 사람이면 따로 보내 주십시오.",
        _W.OTHER_WAY: "꼭 알려야 하면 전화나 우편으로 안내해 주십시오.",
        _W.SEND_AGAIN: "잠시 뒤 이 행만 모아 다시 보내 주십시오.",
        _W.DECIDE_AGAIN: "아직 필요한 안내인지 판단하고, 필요하면 이 행만 모아 다시 보내 주십시오.",
        _W.CONFIRM: "이미 받았을 수 있습니다. 다시 보내기 전에 주민에게 확인해 주십시오.",
        _W.RESPECT: "보내지 않는 것이 맞습니다. "
        "꼭 알려야 하는 내용이면 다른 방법으로 안내해 주십시오.",
        _W.SERVE_ON_PAPER: "종이 문서나 등기우편으로 송달해 주십시오.",
        _W.NOTHING: "하실 일이 없습니다.",
        _W.ASK_MANAGER: "설정 문제입니다. 시스템 관리자가 고친 뒤 이 행만 모아 다시 보내 주십시오.",
    }
)
