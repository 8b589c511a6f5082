"""What watches over the processes asks: alive, ready, and how everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from alimnaru.reads.gauges import Gauges, Waiting, gauges
from alimnaru.rules.api_keys import is_allowed
from alimnaru.rules.health import BreakerState
from alimnaru.version import VERSION

_PLAIN = "text/plain; charset=utf-8"


def alive(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all. Asks nothing of the database: a supervisor that killed
    the web process because the database is away would only make it worse."""
    return HttpResponse("ok", content_type=_PLAIN)


def ready(request: HttpRequest) -> HttpResponse:
    """200 while requests can be served: the database answers and its tables are not older than
    this version. 503 otherwise, and why; a load balancer then sends people elsewhere."""
    try:
        missing = _unapplied()
    except DatabaseError:
        return HttpResponse("database does not answer", status=503, content_type=_PLAIN)
    if missing:
        return HttpResponse("migrations are missing", status=503, content_type=_PLAIN)
    return HttpResponse("ok", content_type=_PLAIN)


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything in Prometheus' text form, for addresses of `ALIMNARU_METRICS_FROM` alone: to
    others there is no such page."""
    allowed = settings.METRICS_FROM
    if not allowed or not is_allowed(request.META.get("REMOTE_ADDR", ""), allowed):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Office(gauges(timezone.now())))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


#: Once nothing is missing nothing will be: tables do not become older while we run.
_up_to_date = False


def _unapplied() -> bool:
    global _up_to_date  # noqa: PLW0603 - one answer for the life of the process
    if not _up_to_date:
        executor = MigrationExecutor(connection)
        _up_to_date = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    else:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    return not _up_to_date


class _Office(Collector):
    """The gauges of a moment as metrics. Names and labels: `docs/how-to/monitoring.md`."""

    def __init__(self, stand: Gauges) -> None:
        self._stand = stand

    def collect(self) -> Iterator[Metric]:
        """In the order of the documentation."""
        yield _metric("info", "The program that answers.", ["version"], [([VERSION], 1)])
        yield from self._lanes()
        yield from self._work()
        yield from self._accounts()
        yield from self._today()

    def _lanes(self) -> Iterator[Metric]:
        lanes = self._stand.lanes
        yield _metric(
            "lane_workers",
            "Living workers that serve it.",
            ["lane"],
            [([one.lane], one.workers) for one in lanes],
        )
        yield _metric(
            "lane_versions",
            "Versions of the program that they run.",
            ["lane"],
            [([one.lane], one.versions) for one in lanes],
        )
        yield from _waiting(
            "lane_due_chunks",
            "Chunks that could go and have not.",
            "lane",
            [(one.lane, one.chunks) for one in lanes],
        )
        yield from _waiting(
            "lane_accepted",
            "Single messages that wait for a batch.",
            "lane",
            [(one.lane, one.accepted) for one in lanes],
        )

    def _work(self) -> Iterator[Metric]:
        stand = self._stand
        yield _metric(
            "open_chunks",
            "Chunks that still owe something.",
            ["state", "lane"],
            [([state, lane], count) for state, lane, count in stand.chunks],
        )
        yield _metric(
            "held_messages",
            "Messages that wait for a person or a channel, by why.",
            ["code"],
            [([code], count) for code, count in stand.held],
        )
        yield from _waiting(
            "doubtful_chunks", "Chunks that a carrier may have.", "", [("", stand.doubt)]
        )
        yield _metric("unknown_messages", "Outcomes that nobody tells.", [], [([], stand.unknown)])
        yield from _waiting(
            "receipts", "Results that came and were not read yet.", "", [("", stand.receipts)]
        )
        yield from _waiting("jobs", "Jobs that are due and were not taken.", "queue", stand.jobs)
        yield _metric(
            "failing_sources", "Systems that cannot be read.", [], [([], stand.sources_failing)]
        )
        yield _metric(
            "failing_webhooks", "Programs that do not answer.", [], [([], stand.webhooks_failing)]
        )
        yield _metric("open_tasks", "Tasks that nobody has done.", [], [([], stand.open_tasks)])

    def _accounts(self) -> Iterator[Metric]:
        accounts = self._stand.accounts
        names = ["account", "kind"]
        yield _metric(
            "account_active",
            "Whether a contract is in use.",
            names,
            [([a.name, a.kind], int(a.active)) for a in accounts],
        )
        yield _metric(
            "account_used_today",
            "Messages handed over today.",
            names,
            [([a.name, a.kind], a.used_today) for a in accounts],
        )
        yield _metric(
            "breaker_open",
            "1 while a contract rests on a channel; 0.5 while it is tried.",
            [*names, "channel"],
            [([a.name, a.kind, c], _OPEN[state]) for a in accounts for c, state in a.breakers],
        )
        yield _metric(
            "channel_off",
            "1 while a channel is switched off.",
            ["channel"],
            [([channel], 1) for channel in sorted(self._stand.channels_off)],
        )

    def _today(self) -> Iterator[Metric]:
        names = ["channel", "outcome"]
        today = self._stand.today
        yield _metric(
            "messages_today",
            "Messages that ended today (Seoul).",
            names,
            [([channel, outcome], n) for channel, outcome, n, _ in today],
        )
        yield _metric(
            "won_today",
            "Won for what was delivered today.",
            names,
            [([channel, outcome], float(won)) for channel, outcome, _, won in today],
        )


_OPEN = {BreakerState.CLOSED: 0.0, BreakerState.HALF: 0.5, BreakerState.OPEN: 1.0}


def _metric(
    name: str, text: str, labels: list[str], values: list[tuple[list[str], float]]
) -> Metric:
    family = GaugeMetricFamily(f"alimnaru_{name}", text, labels=labels)
    for given, value in values:
        family.add_metric(given, value)
    return family


def _waiting(
    name: str, text: str, label: str, values: Sequence[tuple[str, Waiting]]
) -> Iterator[Metric]:
    """How many, and the age of the oldest."""
    labels = [label] if label else []
    given = [([key] if label else [], waits) for key, waits in values]
    yield _metric(name, text, labels, [(key, waits.number) for key, waits in given])
    yield _metric(
        f"{name}_seconds",
        f"{text} The oldest of them, in seconds.",
        labels,
        [(key, waits.seconds) for key, waits in given],
    )
