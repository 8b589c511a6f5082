"""A picture on a wording, and the notice that falls back to MMS, as a manager types it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from alimnaru.flow.wordings import wording
from alimnaru.store.models import Notice, TemplateVersion
from tests.cast import Cast
from tests.ops.commands import Commands

NOTICE = "lib.due.soon"
LONG = "[lms]\nsubject = '반납 안내'\ntext = '''\n반납예정일은 #{기한}입니다.\n'''\n"


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    wording.cache_clear()
    return Commands(capsys)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    out = io.BytesIO()
    Image.new("RGB", (800, 400), (200, 30, 30)).save(out, "PNG")
    path = tmp_path / "반납.png"
    path.write_bytes(out.getvalue())
    return path


def test_it_works(office: Cast, commands: Commands, picture: Path, tmp_path: Path) -> None:
    edit = tmp_path / "edit.toml"
    edit.write_text(LONG, encoding="utf-8")
    said = commands.json(
        "templates", "draft", NOTICE, "--file", str(edit), "--picture", str(picture)
    )
    assert (said.code, said.json["version"], said.json["new"]) == (0, 2, True)
    version = TemplateVersion.objects.get(number=2)
    assert version.picture is not None
    assert (version.picture.width, version.picture.height) == (800, 400)

    said = commands.json("catalogue", "fallback", NOTICE, "mms")
    assert said.json == {"notice": NOTICE, "fallback": "mms"}
    assert Notice.objects.get(code=NOTICE).fallback == "mms"


def test_the_same_picture_again_is_no_new_version(
    office: Cast, commands: Commands, picture: Path
) -> None:
    for new in (True, False):
        said = commands.json("templates", "draft", NOTICE, "--picture", str(picture))
        assert (said.json["version"], said.json["new"]) == (2, new)


@pytest.mark.parametrize(
    ("content", "code"), [(None, "picture_not_found"), (b"GIF89a", "picture_unreadable")]
)
def test_what_is_no_picture(
    office: Cast, commands: Commands, tmp_path: Path, content: bytes | None, code: str
) -> None:
    path = tmp_path / "odd.png"
    if content is not None:
        path.write_bytes(content)
    said = commands.json("templates", "draft", NOTICE, "--picture", str(path))
    assert said.code == 2
    assert said.json["error"]["code"] == code
    assert not TemplateVersion.objects.filter(number=2).exists()


def test_a_way_that_the_wording_does_not_know(office: Cast, commands: Commands) -> None:
    said = commands.run("catalogue", "fallback", NOTICE, "mms")
    assert said.code == 2
    assert "--picture" in said.out + said.err
    assert commands.run("catalogue", "fallback", NOTICE, "alimtalk").code == 2


def test_a_notice_without_a_text(office: Cast, commands: Commands) -> None:
    said = commands.run("catalogue", "fallback", NOTICE, "none")
    assert "문자로 대신 보내지 않습니다" in said.out
    assert Notice.objects.get(code=NOTICE).fallback == ""
