"""A month at each carrier: sent, its bill uploaded in the console, nothing differs; then six lines
do, and are found."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from alimnaru.flow import wire
from alimnaru.reads.closing import disputes
from alimnaru.rules.periods import after
from alimnaru.rules.statement import PRESETS
from alimnaru.store.models import Message, MonthWork, Tally, Tariff
from sandbox.bizgo.protocol import Bizgo
from sandbox.nhn.protocol import Nhn
from sandbox.process import Handle
from sandbox.sens.protocol import Sens
from sandbox.solapi.protocol import Solapi
from tests.cast import Cast, bring_results, make_cast, phone, ring, with_sandbox
from tests.staff import browser_of, hire

CARRIERS = {"solapi": Solapi, "nhn": Nhn, "bizgo": Bizgo, "sens": Sens}


def bill(cast: Cast, kind: str, month: date, form: str) -> bytes:
    """What the carrier's console would give."""
    assert cast.sandbox is not None
    query = {
        "protocol": kind,
        "month": f"{month:%Y-%m}",
        "format": form,
        "dated": f"{month:%Y-%m}-10",
    }
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"{cast.sandbox.url}/_sandbox/statement", params=query)
    assert answer.status_code == 200
    return answer.content


def sent(cast: Cast, kind: str, month: date) -> None:
    """Five by Alimtalk and two by text, who have no KakaoTalk; one number does not exist."""
    for channel, won in CARRIERS[kind].prices.items():
        name = "alimtalk" if channel == "ata" else channel
        Tariff.objects.filter(channel=name).update(won=won)
    endings = ["", "", "", "", "", "0001", "0001", "0012"]
    batch = cast.send(cast.rows(*(phone(end) for end in endings)))
    bring_results(batch)
    states = sorted(Message.objects.values_list("state", "attempt_no"))
    assert states == [("delivered", 1)] * 5 + [("delivered", 2)] * 2 + [("failed", 2)]
    at = timezone.make_aware(datetime(month.year, month.month, 10, 12))
    Message.objects.update(done_at=at)
    Tally.objects.update(day=at.date())
    batch.chunks.update(sent_at=at)


def upload(browser: Client, cast: Cast, month: date, name: str, content: bytes) -> MonthWork:
    """As a clerk does it: the file, a look at the columns as they were guessed, and go."""
    assert cast.account is not None
    there = f"/months/{month:%Y-%m}"
    file = SimpleUploadedFile(name, content)
    data = {"account": cast.account.pk, "file": file, "replace": "on"}
    answer = browser.post(f"{there}/upload", data)
    assert answer.status_code == 302
    page = answer.headers["Location"]
    assert "읽고 있습니다" in browser.get(page).content.decode()
    ring()
    form = browser.get(page).context["form"]
    given: dict[str, Any] = {name: value for name, value in form.initial.items() if value}
    assert browser.post(f"{page}/read", given).status_code == 302
    ring()
    return MonthWork.objects.order_by("-id")[0]


def planted(content: bytes, kind: str) -> bytes:
    """One line gone, one that nobody sent, one twice, one dearer, one of another month, one failed
    that was delivered."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    titles, *rows = rows
    columns = PRESETS[kind]
    ref, day, won = (titles.index(name) for name in (columns.ref[-1], columns.day, columns.won))
    result = titles.index(columns.result)
    good = [row for row in rows if row[result] in columns.billed]
    rows.remove(good[0])
    rows.append([*good[1]])
    nobody = [*good[2]]
    nobody[ref] = "999999"
    if columns.number:
        nobody[titles.index(columns.number)] = "01000000000"
    rows.append(nobody)
    good[6][won] = "77"  # a text
    good[4][day] = f"{after(date.fromisoformat(good[4][day][:10]), 1)} 00:01:00"
    good[5][result] = columns.unbilled[0]
    out = io.StringIO()
    csv.writer(out).writerows([titles, *rows])
    return out.getvalue().encode("cp949")


@pytest.mark.parametrize("kind", CARRIERS)
def test_a_month_at_a_carrier(db: None, sandbox_process: Handle, kind: str) -> None:
    cast = with_sandbox(make_cast(), sandbox_process, kind)
    month = after(timezone.localdate(), -2)
    sent(cast, kind, month)
    staff = hire(cast)
    browser = browser_of(staff.system)
    for form in ("csv", "xlsx"):
        work = upload(browser, cast, month, f"a.{form}", bill(cast, kind, month, form))
        assert (work.state, work.fault, work.rows_read) == ("done", "", 7)
        assert list(disputes(month)) == []
    shown = browser.get(f"/months/{month:%Y-%m}").content.decode()
    assert "모두 일치" in shown

    wrong = planted(bill(cast, kind, month, "csv"), kind)
    assert upload(browser, cast, month, "b.csv", wrong).state == "done"
    found = sorted(line.verdict for line in disputes(month))
    assert found == ["only_ours", "only_ours", "only_theirs", "other_month", "price", "twice"]
    # By names that stand in the carrier's own file, and by no name of ours.
    text = wrong.decode("cp949")
    assert all(x.theirs.split(":")[-1] in text for x in disputes(month) if x.line_no)
    answer = browser.get(f"/months/{month:%Y-%m}/disputes/file")
    assert answer.status_code == 200
    assert browser.post(f"/months/{month:%Y-%m}/close").status_code == 302
    ring()
    assert "마감했습니다" in browser.get(f"/months/{month:%Y-%m}").content.decode()
    wire.hang_up()
