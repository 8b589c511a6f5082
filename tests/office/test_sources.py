"""Other systems are connected, changed, paused and let go, and the audit keeps no address."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from alimnaru.flow.sources import secrets_of
from alimnaru.office.sources import (
    SourceRefused,
    add_folder,
    add_table,
    change_table,
    connect,
    fault_in,
    pause,
    remove,
    resume,
)
from alimnaru.rules.source_faults import SourceFault
from alimnaru.rules.source_refusals import SourceRefusal
from alimnaru.store.models import AuditEntry, DroppedFile, Member, Source, Task
from tests.cast import Cast, make_cast

URL = "mysql://reader:hidden-word@127.0.0.1:1/library"
VIEWS = ["loans=v_loans,loan_no,changed_at"]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def table(cast: Cast, **more: object) -> Source:
    given = {"code": "loans", "name": "대출", "url": URL, "views": VIEWS, **more}
    return add_table(actor=cast.librarian, department=cast.library, **given)  # type: ignore[arg-type]


def folder(cast: Cast, path: Path | str, code: str = "drop", **more: object) -> Source:
    return add_folder(
        actor=cast.librarian,
        department=cast.library,
        code=code,
        name="명단",
        path=str(path),
        **more,  # type: ignore[arg-type]
    )


def refused(act: Callable[[], object]) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        act()
    return caught.value


def acts() -> list[str]:
    found = AuditEntry.objects.filter(subject__startswith="source:").order_by("pk")
    return list(found.values_list("act", flat=True))


def test_it_works(cast: Cast) -> None:
    source = table(cast)
    assert source.settings == {
        "views": {"loans": {"table": "v_loans", "key": "loan_no", "mark": "changed_at"}}
    }
    assert (source.member.login, source.member.is_program) == ("source:loans", True)
    assert not source.member.has_usable_password()
    assert secrets_of(source) == {"url": URL}
    pause(source, actor=cast.librarian)
    pause(source, actor=cast.librarian)
    resume(source, actor=cast.librarian)
    change_table(source, actor=cast.librarian, url=URL + "2", views=["loans=loans,no"])
    remove(source, actor=cast.librarian)
    assert acts() == [f"source.{act}" for act in ("add", "pause", "resume", "change", "remove")]
    said = str(list(AuditEntry.objects.values_list("facts", "subject", "actor_name")))
    assert "hidden-word" not in said
    assert "127.0.0.1" not in said
    assert not Source.objects.exists()
    assert not Member.objects.get(login="source:loans").is_active


def test_a_name_may_come_again(cast: Cast) -> None:
    remove(table(cast), actor=cast.librarian)
    assert table(cast).member.is_active


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"code": "Loans"}, SourceRefusal.CODE_WRONG),
        ({"views": []}, SourceRefusal.VIEW_WRONG),
        ({"views": ["loans"]}, SourceRefusal.VIEW_WRONG),
        ({"url": "not an address"}, SourceFault.ADDRESS),
        ({"url": "duckdb:///x"}, SourceFault.ADDRESS),
    ],
)
def test_what_is_no_table_source(cast: Cast, given: dict[str, object], code: object) -> None:
    assert refused(lambda: table(cast, **given)).code is code
    assert not Source.objects.exists()


def test_two_of_one_name(cast: Cast) -> None:
    table(cast)
    assert refused(lambda: table(cast)).code is SourceRefusal.CODE_TAKEN


def test_a_folder(cast: Cast, tmp_path: Path) -> None:
    inner = tmp_path / "drop"
    inner.mkdir()
    (tmp_path / "link").symlink_to(inner)
    source = folder(cast, tmp_path / "link", notices=["lib.due.soon"], keep_days=0)
    assert source.settings == {
        "path": str(inner.resolve()),
        "keep_days": 0,
        "notices": ["lib.due.soon"],
    }
    assert fault_in(source) is None
    # The same under another name, and one around it: a list would be sent twice.
    for path in (inner, tmp_path, inner / "lib.due.soon"):
        found = refused(lambda path=path: folder(cast, path, "other"))  # type: ignore[misc]
        assert found.code is SourceRefusal.FOLDER_SHARED


def test_what_is_no_folder_source(cast: Cast, tmp_path: Path) -> None:
    assert refused(lambda: folder(cast, "drop")).code is SourceRefusal.FOLDER_NOT_ABSOLUTE
    cast.notice.department = cast.health
    cast.notice.save()
    found = refused(lambda: folder(cast, tmp_path, notices=["lib.due.soon"]))
    assert (found.code, found.facts) == (SourceRefusal.NOTICE_NOT_ITS, {"code": "lib.due.soon"})


def test_a_folder_has_no_address_to_change(cast: Cast, tmp_path: Path) -> None:
    source = folder(cast, tmp_path)
    found = refused(lambda: change_table(source, actor=cast.librarian, url=URL))
    assert found.code is SourceRefusal.KIND_OTHER


def test_a_change_is_looked_at_at_once(cast: Cast) -> None:
    source = table(cast)
    Source.objects.update(polled_at=timezone.now())
    change_table(source, actor=cast.librarian, url=URL)
    assert Source.objects.get().polled_at is None
    # What was not given stays.
    assert Source.objects.get().settings == source.settings


def test_what_gave_something_is_not_removed(cast: Cast, tmp_path: Path) -> None:
    source = folder(cast, tmp_path)
    DroppedFile.objects.create(source=source, name="a", sha256="", found_at=timezone.now())
    found = refused(lambda: remove(source, actor=cast.librarian))
    assert found.code is SourceRefusal.IN_USE
    assert Source.objects.exists()


def test_pausing_closes_its_task(cast: Cast) -> None:
    source = table(cast)
    task = Task.objects.create(
        department=cast.library,
        kind=Task.Kind.SOURCE_FAILING,
        subject=f"source:{source.pk}",
        created_at=timezone.now(),
    )
    pause(source, actor=cast.librarian)
    task.refresh_from_db()
    assert task.done_at is not None


def test_why_it_cannot_be_read(cast: Cast, tmp_path: Path) -> None:
    assert fault_in(table(cast)) is SourceFault.UNREACHABLE
    gone = folder(cast, tmp_path / "gone")
    assert fault_in(gone) is SourceFault.FOLDER_MISSING
    assert Source.objects.filter(failing_since=None).count() == 2


def test_a_kind_that_others_check(cast: Cast) -> None:
    """As `office.agent_sources` connects a legacy table."""
    source = connect(
        actor=cast.librarian,
        kind=Source.Kind.AGENT,
        code="old",
        name="예전 문자 표",
        department=cast.library,
        settings={"layout": "sc_tran"},
        secrets={"url": URL},
    )
    assert (source.poll_seconds, source.settings) == (1, {"layout": "sc_tran"})


@pytest.mark.django_db(transaction=True)
def test_two_who_connect_the_same_folder_at_once(transactional_db: None, tmp_path: Path) -> None:
    cast = make_cast()
    barrier, told = threading.Barrier(2), []

    def act(code: str) -> None:
        barrier.wait(10)
        try:
            folder(cast, tmp_path, code)
        except SourceRefused as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[code]) for code in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert told == [SourceRefusal.FOLDER_SHARED]
    assert Source.objects.count() == 1
