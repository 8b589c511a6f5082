"""Why something that a person wants to do with a list was not done."""

from __future__ import annotations

from enum import StrEnum


class UploadRefused(Exception):  # noqa: N818
    """Nothing was done; `code` and `facts` say why."""

    def __init__(self, code: StrEnum, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts
