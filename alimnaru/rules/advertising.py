"""Words by which a reviewer knows an advertisement.

Alimtalk is for what the resident's own act has brought about; an offer is refused, and an SMS with
one needs "(광고)" in front by law. Some words are an offer wherever they stand; others are so only
sometimes, and a person should look.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from alimnaru.rules.cell import narrow


class Offer(NamedTuple):
    """A word that was found, as it stands in the text. `sure`: a reviewer will refuse it."""

    word: str
    sure: bool


#: What comes first wins where two would match. Hangul runs words together, so many need to know
#: what stands before them: 인증정보 holds 증정, 환경품질 holds 경품, 역할인 holds 할인.
_WORDS: Final = (
    # Reductions that the law or a tariff gives are information.
    (r"(?:연납|감면|다자녀|장애인|경로|요금|수수료|이용료|사용료|주차료)\s*할인", False),
    (r"(?<![관역분])할인", True),
    (r"쿠폰", True),
    (r"(?<![가-힣])특가(?!법)", True),
    (r"(?<![가-힣])(?:무료\s*)?증정", True),
    (r"무료\s*(?:체험|배송|쿠폰|이벤트)", True),
    (r"이벤트", True),
    (r"(?<![가-힣])경품", True),
    (r"사은품", True),
    (r"프로모션", True),
    (r"반값|최저가|파격|대박|1\+1", True),
    (r"(?<![가-힣])(?:바겐\s*)?세일(?![가-힣])", True),
    (r"특별\s*혜택", True),
    # Kakao names newsletters among what is no information.
    (r"뉴스레터|소식지", True),
    (r"[(\[]\s*광고\s*[)\]]", True),
    (r"(?<![a-z])(?:sale|coupon|event)(?![a-z])", True),
    (r"무료", False),
    (r"혜택", False),
    (r"홍보", False),
    (r"모집", False),
    (r"선착순", False),
    (r"추천", False),
    (r"광고", False),
    (r"축하", False),
    (r"당첨", False),
    (r"적립", False),
    (r"구독", False),
    (r"후원", False),
)
_ANY: Final = re.compile(
    "|".join(f"(?P<w{at}>{pattern})" for at, (pattern, _) in enumerate(_WORDS)), re.IGNORECASE
)


def offers(text: str) -> list[Offer]:
    """The advertising words of a text, each once, in order of appearance."""
    plain = narrow(unicodedata.normalize("NFC", text))
    found = (
        Offer(match[0], _WORDS[int(str(match.lastgroup)[1:])][1]) for match in _ANY.finditer(plain)
    )
    return list(dict.fromkeys(found))
