"""Names of people, masked: enough for the resident to recognise, little for a stranger."""

from __future__ import annotations

import re

from alimnaru.rules.cell import tidy

# '김나루 님', '김나루님', '김나루(모)', '김나루 외 2명': the template brings its own 님. A bare
# 님 is an honorific only after three syllables: 김별님 is a name.
_AROUND = re.compile(
    r"\s*\([^()]*\)$|\s*외\s*[0-9]+\s*[명인]?$|\s+(?:님|씨|귀하)$|(?<=[가-힣*]{3})님$"
)
# Nothing around it and nothing in it: nine names in ten, and the searches below take 6 µs.
_PLAIN = re.compile(r"[가-힣]{3,}(?<!님)")
_HANGUL = re.compile(r"[가-힣][가-힣\s*○●◯〇＊ㅇOoXx]*")
_MASKED_ALREADY = str.maketrans(dict.fromkeys("○●◯〇＊ㅇOoXx", "*"))
_LONGEST = 100


def mask_name(name: str) -> str:
    """First and last character, stars between: 김*루, 남**수, 김*, N***** *** **H.

    Korean names lose the spaces that lists put in for alignment. A masked name masked again
    stays as it is. Returns '' for what is no name: not a single letter, or over 100 characters.
    """
    name = tidy(name)
    if len(name) > _LONGEST:
        return ""
    if _PLAIN.fullmatch(name):
        return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"
    while (bare := _AROUND.sub("", name)) != name:
        name = bare
    if _HANGUL.fullmatch(name):
        name = "".join(name.split()).translate(_MASKED_ALREADY)
    if not any(map(str.isalpha, name)):
        return ""
    if len(name) <= 2:
        return name[0] + "*"
    middle = "".join(" " if char.isspace() else "*" for char in name[1:-1])
    return name[0] + middle + name[-1]
