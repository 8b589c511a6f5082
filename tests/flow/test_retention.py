"""What its time is over for: gone from the tables, from the files below them, and from a copy."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict
from pytest_django import DjangoDbBlocker

from alimnaru.flow import retention
from alimnaru.flow.gather import gather
from alimnaru.office import keyring as keys
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.embedded_tools import CURRENT, Tools, account_for
from alimnaru.reads.destroying import is_untouched
from alimnaru.rules.roster import GoodRow
from alimnaru.store import audit, crypto, keyring
from alimnaru.store.models import (
    Batch,
    Destruction,
    Kept,
    Message,
    ReceiptInbox,
    ResidentRequest,
    RootKey,
    WireExchange,
)
from tests.cast import Cast, bring_results, phone, states
from tests.flow.moment import Moment
from tests.flow.test_gather import accept
from tests.stories.houses import ground as ground

NAME, PLACE = "한별하늘", "별하늘도서관"


def told(cast: Cast, *numbers: str) -> Batch:
    """A batch whose every message has its result."""
    rows = [
        GoodRow(n, n.to_bytes(16, "big"), to, NAME, (PLACE, "한*늘", "2026. 11. 25.(수)"))
        for n, to in enumerate(numbers, 2)
    ]
    batch = cast.send(rows, chunk_size=2)
    bring_results(batch)
    assert {state for state, _, _ in states(batch)} == {"delivered"}
    assert not batch.chunks.exclude(state="settled").exists()
    return batch


def test_it_counts_from_when_the_batch_is_through(cast: Cast, moment: Moment) -> None:
    batch = told(cast, phone(), phone(), phone())
    moment.passes(days=2)
    retention.retain()
    kept = Kept.objects.get(batch=batch)
    last = max(Message.objects.values_list("done_at", flat=True))
    assert (kept.retention, kept.through_at) == ("RA", last)
    moment.now = last + timedelta(days=90) - timedelta(seconds=1)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is not None
    moment.passes(seconds=2)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is None
    assert Destruction.objects.get().messages == 3


def test_state_and_proof_outlive_the_text(cast: Cast, moment: Moment) -> None:
    batch = told(cast, phone(), phone(), phone())
    before = {
        m.pk: hashlib.sha256(bytes(m.to_hash) + bytes(m.payload)).digest()
        for m in Message.objects.all()
    }
    stood = states(batch)
    moment.passes(days=2)
    retention.retain()
    moment.passes(days=91)
    retention.retain()
    retention.retain()  # a second round hashes no digest
    assert {m.pk: bytes(m.payload) for m in Message.objects.all()} == {
        pk: b"\0" + digest for pk, digest in before.items()
    }
    assert states(batch) == stood
    moment.passes(days=300)
    retention.retain()
    assert {bytes(m.to_hash) for m in Message.objects.all()} == {b""}
    assert states(batch) == stood
    assert [d.what for d in Destruction.objects.order_by("pk")] == ["text", "hash"]


def test_killed_between_two_steps_it_goes_on(
    cast: Cast, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = told(cast, *(phone() for _ in range(5)))
    digests = [hashlib.sha256(bytes(m.to_hash) + bytes(m.payload)).digest() for m in _by_id()]
    moment.passes(days=2)
    retention.retain()
    moment.passes(days=91)
    monkeypatch.setattr(retention.ledger, "CHUNKS", 1)
    retention.drop_keys(timezone.now())
    assert retention._step(batch.pk, timezone.now(), retention._blank)
    assert not Destruction.objects.exists()
    retention.retain()
    assert [bytes(m.payload) for m in _by_id()] == [b"\0" + digest for digest in digests]
    assert Destruction.objects.get().messages == 5


def _by_id() -> list[Message]:
    return list(Message.objects.order_by("pk"))


def test_a_certificate_that_was_touched_shows(cast: Cast, moment: Moment) -> None:
    told(cast, phone())
    moment.passes(days=2)
    retention.retain()
    moment.passes(days=91)
    retention.retain()
    one = Destruction.objects.get()
    assert is_untouched(one)
    one.messages += 1
    assert not is_untouched(one)


def test_what_hangs_for_ever_is_destroyed_too(cast: Cast, moment: Moment) -> None:
    batch = cast.send(cast.rows(phone()), draft=False)  # nobody rings for its chunk
    moment.now = batch.expires_at + timedelta(days=29)
    retention.retain()
    assert not Kept.objects.exists()
    moment.passes(days=2)
    retention.retain()
    moment.passes(days=91)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is None


# ---- the files -----------------------------------------------------------------------------------


def _files(folder: Path) -> list[Path]:
    return [Path(at) / name for at, _, names in os.walk(folder) for name in names]


def _found_in(folder: Path, needles: dict[str, bytes]) -> set[str]:
    """Which of them stand in any file of the server: tables, log, temporary files."""
    found: set[str] = set()
    for path in _files(folder):
        # Files of databases that other tests give up at this moment are gone when they are read.
        with suppress(FileNotFoundError):
            content = path.read_bytes() if path.is_file() else b""
            found |= {name for name, needle in needles.items() if needle in content}
    return found


def _dump(server: Embedded, *more: str) -> bytes:
    tools = Tools(CURRENT, account_for(server.folder))
    name = str(settings.DATABASES["default"]["NAME"])
    arguments = ["--dbname", server.url(name), *more]
    return tools.run("pg_dump", *arguments, cwd=server.folder, timeout=120).encode()


@pytest.fixture
def aged(open_cast: Cast, moment: Moment) -> tuple[Batch, Batch]:
    """A list and a single message of a program, both told, both long ago."""
    mine = told(open_cast, "01077359801", phone(), phone())
    accept(open_cast, "01077359802")
    gather(["normal"])
    single = Batch.objects.exclude(pk=mine.pk).get()
    moment.passes(minutes=1)
    bring_results(single)
    assert [s for s, _, _ in states(single)] == ["delivered"]
    return mine, single


@pytest.fixture
def alone(
    server: Embedded, django_db_setup: None, django_db_blocker: DjangoDbBlocker, ground: Path
) -> Iterator[Embedded]:
    """A server with nothing but this test's database: the log of one that others write to as well
    is let go when *they* let it."""
    entry = connection.settings_dict
    name, before = str(entry["NAME"]), {key: entry[key] for key in ("HOST", "PORT")}
    with Embedded(ground / "pg", durable=False) as own, django_db_blocker.unblock():
        own.create_database(name)
        with psycopg.connect(own.url(name), autocommit=True) as empty:
            empty.execute(_statements(_dump(server, "--inserts", NOT_A_COPY).decode()))
        parts = conninfo_to_dict(own.url())
        connection.close()
        entry |= {"HOST": parts["host"], "PORT": parts.get("port", "")}
        try:
            yield own
        finally:
            connection.close()
            entry |= before


#: A database that knows another cluster as its own would stand still (decision 43).
NOT_A_COPY = "--exclude-table-data=store_officestate"


def _statements(dump: str) -> bytes:
    """A dump without the lines that only psql understands."""
    return "\n".join(line for line in dump.splitlines() if line[:1] != "\\").encode()


def _asked_and_answered(batch: Batch) -> bytes:
    """A resident's request whose sealed phone is gone from its row; the value that was there."""
    asked = crypto.seal(b"01077359803", purpose="resident request")
    request = ResidentRequest.objects.create(
        kind="access", way="visit", department=batch.department, member=batch.member, phone=asked,
        to_hash=bytes(16), received_on=timezone.localdate(), due_on=timezone.localdate(),
    )  # fmt: skip
    ResidentRequest.objects.filter(pk=request.pk).update(phone=None)
    return asked


