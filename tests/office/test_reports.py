"""Reports as files: what stands in them, that they agree, and that everybody can read the PDF."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from alimnaru.office.report_files import write_month
from alimnaru.reads.monthly import monthly
from alimnaru.rules.document import Document
from alimnaru.store.models import Notice, Project, Tally
from alimnaru.store.scoping import whole_office
from alimnaru.wording.monthly import month_document
from tests.cast import Cast, make_cast

MARCH = date(2025, 3, 1)


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


def tally(notice: Notice, messages: int, day: int = 3, **more: Any) -> None:
    values = {"channel": "alimtalk", "outcome": "delivered", "won": 5 * messages, **more}
    Tally.objects.create(
        day=MARCH.replace(day=day), department=values.pop("department", notice.department),
        notice=notice, messages=messages, **values,
    )  # fmt: skip


@pytest.fixture
def march(office: Cast) -> Document:
    check = Notice.objects.create(code="hc.check", name="<검진> 안내", department=office.health)
    books = Project.objects.create(
        department=office.library, code="books", name="도서관 운영", starts_on=MARCH,
        monthly_cap_won=10_000,
    )  # fmt: skip
    for day in range(1, 29):
        tally(office.notice, 800 + 40 * (day % 7), day, project=books)
        tally(office.notice, 100, day, channel="sms", won=Decimal("806.3"), project=books)
        tally(office.notice, 50, day, channel="sms", outcome="failed", won=0)
    tally(check, 3000, 5)
    tally(check, 7, 5, outcome="suppressed", won=0)
    found = monthly(whole_office(), MARCH)
    return month_document(found, office="나루구청", by="김사서", at=timezone.now())


def test_look(march: Document, tmp_path: Path) -> None:
    write_month(march, Path("/tmp/month.pdf"), summary="요약")
    write_month(march, Path("/tmp/month.xlsx"), summary="요약")
