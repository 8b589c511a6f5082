"""English for every text: nothing is missing, nothing is left over, and no page mixes the two."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.db import models
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from pytest_django import Settings

from alimnaru import wording
from alimnaru.console.frame import office_name
from alimnaru.console.urls import urlpatterns
from alimnaru.office.channels import switch_off
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.resident_link import OWN_NAMES
from alimnaru.store.models import Department, Member, Notice
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.staff import Staff
from tests.test_wording import CODES

ROOT = Path(__file__).parents[2]
HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
MARKS = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+[^>]*>")
PARTS = re.compile(r"\[\[|\]\]")
#: Marks are typed into a wording as they are, in whatever language the page speaks.
TYPED = re.compile("|".join(f"‘{name}’" for name in OWN_NAMES))


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("texts", ROOT / "frontend" / "texts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = _tool()
KNOWN: dict[Any, Any] = TOOL.translations()
UPDATE = "python frontend/texts.py"


def pairs() -> Iterator[tuple[str, str]]:
    """Every text beside its English: both forms of one that counts."""
    for text, said in KNOWN.items():
        if isinstance(text, tuple):
            yield from zip(text, said, strict=True)
        else:
            yield text, said


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue as it is committed, as Django wants it."""
    root = tmp_path_factory.mktemp("locale")
    folder = root / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with TOOL.CATALOGUE.open("rb") as po, (folder / "django.mo").open("wb") as mo:
        write_mo(mo, read_po(po))
    return root


@pytest.fixture
def english(compiled: Path, settings: Settings) -> None:
    """English is what the catalogue says now, whatever was compiled before."""
    settings.LOCALE_PATHS = [str(compiled)]


# ---- the catalogue -------------------------------------------------------------------------------


def test_every_text_stands_in_the_catalogue_and_no_other() -> None:
    now = set(TOOL.texts())
    assert sorted(map(str, now - set(KNOWN))) == [], UPDATE
    assert sorted(map(str, set(KNOWN) - now)) == [], UPDATE


def test_every_text_has_its_english() -> None:
    assert [text for text, said in pairs() if not said.strip()] == []


def test_english_keeps_every_mark_and_invents_none() -> None:
    wrong = [
        (text, said)
        for text, said in pairs()
        if sorted(MARKS.findall(text)) != sorted(MARKS.findall(said))
        and set(MARKS.findall(text)) != set(MARKS.findall(said))
    ]
    assert wrong == []
    assert [said for _, said in pairs() if len(PARTS.findall(said)) % 2] == []


def test_english_holds_no_korean() -> None:
    assert [said for _, said in pairs() if HANGUL.search(TYPED.sub("", said))] == []


def test_the_tool_changes_nothing_where_nothing_is_new(tmp_path: Path) -> None:
    before = TOOL.CATALOGUE.read_bytes()
    copy = tmp_path / "django.po"
    copy.write_bytes(before)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TOOL, "CATALOGUE", copy)
        TOOL.update()
    assert copy.read_bytes() == before, UPDATE


def test_the_tool_finds_what_a_template_says(tmp_path: Path) -> None:
    page = (
        '{% load i18n %}<c-x title="{% translate \'하나\' %}" />{{ a|default:_("둘") }}\n'
        "{% blocktranslate count n=rows|length %}{{ n }}행{% plural %}{{ n }}행들"
        "{% endblocktranslate %}"
        "{% comment %}{% translate '넷' %}{% endcomment %}"
    )
    found = list(TOOL._of_code(TOOL._as_code(page)))
    assert found == ["하나", "둘", ("%(n)s행", "%(n)s행들")]


# ---- sentences -----------------------------------------------------------------------------------


def test_a_sentence_speaks_the_readers_language(english: None) -> None:
    facts: dict[str, Any] = {"column": "반납일", "limit": 40}
    korean = wording.sentence(Refusal.VALUE_TOO_LONG, **facts)
    assert HANGUL.search(korean)
    with translation.override("en"):
        said = wording.sentence(Refusal.VALUE_TOO_LONG, **facts)
        assert said == ("The text in ‘반납일’ is too long (limit 40 characters). Make it shorter.")
        assert wording.why(Refusal.VALUE_TOO_LONG) == "The text is too long."
        assert wording.label(Channel.SMS) == "Text"
        assert wording.part_name("buttons[0].name") == "Button 1 · Name"
        assert wording.sentence("brand_new").startswith("The reason is unknown (brand_new).")
    assert wording.sentence(Refusal.VALUE_TOO_LONG, **facts) == korean


def test_every_code_speaks_english(english: None) -> None:
    with translation.override("en"):
        said = [f"{wording.sentence(c)} {wording.why(c)} {wording.label(c)}" for c in CODES]
    assert [text for text in said if HANGUL.search(TYPED.sub("", text))] == []


# ---- pages ---------------------------------------------------------------------------------------


def addresses() -> list[str]:
    """Every page that needs nothing to be opened."""
    found = []
    for pattern in urlpatterns:
        try:
            found.append(reverse(str(pattern.name)))
        except NoReverseMatch:
            continue
    return sorted(set(found))


def named() -> list[str]:
    """What people called things: it stands on pages in whatever language they wrote."""
    names = [office_name()]
    for model in (Department, Member, Notice):
        fields = [f.name for f in model._meta.fields if isinstance(f, models.CharField)]
        names += [str(v) for row in model._default_manager.values_list(*fields) for v in row]
    return sorted({n for n in names if HANGUL.search(n)}, key=len, reverse=True)


def in_english(browser: Client, address: str) -> str:
    browser.cookies["django_language"] = "en"
    answer = browser.get(address, follow=True)
    page = answer.content.decode() if "html" in answer.get("Content-Type", "") else ""
    for name in named():
        page = page.replace(name, "")
    # The first letter of a name in its circle, and the way back to Korean.
    page = re.sub(r'<span class="c-avatar".*?</span>', "", page)
    page = re.sub(r'<(button|a|th|article)\b[^>]* lang="ko">(?s:.*?)</\1>', "", page)
    return re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("who", ["manager", "system", "auditor"])
def test_no_page_mixes_languages(
    who: str, cast: Cast, staff: Staff, sign_in: SignIn, english: None
) -> None:
    switch_off(Channel.ALIMTALK, actor=staff.system, ceiling=5)
    browser = sign_in(staff.by_name()[who])
    mixed = {}
    for address in addresses():
        left = HANGUL.search(page := in_english(browser, address))
        if left:
            mixed[address] = page[max(0, left.start() - 60) : left.end() + 60]
    assert mixed == {}


def test_a_page_says_which_language_it_speaks(staff: Staff, sign_in: SignIn, english: None) -> None:
    browser = sign_in(staff.system)
    assert '<html lang="en"' in in_english(browser, "/outage")
    browser.cookies["django_language"] = "ko"
    assert '<html lang="ko"' in browser.get("/outage").content.decode()
