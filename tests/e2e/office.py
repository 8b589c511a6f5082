"""The catalogue's office with people at their desks, a carrier, and sixty days behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from alimnaru.flow.wordings import wording
from alimnaru.office.accounts import add_account
from alimnaru.office.catalogue import load_catalogue
from alimnaru.rules.channel import Channel
from alimnaru.store.models import (
    Authenticator,
    CarrierAccount,
    Department,
    Member,
    Membership,
    Notice,
    Role,
    Tally,
    TemplateRegistration,
    TemplateVersion,
)
from tests.staff import PASSWORD, Staff

#: Where everybody works but the system manager and the auditor, and who is next door to them.
LIBRARY = "lib-jungang"
HEALTH = "health"
DAYS = 60
WON = {Channel.ALIMTALK: Decimal(5), Channel.SMS: Decimal("8.063")}
_S = TemplateRegistration.State
#: Wordings that did not simply pass at Kakao, each with what became of it.
_REVIEWS = {
    "lib.request": _S.REJECTED,
    "hc.vaccine": _S.IN_REVIEW,
    "edu.class.start": _S.DORMANT,
    "park.resident": _S.BLOCKED,
    "welf.visit": _S.DRAFT,
}


@dataclass(slots=True)
class Office:
    """Departments of interest, everybody who works there, and the account by which they send."""

    library: Department
    health: Department
    root: Department
    staff: Staff
    program: Member

    def notice(self, code: str) -> Notice:
        """A kind of notice of the catalogue."""
        return Notice.objects.select_related("department").get(code=code)

    def version(self, code: str) -> TemplateVersion:
        """Its first wording, which is the catalogue's."""
        return TemplateVersion.objects.get(notice__code=code, number=1)


def open_office() -> Office:
    """Departments, notices, wordings, prices and staff: an office before its first message."""
    wording.cache_clear()
    program = Member.objects.create(login="cli", name="명령줄", is_program=True, password="!")
    load_catalogue(actor=program, office_file="")
    departments = {d.code: d for d in Department.objects.all()}
    lib, root = departments[LIBRARY], departments["naru"]
    return Office(lib, departments[HEALTH], root, _staff(departments), program)


def _staff(departments: dict[str, Department]) -> Staff:
    lib, root, health = departments[LIBRARY], departments["naru"], departments[HEALTH]
    # One hash for all: Argon2 is slow by design.
    first = Member(login="first")
    first.set_password(PASSWORD)

    def hired(login: str, name: str, department: Department, role: Role) -> Member:
        member = Member.objects.create(login=login, name=name, password=first.password)
        Membership.objects.create(member=member, department=department, role=role)
        return member

    hired("system2", "민전산", root, Role.SYSTEM_MANAGER)
    hired("fresh", "신새날", lib, Role.WRITER)
    newcomer = hired("newcomer", "오새내", lib, Role.WRITER)
    Member.objects.filter(pk=newcomer.pk).update(must_change_password=True)
    staff = Staff(
        viewer=hired("viewer", "박열람", lib, Role.VIEWER),
        writer=hired("librarian", "김사서", lib, Role.WRITER),
        approver=hired("approver", "이팀장", lib, Role.APPROVER),
        second_approver=hired("approver2", "정과장", lib, Role.APPROVER),
        manager=hired("manager", "최관장", lib, Role.DEPARTMENT_MANAGER),
        system=hired("system", "한정보", root, Role.SYSTEM_MANAGER),
        auditor=hired("auditor", "오감사", root, Role.AUDITOR),
        neighbour=hired("neighbour", "문보건", health, Role.DEPARTMENT_MANAGER),
    )
    Authenticator.objects.bulk_create(
        Authenticator(user=member, name="phone", confirmed=True)
        for member in staff.by_name().values()
    )
    return staff


def connect_carrier(office: Office, name: str = "솔라피 본계약") -> CarrierAccount:
    """A contract that answers nobody: its address is a closed port of this machine."""
    account = add_account(
        actor=office.staff.system,
        kind="solapi",
        name=name,
        base_url="http://127.0.0.1:9",
        api_key="KEY",
        secret="SECRET",
        profile="PF_NARU",
        is_sandbox=False,
    )
    # No page looks and no sweep asks: nothing of a test may wait for a closed port.
    later = timezone.now() + timedelta(days=3650)
    CarrierAccount.objects.filter(pk=account.pk).update(profile_checked_at=later)
    return account


def register_all(account: CarrierAccount) -> None:
    """Every wording at the account: nearly all approved, some with a story."""
    now = timezone.now()
    TemplateRegistration.objects.bulk_create(
        TemplateRegistration(
            version=version,
            account=account,
            code=f"KA01TP{version.pk:04d}",
            state=_REVIEWS.get(version.notice.code, _S.APPROVED),
            comments=_comments(version.notice.code, now),
            submitted_at=now - timedelta(days=40),
            decided_at=now - timedelta(days=38),
            checked_at=now + timedelta(days=3650),
            last_sent_at=now - timedelta(days=2),
        )
        for version in TemplateVersion.objects.select_related("notice")
    )


def _comments(code: str, now: datetime) -> list[dict[str, object]]:
    if code not in _REVIEWS:
        return []
    asked = "받는 분이 신청한 내용임을 알 수 있게 근거 문구를 넣어 주세요."
    told = "신청하신 분께만 보냅니다. 문구를 더했습니다."
    return [
        {"text": asked, "at": (now - timedelta(days=39)).isoformat(), "ours": False},
        {"text": told, "at": (now - timedelta(days=38)).isoformat(), "ours": True},
    ]


def count_days(office: Office, notices: dict[str, int]) -> None:
    """Tallies of sixty days: each notice so many messages on a working day, fewer at week-ends."""
    today = timezone.localdate()
    found = {n.code: n for n in Notice.objects.filter(code__in=notices)}
    Tally.objects.bulk_create(
        row
        for code, usual in notices.items()
        for back in range(DAYS, 0, -1)
        for row in _day(office, found[code], today - timedelta(days=back), usual)
    )


def _day(office: Office, notice: Notice, day: date, usual: int) -> Iterator[Tally]:
    wave = 1 + (day.toordinal() * 7 % 5) / 10
    total = int(usual * wave * (0.3 if day.weekday() >= 5 else 1))
    shares = (
        (Channel.ALIMTALK, "delivered", 0.88),
        (Channel.SMS, "delivered", 0.09),
        (Channel.SMS, "failed", 0.02),
        (Channel.ALIMTALK, "suppressed", 0.01),
    )
    for channel, outcome, share in shares:
        messages = int(total * share)
        won = WON[channel] * messages if outcome == "delivered" else Decimal(0)
        yield Tally(
            day=day,
            department=notice.department,
            notice=notice,
            channel=channel,
            outcome=outcome,
            messages=messages,
            won=won,
        )


def at_clock(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """That time of day in the office, so many days from today."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
