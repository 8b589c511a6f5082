"""Load the catalogue of notices for an office: departments, notices, wordings, prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from alimnaru.office.rule_seeds import seed_rules
from alimnaru.office.senders import set_by_hand
from alimnaru.rules.channel import Channel
from alimnaru.rules.tariff import DEFAULT_PRICES
from alimnaru.store import audit
from alimnaru.store.catalogue import offices, reading
from alimnaru.store.models import Department, Member, Notice, Tariff, TemplateVersion


@dataclass(frozen=True, slots=True)
class CatalogueLoaded:
    """How many of each were new or changed."""

    departments: int
    notices: int
    versions: int


def load_catalogue(*, actor: Member, office_file: str) -> CatalogueLoaded:
    """Bring departments, the 40 notices and their wordings to what the office's file says.

    May run any number of times: a wording that changed becomes a new version, and batches that
    were made with the old one keep it. Raises `OfficeError`; then nothing is changed.
    """
    office = reading.load_office(office_file)
    with transaction.atomic():
        departments = _departments(office)
        notices = versions = 0
        for kind in reading.load_kinds():
            resolved = reading.resolve(kind, office, public_url=settings.PUBLIC_URL)
            notice, is_new = _notice(resolved)
            notices += is_new
            versions += _version(notice, resolved)
        _prices()
        seed_rules()
        loaded = CatalogueLoaded(departments, notices, versions)
        if departments or notices or versions:
            audit.record(
                actor=actor,
                act="catalogue.load",
                subject="catalogue",
                facts={"departments": departments, "notices": notices, "versions": versions},
            )
    return loaded


def _departments(office: offices.Office) -> int:
    changed = 0
    by_hand = set_by_hand()
    for node in office.departments.values():
        parent = Department.objects.get(code=node.parent) if node.parent else None
        fields = {
            "name": node.name,
            "parent": parent,
            "path": f"{parent.path if parent else '/'}{node.code}/",
            "phone": node.phone,
            "sender_number": "".join(c for c in node.sender_number if c.isdigit()),
        }
        if node.code in by_hand:
            del fields["sender_number"]
        changed += _write(Department, {"code": node.code}, fields)
    return changed


def _notice(resolved: reading.ResolvedKind) -> tuple[Notice, bool]:
    kind, window = resolved.kind, resolved.window
    fields = {
        "name": kind.name,
        "department": Department.objects.get(code=resolved.department.code),
        "legal_effect": kind.legal_effect,
        "sensitivity": kind.sensitivity,
        "priority": kind.priority,
        "lane": kind.lane,
        "opens": window.opens,
        "closes": window.closes,
        "working_days_only": window.working_days_only,
        "ttl_minutes": kind.ttl_minutes,
        "grouping": kind.grouping,
        "fallback": _fallback(kind),
        "fallback_wait": kind.fallback.wait_seconds,
        "retention": kind.retention,
        "approvals": kind.approvals,
        "audience": kind.audience.value,
        "hand_typed": kind.hand_typed,
        "merge_minutes": kind.merge_minutes,
        "merging": kind.merging,
    }
    changed = _write(Notice, {"code": kind.code}, fields)
    return Notice.objects.get(code=kind.code), changed


def _fallback(kind: reading.KindData) -> str:
    """The catalogue knows no pictures: where the office chose MMS for its text, that stands."""
    text = kind.fallback.next_channel or ""
    own = Notice.objects.filter(code=kind.code).values_list("fallback", flat=True).first()
    return Channel.MMS if text and own == Channel.MMS else text


def _version(notice: Notice, resolved: reading.ResolvedKind) -> bool:
    version = TemplateVersion(
        notice=notice,
        template=resolved.template,
        variables=list(resolved.variables),
        sms=resolved.sms or "",
        lms_subject=resolved.lms.subject if resolved.lms else "",
        lms=resolved.lms.text if resolved.lms else "",
        status=TemplateVersion.Status.APPROVED,
    )
    version.sha256 = version.fingerprint()
    newest_first = notice.versions.order_by("-number")
    # What the office drafted meanwhile is not undone by loading the same catalogue again.
    ours = newest_first.filter(drafted_by=None).first()
    if ours is not None and ours.sha256 == version.sha256:
        return False
    latest = newest_first.first()
    version.number = latest.number + 1 if latest else 1
    version.save()
    return True


def _prices() -> None:
    """The public prices of channels for which the office has none: it may have entered its own."""
    known = set(Tariff.objects.filter(account=None).values_list("channel", flat=True))
    Tariff.objects.bulk_create(
        Tariff(channel=p.channel, won=p.won, since=p.since, source="행정안전부 2021")
        for p in DEFAULT_PRICES
        if p.channel not in known
    )


def _write(
    model: type[Department] | type[Notice], key: dict[str, str], fields: Mapping[str, object]
) -> bool:
    """Create or update a row; True if anything changed."""
    row = model.objects.filter(**key).first()
    if row is None:
        model.objects.create(**key, **fields)
        return True
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save(update_fields=changed)
    return bool(changed)
