"""Which column of a list is read for what, as a clerk sees and changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from alimnaru.console.workbooks import asked, how_to_write
from alimnaru.flow.rosters import newest_wording, variables_for
from alimnaru.rules.roster_header import NAME, PHONE, PHONE_WORDS
from alimnaru.rules.variables import Kind
from alimnaru.store.models import ListUpload

#: In a select of columns: whatever the header's words say.
AUTOMATIC = "auto:"


@dataclass(frozen=True, slots=True)
class ColumnField:
    """One thing that is read from a list. `column`: from where, '' for nowhere. `chosen`: what a
    clerk chose, `AUTOMATIC` for nothing. `default` stands in where there is no column."""

    key: str
    name: str
    column: str
    chosen: str
    default: str
    optional: bool
    hint: str


def column_fields(upload: ListUpload) -> Sequence[ColumnField]:
    """What the notice needs of a list, in the order of its variables."""
    version = upload.batch.version if upload.batch else newest_wording(upload.notice)
    wanted = asked(variables_for(version, upload.department))
    read_from = upload.findings.get("read_from", {})
    phone = read_from.get(PHONE_WORDS[1][0], "")
    mapping = upload.mapping

    def field(
        key: str, name: str, column: str, default: str, hint: str, *, optional: bool
    ) -> ColumnField:
        chosen = mapping.get(key, AUTOMATIC)
        return ColumnField(key, name, column, chosen, default, optional, hint)

    found = [field(PHONE, _("휴대전화"), phone, "", "", optional=False)]
    if not any(v.kind is Kind.PERSON for v in wanted):
        found.append(field(NAME, _("이름"), mapping.get(NAME, ""), "", "", optional=True))
    for variable in wanted:
        column = read_from.get(variable.name, read_from.get(variable.source or "", ""))
        kept = variable.default or ""
        found.append(
            field(
                variable.name,
                variable.name,
                column,
                kept,
                how_to_write(variable),
                optional=bool(kept) or not variable.required,
            )
        )
    return found
