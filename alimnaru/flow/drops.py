"""Drops: lists that other systems leave in a watched folder, taken in as a clerk's upload is.

A file is first stored, durably, and only then moved aside; a worker that dies in between finds its
row and moves it. What is asked for and what the receipt says follows later (`office.drops`).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import connection, transaction
from django.utils import timezone

from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.listing import MIB, MOST_BYTES, PURPOSE
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.sources import failing
from alimnaru.reads.sendable import why_not
from alimnaru.rules.audience import Origin
from alimnaru.rules.drops import DropFault, notice_code
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.folder import (
    DONE,
    REFUSED,
    Changed,
    Entry,
    Folder,
    Mark,
    NotReadable,
    open_folder,
)
from alimnaru.store import audit, crypto
from alimnaru.store.models import ColumnMapping, DroppedFile, ListUpload, Notice, Source

#: Files that one poll takes; the next one goes on. A worker's other sources wait meanwhile.
PER_POLL = 20
#: Days for which files that were moved aside are kept, if the source does not say otherwise.
KEEP_DAYS = 7
_NAME_LENGTH = 200

Fault = tuple[StrEnum, dict[str, str | int]]

#: What this process saw of each source when it looked last, by path.
_seen: dict[int, dict[str, Mark]] = {}


def poll(source: Source) -> None:
    """Take in what has been whole since the last look. Raises `SourceFailed`."""
    closed = False
    with opened(source) as folder:
        for entry in _whole(source, folder.entries())[:PER_POLL]:
            # One folder in which nothing may be moved does not keep the others.
            if folder.may_move(entry):
                _take(source, folder, entry)
            else:
                closed = True
        folder.forget(_keep_days(source))
    if closed:
        raise SourceFailed(SourceFault.FOLDER_CLOSED)


@contextmanager
def opened(source: Source) -> Iterator[Folder]:
    """The folder of a source. Raises `SourceFailed`, for what is done in it too."""
    path = source.settings.get("path")
    if not isinstance(path, str) or not path:
        raise SourceFailed(SourceFault.SETTINGS)
    with failing(), open_folder(path) as folder:
        yield folder


def _keep_days(source: Source) -> float:
    days = source.settings.get("keep_days", KEEP_DAYS)
    return float(days) if isinstance(days, int | float) else KEEP_DAYS


def _whole(source: Source, entries: Sequence[Entry]) -> list[Entry]:
    """Those that did not change since the last look; one that is being written changes."""
    before = _seen.get(source.pk, {})
    _seen[source.pk] = {entry.path: entry.mark for entry in entries}
    return [entry for entry in entries if before.get(entry.path) == entry.mark]


@dataclass(slots=True)
class _Found:
    """One file on its way in."""

    entry: Entry
    name: str
    notice: Notice | None = None
    content: bytes = b""
    fault: StrEnum | None = None
    facts: dict[str, str | int] = field(default_factory=dict)

    def refuse(self, fault: Fault | None) -> None:
        """Keep the first reason."""
        if fault is not None and self.fault is None:
            self.fault, self.facts = fault


def _take(source: Source, folder: Folder, entry: Entry) -> None:
    found = _Found(entry, _shown(entry.path))
    try:
        _look(source, folder, found)
    except Changed:
        return
    dropped = _store(source, found)
    folder.move(entry, REFUSED if dropped.fault else DONE)


def _look(source: Source, folder: Folder, found: _Found) -> None:
    if len(found.name) > _NAME_LENGTH:
        # Cut as it will be kept.
        found.name = found.name[:_NAME_LENGTH]
        found.refuse((DropFault.NAME_TOO_LONG, {"limit": _NAME_LENGTH}))
    if not found.entry.is_file:
        found.refuse((DropFault.NOT_A_FILE, {}))
        return
    code = notice_code(found.name)
    found.notice = Notice.objects.select_related("department").filter(code=code).first()
    found.refuse(_not_sendable(source, found.notice))
    try:
        found.content = folder.read(found.entry, MOST_BYTES)
    except NotReadable:
        found.refuse((DropFault.UNREADABLE, {}))
        return
    if not found.content:
        found.refuse((Refusal.FILE_EMPTY, {}))
    if len(found.content) > MOST_BYTES:
        found.refuse((Refusal.FILE_TOO_LARGE, {"limit": f"{MOST_BYTES // MIB} MiB"}))


def _not_sendable(source: Source, notice: Notice | None) -> Fault | None:
    if notice is None:
        return DropFault.NO_NOTICE, {}
    own = notice.department.path.startswith(source.department.path)
    allowed = source.settings.get("notices")
    if not own or (allowed and notice.code not in allowed):
        return DropFault.NOT_ITS_NOTICE, {}
    code = why_not(notice)
    return None if code is None else (code, {})


def _store(source: Source, found: _Found) -> DroppedFile:
    """The row of a file, with an upload of it where it is one; once for the same file."""
    now = timezone.now()
    sha256 = hashlib.sha256(found.content).hexdigest() if found.content else ""
    with transaction.atomic():
        _wait_for_the_disk()
        dropped, made = DroppedFile.objects.select_for_update().get_or_create(
            source=source, name=found.name, sha256=sha256, defaults={"found_at": now}
        )
        if not made and not dropped.fault:
            # Dropped twice, or we died before it was moved. Whoever waits for a receipt gets one.
            dropped.receipt_at, dropped.receipt_final = None, False
            dropped.save(update_fields=["receipt_at", "receipt_final"])
            return dropped
        # Never sent: what was in the way may be gone.
        dropped.found_at, dropped.receipt_at, dropped.receipt_final = now, None, False
        dropped.fault, dropped.fault_facts = found.fault or "", found.facts
        dropped.upload = None
        if found.notice is not None and not found.fault:
            dropped.upload = _upload(source, found.notice, found, sha256)
            defer(JobName.CHECK_LIST, dropped.upload.pk, queue=LISTS)
        dropped.save()
    return dropped


def _upload(source: Source, notice: Notice, found: _Found, sha256: str) -> ListUpload:
    known = ColumnMapping.objects.filter(department=notice.department, notice=notice)
    upload = ListUpload.objects.create(
        notice=notice,
        department=notice.department,
        member=source.member,
        created_at=timezone.now(),
        name=found.name.rpartition("/")[2],
        size=len(found.content),
        sha256=sha256,
        content=crypto.seal(found.content, purpose=PURPOSE),
        origin=Origin.LIST.value,
        mapping=known.values_list("mapping", flat=True).first() or {},
    )
    facts = {"notice": notice.code, "list": sha256, "bytes": upload.size, "origin": upload.origin}
    audit.record(
        actor=source.member,
        act="list.upload",
        subject=f"upload:{upload.pk}",
        department=notice.department,
        facts=facts,
    )
    return upload


def _wait_for_the_disk() -> None:
    """A worker does not wait for its commits; the file is moved as soon as this one returns."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")


def _shown(path: str) -> str:
    """A path as text: a Mac spells hangul in letters, an old FTP server in bytes of CP949."""
    raw = path.encode(errors="surrogateescape")
    return unicodedata.normalize("NFC", raw.decode(errors="replace"))
