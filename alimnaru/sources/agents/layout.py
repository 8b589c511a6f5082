"""What there is to know of an agent's table. Names of columns are matched whatever their case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alimnaru.rules.agent_fates import Fate

#: What the agent wrote for each end; `OTHER` stands for those that it did not tell apart.
Codes = Mapping[Fate, str]


@dataclass(frozen=True, kw_only=True)
class Detail:
    """Another table that holds the text of a row: the row's `link` is its `key`."""

    table: str
    key: str
    link: str
    text: str
    subject: str = ""
    #: What goes as a text message where the Alimtalk does not.
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of message in a table: the values of the layout's `kind` column that mean it."""

    values: tuple[str, ...] = ()
    codes: Codes
    detail: Detail | None = None


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Where an agent moves a row with many recipients, and what it writes for each of them.

    `succeeded` and `failed` count recipients in `table`; `detail` has a row for each.
    """

    table: str
    succeeded: str
    failed: str
    detail: str
    number: str
    name: str
    phone: str
    result: str
    result_ok: str
    result_failed: str
    code: str
    codes: Codes
    at: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A table of an agent.

    `due` is a date or a text 'YYYYMMDDHHMMSS', as the column itself is; so are the times that are
    written: `sent_times` when a row is taken, `end_times` with its result. `only_blank` must be
    empty for the agent to take a row. `carrier` is a column and what stands there after an
    Alimtalk. `people` holds several recipients, `이름^번호|이름^번호`, in place of `phone`. `log`
    is the monthly table's name without its `_YYYYMM`.
    """

    table: str
    key: str
    callback: str
    text: str
    due: str
    status: str
    waiting: str
    taken: str
    done: str
    result: str
    kinds: tuple[Kind, ...]
    phone: str = ""
    people: str = ""
    kind: str = ""
    subject: str = ""
    instead: str = ""
    only_blank: str = ""
    sent_times: tuple[str, ...] = ()
    end_times: tuple[str, ...] = ()
    carrier: tuple[str, str] | None = None
    log: str = ""
    reports: Reports | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that must be there. The rest of what is named is used where the office's table
        has it: versions of an agent differ."""
        names = (self.key, self.text, self.due, self.status, self.result, self.phone, self.people)
        return tuple(name for name in names if name)
