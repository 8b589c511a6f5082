"""Contracts with carriers, and which wordings each of them knows."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from alimnaru.carriers.registry import kind_called, open_carrier
from alimnaru.flow.health import leave, reset_breakers
from alimnaru.flow.held import let_go
from alimnaru.flow.wire import SECRETS, settings_of
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import advisory, pricing
from alimnaru.store.models import (
    CarrierAccount,
    Chunk,
    Department,
    Member,
    MonthClose,
    Notice,
    Tariff,
    TemplateRegistration,
    TemplateVersion,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract carries and allows. None leaves a term as it is; a limit of 0 is none."""

    priority: int | None = None
    channels: Sequence[Channel] | None = None
    per_second: int | None = None
    per_day: int | None = None

    def write_to(self, account: CarrierAccount) -> None:
        """Change the account's terms; the caller saves it."""
        if self.priority is not None:
            account.priority = self.priority
        if self.channels is not None:
            account.channels = ",".join(self.channels)
        if self.per_second is not None:
            account.per_second = self.per_second or None
        if self.per_day is not None:
            account.per_day = self.per_day or None


class AccountBusy(Exception):  # noqa: N818
    """Results of this account are still awaited; a contract with another carrier needs a name of
    its own."""


class NameTaken(Exception):  # noqa: N818
    """Another contract is called so."""


class SecretsAsked(ValueError):  # noqa: N818
    """Another host would be handed secrets that whoever names it may not know; `names` of them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class MonthClosed(Exception):  # noqa: N818
    """Prices of a closed month stay as they are; `month` is the latest that is closed."""

    def __init__(self, month: date) -> None:
        super().__init__(month.isoformat())
        self.month = month


class UnknownNotice(LookupError):  # noqa: N818
    """A notice code that this office does not have."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What a person types of a contract. `settings`: what its kind asks for, secrets among it."""

    kind: str
    name: str
    base_url: str
    profile: str
    settings: Mapping[str, str]
    is_sandbox: bool = False

    def check(self) -> None:
        """Refuse what could not even make a call; nothing is sent. Raises `SettingsError`."""
        open_carrier(
            self.kind, base_url=self.base_url, settings=self.settings, tap=lambda _: None
        ).close()

    def write(self, actor: Member) -> CarrierAccount:
        """Enter it, or change the one of the same name."""
        secret = _secret_names(self.kind)
        more = {n: v for n, v in self.settings.items() if v and n not in {"api_key", "api_secret"}}
        return add_account(
            actor=actor,
            kind=self.kind,
            name=self.name,
            base_url=self.base_url,
            api_key=self.settings.get("api_key", ""),
            secret=self.settings.get("api_secret", ""),
            profile=self.profile,
            is_sandbox=self.is_sandbox,
            options={name: value for name, value in more.items() if name not in secret},
            secrets_={name: value for name, value in more.items() if name in secret},
        )


def enter_account(contract: Contract, *, actor: Member) -> CarrierAccount:
    """Enter a new contract. Raises `NameTaken`, and `SettingsError` for what could not even make
    a call."""
    contract.check()
    with transaction.atomic():
        if CarrierAccount.objects.filter(name=contract.name).exists():
            raise NameTaken(contract.name)
        return contract.write(actor)


def change_account(
    account: CarrierAccount,
    *,
    actor: Member,
    base_url: str,
    settings: Mapping[str, str],
    profile: str,
) -> CarrierAccount:
    """Change a contract's settings. A secret that is not given stays as it is, unless the host
    changes: it would be told the secrets at the next call.

    Raises `SettingsError` and `SecretsAsked`.
    """
    secret = _secret_names(account.kind)
    kept = {name: value for name, value in _known(account).items() if name in secret and value}
    given = {name: value for name, value in settings.items() if value}
    asked = sorted(kept.keys() - given.keys())
    if asked and _host(account.kind, base_url) != _host(account.kind, account.base_url):
        raise SecretsAsked(asked)
    contract = Contract(
        account.kind, account.name, base_url, profile, kept | given, account.is_sandbox
    )
    contract.check()
    return contract.write(actor)


def _host(kind: str, base_url: str) -> tuple[str, str]:
    parts = urlsplit(base_url or kind_called(kind).address)
    return parts.scheme, parts.netloc.lower()


def _secret_names(kind: str) -> set[str]:
    return {setting.name for setting in kind_called(kind).settings if setting.secret}


def _known(account: CarrierAccount) -> dict[str, str]:
    try:
        return settings_of(account)
    except crypto.Unreadable:
        return {}  # another master key: whoever changes it types everything anew


