"""A library's loan system: its tables in another database, and rules that read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy
from django.utils import timezone

from alimnaru.flow.remind import begin, tend
from alimnaru.flow.rule_plan import pin_of, plan_of, rule_numbered
from alimnaru.store import crypto
from alimnaru.store.models import Member, Occasion, Rule, Source
from tests.cast import Cast

_TABLES = (
    """CREATE TABLE v_loans (loan_no INTEGER PRIMARY KEY, phone VARCHAR(20), name VARCHAR(40),
       title VARCHAR(200), due_date DATE, status VARCHAR(10))""",
    """CREATE TABLE v_holds (hold_no INTEGER PRIMARY KEY, phone VARCHAR(20), name VARCHAR(40),
       title VARCHAR(200), keep_until DATE, ready_at DATETIME)""",
)
VIEWS = {
    "loans": {"table": "v_loans", "key": "loan_no"},
    "holds": {"table": "v_holds", "key": "hold_no", "mark": "ready_at"},
}
ON_LOAN = [{"field": "status", "op": "eq", "value": "대출"}]
DUE_FIELDS = {
    "phone": "phone",
    "name": "name",
    "기한": {"field": "due_date", "merge": "earliest"},
    "권수": {"merge": "count"},
}
HOLD_FIELDS = {"phone": "phone", "name": "name", "기한": "keep_until", "권수": {"text": "1"}}


@dataclass(slots=True)
class Loans:
    """The other system, and the office that reads it."""

    cast: Cast
    engine: sqlalchemy.Engine
    source: Source

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> None:
        """Something happens at the library's own desk."""
        with self.engine.begin() as connection:
            connection.execute(sqlalchemy.text(sql), dict(values or {}))

    def lend(self, number: int, phone: str, due: date, name: str = "김나루") -> None:
        """A book goes out."""
        self.run(
            "INSERT INTO v_loans VALUES (:n, :phone, :name, :title, :due, '대출')",
            {"n": number, "phone": phone, "name": name, "title": f"책 {number}", "due": due},
        )

    def give_back(self, *numbers: int) -> None:
        """Books come back."""
        for number in numbers:
            self.run("UPDATE v_loans SET status = '반납' WHERE loan_no = :n", {"n": number})

    def hold(self, number: int, phone: str, until: date, at: datetime) -> None:
        """A reserved book stands ready."""
        self.run(
            "INSERT INTO v_holds VALUES (:n, :phone, '김나루', :title, :until, :at)",
            {"n": number, "phone": phone, "title": f"책 {number}", "until": until, "at": at},
        )

    def rule(self, code: str = "due", *, live: bool = True, **fields: Any) -> Rule:
        """A rule of this source, two days before a book is due unless told otherwise."""
        said: dict[str, Any] = {
            "name": "반납예정일 안내",
            "notice": self.cast.notice,
            "source": self.source,
            "view": "loans",
            "conditions": ON_LOAN,
            "anchor": "due_date",
            "offsets": [-2],
            "at": time(10),
            "fields": DUE_FIELDS,
            "grouping": "person",
            "mode": Rule.Mode.REHEARSAL,
            "made_by": self.cast.librarian,
            "created_at": timezone.now(),
            **fields,
        }
        made = Rule.objects.create(code=code, **said)
        return self.go_live(made) if live else rule_numbered(made.pk)

    def hold_rule(self, **fields: Any) -> Rule:
        """As soon as a reserved book stands ready."""
        return self.rule("hold", **{
            "kind": Rule.Kind.EVENT,
            "view": "holds",
            "conditions": [],
            "anchor": "keep_until",
            "offsets": [],
            "fields": HOLD_FIELDS,
            "grouping": "none",
            **fields,
        })  # fmt: skip

    def go_live(self, rule: Rule) -> Rule:
        """As `office.rules.approve` does, without its people."""
        fresh = rule_numbered(rule.pk)
        begin(plan_of(fresh), timezone.now())
        fresh.mode, fresh.approved_hash = Rule.Mode.LIVE, pin_of(fresh)
        fresh.save()
        return fresh

    def tend(self, rule: Rule) -> None:
        """What a worker does every few seconds."""
        tend(rule.pk, timezone.now())


def with_loans(cast: Cast, url: str) -> Loans:
    """The cast with a loan system beside it; its wording says how many books there are."""
    version = cast.version
    version.template["body"] += "\n\n모두 #{권수}권입니다."
    version.variables.append({"name": "권수", "kind": "integer"})
    version.save()
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        for table in _TABLES:
            connection.execute(sqlalchemy.text(table))
    program = Member.objects.create(login="source:loans", name="대출 시스템", is_program=True)
    source = Source.objects.create(
        department=cast.library,
        code="loans",
        name="대출 시스템",
        kind=Source.Kind.TABLE,
        member=program,
        settings={"views": VIEWS},
        secrets=crypto.seal(json.dumps({"url": url}).encode(), purpose="source"),
        created_at=timezone.now(),
        poll_seconds=5,
    )
    return Loans(cast, engine, source)


def occasions(rule: Rule) -> list[tuple[str, str, str]]:
    """(record, state, code) of what a rule has found."""
    found = Occasion.objects.filter(rule=rule).order_by("record", "day")
    return list(found.values_list("record", "state", "code"))
