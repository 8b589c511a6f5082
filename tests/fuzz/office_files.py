"""What offices and their contractors write: statements, consents, the office's own file, pictures,
addresses, and the values of other systems' tables."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from itertools import islice
from pathlib import Path

from PIL import Image
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric, String, Time, Uuid

from alimnaru.rules import entrances
from alimnaru.rules.api_keys import Limits as KeyLimits
from alimnaru.rules.api_keys import is_allowed, read_addresses, read_scopes
from alimnaru.rules.conditions import condition_from_json
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.consent_list import read_consents
from alimnaru.rules.pictures import LIMITS
from alimnaru.rules.reminder_fields import made_from_json, values_of
from alimnaru.rules.roster_rows import RosterRefused
from alimnaru.rules.statement import PRESETS, StatementRefused
from alimnaru.sources.base import SourceError
from alimnaru.sources.picture_file import rewritten
from alimnaru.sources.statement import StatementFile
from alimnaru.sources.tables_values import again_from, clause, key_text
from alimnaru.sources.upload import open_list
from alimnaru.sources.upload_guard import STATEMENT, ListRefused
from alimnaru.store.catalogue import OfficeError, load_office
from tests.fuzz.target import TODAY, Parser, as_file, json_of, text_of, words


def read_statement(raw: bytes) -> None:
    """A carrier's statement by every carrier's mapping, to its last line."""
    as_file(raw, ".csv", _read_statement)


def _read_statement(path: Path) -> None:
    for columns in PRESETS.values():
        opened = open_list(path, size=STATEMENT)
        with suppress(StatementRefused):
            for _line in islice(StatementFile("a", opened.sha256, columns, opened).lines(), 1_000):
                pass


def _statements() -> Iterator[bytes]:
    days = ("2026-11-03 09:00:00", "20261103", "2026.11.03")
    for day, columns in zip((*days, days[0]), PRESETS.values(), strict=True):
        header = [*columns.ref, columns.channel, columns.day, columns.won, columns.result]
        told = [*("R1" for _ in columns.ref), "SMS", day, "8.8", *columns.billed[:1]]
        unbilled = [*told[:-1], *columns.unbilled[:1]]
        text = "\n".join(",".join(row) for row in (["10월 명세"], header, told, unbilled, ["합계"]))
        yield text.encode()
        yield text.encode("cp949")


def read_consent_list(raw: bytes) -> None:
    """A list of agreements, to the last judged row."""

    def act(path: Path) -> None:
        with suppress(RosterRefused):
            read_consents(open_list(path).rows(), TODAY)

    as_file(raw, ".csv", act)


def read_office(raw: bytes) -> None:
    """An office's own file."""

    def act(path: Path) -> None:
        with suppress(OfficeError):
            load_office(path)

    as_file(raw, ".toml", act)


def _offices() -> list[bytes]:
    whole = files("alimnaru.store.catalogue").joinpath("office.toml").read_bytes()
    short = b"\n".join(line for line in whole.splitlines() if line and not line.startswith(b"#"))
    return [whole, short]


def read_picture(raw: bytes) -> None:
    """A picture of a stranger, for every use."""
    for limits in LIMITS.values():
        with suppress(ListRefused):
            rewritten(raw, limits)


def _pictures() -> list[bytes]:
    found = []
    for kind, mode, size in (
        ("PNG", "RGBA", (8, 4)),
        ("JPEG", "RGB", (8, 8)),
        ("PNG", "P", (4, 2)),
    ):
        content = io.BytesIO()
        Image.new(mode, size).save(content, kind)
        found.append(content.getvalue())
    return found


def read_entrances(raw: bytes) -> None:
    """Addresses, networks and browsers' names as people and programs give them."""
    text = text_of(raw)
    lines = text.splitlines() or [""]
    network = entrances.read_network(lines[0])
    if not isinstance(network, entrances.EntranceFault):
        entrances.admits(lines[-1], [network])
    entrances.browser_called(text)
    with suppress(ValueError):  # settings refuse to load with an address that is none
        entrances.is_safe(text)
    allowed = read_addresses(lines)
    if not isinstance(allowed, ConnectingFault):
        is_allowed(lines[-1], allowed)
        limits = KeyLimits(addresses=allowed)
        limits.is_wider_than(KeyLimits(addresses=("10.0.0.0/8", "2001:db8::/32")))
    read_scopes(lines)


_COLUMNS: tuple[Column[object], ...] = tuple(
    Column(type_.__name__.lower(), type_)
    for type_ in (Boolean, Date, DateTime, Integer, Numeric, String, Time, Uuid)
)


def read_tables(raw: bytes) -> None:
    """A rule's condition and fields, and what stands in another system's records."""
    data = json_of(raw)
    if not isinstance(data, dict):
        return
    _conditions(data)
    for value in data.values():
        again_from(value)
        key_text(value)
    with suppress(ValueError):
        made = {"값": made_from_json(data)}
        values_of(made, [data, {}], TODAY, {"값": 20})


def _conditions(data: dict[str, object]) -> None:
    try:
        condition = condition_from_json(data)
    except ValueError:
        return
    for column in _COLUMNS:
        with suppress(SourceError):
            str(clause(column, condition))


OFFICE_PARSERS: dict[str, Parser] = {
    "statement": Parser(read_statement, _statements),
    "consents": Parser(
        read_consent_list,
        words(
            "전화번호,이름,동의일,끝나는 날,근거,주소\n"
            "010-1234-5678,김나루,2026-11-01,,동의서 3호,나루로 1\n",
            "동의 명단\n연락처\t성명\t시작일\t문서번호\n01012345678\t이가람\t11/3\t총무-12\n",
        ),
    ),
    "office": Parser(read_office, _offices, longest=16_384),
    "picture": Parser(read_picture, _pictures, longest=8_192),
    "entrances": Parser(
        read_entrances,
        words("10.20.0.0/16\n203.0.113.7", "2001:db8::/48\n::1", "Chrome/1 Windows"),
        longest=512,
    ),
    "tables": Parser(
        read_tables,
        words(
            '{"field":"상태","op":"in","value":["대출","연장"]}',
            '{"merge":"first_and_more","field":"서명","서명":"물길","기한":"20261130090000"}',
            '{"merge":"latest","field":"기한","기한":"2026-11-30"}',
            '{"days_since":"기한","기한":"2026-11-30"}',
            '{"range":["부터","까지"],"부터":"11/3","까지":"2026-11-30"}',
            '{"field":"마감","op":"lt","value":"2026-11-30T09:00:00+09:00"}',
        ),
        is_json=True,
    ),
}  # fmt: skip
