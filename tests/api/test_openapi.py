"""The description that is checked in is the one that is served, and it says enough."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alimnaru.api import describe
from alimnaru.rules.message_phase import MessagePhase

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
DOCUMENT: dict[str, Any] = json.loads((REFERENCE / "openapi.json").read_text())


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in DOCUMENT["paths"].items():
        for method, operation in found.items():
            yield f"{method} {path}", operation


def test_the_description_is_checked_in() -> None:
    kept = (REFERENCE / "openapi.json").read_text()
    assert kept == describe.document(), (
        "python -m alimnaru.api.describe > docs/reference/openapi.json"
    )


@pytest.mark.parametrize("table", [describe.codes(), describe.faults()])
def test_the_page_has_every_code(table: str) -> None:
    assert table in (REFERENCE / "api.md").read_text()


def test_the_page_has_every_status_of_a_message() -> None:
    page = (REFERENCE / "api.md").read_text()
    assert [phase for phase in MessagePhase if f"`{phase}`" not in page] == []


def test_every_operation_is_described() -> None:
    for name, operation in operations():
        assert operation["description"], name
        assert operation["tags"], name
        said = set(operation["responses"])
        assert {"400", "401", "403", "404", "422", "429", "503"} <= said, name
        assert any(status.startswith("2") for status in said), name
        if "requestBody" in operation:
            assert {"413", "415"} <= said, name


def test_bodies_know_their_fields() -> None:
    shapes = DOCUMENT["components"]["schemas"]
    sent = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        for _, operation in operations()
        if "requestBody" in operation
    }
    assert len(sent) > 5
    assert {name for name in sent if shapes[name].get("additionalProperties") is not False} == set()
