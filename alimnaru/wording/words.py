"""The shape of an entry: what happened and why, then what to do."""

from __future__ import annotations

from alimnaru.wording.language import said


class Words(tuple[str, str]):
    """Two Korean sentences in the polite form (합쇼체), templates of `filling.fill`.

    `do` is empty where nothing is to be done, or where it follows from the state (`steps`). As a
    tuple it holds the Korean; its properties are in the reader's language.
    """

    __slots__ = ()

    def __new__(cls, why: str, do: str = "") -> Words:
        return super().__new__(cls, (why, do))

    @property
    def why(self) -> str:
        """What happened and why."""
        return said(self[0])

    @property
    def do(self) -> str:
        """What to do."""
        return said(self[1])

    @property
    def both(self) -> str:
        """The whole."""
        return f"{self.why} {self.do}".strip()
