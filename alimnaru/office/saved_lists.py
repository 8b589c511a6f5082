"""Lists that are sent again and again: kept sealed for a year, with whom they are for."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.listing import PURPOSE as UPLOAD
from alimnaru.office.refused import UploadRefused
from alimnaru.reads.policies import office_policy
from alimnaru.reads.rights import may
from alimnaru.rules.audience import Audience
from alimnaru.rules.list_refusals import ListRefusal
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.rules.roster import GoodRow, Roster, RosterRefused, RosterSpec
from alimnaru.sources.apart import ListRefused, open_list
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import drafts as ledger
from alimnaru.store.models import Department, ListUpload, Member, SavedList, SavedPhone

PURPOSE = "saved list"
#: A file saved without a notice is read while its owner waits: two seconds.
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True, repr=False)
class SavedFile:
    """The file of a saved list, and how it was read when it was saved."""

    content: bytes
    name: str
    sheet: str = ""
    include_hidden: bool = False
    mapping: dict[str, str] = field(default_factory=dict)

    def sealed(self) -> bytes:
        """As it is stored: what is known of the file as a line of JSON, then the file."""
        about = {
            "name": self.name,
            "sheet": self.sheet,
            "include_hidden": self.include_hidden,
            "mapping": self.mapping,
        }
        return crypto.seal(json.dumps(about).encode() + b"\n" + self.content, purpose=PURPOSE)


def opened(saved: SavedList, *, actor: Member) -> SavedFile:
    """The file of a saved list; using it keeps it for another term. Raises `UploadRefused`."""
    if not may(actor, Right.SEND, saved.department):
        raise UploadRefused(ReleaseRefusal.NOT_ALLOWED)
    now = timezone.now()
    if saved.content is None or saved.expires_at <= now:
        raise UploadRefused(ListRefusal.GONE)
    about, _, content = crypto.unseal(bytes(saved.content), purpose=PURPOSE).partition(b"\n")
    SavedList.objects.filter(pk=saved.pk).update(expires_at=now + _term())
    return SavedFile(content, **json.loads(about))


def save_upload(upload: ListUpload, *, actor: Member, name: str, audience: Audience) -> SavedList:
    """Keep a list that was read for a notice. Raises `UploadRefused`."""
    batch = upload.batch
    if batch is None or upload.content is None:
        raise UploadRefused(ListRefusal.GONE if upload.content is None else ListRefusal.NOT_CHECKED)
    file = SavedFile(
        crypto.unseal(bytes(upload.content), purpose=UPLOAD),
        upload.name,
        str(upload.findings.get("sheet", "")),
        upload.include_hidden,
        upload.mapping,
    )
    with transaction.atomic():
        saved = _save(actor, upload.department, name, audience, file)
        saved.rows, saved.columns = batch.rows, upload.findings.get("columns", [])
        saved.save()
        if audience is Audience.STAFF:
            ledger.copy_phones(batch.pk, saved.pk)
        _note(saved, actor, "saved_list.save")
    return saved


def save_file(
    path: Path, *, actor: Member, department: Department, name: str, audience: Audience
) -> SavedList:
    """Keep a list without a notice: it needs a column of phones. Raises `UploadRefused`,
    `ListRefused` or `RosterRefused`."""
    rows, columns, sheet = _read(path)
    file = SavedFile(path.read_bytes(), path.name, sheet)
    with transaction.atomic():
        saved = _save(actor, department, name, audience, file)
        saved.rows, saved.columns = len(rows), columns
        saved.save()
        if audience is Audience.STAFF:
            hashes = {crypto.phone_hash(row.phone) for row in rows}
            SavedPhone.objects.bulk_create(
                [SavedPhone(saved_list=saved, to_hash=one) for one in sorted(hashes)]
            )
        _note(saved, actor, "saved_list.save")
    return saved


def _read(path: Path) -> tuple[list[GoodRow], list[str], str]:
    source = open_list(path)
    roster = Roster(RosterSpec((), timezone.localdate(), secret=crypto.row_secret()))
    found = list(islice(roster.read(source.rows()), MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise UploadRefused(ListRefusal.TOO_LONG, limit=MOST_ROWS)
    good = [row for row in found if isinstance(row, GoodRow)]
    if not good:
        raise UploadRefused(ListRefusal.NOBODY)
    titles = roster.header.headers if roster.header else ()
    return good, [title for title in titles if title], source.sheet or ""


def save_content(
    content: bytes, *, actor: Member, department: Department, name: str, file: str,
    audience: Audience,
) -> SavedList:  # fmt: skip
    """`save_file` for what a browser sent. Raises as it does."""
    with tempfile.TemporaryDirectory(prefix="alimnaru-list-") as folder:
        # A file system counts bytes, of which a sign of a name may have four.
        ending = Path(file).name.encode()[-200:].decode(errors="ignore").lstrip(".")
        path = Path(folder) / (ending or "list")
        path.write_bytes(content)
        return save_file(path, actor=actor, department=department, name=name, audience=audience)


def _save(
    actor: Member, department: Department, name: str, audience: Audience, file: SavedFile
) -> SavedList:
    name = " ".join(name.split())[:60]
    if not may(actor, Right.SEND, department):
        raise UploadRefused(ReleaseRefusal.NOT_ALLOWED)
    if not name:
        raise UploadRefused(ListRefusal.NAME_MISSING)
    known = SavedList.objects.select_for_update().filter(department=department, name=name).first()
    if known is not None and known.content is not None:
        raise UploadRefused(ListRefusal.NAME_TAKEN)
    now = timezone.now()
    saved = known or SavedList(department=department, name=name)
    saved.member, saved.audience = actor, audience.value
    saved.content, saved.created_at, saved.expires_at = file.sealed(), now, now + _term()
    return saved


def delete(saved: SavedList, *, actor: Member) -> None:
    """Delete a saved list; its content is destroyed. Raises `UploadRefused`."""
    if not may(actor, Right.SEND, saved.department):
        raise UploadRefused(ReleaseRefusal.NOT_ALLOWED)
    with transaction.atomic():
        _note(saved, actor, "saved_list.delete")
        # Batches refer to their upload, and the upload may go on without the list.
        saved.delete()


def _term() -> timedelta:
    return timedelta(days=office_policy().saved_list_days)


def _note(saved: SavedList, actor: Member, act: str) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"saved_list:{saved.pk}",
        department=saved.department,
        facts={"audience": saved.audience, "rows": saved.rows},
    )


__all__ = [
    "ListRefused",
    "RosterRefused",
    "SavedFile",
    "delete",
    "opened",
    "save_content",
    "save_file",
    "save_upload",
]
