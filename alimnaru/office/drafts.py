"""An edit of a wording as a file: TOML or JSON that says what is to be different.

    category = "004001"
    sms = "[나루구] 반납일 #{기한}"
    [template]          # keys as `rules.template.parse_template` reads them
    body = '''…'''
    [lms]
    subject = "…"
    text = '''…'''
    [[variables]]       # all of them, if any
    name = "기한"
    kind = "date_long"

What the file does not name stays as it is.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alimnaru.rules.draft import OTHER_CATEGORY, DraftWording
from alimnaru.rules.template import Template, parse_template, template_to_json
from alimnaru.rules.template_reader import TemplateUnreadable
from alimnaru.rules.variables import variable_from_json

_KEYS = ("template", "sms", "lms", "variables", "category")


class DraftUnreadable(ValueError):  # noqa: N818
    """The file is no edit of a wording. The text says where."""


def read_draft(path: Path | None, base: DraftWording | None) -> DraftWording:
    """The wording that the file makes of `base`; without one nothing of it differs.

    Raises `DraftUnreadable`.
    """
    data = _parse(path) if path is not None else {}
    for key in data:
        if key not in _KEYS:
            raise DraftUnreadable(key)
    lms = _table(data, "lms")
    for key in lms:
        if key not in ("subject", "text"):
            raise DraftUnreadable(f"lms.{key}")
    try:
        return DraftWording(
            template=_template(_table(data, "template"), base),
            variables=(
                tuple(variable_from_json(item) for item in data["variables"])
                if "variables" in data
                else (base.variables if base else ())
            ),
            sms=_text(data, "sms", base.sms if base else ""),
            lms_subject=_text(lms, "subject", base.lms_subject if base else ""),
            lms=_text(lms, "text", base.lms if base else ""),
            category=_text(data, "category", base.category if base else OTHER_CATEGORY),
        )
    except (TemplateUnreadable, ValueError, TypeError, AttributeError) as error:
        raise DraftUnreadable(str(error)) from None


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError):
        raise DraftUnreadable(path.name) from None
    except ValueError as error:  # JSON and TOML alike
        raise DraftUnreadable(str(error)) from None
    if not isinstance(found, dict):
        raise DraftUnreadable(path.name)
    return found


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise DraftUnreadable(key)
    return found


def _text(data: Mapping[str, Any], key: str, otherwise: str) -> str:
    found = data.get(key, otherwise)
    if not isinstance(found, str):
        raise DraftUnreadable(key)
    # A multi-line string of TOML ends in a line break that nobody means.
    return found.replace("\r\n", "\n").strip("\n")


def _template(changed: Mapping[str, Any], base: DraftWording | None) -> Template:
    whole = {**(template_to_json(base.template) if base else {}), **changed}
    for key in ("body", "extra"):
        if isinstance(whole.get(key), str):
            whole[key] = _text(whole, key, "")
    return parse_template(whole)
