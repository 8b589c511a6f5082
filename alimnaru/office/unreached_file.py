"""The unreached list taken out of the system: a workbook that a clerk can work through."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alimnaru.office.disclosure import disclose
from alimnaru.office.locking import locked
from alimnaru.office.workbook import Column, write_table
from alimnaru.reads.unreached import UnreachedRow, unreached
from alimnaru.reads.unreached_batches import not_told
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.store import audit
from alimnaru.store.models import Batch, Member
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the list is put into words: `cells` gives the texts of `columns` for a row."""

    title: str
    columns: Sequence[Column]
    cells: Callable[[UnreachedRow], Sequence[str]]


def take_unreached(
    batch: Batch, path: Path, *, actor: Member, scope: Scope, sheet: Sheet, reason: Purpose
) -> int:
    """Write the list for a member who says why. Returns the number of rows.

    What is noted stays noted if the file cannot be written. Raises `DisclosureRefused`, OSError.
    """
    disclose(
        actor=actor,
        subject=f"batch:{batch.pk}",
        department=batch.department,
        what=Disclosed.UNREACHED,
        reason=reason,
        facts={"people": not_told(batch)},
    )
    return write_unreached(scope, batch.pk, path, sheet)


def export_unreached(
    batch: Batch, path: Path, *, actor: Member, scope: Scope, sheet: Sheet, password: str
) -> int:
    """Write the list for the operator at the machine, under a password. Returns the number of
    rows. Raises OSError."""
    # Beside the file, so that it takes its place at once, and its owner's alone.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".alimnaru-") as folder:
        clear, shut = Path(folder) / "clear.xlsx", Path(folder) / "locked.xlsx"
        rows = write_unreached(scope, batch.pk, clear, sheet)
        shut.touch(0o600)
        shut.write_bytes(locked(clear.read_bytes(), password))
        shut.replace(path)
    audit.record(
        actor=actor,
        act="unreached.export",
        subject=f"batch:{batch.pk}",
        department=batch.department,
        facts={"rows": rows, "file": path.name},
    )
    return rows


def write_unreached(scope: Scope, batch_id: int, path: Path, sheet: Sheet) -> int:
    """Write the workbook; it holds names and phones in the clear. Raises OSError."""
    rows = (sheet.cells(row) for row in unreached(scope, batch_id))
    return write_table(path, rows, title=sheet.title, columns=sheet.columns)
