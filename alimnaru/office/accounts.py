"""Contracts with carriers, and which wordings each of them knows."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.wire import SECRETS
from alimnaru.store import audit, crypto
from alimnaru.store.models import (
    CarrierAccount,
    Member,
    Notice,
    TemplateRegistration,
    TemplateVersion,
)


class UnknownNotice(LookupError):  # noqa: N818
    """A notice code that this office does not have."""


def add_account(
    *,
    actor: Member,
    kind: str,
    name: str,
    base_url: str,
    api_key: str,
    secret: str,
    profile: str,
    is_sandbox: bool,
    options: Mapping[str, str] | None = None,
    secrets_: Mapping[str, str] | None = None,
) -> CarrierAccount:
    """Enter a contract, or change the one of the same name. Secrets are sealed at once.

    `options` and `secrets_` are what the kind asks for beside key and secret, by name.
    """
    with transaction.atomic():
        account = CarrierAccount.objects.filter(name=name).first() or CarrierAccount(
            name=name, callback_token=secrets.token_urlsafe(24)
        )
        account.kind = kind
        account.base_url = base_url.rstrip("/")
        account.api_key = api_key
        account.secret = crypto.seal(secret.encode(), purpose="carrier secret")
        account.options = dict(options or {})
        account.secrets = (
            crypto.seal(json.dumps(dict(secrets_)).encode(), purpose=SECRETS) if secrets_ else None
        )
        account.profile = profile
        account.is_sandbox = is_sandbox
        account.save()
        audit.record(
            actor=actor,
            act="account.set",
            subject=f"account:{account.pk}",
            facts={"name": name, "kind": kind, "sandbox": is_sandbox},
        )
    return account


def register_wordings(
    *,
    actor: Member,
    account: CarrierAccount,
    codes: Mapping[str, str],
    numbers: Mapping[str, int] | None = None,
) -> list[TemplateRegistration]:
    """Note under which code the carrier knows a wording of each notice, as approved.

    `codes` maps notice codes to the carrier's template codes; `numbers` to versions, the
    newest of those left out. Raises `UnknownNotice`.
    """
    registrations = []
    with transaction.atomic():
        for notice_code, template_code in codes.items():
            notice = Notice.objects.filter(code=notice_code).first()
            version = _version(notice, (numbers or {}).get(notice_code)) if notice else None
            if version is None:
                raise UnknownNotice(notice_code)
            registrations.append(_link(version, account, template_code))
        audit.record(
            actor=actor,
            act="template.register",
            subject=f"account:{account.pk}",
            facts={"templates": len(codes)},
        )
    return registrations


def _link(version: TemplateVersion, account: CarrierAccount, code: str) -> TemplateRegistration:
    now = timezone.now()
    registration, _ = TemplateRegistration.objects.update_or_create(
        version=version,
        account=account,
        # A person has just seen it: the watch asks from tomorrow on.
        defaults={
            "code": code,
            "state": TemplateRegistration.State.APPROVED,
            "decided_at": now,
            "checked_at": now,
        },
    )
    # A code has one wording: where an edit keeps the code, the older one ends here.
    TemplateRegistration.objects.filter(account=account, code=code).exclude(
        pk=registration.pk
    ).update(state=TemplateRegistration.State.GONE, decided_at=now)
    if version.status == TemplateVersion.Status.DRAFT:
        version.status = TemplateVersion.Status.APPROVED
        version.save(update_fields=["status"])
    return registration


def _version(notice: Notice, number: int | None) -> TemplateVersion | None:
    versions = notice.versions.order_by("-number")
    return (versions if number is None else versions.filter(number=number)).first()
