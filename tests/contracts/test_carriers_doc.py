"""What the page about carriers says is what the adapters and their rigs say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alimnaru.carriers.bizgo import kind as bizgo
from alimnaru.carriers.bizgo.tokens import REPEAT
from alimnaru.carriers.kind import Kind
from alimnaru.carriers.nhn import tokens as nhn
from alimnaru.carriers.registry import KINDS
from alimnaru.carriers.sens import fence as sens
from alimnaru.rules.pictures import LIMITS
from tests.carriers.rigs import RIGS
from tests.carriers.suite import Rig

PAGE = (Path(__file__).parents[2] / "docs/reference/carriers.md").read_text()
#: The columns of the tables, in their order.
COLUMNS = ("solapi", "nhn", "bizgo", "sens")
TITLES = {
    "SOLAPI": "solapi",
    "NHN Cloud": "nhn",
    "Infobank Bizgo": "bizgo",
    "Naver Cloud SENS": "sens",
}
DEFAULTS = {
    ("nhn", "key_seconds"): nhn.KEY_SECONDS,
    ("nhn", "quiet_seconds"): nhn.QUIET_SECONDS,
    ("bizgo", "key_seconds"): bizgo.KEY_SECONDS,
    ("bizgo", "fence_seconds"): bizgo.FENCE_SECONDS,
    ("sens", "skew_seconds"): sens.SKEW_SECONDS,
    ("sens", "fresh_seconds"): sens.FRESH_SECONDS,
    ("sens", "settle_seconds"): sens.SETTLE_SECONDS,
}


def cells(text: str) -> list[list[str]]:
    """The rows of the tables in a text, as cells without their blanks."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows]


def section(title: str) -> str:
    """What stands between a heading and the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def fact(name: str) -> dict[str, str]:
    """A row of the first table, by carrier."""
    (row,) = [row for row in cells(PAGE) if row[0] == name]
    return dict(zip(COLUMNS, row[1:], strict=True))


def seconds(text: str) -> float:
    assert text, "no default"
    return float(text)


CARRIERS = {name: kind for name, kind in KINDS.items() if name != "sandbox"}


def test_every_carrier_has_a_column() -> None:
    assert {rig.name for rig in RIGS} == set(COLUMNS) == set(CARRIERS) == set(TITLES.values())
    assert fact("`--kind`") == {name: f"`{name}`" for name in COLUMNS}


@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: rig.name)
def test_what_is_missing(rig: Rig) -> None:
    rows = [row for row in cells(section("What is missing")) if row[0].startswith("`")]
    at = 1 + COLUMNS.index(rig.name)
    assert {row[at] for row in rows} <= {"✓", "–"}
    assert {row[0].strip("`") for row in rows if row[at] == "–"} == set(rig.lacks)


@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: rig.name)
def test_who_calls_back(rig: Rig) -> None:
    assert KINDS[rig.name].calls_back == ("callbacks" not in rig.lacks)


def test_messages_a_hand_over() -> None:
    told = {name: int(n.replace(",", "")) for name, n in fact("messages a hand-over").items()}
    assert told == {name: kind.max_messages for name, kind in CARRIERS.items()}


@pytest.mark.parametrize(("title", "name"), TITLES.items())
def test_settings(title: str, name: str) -> None:
    kind: Kind = KINDS[name]
    rows = {row[0].strip("`"): row for row in cells(section(title)) if row[0].startswith("`")}
    assert list(rows) == [setting.name for setting in kind.settings]
    for setting in kind.settings:
        _, how, default, meaning = rows[setting.name]
        variable = f"{name}_{setting.name}".upper()
        assert ("required" in how) == setting.required, setting.name
        assert (f"secret: `{variable}`" in how) == setting.secret, setting.name
        assert meaning
        wanted = DEFAULTS.get((name, setting.name))
        assert default == "" if wanted is None else seconds(default) == wanted, setting.name
    assert f"`{kind.address}`" in section(title)


def test_how_long_a_cut_may_last() -> None:
    costs = fact("what a cut costs, if the carrier has nothing")
    kakao, phone = nhn.kakao_fence(nhn.KEY_SECONDS), nhn.phone_fence(nhn.QUIET_SECONDS)
    assert f"within {kakao.leaves / 60:g} minutes of its token" in costs["nhn"]
    assert f"else after {kakao.settles / 60:g}. Texts: {phone.settles / 60:g} min" in costs["nhn"]
    hours = bizgo.KEY_SECONDS * REPEAT / 3_600
    assert f"within {hours:g} hours" in costs["bizgo"]
    assert f"A reservation: {bizgo.FENCE_SECONDS / 60:g} minutes" in costs["bizgo"]
    wait = sens.FRESH_SECONDS + 2 * sens.SKEW_SECONDS + sens.SETTLE_SECONDS
    assert costs["sens"].startswith(f"{wait / 60:g} minutes")


def test_pictures_suit_the_strictest() -> None:
    limits = LIMITS["mms"]
    said = f"{limits.bytes // 1_000} KB and {limits.width:,} × {limits.height:,} for\nMMS"
    assert said in PAGE
    assert f"{LIMITS['template'].bytes // 1_000} KB for Alimtalk" in PAGE
