"""The notice kinds, and each of them in the words of one office.

`kinds.json` holds every wording once, for any office: `{{table.key}}` stands for a word of the
office's file, `"office:…"` as a whole value for one of its words or lists, and `#{이름}` stays what
it is at Kakao, a variable of each message. Loading the catalogue for an office is: `load_kinds()`,
`load_office(path)`, and `resolve(kind, office)` for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any, Literal

import msgspec

from alimnaru.rules.audience import Audience
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.consent import Window
from alimnaru.rules.resident_link import LINK
from alimnaru.store.catalogue.faults import OfficeError, OfficeFault
from alimnaru.store.catalogue.limits import check_limits
from alimnaru.store.catalogue.offices import Department, Link, Office
from alimnaru.store.catalogue.offices import load_office as load_office

#: What a notice is in law. NONE: a courtesy. NOTICE: goes beside something the law wants told, the
#: document itself travels another way. SERVICE: announces a document whose delivery starts a legal
#: period, so it needs the person's consent and an e-document relay or paper.
LegalEffect = Literal["none", "notice", "service"]
#: RA: text 90 days. RB: text 1 year, status 3. RC: evidence 5 years. RD: text 30 days, status 1
#: year and shown only as 보건·복지.
Retention = Literal["RA", "RB", "RC", "RD"]

_WORD = re.compile(r"\{\{([a-z_]+\.[a-z_]+)\}\}")
_REFERENCE = "office:"
_OWN_PAGE = f"#{{{LINK}}}"


@dataclass(frozen=True, slots=True)
class Fallback:
    """What follows an Alimtalk that did not arrive, and after how many seconds of silence."""

    channel: Literal["sms", "lms", "none"]
    wait_seconds: int

    @property
    def next_channel(self) -> Channel | None:
        """The channel as the plan wants it: None where nothing follows."""
        return None if self.channel == "none" else Channel(self.channel)


@dataclass(frozen=True, slots=True)
class Lms:
    """A long text message: subject ≤ 40 bytes, text ≤ 2,000."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class KindData:
    """One notice kind for any office. `template` and `variables` are in the JSON form of rules.

    `department` is a role of the office file; `sensitivity` runs from 0 (nothing about a person)
    to 3 (health, welfare); `approvals` is how many people must agree to a list of it. `audience`
    is who it is for; `hand_typed`: people may choose who gets it (not so for births, deaths and
    family events, of which the catalogue has none). `merge_minutes`: how long the first of several
    for one resident waits for the others; `merging`: how their values become one
    (`rules.merging`).
    """

    code: str
    name: str
    seed: bool
    department: str
    lane: Lane
    priority: Literal["P0", "P1", "P2", "P3"]
    legal_effect: LegalEffect
    sensitivity: Literal[0, 1, 2, 3]
    retention: Retention
    window: Literal["default", "campaign", "always"]
    ttl_minutes: int
    grouping: Literal["person", "household", "none"]
    fallback: Fallback
    approvals: int
    trigger: str
    source: str
    legal: str
    template: dict[str, Any]
    sms: str | None
    lms: Lms | None
    variables: tuple[dict[str, Any], ...]
    audience: Audience = Audience.RESIDENTS
    hand_typed: bool = True
    merge_minutes: int = 0
    merging: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResolvedKind:
    """A notice kind in an office's own words, ready to become a template version."""

    kind: KindData
    department: Department
    window: Window
    template: dict[str, Any]
    sms: str | None
    lms: Lms | None
    variables: tuple[dict[str, Any], ...]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    columns: dict[str, list[str]]
    kinds: list[KindData]


def load_kinds() -> tuple[KindData, ...]:
    """Every kind of the catalogue, each variable with the headers by which lists call it."""
    raw = files("alimnaru.store.catalogue").joinpath("kinds.json").read_bytes()
    file = msgspec.json.decode(raw, type=_File)
    return tuple(
        replace(kind, variables=tuple(_with_columns(v, file.columns) for v in kind.variables))
        for kind in file.kinds
    )


def _with_columns(variable: dict[str, Any], shared: Mapping[str, list[str]]) -> dict[str, Any]:
    """A variable's own headers win; one that is made from another needs none."""
    if "columns" in variable or "from" in variable:
        return variable
    return {**variable, "columns": shared[variable["name"]]}


