"""Which migrations the version before cannot live with, by what they do.

Old and new programs share one database while they are replaced one by one. So a migration only
adds (expand); what the old version still uses goes in a later release (contract), by a migration
that says so: `contracts = "since when nothing uses it"`. See docs/how-to/upgrade.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

#: Migrations up to this number were written before the rule.
BEFORE = 33
APP = "store"

_TAKING = (
    migrations.DeleteModel,
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterField,
    migrations.AlterModelTable,
    # It may refuse what the old version writes.
    migrations.AddConstraint,
)
_FREE = (migrations.RunSQL, migrations.RunPython)


def contracting(names: Iterable[str]) -> list[str]:
    """Which of these migrations (`store.0031_…`) the version before cannot live with."""
    disk = MigrationLoader(None).disk_migrations
    wanted = set(names)
    return [
        f"{app}.{name}"
        for (app, name), migration in sorted(disk.items())
        if f"{app}.{name}" in wanted and is_ruled(app, name) and contracts(migration)
    ]


def is_ruled(app: str, name: str) -> bool:
    """Whether a migration was written under the rule."""
    return app == APP and int(name[:4]) > BEFORE


def contracts(migration: Migration) -> bool:
    """Whether a migration takes something away, by its own word or by what it does."""
    return bool(getattr(migration, "contracts", "")) or bool(taken_away(migration))


def taken_away(migration: Migration) -> list[str]:
    """Operations that the version before cannot live with, or of which nobody can tell: a
    statement of our own needs `expands = "why the old version does not mind"`."""
    made = {o.name.lower() for o in migration.operations if isinstance(o, migrations.CreateModel)}
    explained = bool(getattr(migration, "expands", ""))
    return [o.describe() for o in _flat(migration.operations) if _takes(o, made, explained)]


def _takes(operation: Operation, made: set[str], explained: bool) -> bool:
    if isinstance(operation, _FREE):
        return not explained
    if getattr(operation, "model_name", "").lower() in made:
        return False  # nobody knows the table yet
    if isinstance(operation, migrations.AddField):
        field = operation.field
        # The old version's INSERT does not name the column; Django's own default is not in the
        # table.
        return not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many
    return isinstance(operation, _TAKING)


def _flat(operations: Sequence[Operation]) -> list[Operation]:
    found: list[Operation] = []
    for one in operations:
        inside = (
            one.database_operations
            if isinstance(one, migrations.SeparateDatabaseAndState)
            else [one]
        )
        found += inside
    return found
