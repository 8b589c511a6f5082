"""Phone numbers as people write them in lists.

A number that could be read in two ways is refused: a wrong digit is another person's notice.
"""

from __future__ import annotations

import math
import re

from alimnaru.rules.cell import CellError, formula_fault, holds_resident_number, narrow, tidy
from alimnaru.rules.refusals import Refusal

# What people put between the groups: hyphens of every width, the vowel ㅡ typed for one, dots,
# brackets, underscores, spaces. Slash and comma too, once it is sure that they part no numbers.
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ー─ㅡ.·ㆍ・_()\[\]{}'`’\"/,;|&~∼〜]+")
_PARTS_NUMBERS = re.compile(r"[/,;|&~∼〜\n\r]|또는|혹은|및")
_TWO_IN_A_ROW = re.compile(r"(?:0\d{1,2}[\s.)-]*\d{3,4}[\s.-]*\d{4}\D*){2}", re.ASCII)
# Whose or what phone it is changes nothing. Any other remark (사망, 결번, 구번호) is for a person.
_LABEL = re.compile(
    r"^(?:휴대폰|휴대전화|핸드폰|연락처|전화번호|전화|mobile|tel|h\.?p|c\.?p|m|[☎☏📱])[\s:.)]*(?=[+(\d])",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"[\s(\[]+(?:본인|보호자|부모님?|부|모|어머니|아버지|배우자|남편|아내|처|자녀|자|녀|아들|딸|가족"
    r"|휴대폰|핸드폰|hp)[\s)\]]*$",
    re.IGNORECASE,
)
_NO_NUMBER = frozenset({"", "없음", "무", "미기재", "해당없음", "x", "n/a", "na", "none", "null"})
_LONGEST = 100  # more is no number, and time for a hostile cell to waste
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]+)?e[+-]?[0-9]+", re.IGNORECASE)
_DECIMAL = re.compile(r"([0-9]+)\.0+")

_AREA = r"02|0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4])"
_LANDLINE = re.compile(
    rf"(?:{_AREA})[0-9]{{7,8}}"
    r"|070[0-9]{7,8}|0[35]0[0-9]{8,9}|0[68]0[0-9]{7,8}"
    r"|1[568][0-9]{6}"
)
_SHORT_OFFICE = re.compile(r"1[0-9]{2,3}")  # 120, 129, 1339: no area code before them
_PREMIUM = "060"
_OLD_MOBILE = re.compile(r"01[16789][0-9]{7,8}")
# Not 2 and seven digits: that may as well be a Seoul number written without its area code.
_LOST_ZERO = re.compile(
    r"10[0-9]{8}|1[16789][0-9]{7,8}|2[0-9]{8}"
    r"|(?:3[1-3]|4[1-4]|5[1-5]|6[1-4])[0-9]{7,8}|70[0-9]{8}|50[0-9]{8,9}"
)
# An access code and a country. No country begins with 0: 0010-… is 010 with a zero too many.
_ABROAD = re.compile(r"00(?!10)[1-9][0-9]{7,}")
_HEAD = re.compile(rf"0[35]0[0-9]|{_AREA}|0[0-9]{{2}}")


def read_phone(value: object) -> str | Refusal:
    """A mobile number as eleven digits, '010########', or why the cell holds none.

    Reads +82, 0082, any hyphens, dots, brackets and spaces, full-width digits, a number whose
    leading zero Excel has eaten (1012345678 as int, float or text), ="010…", a label before
    (HP:) and a note behind that says whose phone it is ('(모)', '본인'). Other notes are refused,
    since '(사망)' or '(결번)' would be read over.
    """
    # The usual spellings come first: whole lists consist of them.
    if type(value) is str:
        digits = value.replace("-", "")
        if len(digits) == 10 and digits.startswith("10"):
            digits = "0" + digits
        if (
            len(digits) == 11
            and digits.startswith("010")
            and digits.isdigit()
            and digits.isascii()
            and digits != "01000000000"
        ):
            return digits
    elif (
        type(value) is int or (type(value) is float and value.is_integer())
    ) and 1_000_000_000 < value < 1_100_000_000:
        return f"0{int(value)}"
    digits = _digits(value)
    return digits if isinstance(digits, Refusal) else _judge_mobile(digits)


def read_office_number(value: object) -> str | Refusal:
    """A number of the office (sender or contact) as digits: 02…, 031…, 070…, 1588…, 120.

    A mobile number is refused: in a list it is the resident's own, in a column of the same name.
    """
    digits = _digits(value)
    if isinstance(digits, Refusal):
        return digits
    if digits.startswith(_PREMIUM):
        return Refusal.PHONE_NOT_A_NUMBER
    if _LANDLINE.fullmatch(digits) or _SHORT_OFFICE.fullmatch(digits):
        return digits
    refusal = _judge_mobile(digits)
    return refusal if isinstance(refusal, Refusal) else Refusal.PHONE_NOT_OFFICE