def resolve(
    kind: KindData, office: Office, department: str | None = None, *, public_url: str = ""
) -> ResolvedKind:
    """Fill a kind with an office's words, for the department that sends it (default: its role's).

    `public_url`: where residents reach this Alimnaru; takes the place of what the office file says
    about links to their own page.

    Raises `OfficeError` when the office file lacks a word, list, short form, link or department,
    or when its words make a text longer than Kakao or an SMS takes in the worst case.
    """
    sender = office.department(department or _role(kind, office))
    filling = _Filling(kind, office, sender, public_url)
    resolved = ResolvedKind(
        kind=kind,
        department=sender,
        window=office.windows[kind.window],
        template=filling.template(),
        sms=kind.sms and filling.text(kind.sms),
        lms=kind.lms and Lms(filling.text(kind.lms.subject), filling.text(kind.lms.text)),
        variables=tuple(filling.variable(variable) for variable in kind.variables),
    )
    check_limits(
        {"file": office.file, "kind": kind.name},
        template=resolved.template,
        sms=resolved.sms,
        lms=(resolved.lms.subject, resolved.lms.text) if resolved.lms else None,
        variables=resolved.variables,
    )
    return resolved


def _role(kind: KindData, office: Office) -> str:
    try:
        return office.roles[kind.department]
    except KeyError:
        facts = {"file": office.file, "kind": kind.name, "role": kind.department}
        raise OfficeError(OfficeFault.ROLE_MISSING, facts) from None


class _Filling:
    """One kind being filled for one department, so that every fault can name the kind."""

    def __init__(
        self, kind: KindData, office: Office, department: Department, public_url: str
    ) -> None:
        self.kind = kind
        self.public_url = public_url
        self.office = office
        self.words: Mapping[str, str] = {
            **office.words,
            "department.name": department.name,
            "department.phone": department.phone,
        }

    def fault(self, code: OfficeFault, **facts: str | int) -> OfficeError:
        return OfficeError(code, {"file": self.office.file, "kind": self.kind.name, **facts})

    def text(self, text: str) -> str:
        return _WORD.sub(lambda match: self._word(match[1]), text)

    def template(self) -> dict[str, Any]:
        filled: dict[str, Any] = _fill(self.kind.template, self.text)
        filled["buttons"] = [self._button(button) for button in filled["buttons"]]
        return filled

    def variable(self, variable: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(variable)
        if enum := _reference(variable.get("values")):
            found["values"] = self._values(enum, variable["max"])
        if enum := _reference(variable.get("short")):
            found["short"] = self._short(enum, variable["max"])
        if word := _reference(variable.get("default")):
            found["default"] = self._word(word)
        return found

    def _word(self, name: str) -> str:
        try:
            return self.words[name]
        except KeyError:
            table, key = name.split(".")
            raise self.fault(OfficeFault.WORD_MISSING, table=table, key=key) from None

    def _button(self, button: Mapping[str, Any]) -> dict[str, Any]:
        name = button["name"]
        links = self.office.links
        link: Link | None = links.get(f"{self.kind.code}:{name}") or links.get(name)
        if link is None:
            raise self.fault(OfficeFault.LINK_MISSING, button=name)
        if self.public_url and _OWN_PAGE in link.mobile:
            here = f"{self.public_url}/r/{_OWN_PAGE}"
            link = Link(here, here)
        return {**button, "link_mobile": link.mobile, "link_pc": link.pc}

    def _values(self, enum: str, limit: int) -> list[str]:
        if enum not in self.office.enums:
            raise self.fault(OfficeFault.ENUM_MISSING, enum=enum)
        values = self.office.enums[enum]
        self._all_fit(f"enums.{enum}", {value: value for value in values}, limit)
        return list(values)

    def _short(self, enum: str, limit: int) -> dict[str, str]:
        forms = self.office.short.get(enum, {})
        for value in self.office.enums.get(enum, ()):
            if value not in forms:
                raise self.fault(OfficeFault.SHORT_MISSING, enum=enum, value=value)
        self._all_fit(f"short.{enum}", forms, limit)
        return dict(forms)

    def _all_fit(self, where: str, values: Mapping[str, str], limit: int) -> None:
        for place, value in values.items():
            if len(value) > limit:
                raise self.fault(
                    OfficeFault.TEXT_TOO_LONG,
                    where=f"{where}.{place}",
                    length=len(value),
                    limit=limit,
                )


def _reference(value: object) -> str | None:
    """What an `"office:…"` value refers to, None for any other value."""
    if isinstance(value, str) and value.startswith(_REFERENCE):
        return value.removeprefix(_REFERENCE)
    return None


def _fill(value: Any, text: Callable[[str], str]) -> Any:
    """A copy of a JSON value with `text` applied to every string in it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return [_fill(item, text) for item in value]
    if isinstance(value, dict):
        return {key: _fill(item, text) for key, item in value.items()}
    return value
