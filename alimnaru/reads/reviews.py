"""Where wordings stand with the carriers, and whom to ask again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, Prefetch, Q, QuerySet

from alimnaru.rules.channel import Channel
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Notice,
    TemplateRegistration,
    TemplateVersion,
)

_S = TemplateRegistration.State

#: What changes by the year is asked once a day.
DAILY = timedelta(days=1)


def accounts_that_send(*, hours_waived: bool = False) -> QuerySet[CarrierAccount]:
    """The accounts that a list's Alimtalks may go by, as the exit has it.

    Beside a real contract, even a paused one, a sandbox would report everybody as told.
    """
    practising = not CarrierAccount.objects.filter(is_sandbox=False).exists()
    return CarrierAccount.objects.filter(
        is_active=True,
        is_sandbox=hours_waived or practising,
        channels__contains=Channel.ALIMTALK.value,
    )


def sending_version(notice: Notice, *, hours_waived: bool = False) -> TemplateVersion | None:
    """The newest wording that an account may send now; None if there is no such account."""
    accounts = accounts_that_send(hours_waived=hours_waived)
    return (
        notice.versions.filter(
            registrations__state=_S.APPROVED, registrations__account__in=accounts
        )
        .exclude(status=TemplateVersion.Status.RETIRED)
        .order_by("-number")
        .first()
    )


def sending_versions(
    notices: QuerySet[Notice], *, hours_waived: bool = False
) -> list[TemplateVersion]:
    """The same for many notices at once, each with its notice; those without one are left out."""
    return list(
        TemplateVersion.objects.filter(
            notice__in=notices,
            registrations__state=_S.APPROVED,
            registrations__account__in=accounts_that_send(hours_waived=hours_waived),
        )
        .exclude(status=TemplateVersion.Status.RETIRED)
        .select_related("notice")
        .order_by("notice_id", "-number")
        .distinct("notice_id")
    )


def newest_version(notice: Notice) -> TemplateVersion | None:
    """The last wording that was made, whatever became of it."""
    return notice.versions.order_by("-number").first()


def _due(now: datetime, review_seconds: float) -> Q:
    # A rejected one may go on after a comment, one in draft may be requested at the console.
    soon = Q(state=_S.IN_REVIEW) & _before("checked_at", now - timedelta(seconds=review_seconds))
    daily = ~Q(state__in=[_S.IN_REVIEW, _S.GONE]) & _before("checked_at", now - DAILY)
    # Without a code nothing was registered yet.
    return ~Q(code="") & (soon | daily)


def _before(name: str, at: datetime) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lte": at})


def accounts_to_ask(now: datetime, review_seconds: float) -> list[int]:
    """Active accounts of which something is to be asked: a review, a template, the profile."""
    active = CarrierAccount.objects.filter(is_active=True)
    waiting = TemplateRegistration.objects.filter(_due(now, review_seconds))
    asked = active.filter(
        Q(pk__in=waiting.values("account"))
        | (~Q(profile="") & _before("profile_checked_at", now - DAILY))
    )
    return list(asked.order_by("pk").values_list("pk", flat=True))


def registrations_to_ask(
    account: CarrierAccount, now: datetime, review_seconds: float
) -> list[TemplateRegistration]:
    """The account's templates whose turn it is, those that waited longest first."""
    found = TemplateRegistration.objects.filter(_due(now, review_seconds), account=account)
    return list(
        found.select_related("account", "version").order_by(F("checked_at").asc(nulls_first=True))
    )


def profile_is_due(account: CarrierAccount, now: datetime) -> bool:
    """Whether it is time to ask about the account's sender profile."""
    checked = account.profile_checked_at
    return bool(account.profile) and (checked is None or checked <= now - DAILY)


@dataclass(frozen=True, slots=True)
class Stand:
    """A version of a notice at an account; `registration` is None where none was asked for.

    `sending`: it is the wording that goes out today.
    """

    notice: Notice
    version: TemplateVersion
    registration: TemplateRegistration | None
    sending: bool


def stands(notices: QuerySet[Notice]) -> list[Stand]:
    """Where every version of these notices stands: notices by code, the newest wording first."""
    accounts = set(accounts_that_send().values_list("pk", flat=True))
    registrations = TemplateRegistration.objects.select_related("account").order_by(
        "account__priority", "account_id"
    )
    loaded = notices.prefetch_related(
        Prefetch(
            "versions",
            TemplateVersion.objects.select_related("drafted_by", "picture").order_by("-number"),
        ),
        Prefetch("versions__registrations", registrations),
    )
    found = []
    for notice in loaded:
        sending = _sending_of(notice, accounts)
        for version in notice.versions.all():
            rows: list[TemplateRegistration | None] = [*version.registrations.all()] or [None]
            found += [Stand(notice, version, row, version.pk == sending) for row in rows]
    return found


def _sending_of(notice: Notice, accounts: set[int]) -> int | None:
    """`sending_version` among what is loaded already."""
    for version in notice.versions.all():
        rows = version.registrations.all()
        if version.status != TemplateVersion.Status.RETIRED and any(
            row.state == _S.APPROVED and row.account_id in accounts for row in rows
        ):
            return version.pk
    return None


def last_used(notices: Collection[Notice]) -> dict[int, datetime]:
    """When a list of each notice was last asked for, by the notice's id. One query."""
    found = Batch.objects.filter(notice__in=notices).values("notice").annotate(at=Max("created_at"))
    return {row["notice"]: row["at"] for row in found.order_by()}


def stale_since(
    registrations: Iterable[TemplateRegistration], now: datetime, review_seconds: float
) -> datetime | None:
    """Since when nobody has asked about one of these although its turn had come; None if all are
    fresh. What is under review is asked every `review_seconds`, everything else once a day."""
    patience = max(timedelta(seconds=3 * review_seconds), timedelta(minutes=30))
    late = [
        row.checked_at
        for row in registrations
        if row.checked_at is not None
        and row.state != _S.GONE
        and row.account.is_active
        and now - row.checked_at > (patience if row.state == _S.IN_REVIEW else 2 * DAILY)
    ]
    return min(late, default=None)
