"""The form of a wording: plain texts and rows, whatever the browser sent, until they are saved.

`Sheet` is what stands in the fields; `Sheet.draft` is the wording that they make. Fields which
the chosen kind does not use keep their text, so that going back loses nothing, and stay out of
the wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from alimnaru.rules.draft import DraftWording, text_messages
from alimnaru.rules.resident_link import OWN_NAMES
from alimnaru.rules.template import (
    LINK_FIELDS,
    ButtonKind,
    Emphasis,
    MessageType,
    marks,
    parse_template,
    template_to_json,
)
from alimnaru.rules.template_buttons import fields_of
from alimnaru.rules.variables import Variable, variable_from_json, variable_to_json

#: The parts that come in rows, with the fields of a row; also the prefixes of their forms.
BUTTON_FIELDS: Final = (
    "type", "name", *LINK_FIELDS, "tel", "chat_extra", "chat_event", "plugin_id", "biz_form_id",
    "outside",
)  # fmt: skip
ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "items": ("title", "description"),
    "buttons": BUTTON_FIELDS,
    "quick_replies": BUTTON_FIELDS,
    "variables": (
        "name", "kind", "max", "values", "short", "from", "columns", "default", "required",
    ),
}  # fmt: skip
TEXTS: Final = (
    "message_type", "emphasis", "title", "subtitle", "header", "highlight_title",
    "highlight_description", "summary_title", "summary_description", "body", "extra", "sms",
    "lms_subject", "lms", "category",
)  # fmt: skip
#: A row that was just added.
_NEW: Final[Mapping[str, Mapping[str, str]]] = {
    "items": {},
    "buttons": {"type": ButtonKind.WL},
    "quick_replies": {"type": ButtonKind.BK},
    "variables": {"kind": "text", "max": "20", "required": "on"},
}
#: More rows than this are nobody's wording.
ROWS_MOST: Final = 60
_FLAGS: Final = frozenset({"outside", "required"})
_WITH_EXTRA: Final = (MessageType.EX, MessageType.MI)
_ROW: Final = re.compile(r"(items|buttons|quick_replies|variables)-(\d{1,3})-([a-z_]+)")
_ACT: Final = re.compile(r"(remove|up|down)-(items|buttons|quick_replies|variables)-(\d{1,3})")

Row = dict[str, str]
_Code = TypeVar("_Code", bound=StrEnum)


@dataclass(slots=True)
class Sheet:
    """What stands in the fields. `rows` by part."""

    texts: dict[str, str] = field(default_factory=lambda: dict.fromkeys(TEXTS, ""))
    rows: dict[str, list[Row]] = field(default_factory=lambda: {part: [] for part in ROWS})

    @classmethod
    def of(cls, draft: DraftWording) -> Sheet:
        """The fields of a wording that exists."""
        data: dict[str, Any] = template_to_json(draft.template)
        sheet = cls()
        for name in TEXTS:
            part, _, inner = name.partition("_")
            found = data.get(part, {}).get(inner) if inner in _INNER else data.get(name)
            sheet.texts[name] = found or ""
        sheet.texts |= {
            "sms": draft.sms,
            "lms_subject": draft.lms_subject,
            "lms": draft.lms,
            "category": draft.category,
        }
        for part in ("items", "buttons", "quick_replies"):
            sheet.rows[part] = [_shown(row) for row in data.get(part, [])]
        sheet.rows["variables"] = [_variable_row(variable) for variable in draft.variables]
        return sheet

    @classmethod
    def posted(cls, data: Mapping[str, str]) -> Sheet:
        """What a browser sent. Rows keep the order of their numbers."""
        sheet = cls()
        for name in TEXTS:
            sheet.texts[name] = _clean(data.get(name, ""))
        found: dict[str, dict[int, Row]] = {part: {} for part in ROWS}
        for key, text in data.items():
            match = _ROW.fullmatch(key)
            if match and match[3] in ROWS[match[1]]:
                found[match[1]].setdefault(int(match[2]), {})[match[3]] = _clean(text)
        for part, rows in found.items():
            sheet.rows[part] = [rows[at] for at in sorted(rows)][:ROWS_MOST]
        return sheet

    def act(self, act: str) -> str:
        """Add, remove or move a row, or put a mark behind the body; return the id of the field to
        go on with, '' for none. An act that nobody knows changes nothing."""
        if act.startswith("add-") and act[4:] in ROWS:
            return self._add(act[4:], {})
        if act == "add-missing":
            return "".join([self._add("variables", {"name": n}) for n in self.missing()][:1])
        if act.startswith("insert-"):
            self.texts["body"] += f"#{{{act[7:]}}}"
            return "id_body"
        match = _ACT.fullmatch(act)
        if match is None or int(match[3]) >= len(self.rows[match[2]]):
            return ""
        return self._move(match[1], match[2], int(match[3]))

    def _add(self, part: str, more: Row) -> str:
        rows = self.rows[part]
        if len(rows) >= ROWS_MOST:
            return ""
        rows.append({**_NEW[part], **more})
        return f"id_{part}-{len(rows) - 1}-{'title' if part == 'items' else 'name'}"

    def _move(self, act: str, part: str, at: int) -> str:
        rows = self.rows[part]
        row = rows.pop(at)
        if act == "remove":
            return f"part-{part}"
        to = max(0, at - 1) if act == "up" else min(len(rows), at + 1)
        rows.insert(to, row)
        return f"id_{part}-{to}-{'title' if part == 'items' else 'name'}"

    def flat(self) -> dict[str, str]:
        """The fields as a browser would send them."""
        flat = dict(self.texts)
        for part, rows in self.rows.items():
            for at, row in enumerate(rows):
                flat |= {f"{part}-{at}-{name}": text for name, text in row.items()}
        return flat

    def missing(self) -> list[str]:
        """Names of marks in the texts that no variable explains."""
        draft = self.draft(None, loosely=True)
        used = [*draft.template.variables]
        used += [name for _where, text in text_messages(draft) for name in marks(text)]
        known = {variable.name for variable in draft.variables}
        known |= set(OWN_NAMES)
        return [name for name in dict.fromkeys(used) if name not in known]

    def draft(self, base: DraftWording | None, *, loosely: bool = False) -> DraftWording:
        """The wording that these fields make; what has no field here stays as `base` has it.

        `loosely`: variables that cannot be read are left out. Otherwise raises `ValueError`.
        """
        texts = self.texts
        return DraftWording(
            template=parse_template(self._template(base)),
            variables=tuple(_variables(self.rows["variables"], loosely=loosely)),
            sms=texts["sms"],
            lms_subject=texts["lms_subject"] if texts["lms"] else "",
            lms=texts["lms"],
            category=texts["category"],
        )

    def _template(self, base: DraftWording | None) -> dict[str, Any]:
        kept = template_to_json(base.template) if base else {}
        kept_as_is = ("represent_link", "security")
        data: dict[str, Any] = {key: kept[key] for key in kept_as_is if key in kept}
        texts, emphasis = self.texts, self.emphasis
        data |= {"message_type": self.message_type, "emphasis": emphasis, "body": texts["body"]}
        if self.message_type in _WITH_EXTRA:
            data["extra"] = texts["extra"]
        if emphasis is Emphasis.TEXT:
            data |= {"title": texts["title"], "subtitle": texts["subtitle"]}
        if emphasis is Emphasis.ITEM_LIST:
            data |= self._item_list(kept)
        data["buttons"] = [_button(row) for row in self.rows["buttons"]]
        data["quick_replies"] = [_button(row) for row in self.rows["quick_replies"]]
        return data

    def _item_list(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        texts = self.texts
        highlight = _pair(texts, "highlight")
        if highlight and kept.get("highlight", {}).get("thumbnail"):
            highlight["thumbnail"] = True
        return {
            "header": texts["header"],
            "highlight": highlight,
            "items": [
                {"title": row.get("title", ""), "description": row.get("description", "")}
                for row in self.rows["items"]
            ],
            "summary": _pair(texts, "summary"),
        }

    @property
    def message_type(self) -> MessageType:
        """The chosen one; the plain one where nothing sensible was chosen."""
        return _choice(MessageType, self.texts["message_type"], MessageType.BA)

    @property
    def emphasis(self) -> Emphasis:
        """The chosen one; none where nothing sensible was chosen."""
        return _choice(Emphasis, self.texts["emphasis"], Emphasis.NONE)


_INNER: Final = frozenset({"title", "description"})


def button_kind(row: Row) -> ButtonKind:
    """A button's kind; a web link where nothing sensible was chosen."""
    return _choice(ButtonKind, row.get("type", ""), ButtonKind.WL)


