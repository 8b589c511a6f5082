"""How long a phone that Kakao could not reach is spared another try there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from alimnaru.rules.outcomes import Result

#: For so long the next notice goes straight to SMS; then Kakao is tried again, once.
ABSENT_FOR: Final[Mapping[Result, timedelta]] = {
    # Who has no KakaoTalk seldom gets one; a number that changed hands may.
    Result.NOT_A_USER: timedelta(days=90),
    # A deliberate act (Kakao 3020), but one that a tap in KakaoTalk takes back.
    Result.BLOCKED: timedelta(days=60),
    # Kakao 3018: not used for a week, another SIM, a sanction. Passes of itself.
    Result.UNREACHABLE_ON_KAKAO: timedelta(days=30),
}
