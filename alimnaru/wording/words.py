"""The shape of an entry: what happened and why, then what to do."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """Two Korean sentences in the polite form (합쇼체), templates of `filling.fill`.

    `do` is empty where nothing is to be done, or where it follows from the state (`steps`).
    """

    why: str
    do: str = ""

    @property
    def both(self) -> str:
        return f"{self.why} {self.do}".strip()
