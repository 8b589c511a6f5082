"""A resident takes back the agreement to be served, on the page of the message."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import expect

from alimnaru.office.consents import Agreement, record
from alimnaru.reads.consents import may_serve
from alimnaru.store import crypto
from alimnaru.store.models import AuditEntry, Message, Notice
from tests.cast import Cast, phone
from tests.e2e.conftest import Open


def test_it_is_withdrawn_and_nothing_is_served_after(open_page: Open, cast: Cast) -> None:
    Notice.objects.filter(pk=cast.notice.pk).update(legal_effect="service")
    cast.notice.refresh_from_db()
    number = phone("4321")
    agreed = Agreement(number, "김나루", timezone.localdate(), "동의서 1호")
    record(cast.notice, [agreed], actor=cast.librarian)
    sent = cast.send(cast.rows(number))
    assert may_serve(cast.notice, number, "김나루")

    page = open_page(width=390)
    page.goto(f"/r/{crypto.resident_signer().link(Message.objects.get(batch=sent).pk)}")
    page.get_by_role("button", name="동의 거두기").click()
    expect(page.get_by_role("button", name="동의 거두기")).to_have_count(0)
    assert not may_serve(cast.notice, number, "김나루")
    assert AuditEntry.objects.filter(act="resident.withdraw").count() == 1
