"""A watched folder: what lies in it, read once it is whole, moved aside, answered beside it.

Whoever may write into the folder may be careless or worse: a name may be a link to another file,
a folder may be exchanged for a link while it is read, a file may change after it was read. So
every step goes through open folders and never through a link, and what is moved is compared with
what was read.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from alimnaru.rules.drops import is_watched
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.base import SourceError

DONE = ".done"
REFUSED = ".refused"
#: Entries of one folder that are looked at; more of them come at the next poll.
MOST = 500
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: A pipe without a writer would keep us waiting.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Changed(Exception):  # noqa: N818
    """It is not what it was a moment ago: somebody still writes."""


class NotReadable(Exception):  # noqa: N818
    """We may not read it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a change of a file shows."""

    inode: int
    size: int
    mtime: int
    #: Not compared across a move, which changes it.
    ctime: int

    @classmethod
    def of(cls, found: os.stat_result) -> Mark:
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    @property
    def content(self) -> tuple[int, int, int]:
        return self.inode, self.size, self.mtime


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in the folder. `path` is relative, with at most one folder before the name."""

    path: str
    mark: Mark
    is_file: bool

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


class Folder:
    """One watched folder, open. Raises `SourceError` where it cannot be worked in at all."""

    def __init__(self, root: int) -> None:
        self._root = root

    def entries(self) -> list[Entry]:
        """What may be lists, the oldest first: files of the folder and of the folders in it.

        Whatever else stands there (links, folders in folders) is told too, to be refused.
        """
        found: list[Entry] = []
        for name, info in _listed(self._root):
            if not stat.S_ISDIR(info.st_mode):
                found.append(_entry(name, info))
                continue
            with suppress(OSError), self._inside(name) as handle:
                found += [_entry(f"{name}/{inner}", kept) for inner, kept in _listed(handle)]
        return sorted(found, key=lambda entry: (entry.mark.mtime, entry.path))

    def read(self, entry: Entry, most: int) -> bytes:
        """Its content, at most one byte more than `most`. Raises `Changed`, `NotReadable`."""
        try:
            with self._beside(entry.path) as (place, name):
                handle = os.open(name, _FILE, dir_fd=place)
        except PermissionError:
            raise NotReadable from None
        except OSError:
            raise Changed from None
        with os.fdopen(handle, "rb") as file:
            before = os.fstat(handle)
            if not stat.S_ISREG(before.st_mode) or Mark.of(before) != entry.mark:
                raise Changed
            try:
                content = file.read(most + 1)
            except OSError:
                raise NotReadable from None
            if Mark.of(os.fstat(handle)) != entry.mark:
                raise Changed
            return content

    def may_move(self, entry: Entry) -> bool:
        """Whether it could be moved aside once it was read. One that could not is not read: it
        would be read again and again."""
        with suppress(OSError), self._beside(entry.path) as (place, _):
            return os.access(".", os.W_OK | os.X_OK, dir_fd=place)
        return False

    def move(self, entry: Entry, into: str) -> str:
        """Moves it into `DONE` or `REFUSED` under a name of its own, which is returned.

        What was put in its place meanwhile is left in the folder, under another name.
        Raises `SourceError`.
        """
        kept = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}-{_flat(entry.path)}"
        try:
            with self._beside(entry.path) as (place, name), self._inside(into) as aside:
                os.replace(name, kept, src_dir_fd=place, dst_dir_fd=aside)
                moved = os.stat(kept, dir_fd=aside, follow_symlinks=False)
                if entry.is_file and Mark.of(moved).content != entry.mark.content:
                    os.replace(kept, _another(name), src_dir_fd=aside, dst_dir_fd=place)
                    return ""
        except FileNotFoundError:
            return ""  # somebody took it away
        except OSError:
            raise SourceError(SourceFault.FOLDER_CLOSED) from None
        return kept

    def write(self, path: str, text: bytes) -> bool:
        """Writes a file whole or not at all, as readable as its folder; False where the folder it
        belongs into is gone. Raises `SourceError`."""
        made = f".{secrets.token_hex(6)}.tmp"
        try:
            with self._beside(path) as (place, name):
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
                handle = os.open(made, flags, 0o640, dir_fd=place)
                with os.fdopen(handle, "wb") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(handle)
                os.replace(made, name, src_dir_fd=place, dst_dir_fd=place)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EISDIR}:
                return False  # a link or a folder of that name: nobody's receipt
            raise SourceError(SourceFault.FOLDER_CLOSED) from None
        return True

    def forget(self, days: float) -> None:
        """Deletes what was moved aside so many days ago: it names people."""
        # Its own time is the sender's; when it was moved is what its inode says.
        before = time.time() - days * 86_400
        for aside in (DONE, REFUSED):
            with suppress(OSError), self._inside(aside) as handle:
                for name, info in _statted(handle, _names(handle)):
                    if info.st_ctime < before:
                        _delete(name, info, handle)

    @contextmanager
    def _inside(self, name: str) -> Iterator[int]:
        handle = os.open(name, _FOLDER, dir_fd=self._root)
        try:
            yield handle
        finally:
            os.close(handle)

    @contextmanager
    def _beside(self, path: str) -> Iterator[tuple[int, str]]:
        """The open folder that a path lies in, and its name there."""
        folder, _, name = path.rpartition("/")
        if not folder:
            yield self._root, name
            return
        with self._inside(folder) as handle:
            yield handle, name


