"""A report as HTML for paper: A4, headings in order, every table with its heads, every chart with
the words that say what is to be seen."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from alimnaru.office.pdf import DRAWING, FAMILY
from alimnaru.office.report_chart import svg_of
from alimnaru.office.report_style import STYLE
from alimnaru.rules.document import As, Cell, Document, Figure, Section, Table

_NUMBERS = frozenset({As.COUNT, As.WON, As.PRICE, As.SHARE})
#: A table with more columns does not fit upright.
MOST_UPRIGHT = 8
#: Of rows: such a table is not broken over two pages.
MOST_UNBROKEN = 12


def html_of(document: Document) -> str:
    """The whole page; every text in it is escaped."""
    return format_html(
        '<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="author" content="{}"><style>{}</style></head><body>{}{}{}{}</body></html>',
        document.title,
        document.office,
        mark_safe(STYLE.replace("{family}", FAMILY)),  # noqa: S308 - our own constant
        _head(document),
        _figures(document.figures),
        _lines(document.says),
        _joined(map(_section, document.sections)),
    )


def _joined(parts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _head(document: Document) -> SafeString:
    facts = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", document.facts)
    number = (
        format_html(
            '<p class="number"><span>{}</span><span class="line"></span></p>', document.number
        )
        if document.number
        else ""
    )
    return format_html(
        '<header><div class="top"><div><p class="office">{}</p>{}</div>{}</div>'
        '<h1>{}</h1><dl class="facts">{}</dl></header>',
        document.office,
        number,
        _approval(document),
        document.title,
        facts,
    )


def _approval(document: Document) -> SafeString:
    """The boxes in which a pen or a seal agrees. Each head names a column, so that the empty cell
    under it can be told by ear."""
    if not document.approvals:
        return SafeString("")
    return format_html(
        '<table class="approval"><tr><th scope="row">{}</th>{}</tr>'
        '<tr><th scope="row">{}</th>{}</tr></table>',
        document.approval,
        format_html_join("", '<th scope="col">{}</th>', ((who,) for who in document.approvals)),
        document.seal,
        format_html_join("", "<td>{}</td>", (("\u00a0",) for _ in document.approvals)),
    )


def _figures(figures: Sequence[Figure]) -> SafeString:
    if not figures:
        return SafeString("")
    cells = format_html_join(
        "",
        '<div class="figure"><dt>{}</dt><dd><strong>{}</strong><span class="unit">{}</span>'
        '<span class="hint">{}</span></dd></div>',
        ((f.name, f.value, f.unit, f.hint) for f in figures),
    )
    return format_html('<dl class="figures">{}</dl>', cells)


def _lines(says: Sequence[str]) -> SafeString:
    return format_html_join("", '<p class="says">{}</p>', ((text,) for text in says))


def _section(section: Section) -> SafeString:
    return format_html(
        "<section><h2>{}</h2>{}{}{}</section>",
        section.title,
        _lines(section.says),
        _joined(
            format_html(
                '<figure><img alt="{}" src="{}"><figcaption>{}</figcaption></figure>',
                c.alt,
                DRAWING + b64encode(svg_of(c, FAMILY).encode()).decode(),
                c.title,
            )
            for c in section.charts
        ),
        _joined(_table(table, section.title) for table in section.tables if not table.detail),
    )


def _table(table: Table, under: str) -> SafeString:
    heading = format_html("<h3>{}</h3>", table.title) if table.title != under else SafeString("")
    if not table.rows:
        return format_html('{}<p class="empty">{}</p>', heading, table.empty)
    heads = format_html_join(
        "",
        '<th scope="col" class="{}">{}</th>',
        ((_class(c.kind, at), c.heading) for at, c in enumerate(table.columns)),
    )
    kinds = [column.kind for column in table.columns]
    body = _joined(_row(row, kinds) for row in table.rows)
    foot = SafeString("")
    if table.total:
        foot = format_html('<tr class="total">{}</tr>', _cells(table.total, kinds))
    return format_html(
        '{}<table class="data{}"><thead><tr>{}</tr></thead><tbody>{}{}</tbody></table>{}',
        heading,
        _size(table),
        heads,
        body,
        foot,
        format_html_join("", '<p class="note">{}</p>', ((note,) for note in table.notes)),
    )


def _size(table: Table) -> str:
    small = " small" if len(table.columns) > MOST_UPRIGHT else ""
    return small + (" short" if len(table.rows) <= MOST_UNBROKEN else "")


def _row(row: Sequence[Cell], kinds: Sequence[As]) -> SafeString:
    return format_html("<tr>{}</tr>", _cells(row, kinds))


def _cells(row: Sequence[Cell], kinds: Sequence[As]) -> SafeString:
    return _joined(
        format_html('<th scope="row">{}</th>', shown(value, kind))
        if at == 0
        else format_html('<td class="{}">{}</td>', _class(kind, at), shown(value, kind))
        for at, (value, kind) in enumerate(zip(row, kinds, strict=True))
    )


def _class(kind: As, at: int) -> str:
    return "num" if at and kind in _NUMBERS else "text"


def shown(value: Cell, kind: As) -> str:
    """A cell as it is read: 12,345; 94.0%; 2026. 7. 8.; nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{local.year}. {local.month}. {local.day}. {local:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}. {value.month}. {value.day}."
    if isinstance(value, str):
        return value
    if kind is As.SHARE:
        return f"{value * 100:.1f}%"
    places = 2 if kind is As.PRICE else 0
    return f"{Decimal(str(value)):,.{places}f}" if kind is not As.TEXT else escape(f"{value:,}")
