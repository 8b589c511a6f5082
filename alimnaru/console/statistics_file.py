"""Statistics as the sheets of a workbook; every sheet's last row is the sum of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from alimnaru.console.sheets import Cell, Sheet
from alimnaru.reads.statistics import Statistics, Sums, is_provisional
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.tariff import Baseline
from alimnaru.wording import label

_ENDS = [state for state in MessageState if state not in {"pending", "delivered"}]


def sheets_of(found: Statistics, today: date) -> Iterator[Sheet]:
    """By department, notice, month and day, and what each way of sending would have cost."""
    total = found.total
    departments = ((d.name, sums) for d, sums in found.by_department)
    notices = ((n.name, sums) for n, sums in found.by_notice)
    months = ((f"{month:%Y-%m}", sums) for month, sums in found.by_month)
    yield _baselines(found)
    yield _sheet(_("부서별"), [_("부서")], ([name, *_row(s)] for name, s in departments), total)
    yield _sheet(_("알림별"), [_("알림")], ([name, *_row(s)] for name, s in notices), total)
    yield _sheet(_("월별"), [_("월")], ([name, *_row(s)] for name, s in months), total)
    days = (
        [day, _("잠정") if is_provisional(day, today) else "", *_row(sums)]
        for day, sums in found.by_day
    )
    yield _sheet(_("날짜별"), [_("날짜"), _("잠정")], days, total)


def _sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], total: Sums) -> Sheet:
    blank: list[Cell] = [""] * (len(heads) - 1)
    return Sheet(name, [*heads, *_columns()], rows, total=[_("합계"), *blank, *_row(total)])


def _columns() -> list[str]:
    return [
        *(_("%(channel)s 도달") % {"channel": label(c)} for c in Channel),
        *(label(state) for state in _ENDS),
        _("합계"),
        _("비용(원)"),
        *(_("%(base)s 기준 절감(원)") % {"base": label(base)} for base in Baseline),
    ]


def _row(sums: Sums) -> list[Cell]:
    return [
        *(sums.delivered.get(channel, 0) for channel in Channel),
        *(sums.ends.get(state, 0) for state in _ENDS),
        sums.total,
        sums.spent,
        *(sums.money.saved(base) for base in Baseline),
    ]


def _baselines(found: Statistics) -> Sheet:
    money = found.total.money
    rows: list[list[Cell]] = [[_("실제로 든 비용"), money.spent, None]]
    for base in Baseline:
        name = _("%(base)s로 보냈다면") % {"base": label(base)}
        rows.append([name, money.would(base), money.saved(base)])
    rows.append([_("기간"), f"{found.period.start} ~ {found.period.end}", None])
    return Sheet(_("요약"), [_("구분"), _("금액(원)"), _("절감(원)")], rows)
