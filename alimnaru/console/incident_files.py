"""The files of an incident: whom it concerns, and the evidence of what was done about it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.frame import office_name
from alimnaru.console.sheets import Cell, Sheet
from alimnaru.flow.wordings import wording
from alimnaru.office.pdf import FAMILY, pdf_of
from alimnaru.reads.incidents import Affected, Standing, affected, entries_about, standing_of
from alimnaru.rules.breach import Step
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import display, mask
from alimnaru.store.models import AccessEntry, AuditEntry, Incident
from alimnaru.wording import label, sentence


def people_sheet(found: Incident, *, clear: bool) -> Sheet:
    """Everybody affected, half hidden or as they are."""
    rows = (_row(one, clear=clear) for one in affected(found))
    columns = [_("발송"), _("메시지"), _("이름"), _("휴대전화 번호")]
    return Sheet(_("유출 대상"), columns, rows, wide=frozenset({2, 3}))


def _row(one: Affected, *, clear: bool) -> list[Cell]:
    if clear:
        return [one.batch, one.message, one.name, display(one.phone)]
    return [one.batch, one.message, mask_name(one.name), mask(one.phone) if one.phone else ""]


def evidence(found: Incident) -> bytes:
    """A zip: the report as PDF, the steps, what was done and seen (JSON), the wordings, and the
    SHA-256 of each. No resident's name or phone stands in any of it. Raises `PdfUnavailable`."""
    stand = standing_of(found)
    done, seen = entries_about(found)
    files = {
        "report.pdf": pdf_of(render_to_string("console/print/incident.html", _report(stand))),
        "incident.json": _json(_facts(stand)),
        "audit.json": _json([_act(entry) for entry in done]),
        "access.json": _json([_look(entry) for entry in seen]),
        "texts.json": _json(_texts(stand)),
    }
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    files["sha256.txt"] = sums.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def _report(stand: Standing) -> dict[str, Any]:
    now = timezone.now()
    return {
        "family": FAMILY,
        "stand": stand,
        "incident": stand.incident,
        "office": office_name(),
        "now": now,
        "why": [sentence(w) for w in stand.why],
        "duties": [(d, label(d.step), d.is_late(now)) for d in stand.duties],
        "steps": [(s, label(Step(s.kind))) for s in stand.steps],
    }


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, default=str).encode()


def _facts(stand: Standing) -> dict[str, Any]:
    one = stand.incident
    names = (
        "title", "known_at", "happened_at", "items", "course", "measures", "possible", "sensitive",
        "unique_id", "illegal_access", "recovered", "closed_at", "close_reason",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names} | {
        "people": stand.people,
        "until": stand.until,
        "report": [w.value for w in stand.why],
        "batches": [b.pk for b in stand.batches],
        "notices": [b.pk for b in stand.notices],
        "steps": [
            {
                "kind": s.kind,
                "done_at": s.done_at,
                "noted_at": s.noted_at,
                "by": s.member.login,
                "text": s.text,
            }
            for s in stand.steps
        ],
    }


def _act(entry: AuditEntry) -> dict[str, Any]:
    names = ("at", "actor_name", "act", "subject", "address", "via", "facts")
    return {name: getattr(entry, name) for name in names}


def _look(entry: AccessEntry) -> dict[str, Any]:
    names = ("at", "actor_name", "act", "subject", "address", "via", "people", "clear", "reason")
    return {name: getattr(entry, name) for name in names}


def _texts(stand: Standing) -> list[dict[str, Any]]:
    """The wordings with their places empty: what was filled in is somebody's data."""
    return [
        {
            "batch": b.pk,
            "notice": b.notice.code,
            "version": b.version_id,
            "variables": [v.name for v in wording(b.version_id).variables],
            "list_sha256": b.source_sha256,
            "release_hash": b.release_hash,
        }
        for b in [*stand.batches, *stand.notices]
    ]
