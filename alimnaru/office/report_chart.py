"""Bars as SVG: drawn in few lines, without a script, sharp on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from alimnaru.rules.document import Chart

WIDTH, HEIGHT = 680, 176
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 6, 26, 24
#: Dark to light, so that they are told apart in grey as well.
_FILLS = ("#0b4a9e", "#5b9bd5", "#c43d3d", "#8a949e", "#d7dde3")
_STEPS = (1, 2, 2.5, 5, 10)


def svg_of(chart: Chart, family: str) -> SafeString:
    """The chart, its words in the fonts of `family`."""
    most = top_of(max(_sums(chart), default=0))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}" '
        'font-family="{}">{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        family,
        _grid(most),
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
            _bars(chart, most),
        ),
        format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="middle" font-size="10" fill="#33383f">{}</text>',
            _labels(chart),
        ),
        _legend([series.name for series in chart.series]),
    )


def top_of(most: float) -> float:
    """The next round number at or above it: of 1, 2, 2.5, 5 times a power of ten."""
    if most <= 0:
        return 1
    power = 10 ** int(log10(most)) if most >= 1 else 1
    return next(step * power for step in _STEPS if step * power >= most)


def _sums(chart: Chart) -> Iterator[float]:
    return (sum(s.values[at] for s in chart.series) for at in range(len(chart.labels)))


def _y(value: float, most: float) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / most), 1)


def _grid(most: float) -> SafeString:
    lines = [most * part / 4 for part in range(5)]
    return format_html_join(
        "",
        '<line x1="{0}" x2="{1}" y1="{2}" y2="{2}" stroke="#cfd5db" stroke-width=".6"/>'
        '<text x="{3}" y="{4}" text-anchor="end" font-size="10" fill="#33383f">{5}</text>',
        (
            (
                _LEFT,
                WIDTH - _RIGHT,
                y := _y(value, most),
                _LEFT - 6,
                round(y + 3.5, 1),
                f"{value:,.0f}",
            )
            for value in lines
        ),
    )


def _step(chart: Chart) -> float:
    return (WIDTH - _LEFT - _RIGHT) / max(len(chart.labels), 1)


def _bars(chart: Chart, most: float) -> Iterator[tuple[float, float, float, float, str]]:
    step = _step(chart)
    wide = min(step * 0.62, 46)
    for at in range(len(chart.labels)):
        below = 0.0
        for series, fill in zip(chart.series, _FILLS, strict=False):
            value = series.values[at]
            y = _y(below + value, most)
            left = round(_LEFT + step * at + (step - wide) / 2, 1)
            yield (left, y, round(wide, 1), round(_y(below, most) - y, 1), fill)
            below += value


def _labels(chart: Chart) -> Iterator[tuple[float, int, str]]:
    step = _step(chart)
    # 36 months: each third label, or they run into each other.
    every = max(1, round(34 / step))
    for at, label in enumerate(chart.labels):
        if at % every == 0:
            yield (round(_LEFT + step * (at + 0.5), 1), HEIGHT - 8, label)


def _legend(names: Sequence[str]) -> SafeString:
    at, parts = float(_LEFT), []
    for name, fill in zip(names, _FILLS, strict=False):
        parts.append((at, fill, at + 14, name))
        at += 30 + 10.5 * len(name)
    return format_html_join(
        "",
        '<rect x="{}" y="4" width="10" height="10" fill="{}"/>'
        '<text x="{}" y="13" font-size="10.5" fill="#33383f">{}</text>',
        parts,
    )
