"""Why a system is not connected as somebody asked."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")


class SourceRefusal(StrEnum):
    """Nothing was done."""

    CODE_WRONG = "source_code_wrong"
    CODE_TAKEN = "source_code_taken"
    SOURCE_UNKNOWN = "source_unknown"
    VIEW_WRONG = "source_view_wrong"
    FOLDER_NOT_ABSOLUTE = "source_folder_not_absolute"
    FOLDER_SHARED = "source_folder_shared"
    NOTICE_NOT_ITS = "source_notice_not_its"
    IN_USE = "source_in_use"
    KIND_OTHER = "source_kind_other"
    TABLE_UNKNOWN = "source_table_unknown"


def read_code(text: str) -> str | None:
    """The name of a source: it becomes part of a login; None if it cannot be one."""
    return text if _CODE.fullmatch(text) else None


def read_view(text: str) -> tuple[str, dict[str, str]] | None:
    """`loans=v_loans,loan_no,changed_at` as a name and what `Source.settings` keeps of it; None if
    it is none. The last part, the mark, may be left out."""
    name, sign, rest = text.partition("=")
    parts = [part.strip() for part in rest.split(",")]
    name = name.strip()
    if not sign or not name or len(name) > 60 or not all(parts) or len(parts) not in {2, 3}:
        return None
    return name, dict(zip(("table", "key", "mark"), parts, strict=False))


def overlap(one: str, other: str) -> bool:
    """Whether one folder is the other or lies in it: a list in both would be sent twice."""
    a, b = PurePath(one), PurePath(other)
    return a == b or a in b.parents or b in a.parents
