"""What residents do themselves, on the page that their message's link opens.

Nobody signs in there: who has the link may act for its phone. So an act is small, is told to the
phone where the office has the notice for that, and "not mine" can be taken back for a while. The
system's own account stands for them in the audit.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.rosters import NoWording, newest_wording, roster_for
from alimnaru.flow.routing import chunk_size
from alimnaru.reads import residents as reads
from alimnaru.reads.residents import Opened
from alimnaru.rules.consent import NOT_THEIRS, Choice, Provenance
from alimnaru.rules.resident_link import TAKE_BACK
from alimnaru.rules.roster import GoodRow, RosterRefused, SourceRow
from alimnaru.rules.roster_header import PHONE
from alimnaru.rules.topics import Topic, TopicWish
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import preferences as ledger
from alimnaru.store.ledger import wrong_codes
from alimnaru.store.models import Batch, Notice, Preference, Suspension, Task

#: The notice that tells a phone that its choices were changed.
CONFIRMATION = "pref.confirm"
ORIGIN = "resident"
#: Who goes back and forth is told once an hour: each confirmation costs the office.
_CONFIRM_AGAIN = timedelta(hours=1)
#: What the confirmation's wording calls the channels; "stop" has no word there.
_SPOKEN: Mapping[Choice, str] = {Choice.KAKAO: "카카오톡", Choice.SMS: "문자"}


# ---- choices -------------------------------------------------------------------------------------


def choose(opened: Opened, wanted: Mapping[Topic, Choice]) -> dict[Topic, Choice]:
    """Enter what a resident wants, by topic, from now on. Returns what has changed by it.

    What the law wants told is not stopped, whatever is asked; how it comes may be chosen.
    """
    now = timezone.now()
    with transaction.atomic():
        ledger.lock()
        found = {one.topic: one for one in reads.topics(opened.to_hash, now)}
        changed = {
            topic: choice
            for topic, choice in wanted.items()
            if topic in found
            and found[topic].choice is not choice
            and _enter(opened, found[topic], choice, now)
        }
        if changed:
            choices = sorted({choice.value for choice in changed.values()})
            facts = {"topics": [topic.value for topic in changed], "choices": choices}
            _record("resident.choose", opened, facts)
            _confirm(opened, set(changed.values()), now)
    return changed


def _enter(opened: Opened, topic: TopicWish, choice: Choice, now: datetime) -> bool:
    notices = Notice.objects.filter(pk__in=topic.notices)
    if choice is Choice.STOP:
        notices = notices.filter(legal_effect=Notice.LegalEffect.NONE)
    ids = list(notices.values_list("pk", flat=True))
    in_force = Preference.objects.filter(
        Q(until=None) | Q(until__gt=now), to_hash=opened.to_hash, notice__in=ids
    )
    in_force.update(until=now)
    Preference.objects.bulk_create(
        Preference(
            to_hash=opened.to_hash,
            notice_id=notice,
            choice=choice,
            provenance=Provenance.PAGE,
            since=now,
        )
        for notice in ids
    )
    return bool(ids)


def _confirm(opened: Opened, choices: set[Choice], now: datetime) -> None:
    """Tell the phone that its choices were changed, if the office has a wording for that."""
    notice = Notice.objects.filter(code=CONFIRMATION, is_active=True).first()
    phone, name = reads.person_of(opened)
    if notice is None or not phone or len(choices) != 1:
        return
    said = _SPOKEN.get(next(iter(choices)))
    lately = Batch.objects.filter(
        notice=notice,
        origin=ORIGIN,
        created_at__gt=now - _CONFIRM_AGAIN,
        message__to_hash=opened.to_hash,
    )
    if said is None or lately.exists():
        return
    try:
        row = _row(notice, phone, name, said, now)
    except NoWording:
        return
    if row is not None:
        _send(notice, row)


def _row(notice: Notice, phone: str, name: str, said: str, now: datetime) -> GoodRow | None:
    version = newest_wording(notice)
    at = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    values = {PHONE: phone, "채널": said, "변경일시": at}
    roster = roster_for(version, notice.department, {key: key for key in values})
    try:
        row = next(roster.read([SourceRow(1, list(values)), SourceRow(2, list(values.values()))]))
    except (RosterRefused, StopIteration):
        return None  # the office has changed the wording: what it asks for is not known here
    return (
        row._replace(name=name, key=os.urandom(crypto.HASH)) if isinstance(row, GoodRow) else None
    )


def _send(notice: Notice, row: GoodRow) -> None:
    version = newest_wording(notice)
    order = Order(
        notice=notice,
        version=version,
        department=notice.department,
        member=audit.own_member(),
        chunk_size=chunk_size(version.pk, hours_waived=False),
        origin=ORIGIN,
    )
    take_in(order, [row])


# ---- "not mine" ----------------------------------------------------------------------------------


def disown(opened: Opened) -> None:
    """Use the number no more for whom this message is for, and have the department look at it.

    Where the message names nobody, the number is used for nobody. Said twice, it is said once.
    """
    now = timezone.now()
    with transaction.atomic():
        ledger.lock()
        if reads.disowned(opened, now) is not None:
            return
        suspension = Suspension.objects.create(
            to_hash=opened.to_hash,
            person_hash=reads.who(opened),
            reason=NOT_THEIRS,
            provenance=Provenance.PAGE,
            since=now,
        )
        facts = {"suspension": suspension.pk, "notice": opened.batch.notice.code}
        Task.objects.update_or_create(
            kind=Task.Kind.WRONG_PERSON,
            subject=reads.subject_of(opened),
            done_at=None,
            defaults={"department": opened.batch.department, "facts": facts, "created_at": now},
        )
        _record("resident.disown", opened, {})


def take_back(opened: Opened) -> bool:
    """It was theirs after all, within ten minutes. False: too late, or there is nothing to undo."""
    now = timezone.now()
    with transaction.atomic():
        ledger.lock()
        said = reads.disowned(opened, now)
        if said is None or said.task is None or not said.may_take_back(now, TAKE_BACK):
            return False
        Suspension.objects.filter(pk=said.suspension.pk).update(until=now)
        Task.objects.filter(pk=said.task.pk).update(
            done_at=now, done_by=audit.own_member(), note="주민이 바로 되돌렸습니다."
        )
        _record("resident.take_back", opened, {})
    return True


def _record(act: str, opened: Opened, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=audit.own_member(),
        act=act,
        subject=reads.subject_of(opened),
        department=opened.batch.department,
        facts={**facts},
    )


# ---- codes ---------------------------------------------------------------------------------------

#: Wrong codes in ten minutes, from one address and from all. A family at one address may mistype;
#: phones of one provider share addresses.
MOST_FROM_ONE = 30
MOST_FROM_ALL = 3_000
_SLOT = timedelta(minutes=10)
_EVERYBODY = b""


class TooManyCodes(Exception):  # noqa: N818
    """Nobody is told about codes from there for the next minutes."""


def ask_about_code(typed: str, *, address: str) -> Opened | None:
    """The message of a code, None if there is none. Raises `TooManyCodes`.

    Only wrong ones count: an office's own hall, with one address for all, may ask all day.
    """
    now = timezone.now()
    slot = datetime.fromtimestamp(
        now.timestamp() // _SLOT.total_seconds() * _SLOT.total_seconds(), now.tzinfo
    )
    who = [_EVERYBODY, crypto.value_hash("address", _network(address))]
    everybody, one = wrong_codes.times(who, slot)
    if everybody >= MOST_FROM_ALL or one >= MOST_FROM_ONE:
        raise TooManyCodes
    found = reads.by_code(typed, now)
    if found is None:
        wrong_codes.count(who, slot)
    return found


def _network(address: str) -> str:
    """An IPv6 subscriber has 2^64 addresses: they count as one."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(read) if read.version == 4 else str(ipaddress.ip_network((read, 64), strict=False))
