"""What the office sends, who handles it and for how long it is kept: for everybody to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alimnaru.rules.audience import Audience
from alimnaru.rules.channel import Channel
from alimnaru.rules.retention import TERMS, RetentionClass, Term, class_of
from alimnaru.rules.topics import Topic, topic_of
from alimnaru.store.catalogue.offices import Processor
from alimnaru.store.models import CarrierAccount, Notice


@dataclass(frozen=True, slots=True)
class PublicKind:
    """A kind of notice. `effect`: `Notice.LegalEffect`."""

    name: str
    department: str
    phone: str
    effect: str
    kept: RetentionClass


@dataclass(frozen=True, slots=True)
class PublicTopic:
    """Kinds that belong together; `topic` None: of the service itself."""

    topic: Topic | None
    kinds: list[PublicKind]


@dataclass(frozen=True, slots=True)
class Entrusted:
    """Who carries messages for the office: by `named`, as its file says, or else by the `kind` of
    the account in use; `channels` it carries."""

    named: Processor | None
    kind: str
    channels: tuple[Channel, ...]


def topics() -> list[PublicTopic]:
    """Every kind that residents may get, in the order of topics. One query."""
    found: dict[Topic | None, list[PublicKind]] = {topic: [] for topic in (*Topic, None)}
    kinds = Notice.objects.filter(is_active=True).exclude(audience=Audience.STAFF.value)
    for one in kinds.select_related("department").order_by("code"):
        place = one.department
        found[topic_of(one.code)].append(
            PublicKind(one.name, place.name, place.phone, one.legal_effect, class_of(one.retention))
        )
    return [PublicTopic(topic, kinds) for topic, kinds in found.items() if kinds]


def terms(shown: Iterable[PublicTopic]) -> list[tuple[RetentionClass, Term]]:
    """The terms of those classes that some kind has."""
    used = {kind.kept for topic in shown for kind in topic.kinds}
    return [(kept, TERMS[kept]) for kept in RetentionClass if kept in used]


def entrusted(named: Iterable[Processor]) -> list[Entrusted]:
    """Every carrier in use, and whom the office's file names beside. A sandbox gets nobody's data.
    One query."""
    of_kind = {one.kind: one for one in named if one.kind}
    used: dict[str, set[str]] = {}
    accounts = CarrierAccount.objects.filter(is_active=True, is_sandbox=False)
    for kind, channels in accounts.order_by("priority", "pk").values_list("kind", "channels"):
        used.setdefault(kind, set()).update(channels.split(","))
    found = [
        Entrusted(of_kind.get(kind), kind, tuple(c for c in Channel if c.value in channels))
        for kind, channels in used.items()
    ]
    return found + [Entrusted(one, "", ()) for one in named if one.kind not in used]
