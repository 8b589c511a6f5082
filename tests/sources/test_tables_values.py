"""Values in questions to other databases, and the numbers by which those say what went wrong."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import Column, types
from sqlalchemy.exc import DatabaseError, OperationalError

from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.base import SourceError
from alimnaru.sources.tables_engine import fault_of
from alimnaru.sources.tables_values import again_from, bound, key_text

NOON = datetime(2026, 10, 4, 12)
NUMBER = "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        (types.DateTime(), "2026-10-04T12:00:00", NOON),
        (types.DateTime(), NOON, NOON),
        (types.DateTime(), date(2026, 10, 4), datetime(2026, 10, 4)),
        (types.Date(), "2026-10-04T12:00:00", date(2026, 10, 4)),
        (types.Date(), NOON, date(2026, 10, 4)),
        (types.Time(), "10:30", time(10, 30)),
        (types.Integer(), " 7 ", 7),
        (types.Integer(), True, 1),
        (types.Numeric(), "1.50", Decimal("1.50")),
        (types.Boolean(), "false", False),
        (types.Boolean(), 1, True),
        (types.Uuid(), NUMBER, UUID(NUMBER)),
        (types.String(), 7, "7"),
        (types.NullType(), "as it is", "as it is"),
    ],
)
def test_a_value_becomes_what_the_column_holds(
    kind: types.TypeEngine[object], given: object, wanted: object
) -> None:
    assert bound(Column("c", kind), given) == wanted


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (types.DateTime(), "tomorrow"),
        (types.Date(), "10월 4일"),
        (types.Integer(), "1.5"),
        (types.Numeric(), "dear"),
        (types.Boolean(), "perhaps"),
        (types.Uuid(), "1"),
        (types.Time(), "noon"),
    ],
)
def test_a_value_that_it_cannot_hold(kind: types.TypeEngine[object], given: object) -> None:
    with pytest.raises(SourceError) as caught:
        bound(Column("c", kind), given)
    assert caught.value.code is SourceFault.ODD_VALUE


@pytest.mark.parametrize(
    ("mark", "start"),
    [
        (NOON, datetime(2026, 10, 4, 11, 59)),
        (date(2026, 10, 4), date(2026, 10, 4)),
        # Moments as older systems keep them.
        ("20261004120000", "20261004115900"),
        ("20261301120000", "20261301120000"),
        ("20261004", "20261004"),
        (17, None),
        (Decimal(17), None),
    ],
)
def test_from_where_to_read_again(mark: object, start: object) -> None:
    assert again_from(mark) == start


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (17, "17"),
        (Decimal(17), "17"),
        (Decimal("17.0"), "17"),
        (17.0, "17"),
        (Decimal("1.5"), "1.5"),
        ("A1   ", "A1"),
        (" A1", " A1"),
        (UUID(NUMBER), NUMBER),
    ],
)
def test_keys_as_text(key: object, text: str) -> None:
    assert key_text(key) == text


class _Said(Exception):  # noqa: N818
    pass


def _numbered(**more: object) -> _Said:
    return _Said(SimpleNamespace(**more))


@pytest.mark.parametrize(
    ("family", "said", "fault"),
    [
        ("mysql", _Said(1054, "Unknown column"), SourceFault.NO_SUCH_COLUMN),
        ("mariadb", _Said(1969, "Query execution was interrupted"), SourceFault.TIMEOUT),
        ("oracle", _numbered(code=942, full_code="ORA-00942"), SourceFault.NO_SUCH_TABLE),
        ("oracle", _numbered(code=0, full_code="DPY-4024"), SourceFault.TIMEOUT),
        ("mssql", _Said(18456, b"Login failed"), SourceFault.REFUSED),
        ("mssql", _Said((208, b"Invalid object name")), SourceFault.NO_SUCH_TABLE),
        ("postgresql", _Said("FATAL:  password authentication failed"), SourceFault.REFUSED),
        ("postgresql", _Said("치명적오류:  사용자의 인증을 실패했습니다"), SourceFault.REFUSED),
        (
            "postgresql",
            _Said("FATAL:  the database system is starting up"),
            SourceFault.UNREACHABLE,
        ),
        ("sqlite", _Said("database is locked"), SourceFault.TIMEOUT),
        ("mysql", _Said(2003, "Can't connect"), SourceFault.UNREACHABLE),
        ("mysql", _Said(), SourceFault.UNREACHABLE),
    ],
)
def test_what_a_database_says(family: str, said: Exception, fault: SourceFault) -> None:
    assert fault_of(OperationalError("SELECT", {}, said), family) is fault


def test_what_nobody_has_a_word_for() -> None:
    assert fault_of(DatabaseError("SELECT", {}, _Said("?")), "oracle") is SourceFault.ODD_VALUE
