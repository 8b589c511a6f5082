"""An edit of a wording as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from alimnaru.office.drafts import DraftUnreadable, read_draft
from alimnaru.rules.draft import DraftWording
from alimnaru.rules.template import parse_template
from alimnaru.rules.variables import variable_from_json

BASE = DraftWording(
    parse_template({"body": "본문", "message_type": "EX", "extra": "덧붙임"}),
    (variable_from_json({"name": "기한", "kind": "date_long"}),),
    sms="문자",
    lms_subject="제목",
    lms="긴 글",
    category="001001",
)


def read(folder: Path, text: str, name: str = "a.toml") -> DraftWording:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_draft(path, BASE)


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "") == BASE
    assert read(tmp_path, "{}", "a.json") == BASE


def test_what_the_file_names_is_different(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "\ufeff"  # as Notepad saves it
        'category = "004001"\n'
        'sms = "새 문자"\n'
        "[template]\nbody = '''\n첫 줄\n둘째 줄\n'''\n"
        '[lms]\ntext = "새 글"\n'
        '[[variables]]\nname = "날짜"\nkind = "date_short"\n',
    )
    assert found.template.body == "첫 줄\n둘째 줄"
    assert found.template.extra == "덧붙임"
    assert (found.sms, found.lms_subject, found.lms) == ("새 문자", "제목", "새 글")
    assert [v.name for v in found.variables] == ["날짜"]
    assert found.category == "004001"


def test_an_empty_text_takes_a_part_away(tmp_path: Path) -> None:
    found = read(tmp_path, 'sms = ""\n[template]\nextra = ""\nmessage_type = "BA"\n')
    assert (found.sms, found.template.extra) == ("", None)


def test_a_first_wording_has_nothing_to_begin_with(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"template": {"body": "본문"}}', encoding="utf-8")
    assert read_draft(path, None) == DraftWording(parse_template({"body": "본문"}))


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("smss = 'x'", "a.toml", "smss"),
        ("sms = 3", "a.toml", "sms"),
        ("lms = 'x'", "a.toml", "lms"),
        ("[lms]\nbody = 'x'", "a.toml", "lms.body"),
        ("[template]\nbodi = 'x'", "a.toml", "bodi"),
        ("[template]\nbody = 3", "a.toml", "body"),
        ("[[variables]]\nname = 'x'\nkind = 'y'", "a.toml", "kind"),
        ("variables = 3", "a.toml", "not iterable"),
        ("variables = [3]", "a.toml", "keys"),
        ("sms = ", "a.toml", "end of document"),
        ("{", "a.json", "line 1"),
        ("[]", "a.json", "a.json"),
    ],
)
def test_an_odd_file_is_refused(tmp_path: Path, text: str, name: str, says: str) -> None:
    with pytest.raises(DraftUnreadable, match=says):
        read(tmp_path, text, name)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DraftUnreadable, match=r"none\.toml"):
        read_draft(tmp_path / "none.toml", BASE)
    (tmp_path / "a.toml").write_bytes("sms = '문자'".encode("cp949"))
    with pytest.raises(DraftUnreadable, match=r"a\.toml"):
        read_draft(tmp_path / "a.toml", BASE)
