"""Webhooks: what happened to messages is told to other programs, in order, until they have it.

Changes become deliveries in one place at a time; a webhook is called from one place at a time, each
under an advisory lock that ends with its connection. Whoever is killed in between leaves nothing
but deliveries that are made again, under the same id.

A webhook that takes nothing is left alone as a whole (`pause_after`), and what happens meanwhile
waits. One event that is not taken while others are waits by itself, with what follows about the
same message.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter

import msgspec
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from alimnaru.flow.hook_calls import Answer
from alimnaru.flow.hook_rounds import Line, Round
from alimnaru.rules.hook_hosts import read_inside
from alimnaru.rules.webhooks import GONE, KEEP_TRYING, RESTING, TEST_EVENT, pause_after
from alimnaru.store import crypto
from alimnaru.store.ledger import advisory
from alimnaru.store.ledger import hooks as ledger
from alimnaru.store.ledger.hooks import Event
from alimnaru.store.models import Delivery, Task, Webhook

log = structlog.get_logger()

#: Changes that become deliveries in one transaction.
CHANGES = 5_000
#: Events read for one round of calls.
ROUND = 400
#: A webhook that fails for so long is a person's to look at.
WORRYING = timedelta(hours=1)
#: Deliveries that were given up are kept for so long; those that were taken `HOOK_DAYS`.
FAILED_FOR = timedelta(days=90)
#: Webhooks that one process calls at the same time.
MOST_LINES = 8
#: Seconds that calls under way are waited for when a worker ends.
PATIENCE = 5.0
PURPOSE = "webhook"
#: The advisory lock of whoever makes deliveries; those of webhooks are their own numbers.
_TELLING = 0


class Post:
    """A worker's webhooks: each is called from a thread of its own, so that one that does not
    answer keeps nobody else waiting."""

    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}
        self._busy: dict[int, threading.Thread] = {}

    def go_round(self) -> None:
        """Make deliveries of what happened, and call whoever's time has come."""
        try:
            gather_changes()
        finally:
            # What cannot be told yet keeps nothing back that has been.
            self._call_due()

    def _call_due(self) -> None:
        self._busy = {pk: thread for pk, thread in self._busy.items() if thread.is_alive()}
        for pk in due_webhooks(timezone.now()):
            if pk not in self._busy and len(self._busy) < MOST_LINES:
                thread = threading.Thread(target=self._serve, args=[pk], daemon=True)
                self._busy[pk] = thread
                thread.start()

    def close(self) -> None:
        """Begin no further call and give the connections back. What is under way is waited for a
        little; a call that is cut off is made again, under the same id."""
        lines = list(self._lines.values())
        for line in lines:
            line.end()
        deadline = time.monotonic() + PATIENCE
        for thread in list(self._busy.values()):
            thread.join(max(0.0, deadline - time.monotonic()))
        for line in lines:
            line.close()

    def _serve(self, pk: int) -> None:
        try:
            serve(pk, self._lines)
        except Exception as error:
            log.warning("webhook_failed", webhook=pk, error=type(error).__name__)
        finally:
            connection.close()


def tell() -> None:
    """Make deliveries of what happened and call every webhook whose time has come, one by one."""
    gather_changes()
    lines: dict[int, Line] = {}
    for pk in due_webhooks(timezone.now()):
        serve(pk, lines)
    for line in lines.values():
        line.close()


def gather_changes() -> None:
    """Make deliveries of everything that happened."""
    while ledger.anything_changed() and _gather_some():
        pass


def _gather_some() -> bool:
    """False: nothing is left, or another process is at it."""
    now = timezone.now()
    with transaction.atomic():
        if not advisory.alone(advisory.HOOK, _TELLING):
            return False
        # The id of an event must outlive a crash once anybody was called with it, and with this
        # commit everything before it is on disk: what is told has happened.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
        told = ledger.tell_messages(now, CHANGES)
        more = told == CHANGES
        if not more:
            ledger.tell_batches(now)
    return more


def due_webhooks(now: datetime) -> list[int]:
    """Webhooks that may be called and have something waiting."""
    may_go = Q(next_at=None) | Q(next_at__lte=now)
    waiting = Delivery.objects.filter(may_go, webhook=OuterRef("pk"), state=Delivery.State.WAITING)
    due = Webhook.objects.filter(may_go, Exists(waiting), is_active=True)
    return list(due.order_by("pk").values_list("pk", flat=True))


def serve(pk: int, lines: dict[int, Line]) -> None:
    """Call one webhook with everything that waits, unless another process does so just now."""
    with advisory.held(advisory.HOOK, pk) as mine:
        while mine and _one_round(pk, lines):
            pass


def _one_round(pk: int, lines: dict[int, Line]) -> bool:
    """False: nothing more can be done now."""
    now = timezone.now()
    webhook = Webhook.objects.select_related("department").filter(pk=pk, is_active=True).first()
    if webhook is None or (webhook.next_at is not None and webhook.next_at > now):
        return False
    events = ledger.due_events(pk, now, ROUND)
    if not events:
        return False
    if webhook.setbacks:
        events = [_probe(events)]
    # No transaction is open while somebody else's server is on the line.
    found = _line(webhook, lines).call_all(events, _secrets(webhook, now))
    with transaction.atomic():
        _note(webhook, found, timezone.now())
    return bool(found.taken)


