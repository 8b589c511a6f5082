"""Every page of a full office in English: what is Korean on it is what people wrote themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from alimnaru.store import crypto
from alimnaru.store.models import Batch, Message, Stage
from tests.console.doors import DOORS
from tests.console.test_english import HANGUL, compiled, english
from tests.console.test_every_url import _ask, browsers, world
from tests.e2e.world import World

__all__ = ["browsers", "compiled", "english", "world"]

pytestmark = pytest.mark.django_db

#: What answers with a file or a part of a page, or leads on where nothing was begun.
NO_PAGES = frozenset(
    {
        *("sign-in-password", "sign-in-code", "sign-in-enrol", "sender-numbers", "picture"),
        *("send-sample", "upload", "preview-row", "opt-outs-imported", "opt-out-number"),
        "access-review-file",
        "month-disputes-file",
        *("destruction-xlsx", "destruction-pdf"),
    }
)
#: Who sees most of everything, each in their own way.
READERS = ("writer", "approver", "manager", "system", "auditor", "")
#: Names and texts of residents, masked, and the sender as a phone shows it: nobody translates them.
RESIDENTS = re.compile(
    r'<span class="(?:c-avatar|ph-ava)".*?</span>|<p class="(?:kt-text|sms-bubble)".*?</p>'
    r"|<summary>Show as text</summary><dl>.*?</dl>|[가-힣](?:\*+|○+)[가-힣]?"
    r'|<article lang="ko">.*?</article>'
    r'|<(?:button|a|p|th|option)[^>]* lang="ko">.*?</(?:button|a|p|th|option)>'
    r"|#\{[^}]*\}|<!--.*?-->",
    re.DOTALL,
)


def _written(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from re.split(r"#\{[^}]*\}|\n", value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (*_written(key), *_written(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _written(inner)


def _listed() -> Iterator[str]:
    """What stands in the lists that wait to be sent: cells as somebody wrote them."""
    for batch in Batch.objects.filter(stage=Stage.DRAFT, wrapped_key__isnull=False):
        key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
        for message in Message.objects.filter(batch=batch):
            yield from key.open(message.pk, bytes(message.payload))
        for row in batch.refused_rows.all():
            yield from key.open(row.row_no, bytes(row.payload), space=crypto.REFUSED)


@pytest.fixture(scope="module")
def theirs(world: World) -> list[str]:
    """Everything Korean in the tables, the longest first."""
    texts = (models.CharField, models.TextField, models.JSONField)
    found = set()
    for model in apps.get_app_config("store").get_models():
        fields = [f.name for f in model._meta.fields if isinstance(f, texts)]
        if fields:
            for row in model._default_manager.values_list(*fields):
                found |= {piece.strip() for piece in _written(row) if HANGUL.search(piece)}
    found |= {value for value in _listed() if HANGUL.search(value)}
    return sorted(found, key=len, reverse=True)


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.get])
def test_nothing_is_left_in_korean(
    name: str, world: World, browsers: dict[str, Client], theirs: list[str], english: None
) -> None:
    door = DOORS[name]
    read = 0
    address = reverse(name, kwargs=door.kwargs(world)) + door.query
    for who in READERS:
        browser = browsers[who]
        browser.cookies["django_language"] = "en"
        answer = _ask(browser, "GET", address)
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        read += 1
        for text in theirs:
            page = page.replace(text, "")
        page = RESIDENTS.sub("", page)
        left = HANGUL.search(page)
        assert left is None, page[max(0, left.start() - 80) : left.end() + 60]
    assert read or door.answers or name in NO_PAGES
