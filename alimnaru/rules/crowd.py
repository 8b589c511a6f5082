"""How often anybody stands in a list, in a few megabytes however long it is."""

from __future__ import annotations

from collections import Counter
from typing import Final

#: Bytes of the filter: with 470,000 phones one in twenty-five is taken for one that was there.
SIZE: Final = 1 << 22
_MASK: Final = SIZE - 1


class Crowd:
    """Sees the phones of one list go by. `most` is how often the most frequent of them stands
    there, or more by one: a filter forgets nobody, and mistakes a few for others."""

    def __init__(self) -> None:
        self._seen = bytearray(SIZE)
        self._again: Counter[bytes] = Counter()
        self._some = 0

    def add(self, hashed: bytes) -> None:
        """See one phone, by a hash of at least eight bytes."""
        both = int.from_bytes(hashed[:8], "big")
        first, second = both & _MASK, (both >> 32) & _MASK
        seen = self._seen
        if seen[first] and seen[second]:
            self._again[hashed] += 1
        else:
            seen[first] = seen[second] = self._some = 1

    @property
    def most(self) -> int:
        """At most so many rows are of one phone; 0: there were none."""
        return self._some + max(self._again.values(), default=0)