def set_terms(account: CarrierAccount, *, actor: Member, terms: Terms) -> None:
    """Change what a contract carries and allows."""
    with transaction.atomic():
        terms.write_to(account)
        account.save(update_fields=["priority", "channels", "per_second", "per_day"])
        audit.record(
            actor=actor,
            act="account.terms",
            subject=f"account:{account.pk}",
            facts={"name": account.name, "priority": account.priority}
            | {"channels": account.channels.split(",")}
            | {"per_second": account.per_second, "per_day": account.per_day},
        )


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
    terms: Terms | None = None,
) -> CarrierAccount:
    """Enter a contract, or change the one of the same name. Secrets are sealed at once.

    `options` and `secrets_` are what the kind asks for beside key and secret, by name. Raises
    `AccountBusy` for another carrier under a name that still has hand-overs to be asked about.
    """
    with transaction.atomic():
        account = _account(name, kind)
        account.kind = kind
        account.base_url = base_url.rstrip("/")
        account.api_key = api_key
        account.secret = crypto.seal(secret.encode(), purpose="carrier secret")
        account.options = dict(options or {})
        account.secrets = _sealed(secrets_)
        account.profile = profile
        account.is_sandbox = is_sandbox
        (terms or Terms()).write_to(account)
        account.save()
        audit.record(
            actor=actor,
            act="account.set",
            subject=f"account:{account.pk}",
            facts={"name": name, "kind": kind, "sandbox": is_sandbox},
        )
    return account


def _account(name: str, kind: str) -> CarrierAccount:
    """The contract of that name, or a new one."""
    found = CarrierAccount.objects.filter(name=name).first()
    if found is None:
        return CarrierAccount(name=name, callback_token=secrets.token_urlsafe(24))
    # Another carrier knows nothing of chunks that are with this one, or may be.
    handed_over = Chunk.objects.filter(account=found).exclude(state="settled").exclude(token="")
    if found.kind != kind and handed_over.exists():
        raise AccountBusy(name)
    return found


def _sealed(more: Mapping[str, str] | None) -> bytes | None:
    return crypto.seal(json.dumps(dict(more)).encode(), purpose=SECRETS) if more else None


def switch_account(account: CarrierAccount, *, actor: Member, on: bool) -> None:
    """Give an account work, or no more of it. What it has in doubt stays with it."""
    with transaction.atomic():
        account.is_active = on
        account.save(update_fields=["is_active"])
        audit.record(
            actor=actor,
            act="account.on" if on else "account.off",
            subject=f"account:{account.pk}",
            facts={"name": account.name},
        )
        if on:
            let_go(Refusal.NO_ACCOUNT, timezone.now())
        else:
            leave(account.pk, None, timezone.now())


def set_price(
    account: CarrierAccount,
    *,
    actor: Member,
    channel: Channel,
    won: Decimal,
    since: date,
    department: Department | None = None,
) -> None:
    """What a delivered message of a channel costs under this contract from a day on, without VAT;
    of `department`, for it and those below it alone.

    The narrowest price counts (`rules.tariff.Contracts`). A price that begins in the past is put on
    what was delivered since. Raises `MonthClosed` where it would change a month that is closed.
    """
    with transaction.atomic():
        # A month that is being closed is closed first, or waits for the price.
        advisory.wait_for(advisory.PRICES, 0)
        pricing.keep_tallies_still()
        _must_be_open(since)
        Tariff.objects.update_or_create(
            account=account,
            department=department,
            channel=channel,
            since=since,
            defaults={"won": won, "source": "계약"},
        )
        changed, more = pricing.reprice(channel, since)
        facts: dict[str, object] = {"name": account.name, "channel": channel.value}
        facts |= {"won": str(won), "since": since.isoformat()}
        facts |= {"department": department.code} if department is not None else {}
        if changed:
            facts |= {"repriced": changed, "repriced_won": str(Decimal(more) / 1000)}
        audit.record(
            actor=actor,
            act="account.price",
            subject=f"account:{account.pk}",
            department=department,
            facts=facts,
        )


def _must_be_open(since: date) -> None:
    closed = MonthClose.objects.filter(closed_at__isnull=False).order_by("-month").first()
    if closed is not None and closed.month >= since.replace(day=1):
        raise MonthClosed(closed.month)


def reset_account(account: CarrierAccount, *, actor: Member) -> list[Channel]:
    """Close the breakers of an account by hand; return the channels on which one was open."""
    with transaction.atomic():
        reset = reset_breakers(account.pk, timezone.now())
        audit.record(
            actor=actor,
            act="account.reset",
            subject=f"account:{account.pk}",
            facts={"name": account.name, "channels": [channel.value for channel in reset]},
        )
    return reset


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
        for registration in registrations:
            now, of = timezone.now(), registration.version_id
            let_go(Refusal.TEMPLATE_NOT_APPROVED, now, version=of)
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