def _choice(kind: type[_Code], text: str, otherwise: _Code) -> _Code:
    return kind(text) if text in {member.value for member in kind} else otherwise


def _clean(text: str) -> str:
    # Browsers send CRLF; a trailing line break is nobody's intention.
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def _pair(texts: Mapping[str, str], part: str) -> dict[str, Any]:
    pair = {inner: texts[f"{part}_{inner}"] for inner in ("title", "description")}
    return pair if any(pair.values()) else {}


def _shown(row: Mapping[str, Any]) -> Row:
    return {key: "on" if value is True else str(value) for key, value in row.items()}


def _button(row: Row) -> dict[str, Any]:
    kind = button_kind(row)
    found: dict[str, Any] = {"type": kind.value, "name": row.get("name", "")}
    for name in fields_of(kind):
        text = row.get(name, "").strip()
        found[name] = bool(text) if name in _FLAGS else text
    return found


# ---- variables -----------------------------------------------------------------------------------


def _variable_row(variable: Variable) -> Row:
    data = variable_to_json(variable)
    return {
        "name": variable.name,
        "kind": variable.kind.value,
        "max": str(variable.max_length or ""),
        "values": "\n".join(variable.values),
        "short": "\n".join(f"{long}={short}" for long, short in variable.short.items()),
        "from": variable.source or "",
        "columns": ", ".join(variable.columns),
        "default": str(data.get("default", "")),
        "required": "on" if variable.required else "",
    }


def _variables(rows: Iterable[Row], *, loosely: bool) -> Iterable[Variable]:
    seen = set()
    for row in rows:
        try:
            variable = variable_of(row)
        except ValueError:
            if loosely:
                continue
            raise
        if loosely and variable.name in seen:
            continue
        seen.add(variable.name)
        yield variable


def variable_of(row: Row) -> Variable:
    """The variable that a row describes. Raises `ValueError`."""
    most = row.get("max", "").strip()
    data: dict[str, object] = {
        "name": row.get("name", "").strip(),
        "kind": row.get("kind", ""),
        "max": int(most) if most else None,
        "values": _lines(row.get("values", "")),
        "short": dict(_forms(row.get("short", ""))),
        "from": row.get("from", "").strip() or None,
        "columns": [text.strip() for text in row.get("columns", "").split(",") if text.strip()],
        "default": row.get("default", "").strip() or None,
        "required": bool(row.get("required")),
    }
    return variable_from_json(data)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _forms(text: str) -> Iterable[tuple[str, str]]:
    for line in _lines(text):
        long, _, short = line.partition("=")
        yield long.strip(), (short or long).strip()
