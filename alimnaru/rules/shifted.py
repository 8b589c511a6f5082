"""Has a column of the list slid by a row? Then everybody gets somebody else's notice.

In 2022 a district sent 1,800 quarantine notices to the wrong people: one column of a spreadsheet
had moved. Two detectors, both for lists of any length, in the memory of a few rows:

* `PairWatch` remembers. A phone seen in an earlier list has a known name (car, member number). In
  a list that has slid, the known name stands beside the phone of a neighbour.
* `EdgeWatch` has nothing to remember and looks at the edges of the table: a column that was moved
  is as long as the others and ends elsewhere.

Neither proves anything by itself: they ask somebody to look.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alimnaru.rules.cell import Cell, is_blank

#: How many rows a column may have slid to be found by its neighbours.
REACH: Final = 3

# Names change and phones are passed on: of a hundred pairs of last year a handful differ, and
# nothing says so but the pair itself. In a slid list next to none agrees. These are estimates
# and not measurements, so the lines are drawn far from both. Below 70 %: one of five known
# pairs may differ, and of twenty six; were 5 % of pairs to change by themselves, 2 of 5 would
# differ in 2 % of lists, and 4 of 10 in 0.1 %. Under five known pairs nothing is said.
KNOWN_LEAST: Final = 5
AGREE_PERCENT: Final = 70
# A column that slides from the middle on leaves the rows above it right: 20 of 1,000 rows are lost
# in any share. But a new name is not, by chance, the known name of the same neighbour again and
# again: five of those that differ, and half of them, by one and the same distance.
SLID_LEAST: Final = 5


class ShiftFault(StrEnum):
    """What the memory has against a column."""

    #: Its values stand beside the phones of neighbours.
    SLID = "column_slid"
    #: Too few agree, and no one distance says why.
    DIFFERS = "column_differs"


@dataclass(frozen=True, slots=True)
class Shift:
    """What the memory says of a column.

    `known` rows have a phone that was seen before; of them `agree` hold what they held then.
    `offset` is how many rows further down the value of a row now stands (up: negative), or None
    if no one distance explains it; `explained` rows are explained by it.
    """

    known: int
    agree: int
    offset: int | None
    explained: int

    @property
    def share(self) -> float:
        """The share of the known rows that agree; 1.0 if none is known."""
        return self.agree / self.known if self.known else 1.0

    @property
    def fault(self) -> ShiftFault | None:
        """Why somebody should look before the list goes, or None."""
        if self.known < KNOWN_LEAST:
            return None
        if self.offset is not None:
            return ShiftFault.SLID
        few = self.agree * 100 < self.known * AGREE_PERCENT
        return ShiftFault.DIFFERS if few else None

    @property
    def suspicious(self) -> bool:
        """Whether somebody should look before the list goes."""
        return self.fault is not None


class PairWatch:
    """Watches one column beside the phones, row after row in the order of the list.

    `known` maps the hash of a phone to the hashes of all values it has had: a mother's phone has
    the names of her children.
    """

    def __init__(self, known: Mapping[bytes, Collection[bytes]]) -> None:
        self._known = known
        self._known_rows = 0
        self._agree = 0
        self._slid: Counter[int] = Counter()
        # Of the last rows: the phone, what was expected there and not found, what stood there.
        self._rows: deque[tuple[bytes, Collection[bytes], bytes | None]] = deque(maxlen=REACH)
        self._quiet = REACH

    def see(self, phone: bytes, value: bytes | None) -> None:
        """The next row. A blank value (None) is no evidence, but it keeps the rows' places."""
        expected = self._known.get(phone, ())
        if value is None or value in expected:
            self._known_rows += value is not None
            self._agree += value is not None
            expected = ()
        elif expected:
            self._known_rows += 1
        # Where nothing was missed, here or in reach, there is nothing to look for.
        if expected or self._quiet < REACH:
            self._compare(phone, expected, value)
        self._quiet = 0 if expected else self._quiet + 1
        self._rows.append((phone, expected, value))

    def verdict(self) -> Shift:
        """What the rows so far say."""
        offset, slid = max(self._slid.items(), key=lambda item: item[1], default=(0, 0))
        differ = self._known_rows - self._agree
        if slid > self._agree or (slid >= SLID_LEAST and slid * 2 >= differ):
            return Shift(self._known_rows, self._agree, offset, slid)
        return Shift(self._known_rows, self._agree, None, 0)

    def _compare(self, phone: bytes, expected: Collection[bytes], value: bytes | None) -> None:
        for back, (other, missed, stood) in enumerate(reversed(self._rows), 1):
            # A second child on the mother's phone stands beside the first: nothing has slid.
            if other != phone:
                self._slid[back] += value in missed
                self._slid[-back] += stood in expected


