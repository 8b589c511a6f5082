"""Another system's tables, read through the database that such systems really have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import NullPool, create_engine, text

from alimnaru.rules.conditions import Condition, Op
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources import tables as tables_module
from alimnaru.sources.base import SourceError, View
from alimnaru.sources.tables import Tables, open_tables
from tests.mariadb import MariaDB

LOANS = View("v_loans", "loan_no", "changed_at")
NOON = datetime(2026, 10, 4, 12)
DUE = date(2026, 10, 6)

Put = Callable[..., None]


def _make(url: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in (
            """CREATE TABLE loans (
                loan_no INTEGER PRIMARY KEY, 회원 VARCHAR(20), title VARCHAR(200), due DATE,
                fee DECIMAL(10, 2), state VARCHAR(10), changed_at DATETIME)""",
            "CREATE VIEW v_loans AS SELECT * FROM loans",
        ):
            connection.execute(text(statement))


def _putting(url: str) -> Put:
    engine = create_engine(url, poolclass=NullPool)

    def put(first: int, last: int | None = None, **more: object) -> None:
        row = {"who": "M1", "title": "책", "due": DUE, "fee": Decimal("1.50"), "state": "out"}
        row |= {"at": NOON, **more}
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO loans VALUES (:no, :who, :title, :due, :fee, :state, :at)"
                ).bindparams(
                    sqlalchemy.bindparam("due", type_=sqlalchemy.Date),
                    sqlalchemy.bindparam("at", type_=sqlalchemy.DateTime),
                    sqlalchemy.bindparam("fee", type_=sqlalchemy.Numeric(10, 2)),
                ),
                [row | {"no": no} for no in range(first, (last or first) + 1)],
            )

    return put


@pytest.fixture(params=["mariadb", "postgresql", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    kind = request.param
    if kind == "mariadb":
        made = request.getfixturevalue("mariadb")
    elif kind == "postgresql":
        given = request.getfixturevalue("database_url")
        made = given.replace("postgresql:", "postgresql+psycopg:", 1)
    else:
        made = f"sqlite:///{tmp_path / '다른 시스템?.db'}"
    if kind == "postgresql":
        with create_engine(made, poolclass=NullPool).begin() as connection:
            connection.execute(text("CREATE DOMAIN datetime AS timestamp"))
    _make(made)
    yield made
    tables_module._tables.cache_clear()


@pytest.fixture
def put(url: str) -> Put:
    return _putting(url)


@pytest.fixture
def tables(url: str) -> Iterator[Tables]:
    opened = open_tables(url)
    yield opened
    opened._engine.dispose()


def numbers(records: object) -> list[object]:
    return [record["loan_no"] for record in records]  # type: ignore[attr-defined]


def failing(act: Callable[[], object]) -> SourceFault:
    with pytest.raises(SourceError) as caught:
        act()
    # The database's own error may quote a resident, and no traceback may show it.
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.code


def test_it_works(tables: Tables, put: Put) -> None:
    put(1)
    put(2, 3, title="봄; DROP TABLE loans --", fee=None)
    assert tables.columns(LOANS) == [
        *("loan_no", "회원", "title", "due", "fee", "state", "changed_at"),
    ]
    first, second, _ = tables.records(LOANS, [], limit=10)
    assert list(first.values()) == [1, "M1", "책", DUE, Decimal("1.50"), "out", NOON]
    assert (second["title"], second["fee"]) == ("봄; DROP TABLE loans --", None)
    assert tables.count(LOANS, []) == 3


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Condition("due", Op.EQ, "2026-10-06"), [1, 2, 3]),
        (Condition("due", Op.LT, DUE), [4]),
        (Condition("due", Op.LE, "2026-10-06T00:00:00"), [1, 2, 3, 4]),
        (Condition("changed_at", Op.GT, "2026-10-04T12:00:00"), [2]),
        (Condition("changed_at", Op.GE, "2026-10-04"), [1, 2, 3, 4]),
        (Condition("fee", Op.GT, "1.4"), [1]),
        (Condition("fee", Op.IN, [1.5, 0]), [1, 2, 4]),
        (Condition("loan_no", Op.NE, "1"), [2, 3, 4]),
        (Condition("state", Op.EQ, "out"), [1]),
        # An empty field is none of these, as whoever wrote the condition meant it.
        (Condition("state", Op.NE, "out"), [2, 3, 4]),
        (Condition("state", Op.NOT_IN, ["out", "back"]), [3, 4]),
        (Condition("state", Op.IS_NULL), [3]),
        (Condition("state", Op.NOT_NULL), [1, 2, 4]),
        (Condition("state", Op.EQ, "' OR 1=1 --"), []),
        (Condition("TITLE", Op.EQ, "책"), [1, 2, 3, 4]),
    ],
    ids=str,
)
def test_conditions(tables: Tables, put: Put, condition: Condition, found: list[int]) -> None:
    put(1)
    put(2, state="back", fee=0, at=NOON + timedelta(seconds=1))
    put(3, state=None, fee=None)
    put(4, due=DUE - timedelta(1), state="' OR", fee=0)
    assert numbers(tables.records(LOANS, [condition], limit=10)) == found
    assert tables.count(LOANS, [condition]) == len(found)


def test_pages_and_limits(tables: Tables, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "PAGE", 10)
    put(1, 35)
    assert numbers(tables.records(LOANS, [], limit=100)) == [*range(1, 36)]
    assert numbers(tables.records(LOANS, [], limit=21)) == [*range(1, 22)]
    read = tables.records(LOANS, [Condition("loan_no", Op.LE, 20)], limit=100)
    assert numbers(read) == [*range(1, 21)]


def test_a_key_that_is_not_unique_is_told(
    tables: Tables, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables_module, "PAGE", 3)
    put(1, who="M1")
    put(2, who="M2")
    put(3, 5, who="M3")
    twice = View("v_loans", "회원")
    assert failing(lambda: list(tables.records(twice, [], limit=9))) is SourceFault.KEY_NOT_UNIQUE


def test_after_a_mark(tables: Tables, put: Put) -> None:
    for no in range(1, 7):
        put(no, at=NOON + timedelta(minutes=5 * no))
    put(7, at=None)
    assert numbers(tables.after(LOANS, None, [], limit=3)) == [1, 2, 3]
    # The last mark as JSON keeps it; its own record comes again.
    mark = (NOON + timedelta(minutes=15)).isoformat()
    assert numbers(tables.after(LOANS, mark, [], limit=2)) == [3, 4, 5]
    # A transaction that began before it has shown its record since.
    put(8, at=NOON + timedelta(minutes=15) - timedelta(seconds=30))
    assert numbers(tables.after(LOANS, mark, [], limit=2)) == [8, 3, 4, 5]
    only = [Condition("loan_no", Op.GE, 5)]
    assert numbers(tables.after(LOANS, mark, only, limit=9)) == [8, 5, 6]


def test_one_mark_for_many_is_never_cut(tables: Tables, put: Put) -> None:
    put(1, 25)
    put(26, 27, at=NOON + timedelta(hours=1))
    assert numbers(tables.after(LOANS, None, [], limit=10)) == [*range(1, 26)]
    assert numbers(tables.after(LOANS, NOON, [], limit=1)) == [*range(1, 28)]


def test_only_the_newest_of_many_come_again(
    tables: Tables, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables_module, "AGAIN", 2)
    put(1, 5)
    put(6, at=NOON + timedelta(hours=1))
    assert numbers(tables.after(LOANS, NOON, [], limit=9)) == [4, 5, 6]


def test_numbers_as_marks(tables: Tables, put: Put) -> None:
    put(1, 5)
    by_number = View("v_loans", "loan_no")
    assert numbers(tables.after(by_number, "3", [], limit=9)) == [4, 5]
    assert numbers(tables.after(by_number, None, [], limit=2)) == [1, 2]


def test_what_still_holds(tables: Tables, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "SLICE", 2)
    put(1, 6)
    put(7, state="back")
    still_out = [Condition("state", Op.EQ, "out")]
    keys = ["1", "3", "6", "7", "99", "no key at all"]
    found = tables.still(LOANS, keys, still_out)
    assert {key: record["loan_no"] for key, record in found.items()} == {"1": 1, "3": 3, "6": 6}
    assert tables.still(LOANS, [], still_out) == {}


def test_keys_as_text(tables: Tables, put: Put) -> None:
    put(1, who="가-1")
    found = tables.still(View("v_loans", "회원"), ["가-1", "가-2"], [])
    assert list(found) == ["가-1"]


def test_names_in_other_letters(tables: Tables, put: Put) -> None:
    """Oracle's are capitals to its users and small letters to SQLAlchemy."""
    put(1, 3)
    view = View("v_loans", "LOAN_NO", "Changed_At")
    tables.check(view)
    for records in (
        list(tables.records(view, [], limit=9)),
        tables.after(view, None, [], limit=9),
        list(tables.still(view, ["1", "2", "3"], []).values()),
    ):
        told = [(record["LOAN_NO"], record["loan_no"], record["Changed_At"]) for record in records]
        assert told == [(number, number, NOON) for number in (1, 2, 3)]
    assert tables.count(view, []) == 3


