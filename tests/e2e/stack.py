"""The whole office as processes: web on the gathered files, a worker, the sandbox; and browsers.

Everything that stories touch is the real thing. Only the waits are shorter than an office's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django_otp.oath import totp
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker

from alimnaru.ops.cluster import Cluster
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.ports import free_port
from alimnaru.ops.sandbox_account import SandboxLine, credentials_in, open_account
from alimnaru.rules.policy import OfficePolicy, to_json
from alimnaru.rules.release import SENSITIVE
from alimnaru.store.models import Authenticator, CarrierAccount, Member, Message, Notice, Policy
from tests.e2e.browsing import new_context, watch
from tests.e2e.office import Office, open_office
from tests.e2e.site import leave_nothing
from tests.staff import session_of

#: Seconds between a decision and the first hand-off; an office keeps at least ten.
UNDO_SECONDS = 1
QUICK: Mapping[str, str] = {
    "FALLBACK_WAIT": "2",
    "POLL_SECONDS": "1",
    "SWEEP_SECONDS": "0.3",
    "REVIEW_SECONDS": "0.5",
    "RECEIPT_PAUSE": "0",
}
#: Alimtalk fails for some, and SMS for a few of them: every list has somebody to look after.
MIX = '{"ATA": {"not_user": 0.1}, "SMS": {"bad_number": 0.2}}'


@dataclass(slots=True)
class Running:
    """An office at work, and the browsers of those who work there."""

    office: Office
    url: str
    sandbox: SandboxLine
    browser: Browser
    #: What pages did that they must not; `running` looks at it at the end.
    wrong: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def at_desk(self, member: Member | None, *, width: int = 1440) -> Page:
        """A window of this person's browser, signed in; of a stranger's for None."""
        context = new_context(self.browser, self.url, width=width)
        self._contexts.append(context)
        if member is not None:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(member)}
            context.add_cookies([{**cookie, "url": self.url}])
        page = context.new_page()
        watch(page, self.url, self.wrong)
        return page

    def go_home(self) -> None:
        """Close everybody's windows; what went wrong in them fails the test."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
        found, self.wrong[:] = list(self.wrong), []
        assert found == []

    def journal(self, batch: int) -> list[dict[str, Any]]:
        """What the sandbox has taken of a batch, in order: `type`, `to`, `statusCode`, `text`."""
        own = set(Message.objects.filter(batch=batch).values_list("pk", flat=True))
        found: list[dict[str, Any]] = self.sandbox.control("GET", "accepted?text=1")
        return [one for one in found if int(one["ref"].partition("-")[0]) in own]

    def slow_down(self, per_second: int | None) -> None:
        """So many messages a second, as a contract may say; None: as many as there are."""
        CarrierAccount.objects.update(per_second=per_second)

    def calm_down(self) -> None:
        """The carrier as it was before a story."""
        self.slow_down(None)
        self.sandbox.control("PUT", "config", {"review_delay_ms": 0})


def enrol(member: Member) -> Authenticator:
    """The authenticator on this person's phone."""
    device, _ = Authenticator.objects.get_or_create(user=member, name="phone", confirmed=True)
    return device


def code_of(device: Authenticator) -> str:
    """What the authenticator shows now."""
    return f"{totp(device.bin_key, step=device.step, t0=device.t0):06d}"


@contextmanager
def running(
    server: Embedded, browser: Browser, blocker: DjangoDbBlocker, home: Path, **more: str
) -> Iterator[Running]:
    """The office of the catalogue with its staff, at work on this run's database."""
    env = {f"ALIMNARU_{name}": value for name, value in {**QUICK, **more}.items()}
    env["DATABASE_URL"] = server.url(str(connection.settings_dict["NAME"]))
    env["ALIMNARU_COLLECT"] = "1"
    gathered = Path(settings.STATIC_ROOT) / "staticfiles.json"
    assert gathered.exists(), "the console's files are not gathered: run `make test`"
    port = free_port()
    # The buttons of messages lead to the pages of this very office.
    env["ALIMNARU_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    with blocker.unblock(), Cluster(home, env=env) as cluster:
        try:
            with override_settings(PUBLIC_URL=env["ALIMNARU_PUBLIC_URL"]):
                office = open_office()
            _at_any_hour()
            Policy.objects.create(values=_policy())
            line = _sandbox(cluster, port)
            _processes(cluster, port)
            found = Running(office, f"http://127.0.0.1:{port}", line, browser)
            yield found
            found.go_home()
        finally:
            cluster.stop()
            leave_nothing()


def _at_any_hour() -> None:
    """Stories are told at night and on holidays too: no notice waits for its hours, and nobody has
    to agree to a few people because of the hour."""
    Notice.objects.update(opens=time(0), closes=time(0), working_days_only=False)
    Notice.objects.filter(sensitivity__lt=SENSITIVE).update(approvals=0)


def _policy() -> dict[str, int | float]:
    return to_json(
        OfficePolicy(undo_seconds=UNDO_SECONDS, long_undo_seconds=UNDO_SECONDS, slice_from=100_000)
    )


def _sandbox(cluster: Cluster, web_port: int) -> SandboxLine:
    port = free_port()
    arguments = ["--port", str(port), "--json", "--report-delay-ms", "200", "--mix", MIX]
    cluster.add(
        "sandbox",
        [sys.executable, "-m", "sandbox", *arguments],
        ready=_answers(f"http://127.0.0.1:{port}/_sandbox/health"),
    )
    cluster.start()
    return open_account(credentials_in(cluster.log_of("sandbox")), web_port=web_port)


def _processes(cluster: Cluster, port: int) -> None:
    bind = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4"]
    cluster.add(
        "web",
        [sys.executable, "-m", "gunicorn", "alimnaru.wsgi:application", *bind],
        ready=_answers(f"http://127.0.0.1:{port}/readyz"),
    )
    cluster.add("worker", [sys.executable, "-m", "alimnaru.ops.cli", "worker"])
    cluster.start()


def _answers(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    return ready
