"""Texts of others on our pages and in our files: they stay texts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest
from django.test import Client
from django.urls import reverse

from alimnaru.flow.wordings import wording
from alimnaru.store import audit
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Department,
    ListUpload,
    Member,
    Notice,
    Outage,
    SavedList,
    TemplateRegistration,
    TemplateVersion,
    Vote,
)
from tests.console import test_every_url as every
from tests.console.doors import DOORS
from tests.console.locked import take
from tests.e2e.world import World

pytestmark = pytest.mark.django_db
#: The whole office, and everybody's browser.
world, browsers = every.world, every.browsers

TAG = "\"'><img src=x onerror=alert(1)>{{7*7}}{% now 'Y' %}"
FORMULA = '=HYPERLINK("https://elsewhere.example","a")'


def _rename(text: str) -> None:
    """Give everything that people or carriers name this name."""
    Notice.objects.update(name=text[:40])
    Department.objects.update(name=text[:40], phone=text[:20])
    Member.objects.update(name=text[:40])
    for account in CarrierAccount.objects.all():
        CarrierAccount.objects.filter(pk=account.pk).update(name=f"{account.pk}{text}"[:40])
    Batch.objects.update(source_name=text)
    findings = {"columns": [text], "sheets": [text], "bad": [[2, text, "phone_empty"]], "last": 1}
    ListUpload.objects.update(name=text)
    for upload in ListUpload.objects.defer("content"):
        upload.findings = {**upload.findings, **findings}
        upload.save(update_fields=["findings"])
    for saved in SavedList.objects.all():
        SavedList.objects.filter(pk=saved.pk).update(name=f"{saved.pk}{text}"[:60])
    Vote.objects.update(reason=text)
    TemplateRegistration.objects.update(comments=[{"text": text, "at": "2026-11-25T10:00:00Z"}])
    library = Department.objects.get(code="lib-jungang")
    for who in Member.objects.filter(is_program=False):
        facts = {"note": text, "name": [text, text], "reason": text}
        audit.record(
            actor=who, act="department.change", subject=text, department=library, facts=facts
        )
    for version in TemplateVersion.objects.all():
        template = {**version.template, "body": version.template["body"] + text}
        TemplateVersion.objects.filter(pk=version.pk).update(template=template)
    Outage.objects.update(until=None)
    wording.cache_clear()


@pytest.mark.parametrize("who", ["writer", "manager", "system"])
def test_no_text_becomes_a_tag(world: World, browsers: Mapping[str, Client], who: str) -> None:
    found, read = [], 0
    with every.undone():
        _rename(TAG)
        for name, door in DOORS.items():
            if not door.get or door.public:
                continue
            answer = browsers[who].get(reverse(name, kwargs=door.kwargs(world)) + door.query)
            page = "" if answer.streaming else answer.content.decode("utf-8", "replace")
            read += "&lt;img src=x" in page
            if "<img src=x" in page or ">49{%" in page:
                found.append(name)
            for header, value in answer.items():
                assert "img src" not in value, (name, header)
    wording.cache_clear()
    assert found == []
    assert read > 15


def _formulas(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [n for n in book.namelist() if n.startswith("xl/worksheets/")]
        texts = {name: book.read(name) for name in sheets}
        assert any(b"<c " in text for text in texts.values())
        links = [n for n in book.namelist() if "hyperlink" in n.lower()]
        return links + [name for name, text in texts.items() if b"<f>" in text or b"<f " in text]


FILES = [
    ("manager", "post", "/audit/file", {"reason": "for_audit", "note": "정기 점검"}),
    ("manager", "post", "/statistics/file", {}),
    ("writer", "post", "/batches/{done}/unreached", {"reason": "call_resident"}),
    ("writer", "get", "/send/{notice}/sample.xlsx", {}),
]


@pytest.mark.parametrize(("who", "method", "address", "data"), FILES)
def test_no_text_becomes_a_formula(  # noqa: PLR0917 - a table of four columns
    world: World,
    browsers: Mapping[str, Client],
    who: str,
    method: str,
    address: str,
    data: Mapping[str, str],
) -> None:
    known = {"done": world.batch("done"), "notice": world.ids["lib.due.soon"]}
    with every.undone():
        _rename(FORMULA)
        where = address.format(**known)
        if where.endswith("/unreached"):
            answer, content = take(browsers[who], where, data)
        else:
            answer = getattr(browsers[who], method)(where, data)
            content = answer.content
    wording.cache_clear()
    assert answer.status_code == 200
    assert _formulas(content) == []
    name = answer.headers["Content-Disposition"]
    assert name.isascii()
    assert "\n" not in name
    assert answer.headers["Cache-Control"] == "no-store"
