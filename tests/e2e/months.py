"""Two months of bills: one that is closed, and one whose statements differ from what we charge."""

from __future__ import annotations

import json
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from alimnaru.office import closing
from alimnaru.office.month_work import PURPOSE
from alimnaru.reads.closing import charges_of, disputes, figures
from alimnaru.rules.periods import after
from alimnaru.rules.statement import PRESETS
from alimnaru.store import crypto
from alimnaru.store.models import CarrierAccount, Charge, MonthClose, MonthWork
from tests.e2e.office import Office

LINES = 40
TITLES = ["수신번호", "messageId", "type", "dateCompleted", "price", "statusCode"]


def last_month() -> date:
    """Over; with or without its fifth working day, as today has it."""
    return after(timezone.localdate(), -1)


def bill(office: Office, account: CarrierAccount) -> dict[str, int]:
    """The month before last is closed, of the last one six lines differ, and a file waits."""
    for back in (2, 1):
        month = after(timezone.localdate(), -back)
        _charge(office, account, month)
        row, _ = MonthClose.objects.get_or_create(month=month)
        row.totals = {"charges": charges_of(month), "tallies_differ": 0}
        row.carried = [
            {"account": account.name, "channel": "alimtalk", "messages": 12, "delivered": 9,
             "failed": 2, "open": 1}
        ]  # fmt: skip
        row.save()
        _compare(office, account, month, wrong=back == 1)
        if back == 2:
            row.closed_at, row.closed_by = timezone.now(), office.staff.system
            row.totals = figures(month) | row.totals
            row.save()
    work = _asked(office, account, last_month())
    line = disputes(last_month()).first()
    assert line is not None
    closing.settle_dispute(line, "다음 달에 빼기로 함", actor=office.staff.system)
    return {"month_work": work.pk, "dispute": line.pk}


def _charge(office: Office, account: CarrierAccount, month: date) -> None:
    notice = office.notice("lib.due.soon")
    Charge.objects.bulk_create(
        Charge(
            month=month, day=month + timedelta(days=n % 28), account=account,
            department=office.library, notice=notice, batch_id=1, message_id=10_000 + n,
            attempt_no=1, channel="sms" if n % 5 == 0 else "alimtalk",
            ref=f"M4V{month:%Y%m}{n:014}", won=18 if n % 5 == 0 else 8,
        )
        for n in range(LINES)
    )  # fmt: skip


def _compare(office: Office, account: CarrierAccount, month: date, *, wrong: bool) -> None:
    rows = [
        [c.ref, "SMS" if c.channel == "sms" else "ATA", f"{c.day} 12:00", str(c.won), "4000"]
        for c in Charge.objects.filter(month=month).order_by("id")
    ]
    if wrong:
        rows = [*rows[2:], rows[5], ["M4V-NOBODY", *rows[4][1:]]]
        rows[3][3], rows[6][2] = "9.5", f"{after(month, 1)} 00:10"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.csv"
        path.write_text("\n".join(",".join(r) for r in [TITLES[1:], *rows]), encoding="utf-8")
        closing.take_statement(
            account, month, path, PRESETS["solapi"], actor=office.staff.system,
            name=f"이용내역_{month:%Y%m}.csv",
        )  # fmt: skip
    closing.compare(account, month, actor=office.staff.system)


def _asked(office: Office, account: CarrierAccount, month: date) -> MonthWork:
    lines = [["***", f"M4V{n:020}", "ATA", "2026-10-02 09:12:44", "8", "4000"] for n in range(5)]
    return MonthWork.objects.create(
        kind="statement", month=month, account=account, member=office.staff.system,
        created_at=datetime.now(timezone.get_current_timezone()), state="asked",
        name="이용내역_둘째.xlsx", size=48_213, titles=TITLES, mapping=PRESETS["solapi"].as_json(),
        sample=crypto.seal(json.dumps([TITLES, lines]).encode(), purpose=PURPOSE),
    )  # fmt: skip
