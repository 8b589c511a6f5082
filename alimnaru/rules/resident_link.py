"""The link of a message that leads to the resident's own page, and the code that people type.

Both are computed from the message's number and a key, so nothing is stored for them and the same
message always has the same ones, at its first try, at a repeat, and in a look-up. Neither says
anything about a person.

* The link: number (5 bytes) and tag (10 bytes), 20 characters of base64url. An 80-bit tag cannot be
  guessed. Kakao lets a new sender's value be 14 characters longer than its mark, `#{알림번호}`:
  that makes 21 (NHN -1028).
* The code: the number under a permutation of 50 bits, ten signs in two groups. What does not come
  out as a number below 2^36 was no code. Of 2^50 codes an office that sends half a million a day
  keeps 2^26 alive, so a guess hits one in 17 million; with the eight signs of a parcel's code it
  would be one in 16,000.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Iterable, Mapping
from datetime import timedelta
from hashlib import blake2s
from typing import Final

#: The marks that Alimnaru fills in itself; a list has no columns for them.
LINK: Final = "알림번호"
CODE: Final = "확인코드"
OWN_NAMES: Final = (LINK, CODE)
#: How long a link and a code are good for. Longer than any notice is of use, and short enough that
#: a link forgotten in a chat does not open next year what was sent to that phone.
LASTS: Final = timedelta(days=90)
#: How long after "not mine" the resident may take it back alone.
TAKE_BACK: Final = timedelta(minutes=10)
#: As long as every real one, for previews and for counting room.
EXAMPLES: Final[Mapping[str, str]] = {LINK: "AAAAAAAAAAAAAAAAAAAA", CODE: "7K3QM-XW9RT"}

_NUMBER_BYTES: Final = 5
_TAG_BYTES: Final = 10
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20}")

#: Crockford's: no I, L, O and U, and who types one of the first three means 1, 1 and 0.
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {sign: at for at, sign in enumerate(_SIGNS)} | {"O": 0, "I": 1, "L": 1}
_PAIRS: Final = tuple(a + b for a in _SIGNS for b in _SIGNS)
_CODE_LENGTH: Final = 10
_HALF: Final = 25
_MASK: Final = (1 << _HALF) - 1
_NUMBER_BITS: Final = 36
#: Four rounds of a good function cannot be told from a random permutation (Luby and Rackoff).
_ROUNDS: Final = 4


def own_names(used: Iterable[str]) -> tuple[str, ...]:
    """Which of these names Alimnaru fills in itself, in the order of `OWN_NAMES`."""
    given = set(used)
    return tuple(name for name in OWN_NAMES if name in given)


class Signer:
    """Makes and reads links and codes under a key of at most 32 bytes."""

    def __init__(self, key: bytes) -> None:
        # Copies of a keyed hash cost a quarter of a microsecond, a whole HMAC five times that.
        self._link = blake2s(key=key, digest_size=_TAG_BYTES, person=b"link")
        self._rounds = [
            blake2s(key=key, digest_size=4, person=b"code%d" % at) for at in range(_ROUNDS)
        ]

    def link(self, message: int) -> str:
        """The token of a message number below 2^40."""
        number = message.to_bytes(_NUMBER_BYTES, "big")
        tag = self._link.copy()
        tag.update(number)
        # Half of what `urlsafe_b64encode` takes; 15 bytes need no padding.
        return b2a_base64(number + tag.digest(), newline=False).translate(_URL_SAFE).decode()

    def message_of_link(self, token: str) -> int | None:
        """The message number of a token; None if it is not one of ours."""
        if _TOKEN.fullmatch(token) is None:
            return None
        raw = urlsafe_b64decode(token)
        message = int.from_bytes(raw[:_NUMBER_BYTES], "big")
        ours = hmac.compare_digest(self.link(message).encode(), token.encode())
        return message if ours else None

    def code(self, message: int) -> str:
        """The code of a message number below 2^36."""
        if message >> _NUMBER_BITS:
            raise OverflowError("a message number of more than 36 bits has no code")
        left, right = message >> _HALF, message & _MASK
        for stage in self._rounds:
            left, right = right, left ^ _mixed(stage, right)
        whole = left << _HALF | right
        pairs = [_PAIRS[whole >> shift & 1023] for shift in (40, 30, 20, 10, 0)]
        plain = "".join(pairs)
        return f"{plain[:5]}-{plain[5:]}"

    def message_of_code(self, typed: str) -> int | None:
        """The message number of a code as somebody typed it; None if there can be no such code."""
        # Full-width signs and small letters are what phones write.
        plain = unicodedata.normalize("NFKC", typed).upper()
        signs = [_VALUES.get(sign, -1) for sign in plain if not sign.isspace() and sign != "-"]
        if len(signs) != _CODE_LENGTH or -1 in signs:
            return None
        whole = 0
        for sign in signs:
            whole = whole << 5 | sign
        left, right = whole >> _HALF, whole & _MASK
        for stage in reversed(self._rounds):
            left, right = right ^ _mixed(stage, left), left
        message = left << _HALF | right
        return message if message >> _NUMBER_BITS == 0 else None


def _mixed(stage: blake2s, half: int) -> int:
    mixed = stage.copy()
    mixed.update(half.to_bytes(4, "big"))
    return int.from_bytes(mixed.digest(), "big") & _MASK
