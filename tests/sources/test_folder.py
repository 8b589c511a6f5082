"""A watched folder, with everything that people and programs leave in one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.base import SourceError
from alimnaru.sources.folder import (
    DONE,
    REFUSED,
    Changed,
    Folder,
    NotReadable,
    open_folder,
)

NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "감시 폴더"
    (made / "lib.due.soon").mkdir(parents=True)
    return made


@pytest.fixture
def folder(place: Path) -> Iterator[Folder]:
    with open_folder(str(place)) as opened:
        yield opened


def put(place: Path, path: str, text: str = "a,b") -> Path:
    target = place / path
    target.write_text(text)
    return target


def fault_of(act: Callable[[], object]) -> SourceFault:
    with pytest.raises(SourceError) as caught:
        act()
    return caught.value.code


def test_it_works(place: Path, folder: Folder) -> None:
    put(place, "lib.due.soon/명단.csv", "이용자명,휴대폰")
    (entry,) = folder.entries()
    assert (entry.path, entry.name, entry.is_file) == ("lib.due.soon/명단.csv", "명단.csv", True)
    assert folder.read(entry, 100).decode() == "이용자명,휴대폰"
    assert folder.may_move(entry)
    kept = folder.move(entry, DONE)
    assert kept.endswith("lib.due.soon__명단.csv")
    assert (place / DONE / kept).read_text() == "이용자명,휴대폰"
    assert folder.entries() == []


def test_the_oldest_comes_first_and_litter_never(place: Path, folder: Folder) -> None:
    for age, path in enumerate(("lib.due.soon/b.csv", "a__x.csv", "lib.due.soon/a.csv")):
        os.utime(put(place, path), (1_700_000_000 - age, 1_700_000_000 - age))
    for path in ("x.part", ".x", "~$x.xlsx", "lib.due.soon/y.tmp", "x.csv.receipt.txt"):
        put(place, path)
    found = [entry.path for entry in folder.entries()]
    assert found == ["lib.due.soon/a.csv", "a__x.csv", "lib.due.soon/b.csv"]


def test_no_more_than_was_asked_for_is_read(place: Path, folder: Folder) -> None:
    put(place, "a__x.csv", "0123456789")
    (entry,) = folder.entries()
    assert folder.read(entry, 4) == b"01234"


def test_a_file_that_grew_is_not_read(place: Path, folder: Folder) -> None:
    path = put(place, "a__x.csv")
    (entry,) = folder.entries()
    path.write_text("longer than before")
    with pytest.raises(Changed):
        folder.read(entry, 100)
    path.unlink()
    with pytest.raises(Changed):
        folder.read(entry, 100)


def test_links_are_never_followed(place: Path, folder: Folder, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.txt", "of others")
    outside = tmp_path / "outside"
    outside.mkdir()
    put(outside, "list.csv")
    (place / "lib.due.soon" / "link.csv").symlink_to(secret)
    (place / "other").symlink_to(outside)
    found = {entry.path: entry for entry in folder.entries()}
    assert {path: entry.is_file for path, entry in found.items()} == {
        "lib.due.soon/link.csv": False,
        "other": False,
    }
    for entry in found.values():
        with pytest.raises(Changed):
            folder.read(entry, 100)
        kept = folder.move(entry, REFUSED)
        assert (place / REFUSED / kept).is_symlink()
    assert secret.read_text() == "of others"
    assert (outside / "list.csv").exists()


def test_a_folder_that_became_a_link_is_left_alone(
    place: Path, folder: Folder, tmp_path: Path
) -> None:
    put(place, "lib.due.soon/list.csv")
    (entry,) = folder.entries()
    outside = tmp_path / "outside"
    (place / "lib.due.soon").rename(outside)
    (place / "lib.due.soon").symlink_to(outside)
    with pytest.raises(Changed):
        folder.read(entry, 100)
    assert not folder.may_move(entry)
    assert fault_of(lambda: folder.move(entry, DONE)) is SourceFault.FOLDER_CLOSED
    assert not folder.write("lib.due.soon/list.csv.receipt.txt", b"x")
    assert [path.name for path in outside.iterdir()] == ["list.csv"]


def test_what_is_no_file_is_told(place: Path, folder: Folder) -> None:
    os.mkfifo(place / "lib.due.soon" / "pipe.csv")
    (place / "lib.due.soon" / "inner").mkdir()
    put(place / "lib.due.soon" / "inner", "deep.csv")
    found = folder.entries()
    assert {entry.name: entry.is_file for entry in found} == {"pipe.csv": False, "inner": False}
    for entry in found:
        folder.move(entry, REFUSED)
    assert folder.entries() == []
    assert len(list((place / REFUSED).iterdir())) == 2


def test_what_replaced_a_file_after_it_was_read_is_not_lost(place: Path, folder: Folder) -> None:
    path = put(place, "lib.due.soon/list.csv", "first")
    (entry,) = folder.entries()
    folder.read(entry, 100)
    path.unlink()
    put(place, "lib.due.soon/list.csv", "second and longer")
    assert folder.move(entry, DONE) == ""
    (back,) = folder.entries()
    assert folder.read(back, 100) == b"second and longer"
    assert list((place / DONE).iterdir()) == []


def test_what_was_taken_away_meanwhile(place: Path, folder: Folder) -> None:
    put(place, "a__x.csv")
    (entry,) = folder.entries()
    (place / "a__x.csv").unlink()
    assert folder.move(entry, DONE) == ""


def test_the_same_name_twice_is_kept_twice(place: Path, folder: Folder) -> None:
    for text in ("one", "two"):
        put(place, "a__x.csv", text)
        folder.move(folder.entries()[0], DONE)
    assert {path.read_text() for path in (place / DONE).iterdir()} == {"one", "two"}


def test_a_very_long_name_is_moved(place: Path, folder: Folder) -> None:
    put(place, "lib.due.soon/" + "가" * 80 + ".csv")
    (entry,) = folder.entries()
    assert folder.move(entry, DONE).endswith("가.csv")


def test_a_name_that_is_no_text(place: Path, folder: Folder) -> None:
    name = os.fsencode(place) + b"/lib.due.soon/" + "명단.csv".encode("cp949")
    Path(os.fsdecode(name)).write_text("x")
    (entry,) = folder.entries()
    assert folder.read(entry, 9) == b"x"
    folder.move(entry, DONE)
    assert folder.entries() == []


def test_receipts_are_written_whole(place: Path, folder: Folder) -> None:
    for text in (b"first", b"second"):
        assert folder.write("lib.due.soon/list.csv.receipt.txt", text)
        assert (place / "lib.due.soon/list.csv.receipt.txt").read_bytes() == text
    assert [path.name for path in (place / "lib.due.soon").iterdir()] == ["list.csv.receipt.txt"]
    assert not folder.write("gone/list.csv.receipt.txt", b"x")
    (place / "x.receipt.txt").mkdir()
    assert not folder.write("x.receipt.txt", b"x")


def test_a_receipt_does_not_write_through_a_link(
    place: Path, folder: Folder, tmp_path: Path
) -> None:
    other = put(tmp_path, "other.txt", "mine")
    (place / "x.csv.receipt.txt").symlink_to(other)
    assert folder.write("x.csv.receipt.txt", b"receipt")
    assert other.read_text() == "mine"
    assert (place / "x.csv.receipt.txt").read_bytes() == b"receipt"


def test_what_was_moved_is_deleted_after_some_days(place: Path, folder: Folder) -> None:
    put(place, "a__x.csv")
    (place / "lib.due.soon" / "inner").mkdir()
    for entry in folder.entries():
        folder.move(entry, DONE if entry.is_file else REFUSED)
    folder.forget(1)
    assert len([*(place / DONE).iterdir(), *(place / REFUSED).iterdir()]) == 2
    time.sleep(0.02)
    folder.forget(0)
    assert [*(place / DONE).iterdir(), *(place / REFUSED).iterdir()] == []


def test_there_is_no_such_folder(place: Path) -> None:
    def opened(path: Path) -> None:
        with open_folder(str(path)):
            pass

    assert fault_of(lambda: opened(place / "none")) is SourceFault.FOLDER_MISSING
    assert fault_of(lambda: opened(put(place, "file"))) is SourceFault.FOLDER_MISSING
    (place / DONE).symlink_to(place / "lib.due.soon")
    assert fault_of(lambda: opened(place)) is SourceFault.FOLDER_CLOSED


@NOT_ROOT
def test_rights(place: Path) -> None:
    path = put(place, "lib.due.soon/list.csv")
    path.chmod(0)
    with open_folder(str(place)) as folder:
        (entry,) = folder.entries()
        with pytest.raises(NotReadable):
            folder.read(entry, 9)
        (place / "lib.due.soon").chmod(0o500)
        assert not folder.may_move(entry)
        (place / "lib.due.soon").chmod(0o700)
