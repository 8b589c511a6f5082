"""What stands in the way of a list, or may, asked before it goes: templates, profiles, caps.

Nothing here refuses anything: that is the exit's part. A clerk is to know it while there is time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from alimnaru.reads.reviews import accounts_that_send, newest_version
from alimnaru.rules.readiness import Warn
from alimnaru.store.ledger import templates as sends
from alimnaru.store.models import CarrierAccount, TemplateRegistration, TemplateVersion

_S = TemplateRegistration.State

#: Kakao puts a template to sleep a year after its last send or change; we speak up a month before.
SLEEPS_AFTER = timedelta(days=365)
SLEEPY_AFTER = timedelta(days=335)
#: What a new sender profile may send in a day (Kakao).
NEW_PROFILE_CAP = 1_000


@dataclass(frozen=True, slots=True)
class SendWarning:
    """One of them, with what its sentence needs."""

    code: Warn
    facts: dict[str, str | int] = field(default_factory=dict)


def before_send(
    version: TemplateVersion, *, rows: int, grown: int, now: datetime, hours_waived: bool = False
) -> list[SendWarning]:
    """What to know before `rows` messages go out in a wording.

    `grown` of them have a value that a new profile may not carry. After a list was taken in, its
    messages wait already: then `rows` is 0.
    """
    accounts = list(accounts_that_send(hours_waived=hours_waived))
    known = {
        registration.account_id: registration
        for registration in version.registrations.filter(account__in=accounts)
    }
    return [
        *_template(accounts, known, now),
        *_newer(version),
        *_profiles(accounts),
        *_new_profiles(accounts, rows, grown, now),
    ]


def of_accounts(now: datetime) -> list[SendWarning]:
    """What concerns accounts whatever the notice: profiles, and templates that sleep or soon do."""
    accounts = list(accounts_that_send())
    found = [*_profiles(accounts), *_new_profiles(accounts, 0, 0, now)]
    registrations = TemplateRegistration.objects.filter(
        account__in=accounts, state__in=[_S.APPROVED, _S.DORMANT, _S.BLOCKED]
    ).select_related("account", "version__notice")
    for registration in registrations.order_by("account_id", "version__notice__code"):
        for warning in _one_template(registration, now):
            facts = {**warning.facts, "notice": registration.version.notice.name}
            found.append(SendWarning(warning.code, facts))
    return found


def _template(
    accounts: Sequence[CarrierAccount], known: dict[int, TemplateRegistration], now: datetime
) -> Iterator[SendWarning]:
    if not accounts:
        return  # the exit says that there is no account, and so does the doctor
    approved = [a for a in accounts if a.pk in known and known[a.pk].state == _S.APPROVED]
    if not approved and not any(r.state in _ASLEEP for r in known.values()):
        yield SendWarning(Warn.TEMPLATE_UNAPPROVED)
    for account in accounts:
        if account.pk in known:
            yield from _one_template(known[account.pk], now, account)
    if len(approved) == 1 and len(accounts) > 1:
        yield SendWarning(Warn.TEMPLATE_ONE_ACCOUNT, {"account": approved[0].name})


_ASLEEP = {
    _S.DORMANT.value: Warn.TEMPLATE_DORMANT,
    _S.BLOCKED.value: Warn.TEMPLATE_BLOCKED,
    _S.GONE.value: Warn.TEMPLATE_GONE,
}


def _one_template(
    registration: TemplateRegistration, now: datetime, account: CarrierAccount | None = None
) -> Iterator[SendWarning]:
    name = (account or registration.account).name
    if registration.state in _ASLEEP:
        yield SendWarning(_ASLEEP[registration.state], {"account": name})
    elif registration.state == _S.APPROVED:
        moments = [registration.last_sent_at, registration.decided_at, registration.submitted_at]
        used = max((at for at in moments if at is not None), default=None)
        if used is not None and now - used >= SLEEPY_AFTER:
            days = max((used + SLEEPS_AFTER - now).days, 0)
            yield SendWarning(Warn.TEMPLATE_SLEEPY, {"account": name, "days": days})


def _newer(version: TemplateVersion) -> Iterator[SendWarning]:
    """A clerk who has seen the new wording should know that the old one goes."""
    newest = newest_version(version.notice)
    if newest is None or newest.number <= version.number:
        return
    states = set(newest.registrations.values_list("state", flat=True))
    facts: dict[str, str | int] = {"version": newest.number, "sending": version.number}
    if _S.IN_REVIEW in states:
        yield SendWarning(Warn.TEMPLATE_NEWER_WAITS, facts)
    elif _S.REJECTED in states:
        yield SendWarning(Warn.TEMPLATE_NEWER_REJECTED, facts)


_PROFILES = {
    "dormant": Warn.PROFILE_DORMANT,
    "blocked": Warn.PROFILE_BLOCKED,
    "gone": Warn.PROFILE_GONE,
}


def _profiles(accounts: Sequence[CarrierAccount]) -> Iterator[SendWarning]:
    for account in accounts:
        if account.profile_state in _PROFILES:
            yield SendWarning(_PROFILES[account.profile_state], {"account": account.name})


def _new_profiles(
    accounts: Sequence[CarrierAccount], rows: int, grown: int, now: datetime
) -> Iterator[SendWarning]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for account in accounts:
        if not account.profile_is_new:
            continue
        cap = account.profile_daily_cap or NEW_PROFILE_CAP
        sent = sends.sent_since(account.pk, midnight)
        waiting = sends.waiting_until(midnight + timedelta(days=1)) + rows
        if waiting and sent + waiting > cap:
            facts: dict[str, str | int] = {
                "account": account.name, "cap": cap, "sent": sent, "waiting": waiting,
            }  # fmt: skip
            yield SendWarning(Warn.PROFILE_CAP, facts)
        if grown:
            yield SendWarning(Warn.PROFILE_GROWTH, {"account": account.name, "rows": grown})
