"""Listing: a worker reads the file that a clerk chose, and stores what is in it as a draft.

From then on the list does not change: what is shown, approved and sent are the same rows.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import rosters
from alimnaru.flow.findings import Findings
from alimnaru.flow.intake import IntakeRefused, Order, take_in
from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.progress import Counter, progress
from alimnaru.flow.routing import chunk_size
from alimnaru.flow.sheets import Chosen, SheetAsked, choose
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import RosterRefused
from alimnaru.sources.upload import ListRefused
from alimnaru.store import crypto
from alimnaru.store.ledger import advisory
from alimnaru.store.models import Batch, ListUpload

#: Lists read at the same time in the whole office: reading takes a core for half a minute, and
#: workers have residents' messages to send meanwhile.
PLACES = 2
#: A file that ends the worker it is read in is given up after so many.
TRIES = 3
#: Seconds until a list for which there was no place tries again.
PAUSE = 2
#: Folders of killed workers hold files of people.
_PREFIX = "alimnaru-list-"
_LEFT_BEHIND = 60 * 60
PURPOSE = "upload"
MIB = 1 << 20
#: 200,000 rows of ten columns are 20 MiB as xlsx. The database keeps it for a day.
MOST_BYTES = 32 * MIB

_S = ListUpload.State


class _GivenUp(Exception):  # noqa: N818
    """The clerk took another file meanwhile."""


def check(upload_id: int) -> None:
    """Read an upload and make a draft of it, or note why it cannot be used. May run twice."""
    with _place() as free:
        if not free:
            with transaction.atomic():
                at = timezone.now() + timedelta(seconds=PAUSE)
                defer(JobName.CHECK_LIST, upload_id, queue=LISTS, at=at)
            return
        with advisory.held(advisory.LIST, upload_id) as mine:
            if mine:
                _check(upload_id)


@contextmanager
def _place() -> Iterator[bool]:
    for place in range(PLACES):
        with advisory.held(advisory.PLACE, place) as got:
            if got:
                yield True
                return
    yield False


def _check(upload_id: int) -> None:
    upload = _begin(upload_id)
    if upload is None:
        return
    try:
        with open_file(upload) as path:
            _store(upload, path)
    except SheetAsked as refused:
        _refuse(upload, refused.code, refused.facts, sheets=refused.sheets)
    except ListRefused as refused:
        _refuse(upload, refused.code, refused.facts)
    except RosterRefused as refused:
        columns = [title for title in refused.titles if title]
        _refuse(upload, refused.code, refused.facts, columns=columns)
    except rosters.NoWording:
        _refuse(upload, Refusal.TEMPLATE_NOT_APPROVED)
    except _GivenUp:
        return


def _begin(upload_id: int) -> ListUpload | None:
    with transaction.atomic():
        found = ListUpload.objects.select_for_update(of=("self",)).select_related(
            "notice", "department", "member"
        )
        upload = found.filter(pk=upload_id, state__in=[_S.WAITING, _S.READING]).first()
        if upload is None or upload.content is None:
            return None
        tries = int(upload.findings.get("tries", 0)) + 1
        upload.findings = {"tries": tries}
        if tries > TRIES:
            upload.state, upload.fault = _S.REFUSED, Refusal.FILE_DAMAGED
            upload.save(update_fields=["state", "fault", "findings"])
            return None
        upload.state, upload.rows_read = _S.READING, 0
        upload.save(update_fields=["state", "rows_read", "findings"])
        return upload


@contextmanager
def open_file(upload: ListUpload) -> Iterator[Path]:
    """The file as it was chosen, where only we can read it, for as long as it is read."""
    sweep_folders()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        # Its suffix tells a file that document security wrapped; its name is the clerk's.
        path = Path(folder) / f"list{Path(upload.name).suffix.lower()[:6]}"
        path.write_bytes(crypto.unseal(bytes(upload.content or b""), purpose=PURPOSE))
        yield path


def sweep_folders() -> None:
    """Delete on this machine what killed workers have left of files."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > _LEFT_BEHIND:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _store(upload: ListUpload, path: Path) -> None:
    version = rosters.newest_wording(upload.notice)
    chosen = choose(path, version, upload)
    roster = rosters.roster_for(version, upload.department, upload.mapping)
    findings = Findings(version, rosters.growth_of(version))
    try:
        with progress(Counter.LIST, upload.pk) as tell, transaction.atomic():
            rows = findings.passing(rosters.told(roster.read(chosen.source.rows()), tell))
            batch = take_in(_order(upload, chosen), rows)
            _finish(upload, batch, findings.conclude(batch, roster, chosen))
    except IntakeRefused as refused:
        _refuse(upload, refused.code, **findings.of_nobody())


def _order(upload: ListUpload, chosen: Chosen) -> Order:
    return Order(
        notice=upload.notice,
        version=chosen.version,
        department=upload.department,
        member=upload.member,
        chunk_size=chunk_size(chosen.version.pk, hours_waived=False),
        origin=upload.origin,
        source_name=upload.name,
        source_sha256=upload.sha256,
        draft=True,
    )


def _finish(upload: ListUpload, batch: Batch, findings: Mapping[str, object]) -> None:
    done = ListUpload.objects.filter(pk=upload.pk, state=_S.READING).update(
        state=_S.READY,
        batch=batch,
        rows_read=batch.rows,
        findings=findings,
        fault="",
        fault_facts={},
    )
    if not done:
        raise _GivenUp


def _refuse(
    upload: ListUpload,
    code: Refusal,
    facts: Mapping[str, str | int] | None = None,
    /,
    **findings: object,
) -> None:
    ListUpload.objects.filter(pk=upload.pk, state=_S.READING).update(
        state=_S.REFUSED, fault=code, fault_facts=dict(facts or {}), findings=findings
    )
