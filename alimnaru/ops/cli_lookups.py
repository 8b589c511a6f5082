"""What a person names on the command line: found by code, or refused with what comes near."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from alimnaru.ops.cli_faults import Refused, near

if TYPE_CHECKING:
    from alimnaru.rules.channel import Channel, Lane
    from alimnaru.store.models import Batch, CarrierAccount, Department, Notice


def notice_called(text: str) -> Notice:
    """A notice by its code or its Korean name."""
    from django.db.models import Q

    from alimnaru.store.scoping import whole_office
    from alimnaru.wording import Fault

    notices = whole_office().notices().select_related("department")
    found = notices.filter(Q(code=text) | Q(name=text)).first()
    if found is None:
        known = dict(notices.values_list("name", "code"))
        close = near(text, [*known.values(), *known])
        codes = [known.get(name, name) for name in close.split(", ")]
        raise Refused(Fault.NOTICE_UNKNOWN, code=text, near=", ".join(dict.fromkeys(codes)))
    return found


def department_called(text: str | None) -> Department | None:
    """A department by its code or its name; None stays None (the notice's own)."""
    return None if text is None else department_named(text)


def department_named(text: str) -> Department:
    """A department by its code or its name."""
    from django.db.models import Q

    from alimnaru.store.scoping import whole_office
    from alimnaru.wording import Fault

    departments = whole_office().departments()
    found = departments.filter(Q(code=text) | Q(name=text)).order_by("path").first()
    if found is None:
        known = dict(departments.values_list("name", "code"))
        close = near(text, [*known.values(), *known])
        codes = [known.get(name, name) for name in close.split(", ")]
        raise Refused(Fault.DEPARTMENT_UNKNOWN, code=text, near=", ".join(dict.fromkeys(codes)))
    return found


def batch_numbered(number: int) -> Batch:
    """A batch by its number."""
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording import Fault

    batches = whole_office().batches().select_related("notice", "department")
    # A bigint: a larger number would be an error of the database, not an unknown batch.
    found = batches.filter(pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        latest = ", ".join(
            str(pk) for pk in batches.order_by("-pk").values_list("pk", flat=True)[:5]
        )
        raise Refused(Fault.BATCH_UNKNOWN, code=str(number), near=latest)
    return found


def account_called(name: str) -> CarrierAccount:
    """A contract with a carrier by its name."""
    from alimnaru.store.models import CarrierAccount
    from alimnaru.wording import Fault

    found = CarrierAccount.objects.filter(name=name).first()
    if found is None:
        known = list(CarrierAccount.objects.values_list("name", flat=True))
        raise Refused(Fault.ACCOUNT_UNKNOWN, code=name, near=near(name, known) or ", ".join(known))
    return found


def lanes_named(text: str) -> list[Lane]:
    """'urgent,bulk' as lanes, each once."""
    from alimnaru.rules.channel import Lane
    from alimnaru.wording import Fault

    known = {lane.value: lane for lane in Lane}
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names or [text]:
        if name not in known:
            raise Refused(Fault.LANE_UNKNOWN, code=name)
    return [known[name] for name in dict.fromkeys(names)]


def won_named(text: str) -> Decimal:
    """'7.5' as won, to a thousandth, as the tariff keeps it."""
    from alimnaru.wording import Fault

    try:
        won = Decimal(text.replace(",", "").removesuffix("원"))
    except InvalidOperation:
        raise Refused(Fault.PRICE_UNREADABLE, text=text) from None
    if not won.is_finite() or not 0 <= won < 100_000 or won != round(won, 3):
        raise Refused(Fault.PRICE_UNREADABLE, text=text)
    return won


def day_named(text: str) -> date:
    """'2026-12-01' as a day; today if nothing is named."""
    from django.utils import timezone

    from alimnaru.wording import Fault

    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(Fault.DAY_UNREADABLE, text=text) from None


def lines_named(text: str) -> list[str]:
    """'nhn,sens' as carriers that the sandbox can play, each once."""
    from alimnaru.ops.lines import LINES
    from alimnaru.wording import Fault

    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names or [text]:
        if name not in LINES:
            raise Refused(Fault.CARRIER_UNKNOWN, code=name)
    return list(dict.fromkeys(names))


def channels_named(text: str) -> list[Channel]:
    """'alimtalk,sms' as channels, each once."""
    from alimnaru.rules.channel import Channel
    from alimnaru.wording import Fault

    known = {channel.value: channel for channel in Channel}
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names or [text]:
        if name not in known:
            raise Refused(Fault.CHANNEL_UNKNOWN, code=name)
    return [known[name] for name in dict.fromkeys(names)]


_WHEN = re.compile(
    r"(?:(?:(?P<year>\d{4})[-./])?(?P<month>\d{1,2})[-./](?P<day>\d{1,2})[.]?[T ]+"
    r"|(?P<word>오늘|내일|모레) +)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)
_WORDS = {"오늘": 0, "내일": 1, "모레": 2}


def time_to_send(text: str | None, now: datetime) -> datetime | None:
    """'2026-11-25 10:00', '11-25 10:00', '내일 10:00' or '10:00' (today), in `now`'s time zone."""
    from alimnaru.wording import Fault

    if text is None:
        return None
    match = _WHEN.fullmatch(text.strip())
    if match is None:
        raise Refused(Fault.TIME_UNREADABLE, text=text)
    day = now.date() + timedelta(days=_WORDS.get(match["word"] or "", 0))
    try:
        if match["month"]:
            day = date(int(match["year"] or now.year), int(match["month"]), int(match["day"]))
        at = datetime(
            day.year, day.month, day.day, int(match["hour"]), int(match["minute"]),
            tzinfo=now.tzinfo,
        )  # fmt: skip
    except ValueError:
        raise Refused(Fault.TIME_UNREADABLE, text=text) from None
    if at <= now:
        raise Refused(Fault.TIME_PAST, text=text)
    return at


def day_called(text: str | None, otherwise: date) -> date:
    """'2026-11-25' as a day."""
    from alimnaru.wording import Fault

    if text is None:
        return otherwise
    try:
        return date.fromisoformat(text.strip().replace(".", "-").replace("/", "-"))
    except ValueError:
        raise Refused(Fault.DATE_UNREADABLE, text=text) from None
