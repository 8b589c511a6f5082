"""Single rows of a stored list, opened for whoever looks at them. By id, never by counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alimnaru.store import crypto
from alimnaru.store.models import Batch, ListUpload, Message, RefusedRow


@dataclass(frozen=True, slots=True, repr=False)
class DraftRow:
    """One person of a list. Holds personal data in the clear: mask it before it is shown."""

    id: int
    row_no: int
    phone: str
    name: str
    values: Sequence[str]

    def __repr__(self) -> str:
        return f"DraftRow({self.row_no})"


@dataclass(frozen=True, slots=True, repr=False)
class RefusedLine:
    """A row that the check refused. `shown` is what stood there, masked by the check itself."""

    row_no: int
    column: str
    code: str
    phone: str
    name: str
    shown: str

    def __repr__(self) -> str:
        return f"RefusedLine({self.row_no}, {self.code})"


class DraftRows:
    """The rows of one upload's batch. Ids of its messages lie between two numbers that the check
    noted, in the order of the list."""

    def __init__(self, upload: ListUpload, batch: Batch) -> None:
        self._batch = batch.pk
        self._key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
        self._first = int(upload.findings.get("first") or 0)
        self._within = Message.objects.filter(batch=batch.pk)
        if last := upload.findings.get("last"):
            # Without an end the last row's search for a next one would read the whole table.
            self._within = self._within.filter(pk__lte=int(last))

    def first(self, count: int) -> list[DraftRow]:
        """The first rows of the list."""
        found = self._within.filter(pk__gte=self._first).order_by("pk")[:count]
        return [self._open(*row) for row in found.values_list("pk", "row_no", "payload")]

    def row(self, message: int) -> DraftRow | None:
        """A row by its id; None if it is no row of this list."""
        found = self._within.filter(pk=message).values_list("pk", "row_no", "payload").first()
        return self._open(*found) if found else None

    def after(self, message: int) -> int | None:
        """The id of the next row."""
        later = self._within.filter(pk__gt=message).order_by("pk")
        return later.values_list("pk", flat=True).first()

    def before(self, message: int) -> int | None:
        """The id of the row before."""
        earlier = self._within.filter(pk__lt=message, pk__gte=self._first).order_by("-pk")
        return earlier.values_list("pk", flat=True).first()

    def at_row(self, number: int) -> int | None:
        """The id of the row with this number in the file, or of the next one that may go; of the
        last one beyond the end.

        Reads the list from its beginning: a person asks for it, no page does.
        """
        found = self._within.filter(pk__gte=self._first, row_no__gte=number).order_by("pk")
        last = self._within.order_by("-pk")
        return (found.values_list("pk", flat=True).first()
                or last.values_list("pk", flat=True).first())  # fmt: skip

    def refused(self, count: int) -> list[RefusedLine]:
        """The first rows that were refused, in the list's order."""
        found = RefusedRow.objects.filter(batch=self._batch).order_by("row_no")[:count]
        return [self._refused(row) for row in found]

    def refused_numbers(self) -> dict[int, tuple[str, str]]:
        """Every refused row: its number → (code, column)."""
        found = RefusedRow.objects.filter(batch=self._batch)
        return {row: (code, column) for row, code, column in
                found.values_list("row_no", "code", "column")}  # fmt: skip

    def _open(self, message: int, row_no: int, payload: bytes | memoryview) -> DraftRow:
        phone, name, *values = self._key.open(message, bytes(payload))
        return DraftRow(message, row_no, phone, name, values)

    def _refused(self, row: RefusedRow) -> RefusedLine:
        phone, name, *shown = self._key.open(row.row_no, bytes(row.payload), space=crypto.REFUSED)
        return RefusedLine(row.row_no, row.column, row.code, phone, name, "".join(shown))
