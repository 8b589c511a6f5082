"""Odd input, made from a number: the same number always makes the same.

Half of it is what people and programs get wrong (empty, too long, another format, another
alphabet), half of it what somebody tries on purpose.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Sequence
from typing import Any

#: Texts that have broken some program or other.
NASTY: Sequence[str] = (
    *("", " ", "\0", "0", "-1", "00", "1e309", "NaN", "null", "true", "None", "undefined"),
    *("9" * 20, "9" * 400, "2147483648", "9223372036854775808", "-9223372036854775809"),
    *("1.5", "½", "１２", "2026-02-30", "2026-13-01", "0000-00-00", "9999-12-31", "25:99"),
    *("2026-11-30T09:00:00+99:99", "010-1234-5678", "0101234", "+82 10 1234 5678"),
    *("０１０－１２３４－５６７８", "' OR 1=1 --", '"><script>alert(1)</script>', "{{7*7}}"),
    *("${jndi:ldap://x}", "%s%n%x", "../../etc/passwd", "#{성명}", "#{" * 50, "=1+1", "@SUM(A1)"),
    *("\u202e우회", "\U0001f469\u200d\U0001f467" * 9, "\ufdfa" * 30, "e\u0301" * 9),
    *("\ud7ff", "\ufffe", "\ufeff가", "가" * 5_000, "a" * 20_000, "\r\n\r\nSet-Cookie: a=b"),
    *(",,,,", "[]", "{}", "batch:1", "message:1", "lib.due.soon", "alimtalk", "sms", "gu"),
    *("lib-jungang", "on", "해당없음"),
)
_ALPHABETS = (
    string.printable,
    "0123456789-+() ",
    "가나다라마바사아자차카타파하 .,!?",
    "".join(map(chr, range(1, 0x300))),
    "\u0600\u200f\u2028\ufeff\U0001f600\U000e0001\u0345",
)


class Odd:
    """A source of odd things."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self, longest: int = 60) -> str:
        """A text: a nasty one, or signs of one alphabet, without lone surrogates."""
        draw = self.random
        if draw.random() < 0.5:
            return draw.choice(NASTY)
        signs = draw.choice(_ALPHABETS)
        return "".join(draw.choice(signs) for _ in range(draw.randrange(longest)))

    def some(self, things: Sequence[str], most: int = 8) -> list[str]:
        """A few of them, some more than once."""
        return [self.random.choice(things) for _ in range(self.random.randrange(most))]

    def value(self, depth: int = 0) -> Any:
        """Anything that JSON can say."""
        kind = self.random.randrange(9 if depth < 4 else 6)
        match kind:
            case 0 | 1 | 2:
                return self.text()
            case 3:
                return self.random.choice([0, -1, 1, 2**31, 2**63, 10**30, 0.1, -0.0, 1e308])
            case 4:
                return self.random.choice([None, True, False])
            case 5:
                return self.random.randrange(10**6)
            case 6 | 7:
                return {
                    self.text(12): self.value(depth + 1) for _ in range(self.random.randrange(4))
                }
            case _:
                return [self.value(depth + 1) for _ in range(self.random.randrange(4))]

    def spoilt(self, data: Any) -> Any:
        """Something right, with a part of it made odd or left out."""
        draw = self.random
        if isinstance(data, dict) and data and draw.random() < 0.8:
            key = draw.choice(sorted(data))
            changed = dict(data)
            if draw.random() < 0.2:
                del changed[key]
            else:
                changed[key] = self.spoilt(data[key])
            return changed
        if isinstance(data, list) and data and draw.random() < 0.8:
            at = draw.randrange(len(data))
            return [*data[:at], self.spoilt(data[at]), *data[at + 1 :]]
        return self.value()

    def torn(self, data: bytes) -> bytes:
        """Bytes with some of them changed, cut, doubled or put in."""
        draw, raw = self.random, bytearray(data)
        for _ in range(draw.randrange(1, 6)):
            at = draw.randrange(len(raw) + 1)
            to = min(len(raw), at + draw.randrange(12))
            match draw.randrange(4):
                case 0:
                    raw[at:to] = draw.randbytes(to - at)
                case 1:
                    del raw[at:to]
                case 2:
                    raw[at:at] = raw[at:to] * draw.randrange(3)
                case _:
                    raw[at:at] = self.text().encode("utf-8", "surrogatepass")
        return bytes(raw)

    def body(self, examples: Sequence[Any]) -> bytes:
        """The body of a call: a spoilt example, any JSON, torn JSON, or any bytes."""
        draw = self.random
        match draw.randrange(6):
            case 0 | 1 | 2 if examples:
                return json.dumps(self.spoilt(draw.choice(examples))).encode()
            case 3 if examples:
                return self.torn(json.dumps(draw.choice(examples)).encode())
            case 4:
                return draw.randbytes(draw.randrange(200))
            case _:
                return json.dumps(self.value()).encode("utf-8", "surrogatepass")