def is_landline(digits: str) -> bool:
    """Whether the digits are a complete number that no mobile phone has (02…, 070…, 1588…)."""
    return _LANDLINE.fullmatch(digits) is not None


def display(digits: str) -> str:
    """The number as people read it: '010-1234-5678', '02-123-4567', '1588-1234', '120'."""
    return "-".join(_groups(digits))


def mask(digits: str) -> str:
    """The number with its middle hidden: '010-****-5678', '02-***-4567', '****-1234'."""
    groups = _groups(digits)
    hidden = len(groups) - 2
    if hidden >= 0:
        groups[hidden] = "*" * len(groups[hidden])
    return "-".join(groups)


def _groups(digits: str) -> list[str]:
    if len(digits) == 11 and digits.startswith("010"):
        return [digits[:3], digits[3:7], digits[7:]]
    head = _HEAD.match(digits)
    if head is None or len(digits) < head.end() + 7:
        return [digits[:-4], digits[-4:]] if len(digits) > 4 else [digits]
    return [head[0], digits[head.end() : -4], digits[-4:]]


def _digits(value: object) -> str | Refusal:
    """The digits of the one number in the cell, in their domestic form."""
    if isinstance(value, str):
        return _digits_of_text(value)
    if value is None:
        return Refusal.PHONE_EMPTY
    if isinstance(value, CellError):
        return Refusal.VALUE_FORMULA_ERROR
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return _domestic(str(value))
    return Refusal.PHONE_NOT_A_NUMBER


def _digits_of_text(written: str) -> str | Refusal:
    text = narrow(tidy(written))
    if fault := _no_phone(text):
        return fault
    if decimal := _DECIMAL.fullmatch(text):
        return _domestic(decimal[1])
    text = _LABEL.sub("", _NOTE.sub("", text))
    if _holds_two(text):
        return Refusal.PHONE_TWO
    bare = _BETWEEN.sub("", text)
    digits = bare.removeprefix("+")
    if not (digits.isdigit() and digits.isascii()):
        return Refusal.PHONE_NOT_A_NUMBER if digits else Refusal.PHONE_EMPTY
    if digits != bare and not digits.startswith("82"):
        return Refusal.PHONE_FOREIGN
    return _domestic(digits)


def _no_phone(text: str) -> Refusal | None:
    if text.lower() in _NO_NUMBER:
        return Refusal.PHONE_EMPTY
    if holds_resident_number(text):
        return Refusal.VALUE_RESIDENT_NUMBER
    # Excel has rounded the number away: '1.01E+09' is anybody's.
    if len(text) > _LONGEST or _SCIENTIFIC.fullmatch(text):
        return Refusal.PHONE_NOT_A_NUMBER
    return formula_fault(text)


def _holds_two(text: str) -> bool:
    """'010-1111-2222/02-333-4444' and '010-1111-2222~3' hold two; '010/1111/2222' holds one."""
    counts = [sum(map(str.isdigit, part)) for part in _PARTS_NUMBERS.split(text)]
    if sum(count > 0 for count in counts) > 1 and max(counts) >= 8:
        return True
    return text.count("+") > 1 or _TWO_IN_A_ROW.search(text) is not None


def _domestic(digits: str) -> str | Refusal:
    """Digits without the country code, with the leading zero that a number in Excel loses."""
    if digits.startswith("0082"):
        digits = digits[2:]
    if digits.startswith("82") and len(digits) >= 10:
        digits = "0" + digits[2:].removeprefix("0")
    elif _ABROAD.fullmatch(digits):
        return Refusal.PHONE_FOREIGN
    elif _LOST_ZERO.fullmatch(digits):
        digits = "0" + digits
    return digits


def _judge_mobile(digits: str) -> str | Refusal:
    """The digits if a mobile phone may have them, or what is wrong with them."""
    if digits.startswith("010") and len(digits) == 11:
        return Refusal.PHONE_PLACEHOLDER if digits == "01000000000" else digits
    if not digits.strip("0"):
        return Refusal.PHONE_PLACEHOLDER
    if _OLD_MOBILE.fullmatch(digits):
        return Refusal.PHONE_DEAD_PREFIX
    if is_landline(digits):
        return Refusal.PHONE_LANDLINE
    if len(digits) == 11:
        return Refusal.PHONE_NOT_A_NUMBER
    return Refusal.PHONE_TOO_SHORT if len(digits) < 11 else Refusal.PHONE_TOO_LONG
