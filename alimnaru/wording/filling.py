"""Facts into Korean sentences, without ever failing for the lack of one.

A template is plain text with three marks:

    {column}          a fact; '…' if it is not known
    [[{column} 칸의 ]]  a part that is left out when a fact in it is not known
    을(를)             a particle that takes the form that the word before it asks for
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Fact = str | int | float

_PART = re.compile(r"\[\[(.*?)\]\]")
_NAME = re.compile(r"\{(\w+)\}")
_PARTICLE = re.compile(
    r"(?P<word>\w)(?P<close>['’\"”»)\]]*)(?P<form>이\(가\)|을\(를\)|은\(는\)|와\(과\))"
)
#: After a consonant, after a vowel.
_FORMS = {
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "와(과)": ("과", "와"),
}
# 영 일 이 삼 사 오 육 칠 팔 구: whether the digit's name ends in a consonant.
_DIGIT_ENDS = (True, True, False, True, False, False, True, True, True, False)


def fill(template: str, facts: Mapping[str, Fact]) -> str:
    """The finished sentence. Never raises, whatever facts are missing or unasked for."""
    known = {name: _shown(value) for name, value in facts.items() if value not in ("", None)}

    def part(match: re.Match[str]) -> str:
        return match[1] if all(name in known for name in _NAME.findall(match[1])) else ""

    text = _NAME.sub(lambda name: known.get(name[1], "…"), _PART.sub(part, template))
    return _PARTICLE.sub(_fit, text)


def _shown(value: Fact) -> str:
    return f"{value:,}" if isinstance(value, int | float) else value


def _fit(match: re.Match[str]) -> str:
    """Latin letters keep the neutral form: how they are read aloud is anybody's guess."""
    last = match["word"]
    if "가" <= last <= "힣":
        closed = (ord(last) - ord("가")) % 28 != 0
    elif last.isascii() and last.isdigit():
        closed = _DIGIT_ENDS[int(last)]
    else:
        return match[0]
    return last + match["close"] + _FORMS[match["form"]][not closed]