def test_nothing_can_be_read_from_the_files_afterwards(
    alone: Embedded, aged: tuple[Batch, Batch], moment: Moment
) -> None:
    """Not even by who has the master key and a dump of every page: no wrapped key is left, and
    what the key ring itself opened is not there any more."""
    mine, single = aged
    for batch in aged:
        batch.refresh_from_db()
    needles = {
        "wrapped": bytes(mine.wrapped_key or b""),
        "wrapped single": bytes(single.wrapped_key or b""),
        "phone": b"01077359801",
        "name": NAME.encode(),
        "value": PLACE.encode(),
    }
    said = {"request": _asked_and_answered(mine)} | {
        f"wire {w.pk}": bytes(w.request) for w in WireExchange.objects.all()[:3]
    }
    said |= {f"inbox {i.pk}": bytes(i.body) for i in ReceiptInbox.objects.all()[:3]}
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    # The test looks in the right places: before, the keys are there.
    assert _found_in(alone.folder, needles) >= {"wrapped", "wrapped single"}
    moment.passes(days=2)
    retention.retain()
    moment.passes(days=91)
    WireExchange.objects.all().delete()  # as the sweep does after seven days
    ReceiptInbox.objects.all().delete()
    retention.retain()
    assert not Batch.objects.exclude(wrapped_key=None).exists(), Kept.objects.count()
    assert retention.rewrite_files(timezone.now())
    assert _found_in(alone.folder, needles | said) == set()
    dump = _dump(alone)
    for needle in needles.values():
        assert needle not in dump
        assert needle.hex().encode() not in dump
    assert Destruction.objects.exclude(rewritten_at=None).exists()
    with pytest.raises(crypto.Unreadable):
        crypto.BatchKey.unwrap(b"", mine.pk)


def test_a_root_that_was_retired_is_in_no_file(
    alone: Embedded, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = audit.own_member()
    crypto.use(None)
    keyring.begin(timezone.now())
    old = bytes(RootKey.objects.get().wrapped)
    monkeypatch.setattr(settings, "OLD_MASTER_KEYS", [settings.MASTER_KEY])
    monkeypatch.setattr(settings, "MASTER_KEY", os.urandom(32))
    keys.rotate(actor=who)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    assert _found_in(alone.folder, {"root": old}) == {"root"}
    done = keys.retire(actor=who)
    assert (done.masters, done.rewritten) == (1, True)
    assert _found_in(alone.folder, {"root": old}) == set()
    crypto.use(None)
