"""Pages on paper: HTML to PDF, without reaching anything outside."""

from __future__ import annotations

from typing import Any, NoReturn

import weasyprint


class Outside(ValueError):  # noqa: N818
    """A page to be printed named something outside of itself."""


def pdf(html: str) -> bytes:
    """A page as PDF/UA. What it shows is in it: no address is ever asked."""
    made: Any = weasyprint.HTML(string=html, url_fetcher=_refuse)
    return bytes(made.write_pdf(pdf_variant="pdf/ua-1"))


def _refuse(url: str, *_rest: object, **_more: object) -> NoReturn:
    raise Outside
