"""What a monitoring system sees: alive, ready, and figures that are those of the tables."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import yaml
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from alimnaru.rules.channel import Lane
from alimnaru.store.ledger import beats
from alimnaru.store.models import Beat, Breaker, Chunk, Outage, ReceiptInbox
from tests.cast import Cast, make_cast, phone


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


def asked(**headers: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by its name and labels."""
    answer = Client(**headers).get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def value(name: str, **labels: str) -> float:
    return asked()[f"alimnaru_{name}", tuple(sorted(labels.items()))]


def test_it_works(office: Cast) -> None:
    assert Client().get("/healthz").content == b"ok"
    assert Client().get("/readyz").content == b"ok"
    assert value("lane_workers", lane="urgent") == 0


def test_alive_asks_nothing_of_the_database() -> None:
    """No `db` fixture here: a query would fail."""
    assert Client().get("/healthz").status_code == 200


def test_not_ready_while_tables_are_older(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from alimnaru.api import running

    monkeypatch.setattr(running, "_up_to_date", False)
    ((app, newest),) = MigrationLoader(connection).graph.leaf_nodes("store")
    MigrationRecorder(connection).record_unapplied(app, newest)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations are missing")


def test_strangers_find_no_metrics(office: Cast, settings: Settings) -> None:
    assert Client(REMOTE_ADDR="10.9.8.7").get("/metrics").status_code == 404
    settings.METRICS_FROM = ["10.9.0.0/16"]
    assert Client(REMOTE_ADDR="10.9.8.7").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 404
    settings.METRICS_FROM = []
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 404


def test_lanes_count_living_workers_and_versions(office: Cast) -> None:
    beats.beat("a" * 32, "host-1", "0.4.0", ["urgent", "bulk"])
    beats.beat("b" * 32, "host-2", "0.5.0", ["bulk"])
    beats.beat("c" * 32, "host-3", "0.5.0", ["normal"])
    Beat.objects.filter(pk="c" * 32).update(at=timezone.now() - timedelta(minutes=2))
    counted = {lane: value("lane_workers", lane=lane) for lane in Lane}
    assert counted == {Lane.URGENT: 1, Lane.NORMAL: 0, Lane.BULK: 2}
    assert value("lane_versions", lane="bulk") == 2
    beats.end("a" * 32)
    assert value("lane_workers", lane="urgent") == 0


def test_a_worker_that_was_gone_long_is_forgotten(office: Cast) -> None:
    beats.beat("a" * 32, "host-1", "0.4.0", ["urgent"])
    Beat.objects.update(at=timezone.now() - timedelta(days=2))
    beats.beat("b" * 32, "host-1", "0.4.0", ["urgent"])
    assert list(Beat.objects.values_list("pk", flat=True)) == ["b" * 32]


def test_what_waits_has_an_age(office: Cast) -> None:
    batch = office.send(office.rows(phone(), phone()))
    lane = batch.lane
    Chunk.objects.update(not_before=timezone.now() - timedelta(seconds=90))
    assert value("lane_due_chunks", lane=lane) == 1
    assert 90 <= value("lane_due_chunks_seconds", lane=lane) < 180
    assert value("open_chunks", state="ready", lane=lane) == 1
    assert value("jobs", queue=lane) == 1
    Chunk.objects.update(state="held", hold_code="batch_stopped")
    assert value("held_messages", code="batch_stopped") == 2
    assert value("lane_due_chunks", lane=lane) == 0


def test_doubt_unknown_and_receipts(office: Cast) -> None:
    office.send(office.rows(phone()))
    then = timezone.now() - timedelta(seconds=50)
    Chunk.objects.update(state="doubt", doubt_since=then, unknown=1)
    account = a_contract(office)
    ReceiptInbox.objects.create(account_id=account, received_at=then, body=b"x")
    assert value("doubtful_chunks") == 1
    assert value("doubtful_chunks_seconds") >= 50
    assert value("unknown_messages") == 1
    assert value("receipts") == 1
    assert value("receipts_seconds") >= 50


def test_breakers_and_channels(office: Cast) -> None:
    account = a_contract(office)
    labels = {"account": "main", "kind": "solapi", "channel": "alimtalk"}
    assert value("breaker_open", **labels) == 0
    Breaker.objects.create(
        account_id=account, channel="alimtalk", state="open", since=timezone.now()
    )
    assert value("breaker_open", **labels) == 1
    Outage.objects.create(channel="alimtalk", since=timezone.now(), reason="person")
    assert value("channel_off", channel="alimtalk") == 1


def test_nothing_personal_stands_in_it(office: Cast) -> None:
    number = phone()
    office.send(office.rows(number))
    a_contract(office)
    text = Client().get("/metrics").content.decode()
    assert number not in text
    assert "김나루" not in text
    assert not re.search(r"01[016789]-?\d{3,4}-?\d{4}", text)


def test_the_alarms_ask_for_metrics_that_there_are(office: Cast) -> None:
    """Alert rules name metrics by text; one that is renamed would never ring again."""
    from pathlib import Path

    path = Path(__file__).parents[2] / "examples" / "monitoring" / "alimnaru.rules.yml"
    rules = yaml.safe_load(path.read_text())["groups"][0]["rules"]
    known = {name for name, _ in asked()} | _without_rows_here()
    for rule in rules:
        named = set(re.findall(r"alimnaru_\w+", rule["expr"]))
        assert named, rule["alert"]
        assert named <= known, rule["alert"]
        assert {"summary", "action"} <= rule["annotations"].keys()


def _without_rows_here() -> set[str]:
    """Metrics whose samples come and go, by the families that are always told."""
    answer = Client().get("/metrics").content.decode()
    return {f.name for f in text_string_to_metric_families(answer)}


def a_contract(office: Cast) -> int:
    from alimnaru.office.accounts import add_account

    return add_account(
        actor=office.librarian,
        kind="solapi",
        name="main",
        base_url="http://127.0.0.1:9",
        api_key="NCSKEY0000000001",
        secret="SECRET0000000001",
        profile="KA01PF1",
        is_sandbox=True,
    ).pk