class PairWatches:
    """Watches several columns at once: names, car numbers, member numbers, by variable."""

    def __init__(self, known: Mapping[str, Mapping[bytes, Collection[bytes]]]) -> None:
        self._watches = {variable: PairWatch(pairs) for variable, pairs in known.items()}

    def see(self, phone: bytes, values: Mapping[str, bytes | None]) -> None:
        """The next row; what is not among `values` is blank."""
        for variable, watch in self._watches.items():
            watch.see(phone, values.get(variable))

    def verdicts(self) -> dict[str, Shift]:
        """What the rows so far say, by variable."""
        return {variable: watch.verdict() for variable, watch in self._watches.items()}


class Slide(StrEnum):
    """How a column was moved."""

    #: Its top is missing, and it goes on below everything else.
    DOWN = "slide_down"
    #: It begins above everything else, and its end is missing: cells were taken out.
    UP = "slide_up"
    #: It goes on below everything else: a cell was pushed in somewhere.
    TAIL = "slide_tail"


@dataclass(frozen=True, slots=True)
class Displaced:
    """`columns` (counted from 0) that were moved by so many `rows`."""

    slide: Slide
    columns: tuple[int, ...]
    rows: int


_EDGE: Final = 5


class EdgeWatch:
    """Watches the columns that a notice reads, over all rows of data in the order of the list.

    Totals and notes under a list are no rows of data: they hold few columns as well.
    """

    def __init__(self, columns: Collection[int]) -> None:
        self._columns = frozenset(columns)
        self._count = 0
        self._first: list[Sequence[Cell]] = []
        self._last: deque[Sequence[Cell]] = deque(maxlen=_EDGE)

    def see(self, cells: Sequence[Cell]) -> None:
        """The next row. Only those at the edges are kept, and looked at in the end."""
        self._count += 1
        if self._count <= _EDGE:
            self._first.append(cells)
        self._last.append(cells)

    def verdict(self) -> Displaced | None:
        """The columns that were moved, or None. The least distance that explains the edges."""
        beyond = min(max(self._count - _EDGE, 0), _EDGE)
        rows = [*self._first, *list(self._last)[_EDGE - beyond :]]
        filled = [self._filled(cells) for cells in rows]
        for distance in range(1, min(_EDGE, (len(filled) + 1) // 2)):
            if found := _moved(filled, distance):
                return found
        return None

    def _filled(self, cells: Sequence[Cell]) -> frozenset[int]:
        return frozenset(at for at in self._columns if at < len(cells) and not is_blank(cells[at]))


_Filled = Sequence[frozenset[int]]


def _moved(filled: _Filled, rows: int) -> Displaced | None:
    top, between, bottom = filled[:rows], filled[rows:-rows], filled[-rows:]
    below = _alone(bottom, between)
    if not below:
        return None
    above = frozenset[int]().union(*top)
    if all(top) and not above & below:
        # Of the two that have parted, the fewer columns were moved.
        if len(above) < len(below):
            return Displaced(Slide.UP, tuple(sorted(above)), rows)
        return Displaced(Slide.DOWN, tuple(sorted(below)), rows)
    # A last row that lacks a cell or two was never finished: it is refused by itself.
    if all(_is_whole(row, below) for row in top) and len(below) * 2 <= min(map(len, between)):
        return Displaced(Slide.TAIL, tuple(sorted(below)), rows)
    return None


def _alone(edge: _Filled, between: _Filled) -> frozenset[int]:
    """The columns that alone are filled at the edge, while further in others are too."""
    columns = edge[0]
    if columns and set(edge) == {columns} and all(_is_whole(row, columns) for row in between):
        return columns
    return frozenset()


def _is_whole(row: frozenset[int], columns: frozenset[int]) -> bool:
    """Whether a row holds the columns and something beside them."""
    return row > columns
