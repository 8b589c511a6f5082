"""Canaries: a message to the office's own phone on every lane by every contract, all the way to its
receipt. It goes the way of all others, so that it shows what residents would meet."""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import token_bytes

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.wordings import wording
from alimnaru.rules.audience import Origin
from alimnaru.rules.canary import Song, song
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.roster import GoodRow
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import advisory
from alimnaru.store.models import (
    CanaryPlan,
    CanaryRun,
    CarrierAccount,
    Message,
    TemplateRegistration,
    TemplateVersion,
)

#: The notice that canaries are.
NOTICE = "ops.canary"
#: Of `crypto.seal`.
PHONE = "canary"
#: The status page looks back so far.
KEPT = timedelta(days=92)
#: Of the name in a row that is nobody's.
NAME = "점검"


def sing() -> int:
    """Note how those on their way have fared, and send the next ones if it is time. How many went.

    By one worker at a time, whatever number of hosts.
    """
    with transaction.atomic():
        if not advisory.alone(advisory.CANARY, 0):
            return 0
        now = timezone.now()
        listen(now)
        plan = CanaryPlan.objects.filter(is_on=True).exclude(phone=None).first()
        if plan is None or not _is_time(plan, now):
            return 0
        phone = crypto.unseal(bytes(plan.phone or b""), purpose=PHONE).decode()
        accounts = CarrierAccount.objects.filter(is_active=True)
        real = accounts.filter(is_sandbox=False)
        # Beside a real contract a sandbox carries nothing (`flow.routing`).
        ways = [(a, lane) for a in (real if real.exists() else accounts) for lane in Lane]
        return sum(_send(account, lane, phone, now) for account, lane in ways)


def listen(now: datetime) -> None:
    """Copy outcomes, and forget what no page looks back to."""
    waiting = list(CanaryRun.objects.filter(state=Song.WAITING))
    found = {m.batch_id: m for m in Message.objects.filter(batch__in=[w.batch_id for w in waiting])}
    for run in waiting:
        message = found.get(run.batch_id)
        state = MessageState(message.state) if message else MessageState.EXPIRED
        done = message.done_at if message else None
        run.state = song(Lane(run.lane), run.at, state, done, now)
        run.ended_at = None if run.state == Song.WAITING else (done or now)
    CanaryRun.objects.bulk_update(waiting, ["state", "ended_at"])
    CanaryRun.objects.filter(at__lt=now - KEPT).delete()


def _is_time(plan: CanaryPlan, now: datetime) -> bool:
    last = CanaryRun.objects.aggregate(last=Max("at"))["last"]
    return last is None or now - last >= timedelta(minutes=plan.every_minutes)


def _send(account: CarrierAccount, lane: Lane, phone: str, now: datetime) -> int:
    version = _version_for(account)
    if version is None:
        return 0
    batch = take_in(
        Order(
            notice=version.notice,
            version=version,
            department=version.notice.department,
            member=audit.own_member(),
            chunk_size=1,
            origin=Origin.CANARY.value,
            lane=lane,
            account=account.pk,
            hours_waived=account.is_sandbox,
        ),
        [GoodRow(2, token_bytes(16), phone, NAME, ())],
    )
    channel = wording(version.pk).first
    CanaryRun.objects.create(
        at=now, account=account, lane=lane.value, channel=channel.value, batch=batch
    )
    return 1


def _version_for(account: CarrierAccount) -> TemplateVersion | None:
    """Alimtalk where Kakao has approved it for this contract, else the text, else nothing."""
    versions = TemplateVersion.objects.filter(notice__code=NOTICE, notice__is_active=True)
    versions = versions.select_related("notice__department").order_by(F("number").desc())
    carried = account.channels.split(",")
    approved = versions.filter(
        registrations__account=account,
        registrations__state=TemplateRegistration.State.APPROVED,
    )
    if Channel.ALIMTALK in carried and (found := approved.first()) is not None:
        return found
    if Channel.SMS not in carried:
        return None
    return next((v for v in versions if wording(v.pk).first is Channel.SMS), None)
