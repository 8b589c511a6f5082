"""People whom a program names by the values of variables are judged as the rows of a list are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from alimnaru.flow.acceptance import Desk
from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import KEY_BYTES, BadRow, GoodRow, RosterRefused
from alimnaru.store import crypto

#: What is at fault where a row is the same as another: its key, or its phone and name.
KEY = "key"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a program wants told. `key` is what the program tells its rows apart by ('': phone
    and name)."""

    phone: str
    name: str
    cells: Mapping[str, Cell]
    key: str = ""

    def __repr__(self) -> str:
        return "Person()"


def judge_all(desk: Desk, people: Sequence[Person]) -> list[GoodRow | BadRow]:
    """A row for each, numbered from 1; of two with one key the second is refused. `cells` name
    variables of the desk and nothing else."""
    first_of: dict[bytes, int] = {}
    judged: list[GoodRow | BadRow] = []
    for number, person in enumerate(people, 1):
        row = judge(desk, person, number)
        if isinstance(row, GoodRow):
            first = first_of.setdefault(row.key, number)
            if first != number:
                code, shown = Refusal.ROW_DUPLICATE, f"{first}행"
                row = BadRow(number, KEY, code, row.phone, row.name, shown)
        judged.append(row)
    return judged


def judge(desk: Desk, person: Person, number: int) -> GoodRow | BadRow:
    """As the check of a list would have it; a variable that is not there is empty."""
    try:
        row = desk.rows.judge(person.phone, person.name, person.cells, number)
    except RosterRefused:
        column = next(iter(missing(desk, person.cells)), "")
        return BadRow(number, column, Refusal.VALUE_EMPTY, "", person.name, "")
    if isinstance(row, GoodRow) and person.key:
        return row._replace(key=_row_key(person.key))
    return row


def missing(desk: Desk, cells: Mapping[str, Cell]) -> list[str]:
    """The variables that the wording cannot do without and for which nothing was given."""
    defaults = {variable.name: variable.default for variable in desk.variables}
    return [
        variable.name
        for variable in desk.variables
        if variable.required
        and not {variable.name, variable.source} & cells.keys()
        and not (variable.default or defaults.get(variable.source or ""))
    ]


def _row_key(own: str) -> bytes:
    """As `rules.roster` makes one of the office's own number of a person or case."""
    text = f"#{own}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=KEY_BYTES, key=crypto.row_secret()).digest()
