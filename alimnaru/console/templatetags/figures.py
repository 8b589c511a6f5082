"""Numbers, sums and moments as people read them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alimnaru.reads.money import DatedPrice
from alimnaru.rules.phone import display

register = template.Library()

_DAYS = "월화수목금토일"


@register.filter
def comma(value: float | Decimal | None) -> str:
    """`12480` as 12,480; nothing as a dash."""
    return "–" if value is None else f"{value:,.0f}"


@register.filter
def won(value: Decimal | float | None) -> str:
    """A sum in whole won, with the unit."""
    return "–" if value is None else _("%(sum)s원") % {"sum": f"{value:,.0f}"}


@register.filter
def exact(value: Decimal | None) -> str:
    """The price of one message, with the parts of a won that it has."""
    if value is None:
        return "–"
    return _("%(sum)s원") % {"sum": _trimmed(value)}


def _trimmed(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def priced(price: DatedPrice | None) -> str:
    """The price of one message, to a thousandth of a won where it has them."""
    if price is None:
        return "–"
    return _("%(sum)s원") % {"sum": f"{price.won:,f}".rstrip("0").rstrip(".")}


@register.filter
def office_phone(digits: str) -> str:
    """A number of the office: 02-555-0101."""
    return display(digits)


@register.filter
def plain(value: float | Decimal | None) -> str:
    """A number as an attribute wants it: `max="2,000"` would break a meter."""
    if value is None:
        return "0"
    return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


@register.filter
def share(part: float | None, whole: float | None) -> str:
    """`part` of `whole` in percent, one decimal; a dash where there is no whole."""
    if not whole or part is None:
        return "–"
    return f"{part / whole * 100:.1f}%"


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in Seoul as people say it: 오늘 10:20, 11. 20.(금) 14:05, 2025. 3. 2. 09:00."""
    if value is None:
        return "–"
    local, today = timezone.localtime(value), timezone.localdate()
    clock = f"{local:%H:%M}"
    near = {-1: _("어제"), 0: _("오늘"), 1: _("내일")}
    if (away := (local.date() - today).days) in near:
        return f"{near[away]} {clock}"
    return f"{day(local.date())} {clock}"


@register.filter
def day(value: date | datetime | None) -> str:
    """A day: 11. 20.(금) within this year, else 2025. 3. 2."""
    if value is None:
        return "–"
    on = timezone.localdate(value) if isinstance(value, datetime) else value
    if get_language() == "en":
        return f"{on:%Y-%m-%d}"
    if on.year == timezone.localdate().year:
        return f"{on.month}. {on.day}.({_DAYS[on.weekday()]})"
    return f"{on.year}. {on.month}. {on.day}."


@register.filter
def iso(value: datetime | None) -> str:
    """A moment for a `datetime` attribute."""
    return "" if value is None else value.isoformat(timespec="seconds")


@register.filter
def full(value: datetime) -> str:
    """A moment in Seoul in full: 2026년 11월 22일(일) 10:24."""
    local = timezone.localtime(value)
    if get_language() == "en":
        return f"{local:%Y-%m-%d %H:%M}"
    weekday = _DAYS[local.weekday()]
    return f"{local.year}년 {local.month}월 {local.day}일({weekday}) {local:%H:%M}"
