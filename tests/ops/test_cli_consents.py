"""Agreements to be served, from the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from alimnaru.store.models import Notice, ServiceConsent
from tests.cast import Cast, make_cast
from tests.ops.commands import Commands


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    Notice.objects.filter(pk=made.notice.pk).update(legal_effect="service")
    return made


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def test_one_is_added_listed_and_ended(
    cast: Cast, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = cast.notice.code
    monkeypatch.setattr("sys.stdin", io.StringIO("010-3000-1234, 김 나루\n010-3000-1234\n"))
    said = commands.json("consent", "add", code, "--evidence", "동의서 3호")
    assert said.json == {"notice": code, "recorded": 1}
    [listed] = commands.json("consent", "list").json["consents"]
    assert listed["evidence"] == "동의서 3호"
    assert "3000" not in commands.run("consent", "list").out
    assert commands.json("consent", "end", code, "--why", "전화로 말함").json["ended"] == 1
    assert commands.json("consent", "list").json["consents"] == []


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("line", "more", "code"),
    [
        ("010-3000-1234", "", "person_missing"),
        ("02-555-0101,김나루", "", "phone_landline"),
        ("010-3000-1234,김나루", "--evidence=010-3000-1234", "reason_unusable"),
        ("010-3000-1234,김나루", "--evidence= ", "reason_unusable"),
        ("010-3000-1234,김나루", "--until=2020-01-01", "dates_reversed"),
    ],
)
def test_what_is_wrong_is_told(
    line: str, more: str, code: str, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(line + "\n"))
    notice = Notice.objects.get(legal_effect="service").code
    args = ["--evidence=동의서", *([more] if more else [])]
    said = commands.json("consent", "add", notice, *args)
    assert said.error == code
    assert not ServiceConsent.objects.exists()


def test_who_only_announces_needs_none(cast: Cast, commands: Commands) -> None:
    Notice.objects.filter(pk=cast.notice.pk).update(legal_effect="notice")
    said = commands.json("consent", "end", cast.notice.code, "--why", "전화")
    assert said.error == "nothing_served"


def test_a_list_is_recorded(cast: Cast, commands: Commands, tmp_path: Path) -> None:
    file = tmp_path / "동의.csv"
    file.write_text("이름,휴대폰,동의일,근거\n김나루,010-3000-1234,2026-11-02,1호\n박가람,,,\n")
    said = commands.json("consent", "import", cast.notice.code, file)
    assert said.json["recorded"] == 1
    assert said.json["refused"] == [{"row": 3, "code": "phone_empty"}]
    assert "건너뛰었습니다" in commands.run("consent", "import", cast.notice.code, file).out
    assert ServiceConsent.objects.count() == 1