def test_nothing_can_be_written(url: str, tables: Tables, put: Put) -> None:
    put(1)
    with (
        pytest.raises(sqlalchemy.exc.DBAPIError),
        tables._engine.begin() as connection,
    ):
        connection.execute(text("UPDATE loans SET state = 'gone'"))
    assert tables.count(LOANS, [Condition("state", Op.EQ, "out")]) == 1


@pytest.mark.parametrize(
    ("view", "where", "fault"),
    [
        (View("v_nothing", "loan_no"), [], SourceFault.NO_SUCH_TABLE),
        (View("nowhere.v_loans", "loan_no"), [], SourceFault.NO_SUCH_TABLE),
        (View("v_loans; DROP TABLE loans", "loan_no"), [], SourceFault.NO_SUCH_TABLE),
        (View("v_loans", "loan"), [], SourceFault.NO_SUCH_COLUMN),
        (LOANS, [Condition("nothing", Op.IS_NULL)], SourceFault.NO_SUCH_COLUMN),
        (LOANS, [Condition("due", Op.EQ, "tomorrow")], SourceFault.ODD_VALUE),
        (LOANS, [Condition("loan_no", Op.EQ, "one")], SourceFault.ODD_VALUE),
    ],
    ids=str,
)
def test_faults(tables: Tables, view: View, where: list[Condition], fault: SourceFault) -> None:
    assert failing(lambda: list(tables.records(view, where, limit=1))) is fault


