"""Reads the values of one sheet in a process of its own, and hands them on by a pipe.

The reader of spreadsheets is native code: a file made to harm it can ask for more memory than
there is, and then it ends the process it runs in. So that is not ours. Run as a script, by its
path: it imports nothing of the package and starts in 60 ms.

On standard output, pickled: the error ('damaged', 'password') or '' when all is read; how many
columns left of the first value are not in the rows; then lists of rows; None at the end.
"""

from __future__ import annotations

import pickle
import sys
from itertools import islice
from typing import BinaryIO, Final

import python_calamine

ROWS_AT_ONCE: Final = 2_000
# A sheet of 12,000,000 cells with short texts takes 1.2 GiB.
MEMORY: Final = 3 << 30


def limit_memory() -> None:
    """Fail rather than starve the machine, where the system can be told so."""
    try:
        import resource  # noqa: PLC0415 - not on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
    except (ImportError, ValueError, OSError):
        return


def serve(path: str, at: int, sheets: int, out: BinaryIO) -> None:
    """Write the sheet numbered `at` of a workbook that must have so many sheets."""
    error, sheet = read(path, at, sheets)
    pickle.dump(error, out, protocol=5)
    if sheet is None:
        return
    pickle.dump((sheet.start or (0, 0))[1], out, protocol=5)
    out.flush()
    rows = sheet.iter_rows()
    while block := list(islice(rows, ROWS_AT_ONCE)):
        pickle.dump(block, out, protocol=5)
    pickle.dump(None, out, protocol=5)


def read(path: str, at: int, sheets: int) -> tuple[str, python_calamine.CalamineSheet | None]:
    """The error and the sheet: one of them is empty."""
    try:
        with python_calamine.load_workbook(path) as workbook:
            if len(workbook.sheet_names) == sheets:
                return "", workbook.get_sheet_by_index(at)
    except python_calamine.PasswordError:
        return "password", None
    except Exception:  # noqa: S110 - whatever a torn file makes the reader stumble on
        pass
    except BaseException as error:
        # A bug of the reader in Rust arrives as a panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
    return "damaged", None


if __name__ == "__main__":  # pragma: no cover - in the other process
    limit_memory()
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.stdout.buffer)
