"""The ground of the whole run: a clean environment, one PostgreSQL, no way out of this machine.

The settings are loaded from here (not through pytest-django's ini option, which loads them before
any conftest), because the environment of whoever runs the tests must not decide what they test:
not another DATABASE_URL, not a real carrier's key, not the home of a real installation.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_PREFIX = "alimnaru-tests-"
_GROUND = "TESTS_GROUND"


def _clean_environment() -> Path:
    """Takes out what is not ours; a worker of xdist keeps what its controller laid."""
    laid = os.environ.get(_GROUND) if "PYTEST_XDIST_WORKER" in os.environ else None
    if laid is None and "alimnaru.settings" in sys.modules:
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: it loads the settings too early")
    for name in list(os.environ):
        if name.startswith(("ALIMNARU_", "SOLAPI_", "PG")) or name == "DATABASE_URL":
            del os.environ[name]
    ground = Path(laid or tempfile.mkdtemp(prefix=_PREFIX))
    os.environ[_GROUND] = str(ground)
    os.environ["ALIMNARU_HOME"] = str(ground / "home")
    os.environ["DJANGO_SETTINGS_MODULE"] = "alimnaru.settings"
    # Tests ring for themselves and do not wait for more callbacks to gather.
    os.environ["ALIMNARU_RECEIPT_PAUSE"] = "0"
    # Django's test server finds static files where they lie; the whole stack serves gathered ones.
    os.environ["ALIMNARU_COLLECT"] = "0"
    return ground


GROUND = _clean_environment()

import django  # noqa: E402 - only now is the environment fit to be read
import hypothesis  # noqa: E402
import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402
from psycopg import sql  # noqa: E402
from psycopg.conninfo import conninfo_to_dict  # noqa: E402
from pytest_django import DjangoDbBlocker  # noqa: E402

from alimnaru.ops.embedded import Embedded  # noqa: E402
from alimnaru.ops.locks import UseLock  # noqa: E402
from alimnaru.store import crypto  # noqa: E402
from tests.mariadb import mariadb as mariadb  # noqa: E402
from tests.mariadb import mariadb_server as mariadb_server  # noqa: E402
from tests.mariadb import what_was_missed  # noqa: E402
from tests.migrated import migrated  # noqa: E402
from tests.tables import empty_the_tables  # noqa: E402

django.setup()

# Every test client sets the middleware up anew, and WhiteNoise would list all the console's files
# each time: half of what a request costs here. So it looks for a file when it is asked for one.
settings.WHITENOISE_AUTOREFRESH = True

# A machine that does other things beside the tests draws its first examples slowly: no fault.
hypothesis.settings.register_profile(
    "here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("here")


def _server() -> Embedded:
    return Embedded(GROUND / "pg", durable=False)


def _is_controller(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if _is_controller(config):
        _clear_up_after_the_killed()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """After pytest-django, which has put those that commit behind those that do not."""
    if not _is_controller(config):
        from tests.order import rank

        items.sort(key=lambda item: rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Whoever asks for another way than a file at a time has it."""
    if config.option.dist != "loadfile":
        return None
    from tests.order import ByPortion

    config.option.loadscopereorder = False
    return ByPortion(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Also after Ctrl-C. xdist has ended its workers by now, and with them their locks."""
    if _is_controller(config):
        connections.close_all()
        if (GROUND / "pg").exists():
            _server().stop()
        shutil.rmtree(GROUND, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What could not be tested as it is meant to be, where nobody overlooks it."""
    for line in what_was_missed(GROUND):
        terminalreporter.write_line(line, yellow=True)


def _clear_up_after_the_killed() -> None:
    """Ends the servers and removes the folders of earlier runs that could not do so themselves."""
    for ground in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if ground == GROUND or not (ground / "pg.lock").exists():
            continue
        unused = UseLock(ground / "pg.lock")
        with contextlib.suppress(OSError):
            if unused.alone():
                unused.release()
                Embedded(ground / "pg").stop()
                shutil.rmtree(ground, ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_key_ring_of_another_test() -> Iterator[None]:
    """A command that a test runs reads the ring, and another test's database has another."""
    yield
    crypto.use(None)


@pytest.fixture(scope="session")
def server() -> Iterator[Embedded]:
    """The PostgreSQL of this run, which the first test that needs it starts."""
    server = _server()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    server: Embedded,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Points Django's test database at `server`; tests without a database never get here."""
    parts = conninfo_to_dict(server.url())
    entry = connections["default"].settings_dict
    entry.update(HOST=parts["host"], USER=parts["user"], PORT=parts.get("port", ""))
    if "PYTEST_XDIST_WORKER" in os.environ:
        with django_db_blocker.unblock():
            entry["TEST"]["TEMPLATE"] = migrated(server, GROUND)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Empties the tables after a test that commits in our way, and drops the database at the end.

    The audit table refuses TRUNCATE, also to us; tests/store/test_audit.py arms it again.
    Beside Playwright's loop Django has a connection of its own that nobody closes.
    """
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE store_auditentry DISABLE TRIGGER audit_no_truncate")
        for name in ("outcome", "content", "seal", "certificate"):
            cursor.execute(f"ALTER TABLE store_{name} DISABLE TRIGGER {name}_no_truncate")
        cursor.execute("ALTER TABLE store_accessentry DISABLE TRIGGER access_no_truncate")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_the_tables())
        yield
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def database_url(server: Embedded) -> Iterator[str]:
    """An empty database of this test's own, for programs that are started beside the test."""
    name = f"own_{secrets.token_hex(6)}"
    server.create_database(name)
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def office_url(
    server: Embedded, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The same with every migration in it: for programs whose subject is what comes after."""
    with django_db_blocker.unblock():
        template = migrated(server, GROUND)
    name = f"own_{secrets.token_hex(6)}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
    yield server.url(name)
    server.drop_database(name)


class OutsideWorldError(RuntimeError):
    """Not an OSError: no client may take it for a network that happens to be down."""


def _must_be_here(address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if isinstance(address, str | bytes) or host in {"localhost", "::1"}:
        return
    if not (isinstance(host, str) and host.startswith("127.")):
        raise OutsideWorldError("a test reached for another machine")


@pytest.fixture(autouse=True, scope="session")
def _no_way_out() -> Iterator[None]:
    """Tests speak to 127.0.0.1 and unix sockets only."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: object) -> None:
        _must_be_here(address)
        connect(self, address)  # type: ignore[arg-type]  # as loose as the original

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        _must_be_here(address)
        return connect_ex(self, address)  # type: ignore[arg-type]  # as loose as the original

    def guarded_look_up(host: object, *rest: object, **more: object) -> object:
        if host is not None:
            _must_be_here((host.decode() if isinstance(host, bytes) else host,))
        return look_up(host, *rest, **more)  # type: ignore[arg-type]  # as loose as the original

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
