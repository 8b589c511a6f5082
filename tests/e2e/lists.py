"""Lists as clerks give them, read by what a worker runs: good, dirty, locked, one of two sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.utils import timezone

from alimnaru.flow import listing
from alimnaru.flow.rosters import newest_wording, variables_for
from alimnaru.office.saved_lists import save_content
from alimnaru.office.uploads import receive
from alimnaru.rules.audience import Audience
from alimnaru.rules.cell import Cell
from alimnaru.store.models import FavouriteNotice, ListUpload, Message, Notice
from tests.e2e.residents import table_of
from tests.flow.lists import workbook
from tests.sources.hostile import ole

if TYPE_CHECKING:
    from tests.e2e.world import World

#: Saved lists: their name, for whom, and how many days they are kept from now on.
SAVED = (
    ("독서회 회원", Audience.MEMBERS, 300),
    ("자료실 담당자", Audience.STAFF, 90),
    ("희망도서 신청자", Audience.RESIDENTS, 200),
    ("지난 특강", Audience.MEMBERS, -1),
)
NOTICE = "lib.due.soon"
#: What stands in a cell of some rows of the dirty list: row of the sheet, column, what was typed.
MISTAKES: Sequence[tuple[int, str, str]] = (
    (4, "휴대폰", "02-555-0117"),
    (9, "휴대폰", ""),
    (15, "휴대폰", "010-555-01"),
    (21, "반납예정일", "다음 주 수요일"),
    (28, "반납예정일", "2026-13-40"),
    (33, "도서관", "없는도서관"),
    (36, "권수", "두 권"),
)


def give_lists(world: World) -> None:
    """Uploads in every state, a draft made of a dirty list, and lists that are kept."""
    notice = world.office.notice(NOTICE)
    good = _rows(notice, 40)
    dirty = _with(good, MISTAKES)
    taken = {
        "upload": _taken(world, "반납예정 안내.xlsx", workbook(명단=dirty)),
        "upload_good": _taken(world, "반납예정 안내(월).xlsx", workbook(명단=_rows(notice, 30))),
        "upload_sheets": _taken(
            world, "분기별.xlsx", workbook(중앙=_rows(notice, 5), 물빛=_rows(notice, 5))
        ),
        "upload_columns": _taken(world, "다른 양식.xlsx", workbook(명단=_renamed(good))),
        "upload_nobody": _taken(world, "유선번호.xlsx", workbook(명단=_landlines(good))),
        "upload_refused": _taken(world, "잠김.xlsx", _locked()),
    }
    world.ids.update({name: upload.pk for name, upload in taken.items()})
    for name in ("upload", "upload_good"):
        upload = taken[name]
        assert upload.batch is not None
        world.batches["draft" if name == "upload" else "draft_good"] = upload.batch
    drafted = Message.objects.filter(batch=world.batches["draft"]).order_by("row_no")
    world.ids["draft_row"] = drafted.values_list("pk", flat=True)[0]
    world.ids["upload_reading"] = _half_read(world, _rows(notice, 3)).pk
    _saved(world, notice)
    FavouriteNotice.objects.create(
        member=world.staff.writer, notice=world.office.notice("lib.hold.ready")
    )


def _rows(notice: Notice, count: int) -> list[list[Cell]]:
    variables = variables_for(newest_wording(notice), notice.department)
    return table_of(variables, count, timezone.localdate())


def _with(rows: list[list[Cell]], mistakes: Sequence[tuple[int, str, str]]) -> list[list[Cell]]:
    spoiled = [list(row) for row in rows]
    for number, column, typed in mistakes:
        spoiled[number - 1][rows[0].index(column)] = typed
    return spoiled


def _renamed(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The same under titles that no notice knows."""
    strange: Mapping[Cell, str] = {"반납예정일": "돌려주실 날", "권수": "몇 권"}
    return [[strange.get(title, str(title)) for title in rows[0]], *rows[1:]]


def _landlines(rows: list[list[Cell]]) -> list[list[Cell]]:
    return _with(rows[:9], [(n, "휴대폰", f"02-555-01{n:02}") for n in range(2, 10)])


def _locked() -> bytes:
    """A workbook with a password on it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "locked.xlsx"
        ole("EncryptedPackage")(path)
        return path.read_bytes()


def _taken(world: World, name: str, content: bytes) -> ListUpload:
    """An upload after a worker has read it."""
    upload = receive(
        actor=world.staff.writer,
        notice=world.office.notice(NOTICE),
        name=name,
        content=content,
    )
    listing.check(upload.pk)
    return ListUpload.objects.select_related("batch__version", "batch__notice").get(pk=upload.pk)


def _half_read(world: World, rows: list[list[Cell]]) -> ListUpload:
    """A list that a worker is in the middle of."""
    upload = receive(
        actor=world.staff.writer,
        notice=world.office.notice(NOTICE),
        name="전체 회원.xlsx",
        content=workbook(명단=rows),
    )
    ListUpload.objects.filter(pk=upload.pk).update(state="reading", rows_read=12_000)
    return upload


def _saved(world: World, notice: Notice) -> None:
    now = timezone.now()
    for name, audience, days in SAVED:
        saved = save_content(
            workbook(명단=_rows(notice, 12)),
            actor=world.staff.writer,
            department=world.office.library,
            name=name,
            file=f"{name}.xlsx",
            audience=audience,
        )
        saved.created_at, saved.expires_at = now - timedelta(days=20), now + timedelta(days=days)
        if days < 0:
            saved.content = None
        saved.save()
        world.ids.setdefault("saved_list", saved.pk)
