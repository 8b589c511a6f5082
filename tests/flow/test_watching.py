"""Connected systems are asked by one process at a time, and whoever fails is noticed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import MappingProxyType

import pytest
from django.db import DataError, OperationalError, connection
from django.utils import timezone
from sqlalchemy import NullPool, create_engine, text

from alimnaru.flow import watching
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.sources import sealed, secrets_of, tables_of, view_of
from alimnaru.flow.watching import TASK_AFTER, watch
from alimnaru.office.sources import add_table, pause
from alimnaru.rules.conditions import Condition
from alimnaru.store.models import Source, Task
from tests.cast import Cast, make_cast
from tests.flow.moment import Moment
from tests.mariadb import MariaDB

NOON = "2026-11-24 12:00"


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def loans(mariadb: str) -> Iterator[str]:
    with create_engine(mariadb, poolclass=NullPool).begin() as link:
        link.execute(text("CREATE TABLE loans (no INTEGER PRIMARY KEY, title VARCHAR(20))"))
        link.execute(text("INSERT INTO loans VALUES (1, '봄')"))
    yield mariadb
    from alimnaru.sources.tables import _tables

    _tables.cache_clear()


def connected(office: Cast, url: str, code: str = "loans", view: str = "loans=loans,no") -> Source:
    return add_table(
        actor=office.librarian,
        code=code,
        name="대출",
        department=office.library,
        url=url,
        views=[view],
    )


def fresh(source: Source) -> Source:
    return Source.objects.get(pk=source.pk)


@pytest.fixture
def polls(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Source], None]], None]:
    """Has every table source polled by what is given."""

    def by(poll: Callable[[Source], None]) -> None:
        monkeypatch.setattr(watching, "POLLS", MappingProxyType({"table": poll}))

    return by


def test_it_works(office: Cast, loans: str) -> None:
    source = connected(office, loans)
    watch()
    assert fresh(source).polled_at is not None
    assert fresh(source).failing_since is None
    tables = tables_of(source)
    assert [r["title"] for r in tables.records(view_of(source, "loans"), [], limit=9)] == ["봄"]
    assert tables.count(view_of(source, "loans"), [Condition("no", "eq", 2)]) == 0  # type: ignore[arg-type]  # as JSON has it


def test_each_source_has_its_pause(
    office: Cast, moment: Moment, polls: Callable[..., None]
) -> None:
    asked: list[datetime] = []
    moment.is_(NOON)
    connected(office, "mysql://x@127.0.0.1:1/x")
    polls(lambda source: asked.append(timezone.now()))
    for _ in range(4):
        watch()
        moment.passes(seconds=30)
    assert len(asked) == 2
    # The clock of the machine was an hour ahead.
    moment.passes(hours=-1)
    watch()
    assert len(asked) == 3


def test_a_paused_one_is_not_asked(office: Cast, polls: Callable[..., None]) -> None:
    pause(connected(office, "mysql://x@127.0.0.1:1/x"), actor=office.librarian)
    polls(lambda source: pytest.fail("asked"))
    watch()


def test_what_fails_becomes_a_task_and_ends_by_itself(
    office: Cast, loans: str, moment: Moment
) -> None:
    moment.is_(NOON)
    source = connected(office, loans, view="loans=v_loans,no")
    watch()
    since = moment.now
    assert (fresh(source).failing_since, fresh(source).error) == (since, "no_such_table")
    assert not Task.objects.exists()
    for _ in range(3):
        moment.passes(seconds=TASK_AFTER.total_seconds() / 2)
        watch()
    assert fresh(source).failing_since == since
    task = Task.objects.get()
    assert (task.kind, task.subject, task.department) == (
        "source_failing",
        f"source:{source.pk}",
        office.library,
    )
    assert task.facts == {"source": "loans", "code": "no_such_table"}
    with create_engine(loans, poolclass=NullPool).begin() as link:
        link.execute(text("CREATE VIEW v_loans AS SELECT * FROM loans"))
    moment.passes(minutes=2)
    watch()
    assert (fresh(source).failing_since, fresh(source).error) == (None, "")
    task.refresh_from_db()
    assert task.done_at == moment.now
    # A second failure is a second task.
    Source.objects.filter(pk=source.pk).update(secrets=sealed({"url": "mysql://x@127.0.0.1:1/x"}))
    for _ in range(3):
        moment.passes(minutes=10)
        watch()
    assert Task.objects.filter(done_at=None).count() == 1


def test_one_that_is_paused_is_nobodys_task(office: Cast, moment: Moment) -> None:
    moment.is_(NOON)
    source = connected(office, "mysql://x@127.0.0.1:1/x")
    for _ in range(2):
        watch()
        moment.passes(minutes=11)
    assert Task.objects.filter(done_at=None).exists()
    pause(source, actor=office.librarian)
    assert not Task.objects.filter(done_at=None).exists()
    assert fresh(source).failing_since is None


@pytest.mark.parametrize(
    "fault", [SourceFailed("unreachable"), RuntimeError("김나루 010"), DataError()]
)
def test_one_that_fails_does_not_keep_the_others(
    office: Cast, polls: Callable[..., None], fault: Exception
) -> None:
    asked: list[str] = []
    for code in ("a", "b", "c"):
        connected(office, "mysql://x@127.0.0.1:1/x", code)

    def poll(source: Source) -> None:
        asked.append(source.code)
        if source.code == "a":
            raise fault

    polls(poll)
    watch()
    assert asked == ["a", "b", "c"]
    code = "unreachable" if isinstance(fault, SourceFailed) else "internal"
    assert list(Source.objects.values_list("error", flat=True)) == [code, "", ""]


def test_our_own_database_being_away_is_no_fault_of_theirs(
    office: Cast, polls: Callable[..., None]
) -> None:
    def poll(source: Source) -> None:
        raise OperationalError

    polls(poll)
    source = connected(office, "mysql://x@127.0.0.1:1/x")
    with pytest.raises(OperationalError):
        watch()
    assert fresh(source).failing_since is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_ask_once(transactional_db: None, polls: Callable[..., None]) -> None:
    asked: list[int] = []
    inside, may_go = threading.Event(), threading.Event()
    connected(make_cast(), "mysql://x@127.0.0.1:1/x")

    def poll(source: Source) -> None:
        asked.append(source.pk)
        inside.set()
        may_go.wait(10)

    def other() -> None:
        watch()
        connection.close()

    polls(poll)
    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(10)
    watch()  # finds it held
    may_go.set()
    thread.join()
    watch()  # finds it asked
    assert len(asked) == 1


def test_who_comes_a_moment_later_asks_no_more(
    office: Cast, polls: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    source = connected(office, "mysql://x@127.0.0.1:1/x")
    due = watching._due

    def due_and_then(now: datetime) -> list[Source]:
        found = due(now)
        Source.objects.filter(pk=source.pk).update(polled_at=now + timedelta(seconds=1))
        return found

    monkeypatch.setattr(watching, "_due", due_and_then)
    polls(lambda found: asked.append(found.pk))
    watch()
    assert asked == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secrets": None}, "secret"),
        ({"secrets": b"not sealed by this office"}, "secret"),
        ({"secrets": sealed}, "address"),
        ({"settings": {"views": {"loans": {"table": "loans"}}}}, "settings"),
        ({"settings": {"views": {"loans": "loans"}}}, "settings"),
    ],
    ids=["no address", "another key", "odd address", "no key", "odd view"],
)
def test_settings_that_are_of_no_use(
    office: Cast, loans: str, change: dict[str, object], code: str
) -> None:
    source = connected(office, loans)
    if change.get("secrets") is sealed:
        change = {"secrets": sealed({"url": "gopher://x"})}
    Source.objects.filter(pk=source.pk).update(**change)
    watch()
    assert fresh(source).error == code


def test_what_is_sealed_opens_again(office: Cast, loans: str) -> None:
    source = connected(office, loans)
    assert secrets_of(source) == {"url": loans}
    assert loans.encode() not in bytes(source.secrets or b"")


def test_a_server_that_goes_away_and_comes_back(
    office: Cast, loans: str, mariadb_server: MariaDB | None, moment: Moment
) -> None:
    if mariadb_server is None:
        pytest.skip("MariaDB is not installed")
    moment.is_(NOON)
    source = connected(office, loans)
    watch()
    mariadb_server.stop()
    moment.passes(minutes=2)
    watch()
    assert fresh(source).error == "unreachable"
    mariadb_server.start()
    moment.passes(minutes=2)
    watch()
    assert fresh(source).failing_since is None


def test_the_log_names_no_address(
    office: Cast, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Looked for at both ends: where it is written depends on who has set up logging before."""
    connected(office, "mysql://reader:hidden-word@127.0.0.1:1/x")
    watch()
    written = capsys.readouterr()
    said = written.out + written.err + caplog.text
    assert "hidden-word" not in said
    assert "source_failed" in said
