"""Reviews: ask the carriers where wordings and sender profiles stand, and remember it.

Kakao takes up to two working days. The sweep rings for an account as long as something of it waits
for a decision, and once a day for everything else, since a template or a profile falls asleep
after a year and may be blocked at any time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.carriers.base import CarrierError, Rejected, Unsupported
from alimnaru.carriers.review import Comment, Review, Standing
from alimnaru.flow import standing
from alimnaru.flow.held import let_go
from alimnaru.flow.wire import on_the_line
from alimnaru.reads import reviews
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.template import parse_template
from alimnaru.store.ledger import templates as sends
from alimnaru.store.models import CarrierAccount, TemplateRegistration, TemplateVersion

log = structlog.get_logger()

#: A carrier that does not answer the daily question is asked again after this.
AGAIN = timedelta(hours=1)


def ask(account_id: int) -> None:
    """Ask about everything of an account whose turn it is. May run any number of times."""
    if not standing.stand().reaches_out:
        return
    now = timezone.now()
    account = CarrierAccount.objects.get(pk=account_id)
    sends.note_last_sends(account_id)
    due, profile = _take(account, now)
    for at, registration in enumerate(due):
        try:
            look_at(registration)
        except (Unsupported, Rejected) as error:
            # It has answered, and will answer the same in an hour.
            log.warning("review_not_told", account=account_id, code=error.code)
        except CarrierError as error:
            # Silent now is silent for the rest: each would cost a thread its time-out.
            log.warning("reviews_not_told", account=account_id, code=error.code)
            _put_back(due[at:], account if profile else None, now)
            return
    if profile:
        _ask_profile(account, now)


def _take(account: CarrierAccount, now: datetime) -> tuple[list[TemplateRegistration], bool]:
    """What to ask now. It is nobody else's from here on: the sweep rings again while we ask."""
    with transaction.atomic():
        locked = CarrierAccount.objects.select_for_update().get(pk=account.pk)
        due = reviews.registrations_to_ask(account, now, settings.REVIEW_SECONDS)
        profile = reviews.profile_is_due(locked, now)
        TemplateRegistration.objects.filter(pk__in=[r.pk for r in due]).update(checked_at=now)
        if profile:
            CarrierAccount.objects.filter(pk=account.pk).update(profile_checked_at=now)
    return due, profile


def _put_back(
    due: list[TemplateRegistration], account: CarrierAccount | None, now: datetime
) -> None:
    """Ask what is asked once a day within the hour; what is under review has its turn by then."""
    earlier = now + AGAIN - reviews.DAILY
    daily = [r.pk for r in due if r.state != TemplateRegistration.State.IN_REVIEW]
    TemplateRegistration.objects.filter(pk__in=daily).update(checked_at=earlier)
    if account is not None:
        CarrierAccount.objects.filter(pk=account.pk).update(profile_checked_at=earlier)


def _ask_profile(account: CarrierAccount, now: datetime) -> None:
    try:
        look_at_profile(account)
    except CarrierError as error:
        log.warning("profile_not_told", account=account.pk, code=error.code)
        if not isinstance(error, Unsupported | Rejected):
            _put_back([], account, now)


def look_at(registration: TemplateRegistration) -> None:
    """Ask the carrier where a wording stands, and remember it. Raises `CarrierError`."""
    with on_the_line(registration.account, None) as carrier:
        standing = carrier.templates.standing(registration.code)
    learn(registration, standing)


def learn(registration: TemplateRegistration, standing: Standing) -> None:
    """Remember what a carrier said about a code; `registration` is brought up to date.

    At some carriers an edit keeps the code: the approved wording goes on being sent under it until
    the edit is approved. So what is said about a review concerns the newest wording of a code, and
    the older ones end only when that one is approved.
    """
    now = timezone.now()
    with transaction.atomic():
        sharing = list(
            TemplateRegistration.objects.select_for_update(of=("self",))
            .filter(account=registration.account_id, code=registration.code)
            .select_related("version")
            .order_by("-version__number")
        )
        newest, *older = sharing
        waited = newest.state != TemplateRegistration.State.APPROVED
        if standing.review in _FOR_ALL:
            for each in sharing:
                if each.state != TemplateRegistration.State.GONE:
                    _become(each, standing.review, now)
        elif not older or _is_about(standing, newest.version):
            _become(newest, standing.review, now)
            if standing.review is Review.APPROVED:
                for each in older:
                    _become(each, Review.GONE, now)
        if standing.comments:
            newest.comments = [_kept(comment) for comment in standing.comments]
        for each in sharing:
            each.checked_at = now
            each.save()
        if waited and newest.state == TemplateRegistration.State.APPROVED:
            let_go(Refusal.TEMPLATE_NOT_APPROVED, now, version=newest.version_id)
    registration.refresh_from_db()


#: What becomes of a code becomes of every wording under it.
_FOR_ALL = frozenset({Review.DORMANT, Review.BLOCKED, Review.GONE})


def _is_about(standing: Standing, version: TemplateVersion) -> bool:
    """Whether a carrier speaks of this wording of a code, and not of the one before it."""
    body = parse_template(version.template).body
    return not standing.body or _plain(standing.body) == _plain(body)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _become(registration: TemplateRegistration, review: Review, now: datetime) -> None:
    if registration.state == review:
        return
    registration.state = review.value
    if review is Review.IN_REVIEW:
        registration.submitted_at = registration.submitted_at or now
    else:
        registration.decided_at = now
    version = registration.version
    if review is Review.APPROVED and version.status == TemplateVersion.Status.DRAFT:
        version.status = TemplateVersion.Status.APPROVED
        version.save(update_fields=["status"])


def _kept(comment: Comment) -> dict[str, object]:
    at = comment.at.isoformat() if comment.at else None
    return {"text": comment.text, "at": at, "ours": comment.ours}


def look_at_profile(account: CarrierAccount) -> None:
    """Ask the carrier where the sender profile stands, and remember it. Raises `CarrierError`."""
    with on_the_line(account, None) as carrier:
        profile = carrier.templates.profile(account.profile)
    told = profile.daily_cap
    if told is not None:
        account.profile_is_new = True
    elif account.profile_daily_cap is not None:
        account.profile_is_new = False  # it had a cap and has none any more: the month is over
    account.profile_daily_cap = told
    account.profile_state = profile.state.value
    account.profile_checked_at = timezone.now()
    account.save(
        update_fields=[
            "profile_state", "profile_checked_at", "profile_is_new", "profile_daily_cap",
        ]
    )  # fmt: skip
