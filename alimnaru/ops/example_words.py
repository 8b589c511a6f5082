"""Words for invented lists. No person, number or book in them is real."""

from __future__ import annotations

from typing import Final

LIBRARIES: Final = ("나루중앙도서관", "물빛도서관", "은행나루작은도서관", "솔숲도서관")

SURNAMES: Final = tuple(
    "김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우구"
)
SURNAMES_OF_TWO: Final = ("남궁", "황보", "제갈", "선우", "독고")
SYLLABLES: Final = tuple(
    "가나다라루리마미바별빈빛사산새샘서선설소솔슬아안연영예온우원유윤은이인자재정주준지진찬채하한해현혜호훈희"
)
# Syllables beyond KS X 1001: some carriers show them as '?'.
RARE_NAMES: Final = ("김나뷁", "이쎵이", "박햏", "최나똠")
FOREIGN_NAMES: Final = ("NGUYEN NA RU", "Kim Naru Ellen", "응우옌티나루")

_BEGINNINGS: Final = (
    *("물길을", "골목을", "숲길을", "별빛을", "바람을", "시장을", "강가를", "옛집을", "밤하늘을"),
    *("첫눈을", "들꽃을", "언덕을"),
)
_ENDINGS: Final = (
    *("따라 걷는 아침", "기억하는 법", "건너온 이야기", "그리는 사람들", "닮은 우리 동네"),
    *("지나 집으로", "읽는 시간", "찾아서", "담은 부엌", "지키는 마음", "만나는 오후 네 시"),
    *("위한 작은 안내서", "오래 바라보는 사람들의 조용한 저녁과 아침"),
)
TITLES: Final = tuple(f"{first} {second}" for first in _BEGINNINGS for second in _ENDINGS)
AWKWARD_TITLES: Final = (
    '"나루"라는 이름, 그 처음',
    "강, 숲, 그리고 집",
    "처음 만나는 통계\n(개정판)",
    "3.한국사 이야기",
    "  물빛 산책  ",
    "100% 즐기는 동네 한 바퀴",
    "@home 집에서 크는 아이",
    "+1이 되는 습관",
)