def test_check(tables: Tables, put: Put) -> None:
    tables.check(LOANS)
    assert failing(lambda: tables.check(View("loans", "no"))) is SourceFault.NO_SUCH_COLUMN
    assert failing(lambda: tables.check(View("loans", "due", "no"))) is SourceFault.NO_SUCH_COLUMN


def test_a_column_that_came_later_is_found(url: str, tables: Tables) -> None:
    view = View("loans", "loan_no")
    where = [Condition("branch", Op.IS_NULL)]
    assert failing(lambda: tables.count(view, where)) is SourceFault.NO_SUCH_COLUMN
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("ALTER TABLE loans ADD branch VARCHAR(9)"))
    assert tables.count(view, where) == 0


def test_one_engine_for_an_address(url: str) -> None:
    assert open_tables(url) is open_tables(url)
    assert "password" not in repr(open_tables(url))


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", SourceFault.ADDRESS),
        ("not an address", SourceFault.ADDRESS),
        ("http://127.0.0.1/", SourceFault.ADDRESS),
        ("duckdb:///x.db", SourceFault.ADDRESS),
        ("sqlite://", SourceFault.ADDRESS),
        ("sqlite:///:memory:", SourceFault.ADDRESS),
    ],
)
def test_addresses_that_are_none(address: str, fault: SourceFault) -> None:
    assert failing(lambda: open_tables(address)) is fault


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    tables = open_tables(f"sqlite:///{path}")
    assert failing(lambda: tables.columns(LOANS)) is SourceFault.UNREACHABLE
    assert not path.exists()


@pytest.mark.parametrize("scheme", ["mysql", "mariadb+pymysql", "postgresql"])
def test_nobody_listens(scheme: str) -> None:
    tables = open_tables(f"{scheme}://office:secret@127.0.0.1:1/library", timeout=2)
    assert failing(lambda: tables.columns(LOANS)) is SourceFault.UNREACHABLE


def test_a_driver_that_is_not_installed() -> None:
    try:
        import oracledb  # noqa: F401
    except ModuleNotFoundError:
        address = "oracle://office:secret@127.0.0.1/x"
        assert failing(lambda: open_tables(address)) is SourceFault.DRIVER_MISSING


def test_who_may_not_read(mariadb_server: MariaDB | None, mariadb: str) -> None:
    if mariadb_server is None:
        pytest.skip("MariaDB is not installed")
    _make(mariadb)
    database = mariadb.rpartition("/")[2].partition("?")[0]
    mariadb_server.execute(
        "CREATE OR REPLACE USER reader@'127.0.0.1' IDENTIFIED BY 'pw'",
        f"GRANT SELECT, SHOW VIEW ON {database}.v_loans TO reader@'127.0.0.1'",
    )
    reader = open_tables(mariadb_server.url(database, "reader", "pw"))
    assert reader.count(LOANS, []) == 0
    assert failing(lambda: reader.count(View("loans", "loan_no"), [])) is SourceFault.REFUSED
    wrong = open_tables(mariadb_server.url(database, "reader", "wrong"))
    assert failing(lambda: wrong.count(LOANS, [])) is SourceFault.REFUSED
    nowhere = open_tables(mariadb_server.url("nowhere"))
    assert failing(lambda: nowhere.count(LOANS, [])) is SourceFault.REFUSED
    reader._engine.dispose()


def test_a_server_that_was_started_anew(mariadb_server: MariaDB | None, mariadb: str) -> None:
    if mariadb_server is None:
        pytest.skip("MariaDB is not installed")
    _make(mariadb)
    tables = open_tables(mariadb)
    assert tables.count(LOANS, []) == 0
    mariadb_server.stop()
    assert failing(lambda: tables.count(LOANS, [])) is SourceFault.UNREACHABLE
    mariadb_server.start()
    assert tables.count(LOANS, []) == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_a_question_that_takes_too_long(kind: str, request: pytest.FixtureRequest) -> None:
    if kind == "mariadb":
        if request.getfixturevalue("mariadb_server") is None:
            pytest.skip("MariaDB is not installed")
        url, sleep = request.getfixturevalue("mariadb"), "SELECT 1 AS no, SLEEP(30) AS slow"
    else:
        url = request.getfixturevalue("database_url").replace("postgresql:", "postgresql+psycopg:")
        sleep = "SELECT 1 AS no, pg_sleep(30)::text AS slow"
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text(f"CREATE VIEW v_slow AS {sleep}"))
    tables = open_tables(url, timeout=1)
    slow = View("v_slow", "no")
    assert failing(lambda: list(tables.records(slow, [], limit=1))) is SourceFault.TIMEOUT
    tables._engine.dispose()
