"""Korean public holidays, substitutes included."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=8)
def korean_holidays(year: int) -> frozenset[date]:
    """Every public holiday of a year."""
    return frozenset(holidays.country_holidays("KR", years=year))


def holidays_around(day: date) -> frozenset[date]:
    """Holidays of the year of `day` and the next, enough to find the next working day."""
    return korean_holidays(day.year) | korean_holidays(day.year + 1)
