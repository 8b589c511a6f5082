"""`entrances`: the way back for who is shut out of the console."""

from __future__ import annotations

import pytest

from alimnaru.store.models import AllowedNetwork, AuditEntry
from tests.ops.commands import Commands

pytestmark = pytest.mark.django_db


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def test_a_network_and_back(commands: Commands) -> None:
    assert commands.json("entrances", "add", "10.20.3.4/16", "--note", "본청").json == {
        "network": "10.20.0.0/16"
    }
    listed = commands.json("entrances", "list").json
    assert listed == {"networks": [{"network": "10.20.0.0/16", "note": "본청"}]}
    assert "10.20.0.0/16" in commands.run("entrances").out
    assert commands.json("entrances", "open").json == {"removed": 1}
    assert not AllowedNetwork.objects.exists()
    acts = list(
        AuditEntry.objects.filter(subject="entrance").order_by("pk").values_list("act", "via")
    )
    assert acts == [("entrance.allow", "cli"), ("entrance.forbid", "cli")]


def test_odd_ones_are_refused(commands: Commands) -> None:
    said = commands.json("entrances", "add", "구청")
    assert said.error == "network_unreadable"
    assert "203.0.113.7" in said.json["error"]["message"]
