"""The fixed cast: one office with a library and its neighbour, and the sandbox as their carrier.

나루중앙도서관 sends, 김사서 works there; 나루구보건소 is next door and must see nothing of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from django.db import connection
from django.utils import timezone

from alimnaru.carriers.registry import kind_called
from alimnaru.flow import tasks
from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.receive import poll
from alimnaru.flow.wordings import wording
from alimnaru.office import jobs
from alimnaru.office.accounts import add_account, register_wordings
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Chunk,
    Department,
    Member,
    Membership,
    Message,
    MonthCounted,
    Notice,
    Role,
    Tariff,
    TemplateVersion,
)
from sandbox.process import Handle

BODY = "[#{도서관}] 반납예정일 안내\n\n#{성명}님, 반납예정일은 #{기한}입니다."
TEMPLATE: dict[str, Any] = {
    "message_type": "BA",
    "emphasis": "NONE",
    "body": BODY,
    "buttons": [{"type": "WL", "name": "대출 연장하기", "link_mobile": "https://lib.example/m"}],
}
VARIABLES = [
    {"name": "도서관", "kind": "enum", "max": 12, "default": "나루중앙도서관"},
    {"name": "성명", "kind": "person"},
    {"name": "기한", "kind": "date_long", "columns": ["반납예정일"]},
]
VALUES = ("나루중앙도서관", "김*루", "2026. 11. 25.(수)")
PRICES = {"alimtalk": "5", "sms": "8.063", "lms": "26.763", "mms": "49.863"}

_numbers = itertools.count(10_000_000)


def phone(ending: str = "") -> str:
    """A fresh invented number; `ending` chooses what the sandbox does with it (its patterns)."""
    base = f"{next(_numbers):08d}"
    # 9xxx endings are in no pattern of the sandbox.
    return f"010{base[-4:]}{ending}" if ending else f"010{base[:4]}9{base[-3:]}"


@dataclass(slots=True)
class Cast:
    """The office, ready to send."""

    library: Department
    health: Department
    librarian: Member
    notice: Notice
    version: TemplateVersion
    account: CarrierAccount | None = None
    sandbox: Handle | None = None
    _rows: Iterable[int] = field(default_factory=lambda: itertools.count(2))

    def rows(self, *phones: str) -> list[GoodRow]:
        """One good row for each phone."""
        numbers = itertools.islice(self._rows, len(phones))
        return [
            GoodRow(n, n.to_bytes(16, "big"), p, "김나루", VALUES)
            for n, p in zip(numbers, phones, strict=True)
        ]

    def send(
        self,
        rows: Iterable[GoodRow | BadRow],
        *,
        chunk_size: int = 1000,
        at: datetime | None = None,
        hours_waived: bool = True,
        draft: bool = False,
    ) -> Batch:
        """Take rows in as a batch of the library."""
        order = Order(
            notice=self.notice,
            version=self.version,
            department=self.library,
            member=self.librarian,
            chunk_size=chunk_size,
            not_before=at,
            hours_waived=hours_waived,
            draft=draft,
        )
        return take_in(order, rows)

    def faults(self, **fault: Any) -> None:
        """Have the sandbox fail."""
        self.control("POST", "faults", fault)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Speak to the sandbox's control interface."""
        assert self.sandbox is not None
        url = f"{self.sandbox.url}/_sandbox/{path}"
        # Plain http to this machine: loading certificates would take ten times as long as the call.
        with httpx.Client(trust_env=False, verify=False) as client:
            answer = client.request(method, url, json=body)
        answer.raise_for_status()
        return answer.json()

    def accepted(self) -> list[tuple[str, str]]:
        """(our reference, type) of everything that the sandbox accepted, in order."""
        return [(entry["ref"], entry["type"]) for entry in self.control("GET", "accepted")]


