"""Pages of a list whose length nobody counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpRequest

Row = TypeVar("Row")

#: Rows on a page of a list.
SIZE = 25
#: Further back one looks by filters: an offset of 10,000 rows reads 10,000 rows.
LAST = 400


@dataclass(frozen=True, slots=True)
class Paged(Generic[Row]):
    """One page, for `<c-pager :page="…">`."""

    rows: Sequence[Row]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def paged(request: HttpRequest, found: Any, size: int = SIZE) -> Paged[Any]:
    """The page of a queryset that `?page=` asks for, in one query: no rows are counted."""
    raw = request.GET.get("page", "")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 6 else 1
    number = min(max(number, 1), LAST)
    first = (number - 1) * size
    rows = list(found[first : first + size + 1])
    return Paged(rows[:size], number, len(rows) > size and number < LAST)


def query_of(request: HttpRequest) -> str:
    """The address's filters without its page, to stand before `page=`."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""