@contextmanager
def open_folder(path: str) -> Iterator[Folder]:
    """The folder, with places to move things to. Raises `SourceError`."""
    try:
        # The office has chosen it: of the way to it links are followed, inside it none.
        root = os.open(Path(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:
        raise SourceError(SourceFault.FOLDER_CLOSED) from None
    except (OSError, ValueError):
        raise SourceError(SourceFault.FOLDER_MISSING) from None
    try:
        _prepare(root)
        yield Folder(root)
    finally:
        os.close(root)


def _prepare(root: int) -> None:
    for name in (DONE, REFUSED):
        try:
            with suppress(FileExistsError):
                os.mkdir(name, 0o750, dir_fd=root)
            handle = os.open(name, _FOLDER, dir_fd=root)
        except OSError:
            raise SourceError(SourceFault.FOLDER_CLOSED) from None
        try:
            # A list that could not be moved aside must not be read either.
            if not os.access(".", os.W_OK | os.X_OK, dir_fd=handle):
                raise SourceError(SourceFault.FOLDER_CLOSED)
        finally:
            os.close(handle)


def _names(handle: int) -> list[str]:
    try:
        with os.scandir(handle) as found:
            return [entry.name for entry in islice(found, MOST)]
    except OSError:
        raise SourceError(SourceFault.FOLDER_CLOSED) from None


def _statted(handle: int, names: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    for name in names:
        with suppress(OSError):  # it was there a moment ago
            yield name, os.stat(name, dir_fd=handle, follow_symlinks=False)


def _listed(handle: int) -> Iterator[tuple[str, os.stat_result]]:
    # A name that is no text (CP949 from an old FTP server) is kept as Python keeps it.
    yield from _statted(handle, filter(is_watched, _names(handle)))


def _delete(name: str, info: os.stat_result, place: int) -> None:
    with suppress(OSError):
        if stat.S_ISDIR(info.st_mode):
            shutil.rmtree(name, dir_fd=place)
        else:
            os.unlink(name, dir_fd=place)


def _entry(path: str, info: os.stat_result) -> Entry:
    return Entry(path, Mark.of(info), stat.S_ISREG(info.st_mode))


def _flat(path: str) -> str:
    """A path as one name, short enough for any file system after what is put before it."""
    flat = path.replace("/", "__")
    while len(os.fsencode(flat)) > 180:
        flat = flat[1:]
    return flat


def _another(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    mark = secrets.token_hex(3)
    return f"{stem}-{mark}.{suffix}" if dot and stem else f"{name}-{mark}"