def _probe(events: Sequence[Event]) -> Event:
    """The one event with which a webhook that is down is tried: not always the same one, which
    may be the very one that it cannot take."""
    firsts: dict[str, Event] = {}
    for event in events:
        firsts.setdefault(event.subject, event)
    return min(firsts.values(), key=attrgetter("tries", "id"))


def _line(webhook: Webhook, lines: dict[int, Line]) -> Line:
    line = lines.get(webhook.pk)
    if line is None or line.url != webhook.url:
        if line is not None:
            line.close()
        line = lines[webhook.pk] = Line(webhook.url, read_inside(settings.HOOK_HOSTS))
    return line


def _secrets(webhook: Webhook, now: datetime) -> list[bytes]:
    sealed = [webhook.secret]
    if webhook.old_secret is not None and (webhook.old_secret_until or now) > now:
        sealed.append(webhook.old_secret)
    return [crypto.unseal(bytes(blob), purpose=PURPOSE) for blob in sealed]


def _note(webhook: Webhook, found: Round, now: datetime) -> None:
    taken = sorted((event.id, answer.status or 0) for event, answer in found.taken)
    ledger.mark_done([pk for pk, _ in taken], now, [status for _, status in taken])
    for event, answer in found.refused:
        _note_refused(event, answer, now)
    rest = max((a.retry_after or 0 for _, a in found.refused if a.status in RESTING), default=0)
    if any(answer.status == GONE for _, answer in found.refused):
        Webhook.objects.filter(pk=webhook.pk).update(is_active=False)
        _ask_somebody(webhook, now, found.refused[0][1])
    if found.taken:
        _is_well(webhook, now, rest)
    elif found.refused:
        _is_failing(webhook, now, rest, found.refused[0][1])


def _note_refused(event: Event, answer: Answer, now: datetime) -> None:
    over = event.give_up_at <= now
    Delivery.objects.filter(pk=event.id, state=Delivery.State.WAITING).update(
        state=Delivery.State.FAILED if over else Delivery.State.WAITING,
        tries=event.tries + 1,
        tried_at=now,
        status=answer.status,
        error=answer.fault or "",
        next_at=None if over else now + pause_after(event.tries + 1),
    )


def _is_well(webhook: Webhook, now: datetime, rest: float) -> None:
    if webhook.setbacks:
        ledger.release_held(webhook.pk)
        log.info("webhook_well", webhook=webhook.pk)
    Task.objects.filter(
        kind=Task.Kind.WEBHOOK_FAILING, subject=_subject(webhook), done_at=None
    ).update(done_at=now)
    next_at = now + timedelta(seconds=rest) if rest else None
    if webhook.setbacks or webhook.failing_since or webhook.next_at != next_at:
        Webhook.objects.filter(pk=webhook.pk).update(
            setbacks=0, failing_since=None, next_at=next_at
        )


def _is_failing(webhook: Webhook, now: datetime, rest: float, answer: Answer) -> None:
    setbacks = webhook.setbacks + 1
    since = webhook.failing_since or now
    Webhook.objects.filter(pk=webhook.pk).update(
        setbacks=setbacks,
        failing_since=since,
        next_at=now + max(pause_after(setbacks), timedelta(seconds=rest)),
    )
    log.warning(
        "webhook_failing", webhook=webhook.pk, status=answer.status, fault=answer.fault or ""
    )
    if given_up := ledger.give_up(webhook.pk, now):
        log.warning("webhook_gave_up", webhook=webhook.pk, events=given_up)
    if now - since >= WORRYING:
        _ask_somebody(webhook, now, answer)


def _ask_somebody(webhook: Webhook, now: datetime, answer: Answer) -> None:
    task = Task(
        department=webhook.department,
        kind=Task.Kind.WEBHOOK_FAILING,
        subject=_subject(webhook),
        facts={"name": webhook.name, "status": answer.status, "error": answer.fault or ""},
        created_at=now,
    )
    Task.objects.bulk_create([task], ignore_conflicts=True)


def _subject(webhook: Webhook) -> str:
    return f"webhook:{webhook.pk}"


def redrive(deliveries: Sequence[int]) -> int:
    """Try again what was given up, with the same ids and for as long as the first time; return how
    many. Events about a message that went meanwhile are not recalled: these come after them."""
    now = timezone.now()
    failed = Delivery.objects.filter(pk__in=deliveries, state=Delivery.State.FAILED)
    return failed.update(
        state=Delivery.State.WAITING, tries=0, next_at=None, give_up_at=now + KEEP_TRYING
    )


def wake(webhook: Webhook) -> None:
    """Call a webhook at once with everything that waits: somebody says that it is well again."""
    ledger.release_held(webhook.pk)
    Webhook.objects.filter(pk=webhook.pk).update(setbacks=0, failing_since=None, next_at=None)


def send_test(webhook: Webhook) -> Delivery:
    """Put an event about nothing on its way."""
    now = timezone.now()
    body = {"type": TEST_EVENT, "timestamp": now.isoformat(), "data": {}}
    return Delivery.objects.create(
        webhook=webhook,
        event_id=f"evt_{secrets.token_hex(16)}",
        type=TEST_EVENT,
        subject=_subject(webhook),
        body=msgspec.json.encode(body).decode(),
        created_at=now,
        give_up_at=now + KEEP_TRYING,
    )


def tidy(now: datetime) -> None:
    """What the sweep does: forget old deliveries, and end the wait of those for paused webhooks."""
    ledger.give_up_paused(now)
    ledger.forget(now - timedelta(days=settings.HOOK_DAYS), now - FAILED_FOR)
