"""Every column that may hold personal data stands in the inventory, with what ends it."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "personal-data.md"
#: What can hold a person's data; numbers, times and references alone say nothing of anybody.
KINDS = (
    models.CharField,
    models.TextField,
    models.BinaryField,
    models.JSONField,
    models.GenericIPAddressField,
    ArrayField,
)


def columns() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        if model._meta.managed
        for field in model._meta.concrete_fields
        if isinstance(field, KINDS)
    }


def listed() -> tuple[dict[str, list[str]], set[str]]:
    """Columns with what stands beside them, and those declared free."""
    held, free = PAGE.read_text().split("## Free of personal data")
    rows = [line.strip("| \n").split(" | ") for line in held.splitlines()]
    known = {row[0].strip("`"): row[1:] for row in rows if row[0].startswith("`") and len(row) > 2}
    named = re.findall(r"^\| `(\w+)` \| (.+) \|$", free, re.MULTILINE)
    return known, {f"{table}.{c}" for table, all_ in named for c in re.findall(r"`(\w+)`", all_)}


def test_every_column_is_on_the_list_or_declared_free() -> None:
    held, free = listed()
    assert columns() - set(held) - free == set()


def test_the_list_names_nothing_that_there_is_not() -> None:
    held, free = listed()
    assert set(held) - columns() == set()
    assert free - columns() == set()
    assert set(held) & free == set()


def test_every_line_says_what_how_sealed_how_long_and_what_ends_it() -> None:
    held, _free = listed()
    assert held
    assert all(len(cells) == 4 and all(cells) for cells in held.values())
