"""Keys, webhooks and connected systems of some departments, each with how it fares today.

Lists are read a page at a time; what stands beside a row is asked once for the whole page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils import timezone

from alimnaru.rules.api_keys import WARN_BEFORE, KeyState, key_state
from alimnaru.rules.drops import DropFault
from alimnaru.store.models import (
    Accepted,
    AgentRow,
    ApiKey,
    ApiUse,
    Batch,
    Delivery,
    DroppedFile,
    ListUpload,
    Occasion,
    Rule,
    Source,
    Webhook,
)
from alimnaru.store.scoping import Scope

#: Of a folder, on its page.
FILES = 10


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key and what it did today. `calls` are taken out a few in advance: a little too many."""

    key: ApiKey
    state: KeyState
    calls: int
    messages: int


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """A webhook and what it still has to tell; `oldest`: since when the first of it waits."""

    webhook: Webhook
    waiting: int
    failed: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A connected system and what it brought today. `recognised` counts among `taken`."""

    source: Source
    taken: int
    refused: int
    recognised: int
    files: int
    occasions: int

    @property
    def brought(self) -> int:
        """Rows, files and things that are due, whichever its kind has."""
        return self.taken + self.files + self.occasions


@dataclass(frozen=True, slots=True)
class FileLine:
    """A dropped file: why nothing became of it, or its batch; neither while it is being read."""

    file: DroppedFile
    fault: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Troubles:
    """What somebody who looks after connections should know at first sight."""

    waiting_keys: int
    ending_keys: int
    #: The moment at which the first of these ends.
    first_end: datetime | None
    webhooks: Sequence[Webhook]
    sources: Sequence[Source]


def keys_of(scope: Scope, *, over: bool = False) -> QuerySet[ApiKey]:
    """Keys of the departments, those that work or will; with `over` the others, the last first."""
    found = ApiKey.objects.filter(department__in=scope.departments())
    found = found.select_related("department", "made_by")
    ended = Q(revoked_at__isnull=False) | Q(expires_at__lte=timezone.now())
    if over:
        return found.filter(ended).order_by("-pk")
    return found.exclude(ended).order_by("-waits", "department__path", "name", "pk")


def key_in(scope: Scope, pk: int) -> ApiKey | None:
    """A key of these departments."""
    found = ApiKey.objects.filter(department__in=scope.departments(), pk=pk)
    related = ("department", "made_by", "confirmed_by", "replaces", "member")
    return found.select_related(*related).first()


def successor_of(key: ApiKey) -> ApiKey | None:
    """The key that takes its place."""
    return ApiKey.objects.filter(replaces=key, revoked_at=None).order_by("-pk").first()


def key_lines(keys: Sequence[ApiKey]) -> list[KeyLine]:
    """Keys with today's calls and messages. Three queries, however many."""
    now = timezone.now()
    midnight = _midnight()
    ids = [key.pk for key in keys]
    calls = dict(
        ApiUse.objects.filter(key__in=ids, window="day", starts_at__gte=midnight)
        .values_list("key")
        .annotate(n=Sum("taken"))
        .order_by()
    )
    born = dict(
        Batch.objects.filter(created_at__gte=midnight, api_key__in=ids)
        .values_list("api_key")
        .annotate(n=Sum(F("rows") - F("refused")))
        .order_by()
    )
    waiting = dict(
        Accepted.objects.filter(key__in=ids, accepted_at__gte=midnight)
        .values_list("key_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return [
        KeyLine(
            key,
            state_of(key, now),
            calls.get(key.pk, 0),
            born.get(key.pk, 0) + waiting.get(key.pk, 0),
        )
        for key in keys
    ]


def state_of(key: ApiKey, now: datetime) -> KeyState:
    """How a key stands."""
    return key_state(now, waits=key.waits, expires_at=key.expires_at, revoked_at=key.revoked_at)


def calls_this_minute(key: ApiKey) -> int:
    """What has been taken of its limit for a minute."""
    minute = timezone.now().replace(second=0, microsecond=0)
    found = ApiUse.objects.filter(key=key, window="minute", starts_at=minute)
    return found.values_list("taken", flat=True).first() or 0


def webhooks_of(scope: Scope) -> QuerySet[Webhook]:
    """Webhooks of the departments, those in trouble first."""
    found = Webhook.objects.filter(department__in=scope.departments())
    found = found.select_related("department")
    return found.order_by(F("failing_since").asc(nulls_last=True), "department__path", "name", "pk")


def webhook_in(scope: Scope, pk: int) -> Webhook | None:
    """A webhook of these departments."""
    found = Webhook.objects.filter(department__in=scope.departments(), pk=pk)
    return found.select_related("department", "made_by").first()


def webhook_lines(webhooks: Sequence[Webhook]) -> list[WebhookLine]:
    """Webhooks with what they have still to tell. One query."""
    waiting, failed = Q(state=Delivery.State.WAITING), Q(state=Delivery.State.FAILED)
    counts = {
        pk: (n, bad, oldest)
        for pk, n, bad, oldest in Delivery.objects.filter(
            waiting | failed, webhook__in=[w.pk for w in webhooks]
        )
        .values_list("webhook")
        .annotate(
            waits=Count("pk", filter=waiting),
            bad=Count("pk", filter=failed),
            oldest=Min("created_at", filter=waiting),
        )
        .order_by()
    }
    return [WebhookLine(w, *counts.get(w.pk, (0, 0, None))) for w in webhooks]


def deliveries_of(webhook: Webhook, state: str = "") -> QuerySet[Delivery]:
    """What was told to a webhook or will be, the newest first."""
    found = webhook.deliveries.order_by("-pk")
    return found.filter(state=state) if state in Delivery.State.values else found


def sources_of(scope: Scope) -> QuerySet[Source]:
    """Connected systems of the departments, those in trouble first."""
    found = Source.objects.filter(department__in=scope.departments())
    found = found.select_related("department")
    return found.order_by(F("failing_since").asc(nulls_last=True), "department__path", "code")


def source_in(scope: Scope, pk: int) -> Source | None:
    """A connected system of these departments."""
    found = Source.objects.filter(department__in=scope.departments(), pk=pk)
    return found.select_related("department").first()


def source_lines(sources: Sequence[Source]) -> list[SourceLine]:
    """Connected systems with what they brought today. Three queries."""
    ids, midnight = [source.pk for source in sources], _midnight()
    rows = {
        pk: (n, bad, good)
        for pk, n, bad, good in AgentRow.objects.filter(source__in=ids, taken_at__gte=midnight)
        .values_list("source")
        .annotate(
            n=Count("pk"),
            bad=Count("pk", filter=~Q(refusal="")),
            good=Count("pk", filter=Q(recognised=True)),
        )
        .order_by()
    }
    files = _counts(DroppedFile.objects.filter(source__in=ids, found_at__gte=midnight), "source")
    due = Occasion.objects.filter(rule__source__in=ids, found_at__gte=midnight)
    occasions = _counts(due, "rule__source")
    return [
        SourceLine(s, *rows.get(s.pk, (0, 0, 0)), files.get(s.pk, 0), occasions.get(s.pk, 0))
        for s in sources
    ]


def rules_of(source: Source) -> QuerySet[Rule]:
    """The rules that read it."""
    return Rule.objects.filter(source=source).select_related("notice").order_by("code")


def files_of(source: Source) -> list[FileLine]:
    """The last files that it brought. One query."""
    found = DroppedFile.objects.filter(source=source).select_related("upload")
    return [_file_line(file) for file in found.defer("upload__content").order_by("-pk")[:FILES]]


def _file_line(file: DroppedFile) -> FileLine:
    upload = file.upload
    if file.fault:
        return FileLine(file, file.fault, file.fault_facts)
    if upload is None or (upload.batch_id is None and upload.state == ListUpload.State.GONE):
        return FileLine(file, DropFault.GIVEN_UP)
    if upload.state == ListUpload.State.REFUSED:
        return FileLine(file, upload.fault, upload.fault_facts)
    return FileLine(file, batch=upload.batch_id)


def troubles(scope: Scope) -> Troubles:
    """What should be looked after in these departments. Three queries over small tables."""
    now = timezone.now()
    alive = ApiKey.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        department__in=scope.departments(),
        revoked_at=None,
    )
    # An old key that is being replaced ends as it should.
    replaced = Q(pk__in=ApiKey.objects.exclude(replaces=None).values("replaces"))
    ending = Q(waits=False, expires_at__lte=now + WARN_BEFORE) & ~replaced
    found = alive.aggregate(
        waiting=Count("pk", filter=Q(waits=True)),
        ending=Count("pk", filter=ending),
        first=Min("expires_at", filter=ending),
    )
    failing = {"is_active": True, "failing_since__isnull": False}
    return Troubles(
        found["waiting"],
        found["ending"],
        found["first"],
        list(webhooks_of(scope).filter(**failing)),
        list(sources_of(scope).filter(**failing)),
    )


def _counts(rows: QuerySet[DroppedFile] | QuerySet[Occasion], by: str) -> dict[int, int]:
    return dict(rows.values_list(by).annotate(n=Count("pk")).order_by())


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
