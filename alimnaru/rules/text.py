"""SMS and LMS text: what it weighs and what the phone network cannot carry.

Korean networks count bytes of CP949: one for ASCII, two for everything else they know.
"""

from __future__ import annotations

import re

from alimnaru.rules.channel import Channel

SMS_BYTES = 90
LMS_BYTES = 2_000
SUBJECT_BYTES = 40

# Line breaks and tabs are control characters that phones do show.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def sms_bytes(text: str) -> int:
    """Bytes of CP949. A character that is not in CP949 counts two, as the '？' put in its place."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode("cp949"))
    except UnicodeEncodeError:
        return sum(1 if char.isascii() else 2 for char in text)


def unprintable(text: str) -> tuple[str, ...]:
    """The characters no Korean phone network carries, each once, in order of appearance.

    Emoji, em dash, no-break and zero-width space, other scripts; and control characters.
    """
    if _CONTROL.search(text) is None:
        try:
            text.encode("cp949")
        except UnicodeEncodeError:
            pass
        else:
            return ()
    return tuple(dict.fromkeys(char for char in text if not _is_carried(char)))


def _is_carried(char: str) -> bool:
    try:
        char.encode("cp949")
    except UnicodeEncodeError:
        return False
    return _CONTROL.match(char) is None


def outside_ks_x_1001(text: str) -> tuple[str, ...]:
    """The characters that CP949 has and KS X 1001 lacks (똠, 뷁, 햏 …), each once.

    Some carriers show these as '?' (Daou), others carry them (SOLAPI, Bizgo): worth a warning.
    """
    try:
        # Python's euc_kr does not fail for such a syllable: it spells it in 8 bytes of letters.
        if len(text.encode("euc_kr")) == len(text.encode("cp949")):
            return ()
    except UnicodeEncodeError:
        pass
    return tuple(dict.fromkeys(char for char in text if _is_cp949_only(char)))


def _is_cp949_only(char: str) -> bool:
    try:
        return len(char.encode("euc_kr")) != len(char.encode("cp949"))
    except UnicodeEncodeError:
        return False


def channel_for(text: str, subject: str | None = None) -> Channel:
    """The cheapest text channel that carries it: an SMS has ≤ 90 bytes and no subject.

    Longer than `LMS_BYTES` is still LMS here: whether it fits at all is the caller's question.
    """
    if not subject and sms_bytes(text) <= SMS_BYTES:
        return Channel.SMS
    return Channel.LMS


def cut_bytes(text: str, limit: int) -> str:
    """The longest beginning of the text in at most `limit` bytes; never half a character."""
    if 2 * len(text) <= limit:
        return text
    weight = 0
    for at, char in enumerate(text):
        weight += 1 if char.isascii() else 2
        if weight > limit:
            return text[:at]
    return text
