"""Migrations that the version before cannot live with say so, or are found out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from alimnaru.ops.expanding import contracting, contracts, is_ruled, taken_away

TEXT = models.CharField(max_length=9)
CHECK = models.CheckConstraint(condition=models.Q(id=1), name="one")
TABLE = migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))])


def migration(*operations: Any, **marks: str) -> migrations.Migration:
    made = migrations.Migration("0099_made", "store")
    made.operations = list(operations)
    for name, value in marks.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    "operation",
    [
        migrations.DeleteModel("Thing"),
        migrations.RemoveField("Thing", "name"),
        migrations.RenameField("Thing", "name", "title"),
        migrations.RenameModel("Thing", "Object"),
        migrations.AlterField("Thing", "name", TEXT),
        migrations.AlterModelTable("Thing", "things"),
        migrations.AddConstraint("Thing", CHECK),
        # The old version's INSERT leaves it out.
        migrations.AddField("Thing", "name", TEXT),
        migrations.AddField("Thing", "name", models.CharField(max_length=9, default="x")),
        migrations.RunSQL("SELECT 1"),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState([migrations.RemoveField("Thing", "name")]),
    ],
    ids=lambda o: type(o).__name__,
)
def test_what_the_version_before_cannot_live_with(operation: Any) -> None:
    assert len(taken_away(migration(operation))) == 1


@pytest.mark.parametrize(
    "operations",
    [
        [TABLE, migrations.AddConstraint("Thing", CHECK), migrations.AddField("Thing", "n", TEXT)],
        [migrations.AddField("Thing", "name", models.CharField(max_length=9, null=True))],
        [migrations.AddField("Thing", "name", models.CharField(max_length=9, db_default=""))],
        [migrations.AddIndex("Thing", models.Index(fields=["id"], name="by_id"))],
        [migrations.RemoveConstraint("Thing", "one")],
        [migrations.SeparateDatabaseAndState([], [migrations.RemoveField("Thing", "name")])],
    ],
)
def test_what_it_does_not_notice(operations: list[Any]) -> None:
    assert taken_away(migration(*operations)) == []


def test_a_statement_of_our_own_is_explained() -> None:
    told = migration(migrations.RunSQL("SELECT 1"), expands="an index that nothing waits for")
    assert not contracts(told)


def test_a_migration_may_say_that_it_contracts() -> None:
    assert contracts(migration(contracts="0.7 reads it no more"))


def test_every_migration_of_ours_adds_or_says_so() -> None:
    """From the rule on. What takes something away is marked, and runs with --contract only."""
    disk = MigrationLoader(None).disk_migrations
    ours = {k: m for k, m in disk.items() if is_ruled(*k)}
    silent = {
        name: taken_away(m)
        for (_, name), m in ours.items()
        if taken_away(m) and not getattr(m, "contracts", "")
    }
    assert silent == {}
    assert any(app == "store" for app, _ in disk)


def test_only_those_under_the_rule_are_asked_about() -> None:
    assert contracting(["store.0018_accountable", "auth.0001_initial"]) == []
