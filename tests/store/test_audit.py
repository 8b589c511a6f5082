"""The audit table takes INSERT only: the database itself refuses the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from alimnaru.store import audit
from alimnaru.store.models import AuditEntry, Department, Member


@pytest.fixture
def actor(db: None) -> Member:
    with connection.cursor() as cursor:
        # The test database lets Django empty the table; an office's never does.
        cursor.execute("ALTER TABLE store_auditentry ENABLE TRIGGER audit_no_truncate")
    return Member.objects.create(login="librarian", name="김사서")


@pytest.fixture
def entry(actor: Member) -> AuditEntry:
    audit.record(actor=actor, act="batch.stop", subject="batch:1", facts={"chunks": 3})
    return AuditEntry.objects.get()


def test_an_act_is_recorded(actor: Member) -> None:
    library = Department.objects.create(code="lib", name="나루중앙도서관", path="/lib/")
    audit.record(actor=actor, act="batch.send", subject="batch:7", department=library)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name) == (actor, "김사서 (librarian)")
    assert (entry.act, entry.subject, entry.department) == ("batch.send", "batch:7", library)
    assert entry.facts == {}
    assert str(entry).endswith("김사서 (librarian) batch.send batch:7")


def test_a_renamed_account_rewrites_no_history(entry: AuditEntry, actor: Member) -> None:
    actor.name = "박사서"
    actor.save()
    entry.refresh_from_db()
    assert entry.actor_name == "김사서 (librarian)"


def test_the_act_and_its_record_fall_together(actor: Member) -> None:
    with transaction.atomic():
        audit.record(actor=actor, act="batch.stop", subject="batch:1")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE store_auditentry SET act = 'nothing'",
        "UPDATE store_auditentry SET facts = '{}' WHERE act = 'batch.stop'",
        "DELETE FROM store_auditentry",
        "DELETE FROM store_auditentry WHERE act = 'batch.stop'",
        "TRUNCATE store_auditentry",
        "TRUNCATE store_member CASCADE",
        """
        INSERT INTO store_auditentry SELECT * FROM store_auditentry
        ON CONFLICT (id) DO UPDATE SET act = 'nothing'
        """,
    ],
)
def test_the_database_refuses(entry: AuditEntry, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end of the entry's transaction
        with pytest.raises(DatabaseError, match="takes INSERT only"), transaction.atomic():
            cursor.execute(statement)
    assert [e.act for e in AuditEntry.objects.all()] == ["batch.stop"]


@pytest.mark.parametrize("how", ["save", "delete", "update", "bulk"])
def test_so_does_it_through_django(entry: AuditEntry, how: str) -> None:
    entry.act = "nothing"
    acts: dict[str, Callable[[], object]] = {
        "save": entry.save,
        "delete": entry.delete,
        "update": lambda: AuditEntry.objects.update(act="nothing"),
        "bulk": lambda: AuditEntry.objects.all().delete(),
    }
    with pytest.raises(DatabaseError, match="takes INSERT only"), transaction.atomic():
        acts[how]()
    assert AuditEntry.objects.get().act == "batch.stop"


def test_who_acted_cannot_be_deleted(entry: AuditEntry, actor: Member) -> None:
    with pytest.raises(ProtectedError):
        actor.delete()
