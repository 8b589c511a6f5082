"""The form of a correction: what it says to everybody whom the mistake has reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from alimnaru.console.one_form import OneForm
from alimnaru.rules.variables import Kind, Variable


class CorrectionForm(OneForm):
    """The variables of one wording. Nobody is typed in: they are those of the corrected batch."""

    def __init__(
        self,
        variables: Sequence[Variable],
        data: Mapping[str, Any] | None = None,
        known: Mapping[Kind, str] | None = None,
    ) -> None:
        super().__init__(variables, data)
        for name in ("phone", "token", "confirmed", "name"):
            self.fields.pop(name, None)
        for key, variable in self._asked.items():
            if known and variable.kind in known:
                self.fields[key].initial = known[variable.kind]

    def shown(self) -> list[forms.BoundField]:
        """The fields that a person sees, in order."""
        return [self[name] for name in self._asked]

    def blame(self, column: str, text: str) -> None:
        """Put an error to the field of a variable; to the form if there is none."""
        found = (key for key, v in self._asked.items() if v.name == column)
        self.add_error(next(found, None), text)
