"""One office in three states: with everything in it, with nobody but its staff, and in trouble.

Built by bulk and by the real ledger in about two seconds; `World` finds what pages are about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from io import BytesIO

from django.utils import timezone
from PIL import Image

from alimnaru.carriers.base import PictureUse
from alimnaru.flow.guardians import PURPOSE as GUARDIAN
from alimnaru.office.pictures import add_picture
from alimnaru.office.residents import disown
from alimnaru.reads.residents import by_link
from alimnaru.rules.channel import Channel
from alimnaru.rules.consent import Choice
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit, crypto
from alimnaru.store.models import (
    Absence,
    AllowedNetwork,
    Batch,
    Breaker,
    CarrierAccount,
    Department,
    Guardian,
    Member,
    Message,
    Notice,
    Outage,
    Preference,
    Project,
    Pulse,
    ServiceConsent,
    Suspension,
    Tally,
    Task,
    TemplateRegistration,
    TemplateVersion,
)
from tests.e2e.connections import connect_programs
from tests.e2e.lists import give_lists
from tests.e2e.months import bill
from tests.e2e.office import Office, connect_carrier, count_days, open_office, register_all
from tests.e2e.privacy import open_desk
from tests.e2e.residents import phone_of
from tests.e2e.rules import give_rules
from tests.e2e.runs import EVERYTHING, Runs
from tests.staff import Staff


class State(StrEnum):
    """What the office is like."""

    FULL = "full"
    EMPTY = "empty"
    ERROR = "error"


@dataclass(slots=True)
class World:
    """An office and the names under which its things are found."""

    state: State
    office: Office
    batches: dict[str, Batch] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def staff(self) -> Staff:
        """Everybody who may sign in."""
        return self.office.staff

    def batch(self, name: str) -> int:
        """The number of a batch."""
        return self.batches[name].pk

    def message(self, batch: str, state: str = "delivered") -> int:
        """The first message of a batch in a state."""
        found = Message.objects.filter(batch=self.batches[batch], state=state)
        return found.order_by("row_no").values_list("pk", flat=True)[0]


def build(state: State) -> World:
    """Make the office in the empty tables of the running test."""
    office = open_office()
    world = World(state, office)
    world.ids["lib.due.soon"] = office.notice("lib.due.soon").pk
    world.ids["lib.request"] = office.notice("lib.request").pk
    world.ids["writer"] = office.staff.writer.pk
    world.ids["membership"] = office.staff.writer.memberships.values_list("pk", flat=True)[0]
    if state is State.EMPTY:
        return world
    account = connect_carrier(office)
    register_all(account)
    runs = Runs(office, account, world.batches)
    for part in EVERYTHING:
        part(runs)
    count_days(office, {"lib.due.soon": 220, "lib.hold.ready": 90, "hc.cert.ready": 140})
    _budget(world)
    _drafts(world)
    _picture(world)
    give_lists(world)
    _residents(world)
    world.ids |= give_rules(office, world.batches["done"], trouble=state is State.ERROR)
    world.ids |= connect_programs(office, trouble=state is State.ERROR)
    _task(world)
    _acts(world)
    world.ids |= open_desk(office, world.batches["done"], trouble=state is State.ERROR)
    world.ids["account"] = account.pk
    world.ids |= bill(office, account)
    _health(account)
    if state is State.ERROR:
        _trouble(world, account)
    return world


def _budget(world: World) -> None:
    """A line of the library that has spent most of its month, and one that is closed."""
    library, first = world.office.library, timezone.localdate().replace(month=1, day=1)
    facts = {"department": library, "starts_on": first}
    own = Project.objects.create(
        code="lib-notice", name="도서관 이용 안내", ends_on=first.replace(month=12, day=31),
        monthly_cap_won=34_000, daily_cap_won=50_000, **facts,
    )  # fmt: skip
    Project.objects.create(code="move", name="이동도서관", funding="city", is_active=False, **facts)
    Notice.objects.filter(code__in=("lib.due.soon", "lib.hold.ready")).update(project=own)
    Tally.objects.filter(notice__code="lib.due.soon", department=library).update(project=own)
    held = Batch.objects.filter(pk=world.batches["capped"].pk)
    held.update(project=own)
    world.ids["project"] = own.pk


def _drafts(world: World) -> None:
    """A wording that is being rewritten, and its first version."""
    first = world.office.version("lib.due.soon")
    world.ids["version"] = first.pk
    body = first.template["body"].replace("다가왔습니다", "가까워졌습니다")
    draft = TemplateVersion(
        notice=first.notice,
        number=2,
        template={**first.template, "body": body},
        variables=first.variables,
        sms=first.sms,
        category=first.category,
        drafted_by=world.staff.manager,
    )
    draft.sha256 = draft.fingerprint()
    draft.save()
    world.ids["draft_version"] = draft.pk
    rejected = TemplateRegistration.objects.get(version__notice__code="lib.request")
    world.ids["rejected"] = rejected.pk


def _picture(world: World) -> None:
    """A wording of the library with a picture on top."""
    content = BytesIO()
    Image.new("RGB", (800, 400), "#d7e6ff").save(content, "JPEG")
    uses = [PictureUse.TEMPLATE]
    picture = add_picture(
        content.getvalue(), actor=world.staff.manager, name="library.jpg", uses=uses
    )
    version = world.office.version("lib.request")
    TemplateVersion.objects.filter(pk=version.pk).update(picture=picture)
    world.ids["picture"] = picture.pk


def _task(world: World) -> None:
    """Somebody said that a message is not theirs."""
    token = crypto.resident_signer().link(world.message("done"))
    opened = by_link(token, timezone.now())
    assert opened is not None
    disown(opened)
    world.ids["task"] = Task.objects.get().pk


def _residents(world: World) -> None:
    """What residents asked for, and whom Kakao could not reach."""
    now, staff = timezone.now(), world.staff
    own = AllowedNetwork(network="127.0.0.0/8", note="본청", added_at=now, added_by=staff.system)
    own.save()
    world.ids["network"] = own.pk
    Preference.objects.bulk_create(
        Preference(
            to_hash=crypto.phone_hash(phone_of(700 + i)),
            notice=world.office.notice("lib.due.soon") if i % 3 == 0 else None,
            choice=list(Choice)[i % 3],
            provenance=("call", "desk", "080")[i % 3],
            member=staff.writer,
            since=now - timedelta(days=i),
        )
        for i in range(30)
    )
    _guardians(world)
    consented = agree(world.office.notice("lib.due.soon"), staff.writer, range(7200, 7203))
    world.ids["consent"] = consented[0].pk
    world.ids["preference"] = Preference.objects.order_by("pk").values_list("pk", flat=True)[0]
    Suspension.objects.create(
        to_hash=crypto.phone_hash(phone_of(690)),
        reason="not_theirs",
        provenance="call",
        member=staff.writer,
        since=now - timedelta(days=3),
    )
    Absence.objects.create(
        to_hash=crypto.phone_hash(phone_of(691)),
        code="not_a_user",
        since=now - timedelta(days=3),
        until=now + timedelta(days=27),
    )


def agree(notice: Notice, by: Member, numbers: Iterable[int]) -> list[ServiceConsent]:
    """Agreements of so many people, every third of them withdrawn."""
    now = timezone.now()
    return ServiceConsent.objects.bulk_create(
        ServiceConsent(
            to_hash=crypto.phone_hash(phone_of(number)),
            person_hash=crypto.person_hash("김나루"),
            sealed=b"sealed",
            notice=notice,
            department=notice.department,
            starts_on=timezone.localdate(now),
            how="desk",
            evidence=f"전자송달 동의서 {number}호",
            recorded_by=by,
            recorded_at=now,
            withdrawn_at=now if number % 3 == 2 else None,
        )
        for number in numbers
    )


def _guardians(world: World) -> None:
    """Two whose copies go, and one whose time is over."""
    office, now = world.office, timezone.now()
    for number, (relation, notice) in enumerate(
        [("parent", "lib.overdue"), ("child", None), ("legal", "lib.hold.ready")]
    ):
        made = Guardian.objects.create(
            ward_hash=crypto.phone_hash(phone_of(7000 + number)),
            phone=crypto.seal(phone_of(7100 + number).encode(), purpose=GUARDIAN),
            to_hash=crypto.phone_hash(phone_of(7100 + number)),
            relation=relation,
            notice=office.notice(notice) if notice else None,
            department=office.library,
            evidence=f"가족 알림 동의서 2026-{112 + number}호",
            member=office.staff.writer,
            since=now - timedelta(days=30 * (number + 1)),
            until=now + timedelta(days=400 - 200 * number - (9 if number == 2 else 0)),
        )
        world.ids.setdefault("guardian", made.pk)


def _acts(world: World) -> None:
    """What people did: enough for a second page."""
    staff = world.staff
    lib = world.office.library
    for number in range(40):
        batch = world.batches["done"].pk
        audit.record(
            actor=staff.writer,
            act="batch.send" if number % 2 else "batch.stop",
            subject=f"batch:{batch}",
            department=lib,
            facts={"rows": 40 + number, "refused": 3},
        )


def _health(account: CarrierAccount) -> None:
    now = timezone.now()
    Pulse.objects.bulk_create(
        Pulse(
            account=account,
            channel=channel,
            at=now - timedelta(seconds=20 * n),
            calls=3,
            ok=240,
            bad=4,
            slowest=0.8,
        )
        for n in range(12)
        for channel in (Channel.ALIMTALK, Channel.SMS)
    )


def _trouble(world: World, account: CarrierAccount) -> None:
    """An account that fails, a channel that is off, a budget used up, a stale review."""
    now = timezone.now()
    Breaker.objects.create(
        account=account,
        channel=Channel.ALIMTALK,
        state="open",
        since=now - timedelta(minutes=4),
        probe_at=now + timedelta(minutes=1),
        times=2,
        reason="silent",
    )
    Outage.objects.create(
        channel=Channel.ALIMTALK,
        since=now - timedelta(minutes=4),
        reason="person",
        member=world.staff.system,
        ceiling_won=500_000,
        spent_won=412_000,
    )
    Department.objects.filter(pk=world.office.library.pk).update(monthly_cap_won=10_000)
    TemplateRegistration.objects.update(checked_at=now - timedelta(days=3))
    CarrierAccount.objects.filter(pk=account.pk).update(profile_state="blocked")
    held = world.batches["capped"]
    held.chunks.update(state="held", hold_code=Refusal.ACCOUNT_REFUSED)
