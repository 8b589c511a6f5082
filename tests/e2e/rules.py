"""Rules of an office: one that sends, one in rehearsal, the catalogue's, and a loan system."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path

import sqlalchemy
from django.utils import timezone

from alimnaru.flow import remind
from alimnaru.flow.rule_plan import pin_of, plan_of, rule_numbered
from alimnaru.flow.sources import sealed
from alimnaru.store.models import Batch, Member, Occasion, Rule, Source
from tests.e2e.office import Office
from tests.e2e.residents import phone_of

_TITLES = ("강가의 책방", "나루터에서 보낸 여름과 그 뒤의 이야기", "한국사 산책", "별을 세는 밤")
FIELDS: Mapping[str, object] = {
    "phone": "phone",
    "name": "name",
    "도서관": {"text": "나루중앙도서관"},
    "대표도서": "title",
    "권수": {"merge": "count"},
    "기한": {"field": "due_date", "merge": "earliest"},
}


def connect_loans(office: Office) -> Source:
    """A loan system with books that are due in two days; lives as long as the tests do."""
    path = Path(os.environ["TESTS_GROUND"]) / f"loans-{secrets.token_hex(4)}.db"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}", poolclass=sqlalchemy.NullPool)
    due = timezone.localdate() + timedelta(days=3)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE v_loans (loan_no INTEGER PRIMARY KEY, phone TEXT, name TEXT,"
            " title TEXT, due_date DATE, status TEXT)"
        )
        for number in range(40):
            phone = "02-555-0101" if number == 7 else phone_of(8000 + number // 3)
            connection.exec_driver_sql(
                "INSERT INTO v_loans VALUES (?, ?, ?, ?, ?, '대출')",
                (number, phone, "김나루", _TITLES[number % 4], due.isoformat()),
            )
    program = Member.objects.create(login="source:loans-db", name="도서관 대출", is_program=True)
    return Source.objects.create(
        department=office.library,
        code="loans-db",
        name="도서관 대출 시스템",
        kind=Source.Kind.TABLE,
        member=program,
        settings={"views": {"loans": {"table": "v_loans", "key": "loan_no"}}},
        secrets=sealed({"url": f"sqlite:///{path}"}),
        created_at=timezone.now() - timedelta(days=30),
        polled_at=timezone.now(),
    )


def give_rules(office: Office, batch: Batch, *, trouble: bool) -> dict[str, int]:
    """Returns ids by name. The rule that sends has a batch, and records that did not go."""
    source = connect_loans(office)
    live = _rule(office, source, "loans-live", "반납 이틀 전", [-2])
    live.mode, live.looked_at = Rule.Mode.LIVE, timezone.now() - timedelta(hours=2)
    live.approved_by, live.approved_at = office.staff.manager, timezone.now() - timedelta(days=9)
    live.approved_hash = pin_of(rule_numbered(live.pk))
    if trouble:
        live.error, live.failing_since = "unreachable", timezone.now() - timedelta(minutes=50)
    live.save()
    Batch.objects.filter(pk=batch.pk).update(rule=live)
    _history(live)
    rehearsal = _rule(office, source, "loans-rehearsal", "반납 사흘 전", [-3, -2])
    remind.rehearse(plan_of(rule_numbered(rehearsal.pk)), timezone.now())
    Rule.objects.filter(pk=rehearsal.pk).update(mode=Rule.Mode.REHEARSAL)
    return {"rule_source": source.pk}


def _rule(office: Office, source: Source, code: str, name: str, offsets: list[int]) -> Rule:
    return Rule.objects.create(
        code=code,
        name=name,
        notice=office.notice("lib.due.soon"),
        source=source,
        view="loans",
        conditions=[{"field": "status", "op": "eq", "value": "대출"}],
        anchor="due_date",
        offsets=offsets,
        at=time(10),
        fields=dict(FIELDS),
        grouping="person",
        made_by=office.staff.writer,
        created_at=timezone.now() - timedelta(days=10),
    )


def _history(rule: Rule) -> None:
    today = timezone.localdate()
    Occasion.objects.bulk_create(
        Occasion(
            rule=rule,
            record=f"{back}-{number}",
            day=today - timedelta(days=back),
            offset=-2,
            due_at=timezone.now() - timedelta(days=back),
            to_hash=b"x",
            state="dropped" if number < 3 else "sent",
            code=("no_longer_true", "phone_landline", "expired")[number] if number < 3 else "",
            message_id=None if number < 3 else 900_000 + back * 100 + number,
            found_at=timezone.now(),
        )
        for back in range(1, 6)
        for number in range(20)
    )