def make_cast() -> Cast:
    """The office without a carrier."""
    # Versions of a test that was rolled back may come again under the same number.
    wording.cache_clear()
    root = Department.objects.create(code="gu", name="나루구청", path="/gu/")
    library = Department.objects.create(
        code="lib",
        name="나루중앙도서관",
        parent=root,
        path="/gu/lib/",
        phone="02-555-0101",
        sender_number="025550101",
    )
    health = Department.objects.create(
        code="health", name="나루구보건소", parent=root, path="/gu/health/"
    )
    librarian = Member.objects.create(login="librarian", name="김사서")
    Membership.objects.create(member=librarian, department=library, role=Role.WRITER)
    notice = Notice.objects.create(code="lib.due.soon", name="반납예정일 안내", department=library)
    version = TemplateVersion(
        notice=notice,
        number=1,
        status=TemplateVersion.Status.APPROVED,
        # Copies: a test that changes its own wording must not change everybody's.
        template=deepcopy(TEMPLATE),
        variables=deepcopy(VARIABLES),
        sms="[나루구] 반납일 #{기한}",
    )
    version.sha256 = version.fingerprint()
    version.save()
    count_all_months()
    # Long before any day that a test sets its clock to.
    since = date(2021, 1, 1)
    for channel, won in PRICES.items():
        Tariff.objects.create(channel=channel, won=won, since=since)
    return Cast(library, health, librarian, notice, version)


def count_all_months() -> None:
    """As if every month had been counted this night, on whatever day a test sets its clock: else
    the sweep has it done."""
    later = timezone.now() + timedelta(days=3650)
    days = (date(year, month, 1) for year in range(2026, 2031) for month in range(1, 13))
    MonthCounted.objects.bulk_create(MonthCounted(month=day, at=later) for day in days)


def with_sandbox(
    cast: Cast, handle: Handle, kind: str = "solapi", options: Mapping[str, str] | None = None
) -> Cast:
    """The same office with a contract at the sandbox, its wording registered there.

    `kind` is the carrier that the sandbox plays, `options` are further settings of the account.
    """
    cast.sandbox = handle
    settings = {**handle.protocols[kind], **(options or {})}
    profile = settings.pop("profile", "")
    sealed = {s.name for s in kind_called(kind).settings if s.secret}
    cast.account = add_account(
        actor=cast.librarian,
        kind=kind,
        name="sandbox",
        base_url=handle.url,
        api_key=settings.pop("api_key", ""),
        secret=settings.pop("api_secret", ""),
        profile=profile,
        is_sandbox=True,
        options={name: value for name, value in settings.items() if name not in sealed},
        secrets_={name: value for name, value in settings.items() if name in sealed},
    )
    code = f"KA01TP{cast.version.pk}"
    cast.control("POST", "reset")
    spec = {"template_id": code, "pf_id": profile, **TEMPLATE}
    cast.control("PUT", "templates", {"templates": [spec], "protocol": kind})
    codes = {cast.notice.code: code}
    register_wordings(actor=cast.librarian, account=cast.account, codes=codes)
    # Whatever time a test lets pass, no sweep is to ask the carrier about profile and wordings.
    later = timezone.now() + timedelta(days=3650)
    cast.account.profile_checked_at = later
    cast.account.save(update_fields=["profile_checked_at"])
    cast.account.templateregistration_set.update(checked_at=later)
    return cast


def ring() -> int:
    """Run every job whose time has come, and those that they ring for; return how many ran."""
    ran = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                """
                DELETE FROM procrastinate_jobs WHERE id = (
                    SELECT id FROM procrastinate_jobs WHERE status = 'todo'
                      AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())
                    ORDER BY priority DESC, id LIMIT 1
                ) RETURNING task_name, args
                """
            )
            found = cursor.fetchone()
            if found is None:
                return ran
            name, args = found[0], found[1]
            kwargs = args if isinstance(args, dict) else __import__("json").loads(args)
            name = name.removeprefix("alimnaru.")
            getattr(jobs if hasattr(jobs, name) else tasks, name)(**kwargs)
            ran += 1


def bring_results(batch: Batch) -> None:
    """Ask the sandbox for the results of every sent chunk and settle them, until nothing moves."""
    for _ in range(5):
        ring()
        for chunk in Chunk.objects.filter(batch=batch, state="sent"):
            poll(chunk.pk)
        if not ring():
            return


def states(batch: Batch) -> list[tuple[str, str, str | None]]:
    """(state, channel, code) of the batch's messages in row order."""
    found = Message.objects.filter(batch=batch).order_by("row_no")
    return list(found.values_list("state", "channel", "code"))
