"""The sandbox as a carrier of this office: an account, and its wordings registered there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class SandboxLine:
    """Where the sandbox listens; `control` speaks to its control interface."""

    url: str
    account: int

    @property
    def phones(self) -> str:
        return f"{self.url}/phones"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call `/_sandbox/<path>` and return its JSON answer."""
        answer = httpx.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def credentials_in(log: Path) -> dict[str, str]:
    """What the sandbox printed about itself when it was ready, from its log."""
    lines = [line for line in log.read_text().splitlines() if line.startswith('{"url"')]
    found: dict[str, str] = json.loads(lines[-1])
    return found


def open_account(credentials: dict[str, str], *, web_port: int) -> SandboxLine:
    """Make the sandbox an account of this office, its results reported to our web process."""
    from alimnaru.office.accounts import add_account, register_wordings
    from alimnaru.ops.boot import cli_member
    from alimnaru.store.models import Notice

    actor = cli_member()
    account = add_account(
        actor=actor,
        kind="sandbox",
        name="sandbox",
        base_url=credentials["url"],
        api_key=credentials["api_key"],
        secret=credentials["api_secret"],
        profile=credentials["profile"],
        is_sandbox=True,
    )
    line = SandboxLine(credentials["url"], account.pk)
    templates, codes = [], {}
    for notice in Notice.objects.all():
        version = notice.versions.order_by("-number").first()
        if version is None:
            continue
        code = f"KA01TP{notice.pk:04d}v{version.number}"
        codes[notice.code] = code
        fields = {"template_id": code, "pf_id": credentials["profile"]}
        templates.append({**version.template, **fields})
    line.control("PUT", "templates", templates)
    callback = f"http://127.0.0.1:{web_port}/callbacks/{account.callback_token}"
    line.control("PUT", "callback", {"url": callback})
    register_wordings(actor=actor, account=account, codes=codes)
    return line
