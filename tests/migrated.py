"""A database with every migration in it, made once for a run: a copy takes a blink, migrating nine
seconds of a processor, which each process of tests would need anew."""

from __future__ import annotations

import fcntl
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from alimnaru.ops.embedded import Embedded

NAME = "migrated"


def migrated(server: Embedded, ground: Path) -> str:
    """The name of that database; the first process that asks makes it, and others wait for it.

    The caller lets Django reach its database. Nobody may stay connected to what is copied.
    """
    with (ground / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = ground / "migrated.made"
        if not made.exists():
            server.create_database(NAME)
            _migrate()
            made.touch()
    return NAME


def _migrate() -> None:
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = NAME
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
