"""A chart and the table of the same numbers: what `<c-chart>` draws and `charts.js` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alimnaru.console.templatetags.figures import day
from alimnaru.reads.statistics import Sums, is_provisional
from alimnaru.rules.tariff import Baseline
from alimnaru.wording import label

#: A count of messages, or won.
Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind. `tone` names its colour in `numbers.css`; bars stand on each other."""

    name: str
    tone: str
    values: Sequence[Number]
    line: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    label: str
    values: Sequence[Number]
    total: Number


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over `labels`, and lines beside them.

    `id` is unique on the page, `label` says what is to be seen, `head` what the labels are,
    `total` what the sum of the bars is called.
    """

    id: str
    label: str
    head: str
    total: str
    labels: Sequence[str]
    series: Sequence[Series]
    #: Places of labels whose figures may still change.
    open: frozenset[int] = field(default_factory=frozenset)

    @property
    def data(self) -> dict[str, Any]:
        """As JSON for the browser."""
        return {
            "labels": list(self.labels),
            "series": [
                {
                    "name": s.name,
                    "tone": s.tone,
                    "line": s.line,
                    "data": [round(v) for v in s.values],
                }
                for s in self.series
            ],
        }

    @property
    def rows(self) -> Sequence[Row]:
        """As a table: a line for each label."""
        return [
            Row(
                label,
                [s.values[at] for s in self.series],
                sum((s.values[at] for s in self.series if not s.line), 0),
            )
            for at, label in enumerate(self.labels)
        ]

    @property
    def sums(self) -> Row:
        """The last line of the table."""
        totals: list[Number] = [sum(s.values, 0) for s in self.series]
        bars = sum((t for t, s in zip(totals, self.series, strict=True) if not s.line), 0)
        return Row("", totals, bars)


def day_chart(days: Sequence[tuple[date, Sums]], today: date, name: str) -> Chart:
    """Results by day; the days whose figures may still change are marked."""
    label, head = _("날짜별 발송 결과 막대그래프."), _("날짜")
    still_open = frozenset(at for at, (on, _s) in enumerate(days) if is_provisional(on, today))
    return _results(name, label, head, [(day(on), sums) for on, sums in days], still_open)


def month_chart(months: Sequence[tuple[date, Sums]], name: str) -> Chart:
    """Results by month."""
    lines = [(month_of(month, len(months)), sums) for month, sums in months]
    return _results(name, _("월별 발송 결과 막대그래프."), _("월"), lines, frozenset())


def month_of(month: date, among: int) -> str:
    """A month as an axis names it, with its year only where `among` so many it is needed."""
    return date_format(month, _("n월") if among <= 12 else _("Y. n."))


def _results(
    name: str, label: str, head: str, lines: Sequence[tuple[str, Sums]], still_open: frozenset[int]
) -> Chart:
    return Chart(
        id=name,
        label=label,
        head=head,
        total=_("합계"),
        labels=[text for text, _sums in lines],
        series=[
            Series(_("알림톡 도달"), "alimtalk", [sums.alimtalk for _text, sums in lines]),
            Series(_("문자 도달"), "text", [sums.text for _text, sums in lines]),
            Series(_("실패"), "bad", [sums.failed for _text, sums in lines]),
        ],
        open=still_open,
    )


def cost_chart(months: Sequence[tuple[date, Sums]], base: Baseline) -> Chart:
    """By month: what was paid, and what the same messages would have cost by a baseline."""
    name = {"base": label(base)}
    return Chart(
        id="cost",
        label=_("월별 비용과, %(base)s로 보냈을 때의 비용 그래프.") % name,
        head=_("월"),
        total=_("비용 합계(원)"),
        labels=[month_of(month, len(months)) for month, _sums in months],
        series=[
            Series(_("알림톡(원)"), "alimtalk", [sums.won_alimtalk for _month, sums in months]),
            Series(_("문자(원)"), "text", [sums.won_text for _month, sums in months]),
            Series(
                _("%(base)s로 보냈다면(원)") % name,
                "baseline",
                [sums.money.would(base) for _month, sums in months],
                line=True,
            ),
        ],
    )
