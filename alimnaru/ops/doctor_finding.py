"""What the doctor says of one question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One question: `name` and `detail` for a person, `advice` only where something is wrong."""

    code: str
    name: str
    ok: bool
    detail: str
    advice: str = ""
