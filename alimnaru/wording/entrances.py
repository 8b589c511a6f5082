"""Words for where the console may be used from."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.entrances import EntranceFault
from alimnaru.wording.words import Words

_F = EntranceFault
ENTRANCE_FAULTS: Mapping[EntranceFault, Words] = {
    _F.UNREADABLE: Words(
        "주소나 망으로 읽을 수 없습니다.", "10.20.0.0/16이나 203.0.113.7처럼 적어 주십시오."
    ),
    _F.KNOWN: Words("이미 등록한 망입니다.", "아래 목록에서 확인해 주십시오."),
    _F.TOO_MANY: Words(
        "망은 50개까지 등록할 수 있습니다.", "이어진 주소는 하나의 망으로 묶어 주십시오."
    ),
    _F.LOCKS_OUT: Words(
        "이렇게 바꾸면 지금 쓰시는 컴퓨터에서도 들어올 수 없게 됩니다.",
        "지금 쓰시는 주소가 든 망을 먼저 등록해 주십시오.",
    ),
}
