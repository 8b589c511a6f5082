"""Ready to work: the database found or started, Django set up, tables and first data in place."""

from __future__ import annotations

import atexit
import os
from pathlib import Path
from typing import TYPE_CHECKING

from alimnaru.home import home

if TYPE_CHECKING:
    from alimnaru.ops.embedded import Embedded
    from alimnaru.store.models import Member

#: The account under which commands act; the audit names it.
CLI_LOGIN = "cli"
#: Keys of advisory locks: two first starts at once must not both migrate, or both load.
_MIGRATING = 0x616C6D31
_LOADING = 0x616C6D32

_embedded: Embedded | None = None


def boot(*, migrate: bool = False, log_to_stderr: bool = False) -> None:
    """Set Django up on `DATABASE_URL`, or on the embedded server of `home()`. May be called again.

    `migrate` also brings the tables up to date and, at the very first start, makes the account of
    the commands and loads the catalogue. Raises `EmbeddedError`, `ImproperlyConfigured`,
    `OfficeError` or Django's `OperationalError`.
    """
    from django.apps import apps

    if not apps.ready:
        _set_up(log_to_stderr=log_to_stderr)
    if migrate:
        bring_up_to_date()
        first_run()
    open_keys(begin=migrate)


def _set_up(*, log_to_stderr: bool) -> None:
    import django

    from alimnaru.ops import logs

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alimnaru.settings")
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = _start_embedded()
    logs.configure(None if log_to_stderr else log_path())
    django.setup()


def log_path() -> Path:
    """Where commands log; services log to stderr, which `ops.cluster` keeps beside it."""
    return home() / "log" / "alimnaru.log"


def _start_embedded() -> str:
    global _embedded  # noqa: PLW0603 - one per process: it holds the lock by which others know
    from alimnaru.ops.embedded import Embedded

    _embedded = Embedded(home() / "postgres")
    url = _embedded.start()
    atexit.register(_leave)
    return url


def _leave() -> None:
    """Give the server up; it ends if nobody else uses it."""
    from django.apps import apps
    from django.db import connections

    if apps.ready:
        connections.close_all()
    if _embedded is not None:
        _embedded.stop()


def unapplied() -> list[str]:
    """Migrations that the database still misses."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def bring_up_to_date() -> None:
    """Apply what is missing, one process at a time."""
    if not unapplied():
        return
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def first_run(login: str = CLI_LOGIN) -> Member:
    """The account that commands act as, made if it is missing, and the catalogue if none is there.

    Raises `OfficeError` if the office's own file cannot be used; then nothing is loaded.
    """
    from django.conf import settings
    from django.db import connection, transaction

    from alimnaru.office.catalogue import load_catalogue
    from alimnaru.store.models import Notice

    member = _member(login)
    if Notice.objects.exists():
        return member
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADING])
        if not Notice.objects.exists():
            load_catalogue(actor=member, office_file=settings.OFFICE_FILE)
    return member


def open_keys(*, begin: bool = False) -> None:
    """Read the key ring; `begin` writes it down where there is none yet.

    Raises `RingError` where no master key of this process opens it.
    """
    from django.db import connection
    from django.utils import timezone

    from alimnaru.store import keyring

    if "store_rootkey" not in connection.introspection.table_names():
        return  # tables of an earlier version: what they hold opens with the master key itself
    if begin:
        keyring.begin(timezone.now())
    else:
        keyring.load()


def cli_member() -> Member:
    """The account under which this command acts."""
    return _member(CLI_LOGIN)


def _member(login: str) -> Member:
    from alimnaru.store.models import Member

    member, _ = Member.objects.get_or_create(
        login=login,
        # Django's mark for a password that nothing matches: a program never signs in.
        defaults={"name": "명령줄", "is_program": True, "password": "!"},
    )
    return member
