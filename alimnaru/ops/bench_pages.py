"""`alimnaru bench --pages`: how long every page of the console takes with a full office behind it.

Pages are found by the site map, so that a new one is measured too; the office is one that was
filled for this, the browser one HTTP client, the server what an office runs.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING, Any

import httpx
from rich.table import Table

from alimnaru.home import home
from alimnaru.ops.demo import fresh
from alimnaru.ops.screens import console
from alimnaru.ops.stack import Stack

if TYPE_CHECKING:
    from alimnaru.ops.bench_office import Filled
    from alimnaru.store.models import Member

#: A page that takes longer than this for one visitor in twenty is too slow; milliseconds.
BUDGET_MS = 200.0
#: Stored messages, unless told otherwise.
MESSAGES = 1_000_000
VISITS = 30
#: Visits that fill caches (templates, plans, pages of the database) and are not counted.
FIRST_VISITS = 3
#: What a page is about, by its URL's name: the office's thing of that name stands in its address.
SUBJECTS: Mapping[str, str] = {
    "account-new": "kind",
    "account-of": "account",
    "approval": "request",
    "audit-of": "subject",
    "batch": "batch",
    "batch-progress": "batch",
    "batch-reasons": "batch",
    "batch-unreached": "batch",
    "check-list": "upload",
    "correct": "batch",
    "department": "department",
    "department-add": "department",
    "department-edit": "department",
    "destruction": "destruction",
    "destruction-pdf": "destruction",
    "destruction-xlsx": "destruction",
    "hold": "hold",
    "hold-proof": "held",
    "incident": "incident",
    "key": "key",
    "list-errors": "upload",
    "member": "member",
    "member-add": "department",
    "message": "message",
    "message-unmask": "message",
    "message-proof": "message",
    "month": "month",
    "month-disputes": "month",
    "month-disputes-file": "month",
    "picture": "picture",
    "policy-change": "policy",
    "preview-plan": "upload",
    "preview-row": "upload",
    "project": "project",
    "resident-request": "resident_request",
    "rule": "rule",
    "rule-change": "rule",
    "scheduled-change": "scheduled",
    "send-list": "notice",
    "send-one": "notice",
    "send-sample": "notice",
    "sender-number": "department",
    "stop-and-correct": "batch",
    "stop-reach": "batch",
    "system": "system",
    "task-done": "task",
    "template": "notice",
    "template-editor": "notice",
    "unknown-batch": "unknown",
    "unreached-done": "batch",
    "webhook": "webhook",
}
#: Addresses that only lead on to another page.
LEAD_ON = frozenset(
    {
        "account-identity",
        "month-work",
        "opt-out-number",
        "opt-outs-imported",
        "sender-numbers",
        "upload",
    }
)
#: What is asked for instead of the bare address.
QUERIES: Mapping[str, str] = {"preview-row": "?number=2"}
#: The same page asked for more than it shows at first.
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "audit": ("?person=bench", "?act=batch.stop"),
    "batch": ("?state=failed",),
    "batches": ("?period=all&q=12", "?period=all&status=missed", "?period=all&page=40"),
    "reports": ("?report=council", "?report=effect"),
    "statistics": ("?span=this_year",),
    "unreached": ("?done=1",),
}


@dataclass(frozen=True, slots=True)
class Visited:
    """One address, visited `VISITS` times. Milliseconds until the last byte of the answer."""

    name: str
    query: str
    status: int
    size: int
    p50: float
    p95: float

    @property
    def is_slow(self) -> bool:
        """Over the budget."""
        return self.p95 > BUDGET_MS


def run(messages: int, as_json: bool) -> int:
    """Fill an office, visit every page, print. 1 if a page is slow or does not answer."""
    out = console(quiet=as_json)
    with fresh(home() / "bench"), Stack(home() / "bench", sandbox_args=None, worker_lanes=()) as s:
        from alimnaru.ops.bench_office import fill

        out.print(f"메시지 {messages:,}건이 있는 기관을 만들고 있습니다…")
        started = time.monotonic()
        filled = fill(messages)
        out.print(f"{time.monotonic() - started:.0f}초 걸렸습니다. 화면을 재고 있습니다…")
        visited = sorted(_visit_all(s, filled), key=lambda v: -v.p95)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(messages, visited)) + "\n")
    out.print(_table(messages, visited))
    return 1 if any(v.is_slow or v.status != 200 for v in visited) else 0


def addresses(subjects: Mapping[str, int | str]) -> Iterator[tuple[str, str]]:
    """(name, address) of every page that can be asked for, one subject each.

    Raises `LookupError` for a page about something that `SUBJECTS` does not know.
    """
    from django.urls import get_resolver, reverse

    for pattern in _patterns(get_resolver()):
        view = pattern.callback
        if "GET" not in getattr(view, "methods", ()) or pattern.name in LEAD_ON:
            continue
        parameters = list(pattern.pattern.converters)
        if len(parameters) > 1 or (parameters and pattern.name not in SUBJECTS):
            raise LookupError(pattern.name)
        subject = subjects[SUBJECTS[pattern.name]] if parameters else None
        kwargs = dict.fromkeys(parameters, subject)
        yield pattern.name, reverse(pattern.name, kwargs=kwargs)


def _patterns(resolver: Any) -> Iterator[Any]:
    for found in resolver.url_patterns:
        if hasattr(found, "url_patterns"):
            yield from _patterns(found)
        else:
            yield found


def _visit_all(stack: Stack, filled: Filled) -> Iterator[Visited]:
    from django.conf import settings

    cookies = {settings.SESSION_COOKIE_NAME: _session(filled.member)}
    base = f"http://127.0.0.1:{stack.web_port}"
    with httpx.Client(base_url=base, cookies=cookies, timeout=60, trust_env=False) as browser:
        for name, address in addresses(filled.subjects):
            for query in (QUERIES.get(name, ""), *VARIANTS.get(name, ())):
                yield _visit(browser, name, address, query)


def _visit(browser: httpx.Client, name: str, address: str, query: str) -> Visited:
    for _ in range(FIRST_VISITS):
        answer = browser.get(address + query)
    taken = []
    for _ in range(VISITS):
        started = time.perf_counter()
        answer = browser.get(address + query)
        taken.append((time.perf_counter() - started) * 1000)
    cuts = quantiles(taken, n=20, method="inclusive")
    return Visited(name, query, answer.status_code, len(answer.content), cuts[9], cuts[18])


def _session(member: Member) -> str:
    """The key of a session in which the member has given password and code."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django_otp import DEVICE_ID_SESSION_KEY

    from alimnaru.store.models import Authenticator

    device = Authenticator.objects.create(user=member, name="bench", confirmed=True)
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.create()
    return str(session.session_key)


def _as_json(messages: int, visited: list[Visited]) -> dict[str, object]:
    return {
        "messages": messages,
        "budget_ms": BUDGET_MS,
        "slow": sum(v.is_slow for v in visited),
        "pages": [
            {
                "page": v.name + v.query,
                "status": v.status,
                "bytes": v.size,
                "p50_ms": round(v.p50, 1),
                "p95_ms": round(v.p95, 1),
            }
            for v in visited
        ],
    }


def _table(messages: int, visited: list[Visited]) -> Table:
    table = Table(title=f"메시지 {messages:,}건, 화면마다 {VISITS}번, 한도 {BUDGET_MS:.0f} ms")
    for heading in ("화면", "답", "KB", "p50 ms", "p95 ms", ""):
        table.add_column(heading, justify="left" if heading == "화면" else "right")
    for v in visited:
        mark = "느림" if v.is_slow else ""
        cells = (str(v.status), f"{v.size / 1024:.0f}", f"{v.p50:.0f}", f"{v.p95:.0f}", mark)
        table.add_row(v.name + v.query, *cells)
    return table
