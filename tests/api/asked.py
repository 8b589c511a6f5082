"""What programs ask for in these tests."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from tests.cast import phone

VARIABLES = {"성명": "김나루", "기한": "2026-12-01"}


def row(**changed: Any) -> dict[str, Any]:
    """Somebody fresh who is told of the day on which books are due."""
    return {"to": phone(), "name": "김나루", "variables": VARIABLES, **changed}


def many(*rows: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The body of a call for several."""
    return {"notice": "lib.due.soon", "rows": list(rows), **changed}


def codes(answer: HttpResponse) -> list[tuple[str, str]]:
    """Fields and codes of a problem."""
    return [(fault["field"], fault["code"]) for fault in answer.json()["errors"]]


def balanced(batch: dict[str, Any]) -> bool:
    """Whether every row of a batch is in one place, by its own word and by ours."""
    ends = ("refused", "failed", "suppressed", "cancelled", "expired", "unknown", "pending")
    total = sum(batch["delivered"].values()) + sum(batch[name] for name in ends)
    return bool(batch["balances"]) and total == batch["rows"]
