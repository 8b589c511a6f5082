"""The sandbox as a carrier of this office: an account, and its wordings registered there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class SandboxLine:
    """Where the sandbox listens; `control` speaks to its control interface."""

    url: str
    account: int
    kind: str

    @property
    def phones(self) -> str:
        return f"{self.url}/phones"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call `/_sandbox/<path>` and return its JSON answer."""
        answer = httpx.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def credentials_in(log: Path) -> dict[str, Any]:
    """What the sandbox printed about itself when it was ready, from its log."""
    lines = [line for line in log.read_text().splitlines() if line.startswith('{"url"')]
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def open_account(
    credentials: Mapping[str, Any],
    *,
    web_port: int,
    kind: str = "solapi",
    options: Mapping[str, str] | None = None,
) -> SandboxLine:
    """Make the sandbox an account of `kind`, its results reported to our web process.

    `options` are further settings of the account, such as shorter fences.
    """
    from alimnaru.carriers.registry import kind_called
    from alimnaru.office.accounts import add_account
    from alimnaru.ops.boot import cli_member

    settings = {**credentials["protocols"][kind], **(options or {})}
    profile = settings.pop("profile", "")
    sealed = {s.name for s in kind_called(kind).settings if s.secret}
    account = add_account(
        actor=cli_member(),
        kind=kind,
        name="sandbox",
        base_url=credentials["url"],
        api_key=settings.pop("api_key", ""),
        secret=settings.pop("api_secret", ""),
        profile=profile,
        is_sandbox=True,
        options={name: value for name, value in settings.items() if name not in sealed},
        secrets_={name: value for name, value in settings.items() if name in sealed},
    )
    line = SandboxLine(credentials["url"], account.pk, kind)
    callback = {
        "url": f"http://127.0.0.1:{web_port}/callbacks/{account.callback_token}",
        "protocol": kind,
        "secret": settings.get("callback_secret", ""),
    }
    line.control("PUT", "callback", callback)
    register(line)
    return line


def register(line: SandboxLine) -> None:
    """Have every notice's newest wording approved at the sandbox, and note it here.

    Not what somebody drafts: that is to be tried with a review, as it will be for real.
    """
    from alimnaru.office.accounts import register_wordings
    from alimnaru.ops.boot import cli_member
    from alimnaru.store.models import CarrierAccount, Notice, TemplateVersion

    account = CarrierAccount.objects.get(pk=line.account)
    templates, codes, numbers = [], {}, {}
    for notice in Notice.objects.all():
        versions = notice.versions.exclude(status=TemplateVersion.Status.DRAFT)
        version = versions.order_by("-number").first()
        if version is None:
            continue
        code = f"KA01TP{notice.pk:04d}v{version.number}"
        codes[notice.code], numbers[notice.code] = code, version.number
        fields = {"template_id": code, "pf_id": account.profile}
        templates.append({**version.template, **fields})
    line.control("PUT", "templates", {"templates": templates, "protocol": line.kind})
    register_wordings(actor=cli_member(), account=account, codes=codes, numbers=numbers)
