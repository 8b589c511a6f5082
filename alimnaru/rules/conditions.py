"""What a record of another system must say for a rule to hold: small, closed, and never SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """How a field is compared. Text compares as the other database compares it."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    IS_NULL = "is_null"
    NOT_NULL = "not_null"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `value` is a list for `in` and `not_in`, None for the two about null."""

    field: str
    op: Op
    value: object = None


def condition_from_json(given: Mapping[str, object]) -> Condition:
    """Reads `{"field": …, "op": …, "value": …}`. Raises ValueError, which names field or op."""
    field, op = given.get("field"), given.get("op", "eq")
    if not isinstance(field, str) or not field:
        raise ValueError("a condition needs a field")
    try:
        read = Op(str(op))
    except ValueError:
        raise ValueError(f"{field}: {op} is no comparison") from None
    value = given.get("value")
    if read in (Op.IN, Op.NOT_IN) and not (isinstance(value, list) and value):
        raise ValueError(f"{field}: {read} needs a list")
    if read in (Op.IS_NULL, Op.NOT_NULL):
        value = None
    elif value is None:
        raise ValueError(f"{field}: {read} needs a value")
    return Condition(field, read, value)
