"""An office's own file: its names, departments, numbers, places, links and hours, checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from importlib.resources import files
from pathlib import Path
from typing import Any

from alimnaru.rules.consent import Window
from alimnaru.rules.phone import read_office_number
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.text import outside_ks_x_1001, unprintable
from alimnaru.store.catalogue.faults import OfficeError, OfficeFault

#: Kakao and every carrier of kakao.md §1.5 take at most this many characters of an address.
LINK_LENGTH = 500
#: Names of departments stand in variables of at most 12 characters.
DEPARTMENT_NAME_LENGTH = 12
#: The longest of our own words is a list of ways to pay; a longer one belongs into a wording.
WORD_LENGTH = 40

_NO_WORDS = ("windows", "roles", "enums", "short", "links", "departments", "processors")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_LINK = re.compile(r"https?://[^\s/?#]+[^\s]*")


@dataclass(frozen=True, slots=True)
class Department:
    """A node of the office's tree. `parent` is a code, None for a root; numbers as people dial."""

    code: str
    name: str
    parent: str | None
    phone: str
    sender_number: str


@dataclass(frozen=True, slots=True)
class Link:
    """Where a button leads, on a phone and on a desktop."""

    mobile: str
    pc: str


@dataclass(frozen=True, slots=True)
class Processor:
    """Whom the office has trusted with residents' data (수탁자), by contract. `kind`: of carrier,
    empty for any other; `through`: those whom it trusts in turn."""

    name: str
    work: str
    kind: str
    through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a wording may say about an office.

    `words` by dotted name ('office.district'); `departments` by code, parents before children;
    `roles` from a notice's role to a department code; `enums` by name; `short` by enum name, long
    form to short; `links` by button name or 'notice code:button name'; `windows` by name.
    """

    file: str
    words: Mapping[str, str] = field(repr=False)
    departments: Mapping[str, Department] = field(repr=False)
    roles: Mapping[str, str] = field(repr=False)
    enums: Mapping[str, tuple[str, ...]] = field(repr=False)
    short: Mapping[str, Mapping[str, str]] = field(repr=False)
    links: Mapping[str, Link] = field(repr=False)
    windows: Mapping[str, Window] = field(repr=False)
    processors: tuple[Processor, ...] = field(default=(), repr=False)

    def department(self, code: str) -> Department:
        """The department with this code. Raises `OfficeError` (DEPARTMENT_UNKNOWN)."""
        try:
            return self.departments[code]
        except KeyError:
            facts = {"file": self.file, "department": code}
            raise OfficeError(OfficeFault.DEPARTMENT_UNKNOWN, facts) from None


def load_office(path: str | Path | None = None) -> Office:
    """Read an office file, the built-in example office for None or ''.

    Raises `OfficeError` for whatever is wrong with it: the first fault found, named by its place.
    """
    if path is None or path == "":
        source = files("alimnaru.store.catalogue").joinpath("office.toml")
        return _Reading("office.toml").office(source.read_bytes())
    reading = _Reading(str(path))
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        raise reading.fault(OfficeFault.FILE_NOT_FOUND) from None
    except OSError:
        raise reading.fault(OfficeFault.FILE_UNREADABLE) from None
    return reading.office(raw)


class _Reading:
    """One reading of one file, so that every fault can name the file and the place in it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fault(self, code: OfficeFault, **facts: str | int) -> OfficeError:
        return OfficeError(code, {"file": self.file, **facts})

    def office(self, raw: bytes) -> Office:
        data = self._parse(raw)
        departments = self._departments(self._table(data, "departments"))
        return Office(
            file=self.file,
            words=self._words(data),
            departments=departments,
            roles=self._roles(self._table(data, "roles"), departments),
            enums={k: self._values(f"enums.{k}", v) for k, v in self._table(data, "enums").items()},
            short=self._short(self._table(data, "short")),
            links={k: self._link(f"links.{k}", v) for k, v in self._table(data, "links").items()},
            windows=self._windows(self._table(data, "windows")),
            processors=self._processors(data.get("processors", {})),
        )

    def _parse(self, raw: bytes) -> dict[str, Any]:
        try:
            text = raw.decode("utf-8-sig")  # Windows editors write a mark before the first line
        except UnicodeDecodeError:
            raise self.fault(OfficeFault.FILE_ENCODING) from None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise self.fault(OfficeFault.FILE_SYNTAX, detail=str(error)) from None

    def _table(self, data: Mapping[str, Any], name: str) -> dict[str, Any]:
        if name not in data:
            raise self.fault(OfficeFault.TABLE_MISSING, where=name)
        return self._is_table(name, data[name])

    def _is_table(self, where: str, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.fault(OfficeFault.WRONG_TYPE, where=where, expected="표")
        return value

    def _text(self, where: str, value: object, limit: int = WORD_LENGTH) -> str:
        if not isinstance(value, str):
            raise self.fault(OfficeFault.WRONG_TYPE, where=where, expected="따옴표로 묶은 글")
        text = value.strip()
        if not text:
            raise self.fault(OfficeFault.TEXT_EMPTY, where=where)
        if len(text) > limit:
            raise self.fault(OfficeFault.TEXT_TOO_LONG, where=where, length=len(text), limit=limit)
        for mark in ("#{", "{{", "}}", "\n", "\t"):
            if mark in text:
                raise self.fault(OfficeFault.TEXT_HAS_MARK, where=where, mark=repr(mark)[1:-1])
        odd = unprintable(text) or outside_ks_x_1001(text)
        if odd:
            raise self.fault(OfficeFault.TEXT_UNPRINTABLE, where=where, mark=odd[0])
        return text

    def _values(self, where: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self.fault(OfficeFault.WRONG_TYPE, where=where, expected="목록")
        if not value:
            raise self.fault(OfficeFault.TEXT_EMPTY, where=where)
        return tuple(dict.fromkeys(self._text(where, item) for item in value))

    def _words(self, data: Mapping[str, Any]) -> dict[str, str]:
        self._table(data, "office")
        words: dict[str, str] = {}
        for table, content in data.items():
            if table not in _NO_WORDS:
                for key, value in self._is_table(table, content).items():
                    words[f"{table}.{key}"] = self._text(f"{table}.{key}", value)
        return words

    def _short(self, table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        return {
            enum: {
                long: self._text(f"short.{enum}.{long}", value)
                for long, value in self._is_table(f"short.{enum}", forms).items()
            }
            for enum, forms in table.items()
        }

    def _link(self, where: str, value: object) -> Link:
        if not isinstance(value, dict):
            address = self._address(where, value)
            return Link(address, address)
        table: dict[str, Any] = value
        self._only(where, table, ("mobile", "pc"))
        mobile = self._address(f"{where}.mobile", self._need(where, table, "mobile"))
        return Link(mobile, self._address(f"{where}.pc", table.get("pc", mobile)))

    def _address(self, where: str, value: object) -> str:
        if isinstance(value, str) and len(value) <= LINK_LENGTH and _LINK.fullmatch(value):
            return value
        raise self.fault(OfficeFault.LINK_BAD, where=where)

    def _windows(self, table: Mapping[str, Any]) -> dict[str, Window]:
        windows = {"always": Window(time(0), time(0))}
        for name in ("default", "campaign"):
            where = f"windows.{name}"
            content = self._is_table(where, self._need("windows", table, name))
            self._only(where, content, ("from", "to", "weekdays"))
            opens = self._time(where, self._need(where, content, "from"))
            closes = self._time(where, self._need(where, content, "to"))
            weekdays = content.get("weekdays", False)
            if not isinstance(weekdays, bool):
                expected = "true 또는 false"
                raise self.fault(
                    OfficeFault.WRONG_TYPE, where=f"{where}.weekdays", expected=expected
                )
            if opens >= closes:  # equal hours would mean "always", over midnight "by night"
                raise self.fault(OfficeFault.WINDOW_BAD, where=where)
            windows[name] = Window(opens, closes, working_days_only=weekdays)
        return windows

    def _processors(self, given: object) -> tuple[Processor, ...]:
        return tuple(
            self._processor(f"processors.{key}", content)
            for key, content in self._is_table("processors", given).items()
        )

    def _processor(self, where: str, content: object) -> Processor:
        table = self._is_table(where, content)
        self._only(where, table, ("name", "work", "kind", "through"))
        through = table.get("through")
        kind = table.get("kind")
        return Processor(
            name=self._text(f"{where}.name", self._need(where, table, "name")),
            work=self._text(f"{where}.work", self._need(where, table, "work")),
            kind="" if kind is None else self._text(f"{where}.kind", kind),
            through=() if through is None else self._values(f"{where}.through", through),
        )

    def _time(self, where: str, value: object) -> time:
        if isinstance(value, time):  # TOML has times of its own: from = 08:00:00
            return value
        match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value if isinstance(value, str) else "")
        if match is None:
            raise self.fault(OfficeFault.WINDOW_BAD, where=where)
        return time(int(match[1]), int(match[2]))

    def _roles(
        self, table: Mapping[str, Any], departments: Mapping[str, Department]
    ) -> dict[str, str]:
        roles = {role: self._text(f"roles.{role}", code) for role, code in table.items()}
        for code in roles.values():
            if code not in departments:
                raise self.fault(OfficeFault.DEPARTMENT_UNKNOWN, department=code)
        return roles

    def _departments(self, table: Mapping[str, Any]) -> dict[str, Department]:
        found = {code: self._department(code, content) for code, content in table.items()}
        if not found:
            raise self.fault(OfficeFault.TEXT_EMPTY, where="departments")
        ordered: dict[str, Department] = {}
        for code in found:
            for department in reversed(list(self._line(code, found))):
                ordered.setdefault(department.code, department)
        return ordered

    def _line(self, code: str, found: Mapping[str, Department]) -> Iterator[Department]:
        """The department itself, its parent, and so on up to its root."""
        seen: set[str] = set()
        current: str | None = code
        while current is not None:
            if current in seen:
                raise self.fault(OfficeFault.PARENT_CIRCLE, where=code)
            seen.add(current)
            department = found[current]
            yield department
            current = department.parent
            if current is not None and current not in found:
                raise self.fault(OfficeFault.PARENT_UNKNOWN, where=department.code, parent=current)

    def _department(self, code: str, content: object) -> Department:
        where = f"departments.{code}"
        if not _CODE.fullmatch(code):
            raise self.fault(OfficeFault.CODE_BAD, where=code)
        table = self._is_table(where, content)
        self._only(where, table, ("name", "parent", "phone", "sender_number"))
        parent = table.get("parent")
        return Department(
            code=code,
            name=self._text(
                f"{where}.name", self._need(where, table, "name"), DEPARTMENT_NAME_LENGTH
            ),
            parent=None if parent is None else self._text(f"{where}.parent", parent),
            phone=self._phone(f"{where}.phone", self._need(where, table, "phone")),
            sender_number=self._phone(
                f"{where}.sender_number", self._need(where, table, "sender_number")
            ),
        )

    def _phone(self, where: str, value: object) -> str:
        text = self._text(where, value)
        if isinstance(read_office_number(text), Refusal):
            raise self.fault(OfficeFault.PHONE_BAD, where=where)
        return text

    def _need(self, where: str, table: Mapping[str, Any], key: str) -> Any:
        if key not in table:
            raise self.fault(OfficeFault.KEY_MISSING, where=f"{where}.{key}")
        return table[key]

    def _only(self, where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                raise self.fault(OfficeFault.KEY_UNKNOWN, where=f"{where}.{key}")
