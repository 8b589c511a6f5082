"""A list on its way in: a file is taken, read again another way, or given up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from alimnaru.flow import drafts
from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.listing import MIB as MIB
from alimnaru.flow.listing import MOST_BYTES as MOST_BYTES
from alimnaru.flow.listing import PURPOSE, open_file
from alimnaru.flow.rosters import newest_wording, variables_for
from alimnaru.office.refused import UploadRefused
from alimnaru.office.saved_lists import opened
from alimnaru.reads.rights import may
from alimnaru.reads.sendable import why_not
from alimnaru.rules.audience import Origin
from alimnaru.rules.list_refusals import ListRefusal
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.rules.roster import SourceRow
from alimnaru.rules.roster_header import HEADER_WITHIN, HeaderFinder
from alimnaru.sources.apart import open_list
from alimnaru.store import audit, crypto
from alimnaru.store.models import ColumnMapping, ListUpload, Member, Notice, SavedList

_S = ListUpload.State


def require_sender(actor: Member, notice: Notice) -> None:
    """Raises `UploadRefused` where somebody may not send this notice, or nobody can just now."""
    if not may(actor, Right.SEND, notice.department):
        raise UploadRefused(ReleaseRefusal.NOT_ALLOWED)
    if (code := why_not(notice)) is not None:
        raise UploadRefused(code)


def receive(*, actor: Member, notice: Notice, name: str, content: bytes) -> ListUpload:
    """Take a file that a clerk chose; a worker reads it. Raises `UploadRefused`."""
    require_sender(actor, notice)
    if not content:
        raise UploadRefused(Refusal.FILE_EMPTY)
    if len(content) > MOST_BYTES:
        raise UploadRefused(Refusal.FILE_TOO_LARGE, limit=f"{MOST_BYTES // MIB} MiB")
    upload = ListUpload(notice=notice, department=notice.department, member=actor)
    upload.name, upload.origin = name[-200:], Origin.LIST.value
    return _take(upload, content)


def receive_saved(*, actor: Member, notice: Notice, saved: SavedList) -> ListUpload:
    """The same for a list that was saved. Raises `UploadRefused`."""
    require_sender(actor, notice)
    file = opened(saved, actor=actor)
    upload = ListUpload(notice=notice, department=notice.department, member=actor)
    upload.name, upload.origin = saved.name, Origin.SAVED.value
    upload.saved_list, upload.sheet = saved, file.sheet
    upload.include_hidden, upload.mapping = file.include_hidden, file.mapping
    return _take(upload, file.content)


def _take(upload: ListUpload, content: bytes) -> ListUpload:
    upload.created_at = timezone.now()
    upload.size, upload.sha256 = len(content), hashlib.sha256(content).hexdigest()
    upload.content = crypto.seal(content, purpose=PURPOSE)
    if not upload.mapping:
        known = ColumnMapping.objects.filter(department=upload.department, notice=upload.notice)
        upload.mapping = known.values_list("mapping", flat=True).first() or {}
    with transaction.atomic():
        upload.save()
        facts = {"notice": upload.notice.code, "list": upload.sha256, "bytes": upload.size}
        _note(upload, upload.member, "list.upload", facts | {"origin": upload.origin})
        defer(JobName.CHECK_LIST, upload.pk, queue=LISTS)
    return upload


def read_again(
    upload: ListUpload,
    *,
    actor: Member,
    sheet: str | None = None,
    include_hidden: bool | None = None,
    mapping: Mapping[str, str] | None = None,
) -> ListUpload:
    """Have the same file read another way; what was made of it is discarded. None: as before.

    `mapping` (`rules.roster_header.HeaderFinder`) is remembered for the department's next list of
    this notice. Raises `UploadRefused`.
    """
    with transaction.atomic():
        fresh = _locked(upload, actor)
        if sheet is not None:
            fresh.sheet = sheet[:100]
        if include_hidden is not None:
            fresh.include_hidden = include_hidden
        if mapping is not None:
            fresh.mapping = dict(mapping)
            ColumnMapping.objects.update_or_create(
                department=fresh.department,
                notice=fresh.notice,
                defaults={"mapping": fresh.mapping},
            )
        _drop_draft(fresh)
        fresh.state, fresh.rows_read, fresh.findings = _S.WAITING, 0, {}
        fresh.fault, fresh.fault_facts = "", {}
        fresh.save(update_fields=_AGAIN)
        facts = {"columns": mapping is not None, "hidden": fresh.include_hidden}
        _note(fresh, actor, "list.read_again", facts)
        defer(JobName.CHECK_LIST, fresh.pk, queue=LISTS)
    return fresh


#: Not the content: megabytes that did not change.
_AGAIN = [
    "sheet", "include_hidden", "mapping", "batch", "state", "rows_read", "findings", "fault",
    "fault_facts",
]  # fmt: skip


def give_up(upload: ListUpload, *, actor: Member) -> None:
    """Another file takes its place: content and draft are deleted. What was asked for stays."""
    with transaction.atomic():
        fresh = _bare().get(pk=upload.pk)
        if fresh.member_id != actor.pk or fresh.state == _S.GONE:
            return
        if fresh.batch_id is not None and not drafts.discard(fresh.batch_id):
            return
        fresh.content, fresh.state = None, _S.GONE
        fresh.save(update_fields=["content", "state"])
        _note(fresh, actor, "list.give_up", {})


@contextmanager
def open_rows(upload: ListUpload) -> Iterator[tuple[Sequence[str], Iterator[SourceRow]]]:
    """The column titles and the rows of a list as they stand in the file, for as long as it is
    open. Raises `UploadRefused` once the content is gone."""
    if upload.content is None:
        raise UploadRefused(ListRefusal.GONE)
    with open_file(upload) as path:
        sheet = str(upload.findings.get("sheet", "")) or None
        source = open_list(path, sheet=sheet, include_hidden=upload.include_hidden)
        variables = variables_for(newest_wording(upload.notice), upload.department)
        top = list(islice(source.rows(), HEADER_WITHIN))
        header, _used = HeaderFinder(variables, upload.mapping).find(top)
        yield header.headers, source.rows()


def _locked(upload: ListUpload, actor: Member) -> ListUpload:
    found = _bare().select_related("notice__department", "department", "member", "batch")
    fresh = found.get(pk=upload.pk)
    if fresh.member_id != actor.pk:
        raise UploadRefused(ReleaseRefusal.NOT_YOURS, member=fresh.member.name)
    require_sender(actor, fresh.notice)
    if fresh.state in {_S.WAITING, _S.READING}:
        raise UploadRefused(ListRefusal.BUSY)
    if not ListUpload.objects.filter(pk=fresh.pk, content__isnull=False).exists():
        raise UploadRefused(ListRefusal.GONE)
    return fresh


def _bare() -> QuerySet[ListUpload]:
    """Uploads to be changed, without their content."""
    return ListUpload.objects.select_for_update(of=("self",)).defer("content")


def _drop_draft(upload: ListUpload) -> None:
    if upload.batch_id is not None:
        if not drafts.discard(upload.batch_id):
            raise UploadRefused(ReleaseRefusal.HANDLED)
        upload.batch = None


def _note(upload: ListUpload, actor: Member, act: str, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"upload:{upload.pk}",
        department=upload.department,
        facts=dict(facts),
    )
