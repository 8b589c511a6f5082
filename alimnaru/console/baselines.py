"""A saving with the name of what it is measured by: no figure of one stands without it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from alimnaru.rules.tariff import Baseline, Saving
from alimnaru.wording import label


@dataclass(frozen=True, slots=True)
class Against:
    """Won saved against a baseline (below zero: it cost more), and what that would have cost."""

    name: str
    would: Decimal
    saved: Decimal

    @classmethod
    def of(cls, money: Saving, base: Baseline) -> Against:
        return cls(label(base), money.would(base), money.saved(base))

    @property
    def more(self) -> Decimal:
        """What it cost beyond the baseline, where nothing was saved."""
        return -self.saved
