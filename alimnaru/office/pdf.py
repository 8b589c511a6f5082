"""HTML as PDF/UA: tagged, titled, in Korean, with its own fonts, and without any network.

WeasyPrint draws with Pango, a library of the operating system. Where it is missing nothing else
of the program may suffer: it is loaded when the first file is asked for.
"""

from __future__ import annotations

import base64
import gzip
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

FONTS: Final = Path(__file__).resolve().parent / "fonts"
#: Of `font-family`, in both weights; made by frontend/paper_font.py.
FAMILY: Final = "Alimnaru Paper"
#: ISO 14289-1: what a reader for the blind can rely on.
VARIANT: Final = "pdf/ua-1"

#: An SVG within the page: an image has its words for the blind, a bare `<svg>` loses them.
DRAWING: Final = "data:image/svg+xml;base64,"

_SCHEME: Final = "font:"
_TTF: Final = {"Content-Type": "font/ttf"}
_SVG: Final = {"Content-Type": "image/svg+xml"}
_WEIGHTS: Final = {"regular": 400, "bold": 700}


class PdfUnavailable(RuntimeError):  # noqa: N818
    """This machine cannot draw PDFs: Pango is not installed."""


def pdf_of(html: str) -> bytes:
    """The file. `html` names its language and its title; the fonts (`FAMILY`) are added here.
    Raises `PdfUnavailable`.
    """
    weasyprint = _weasyprint()
    fetcher, fonts = _fetcher(weasyprint), weasyprint.text.fonts.FontConfiguration()
    document = weasyprint.HTML(string=html, url_fetcher=fetcher)
    faces = weasyprint.CSS(string=_faces(), url_fetcher=fetcher, font_config=fonts)
    made: bytes = document.write_pdf(stylesheets=[faces], font_config=fonts, pdf_variant=VARIANT)
    return made


def write_pdf(html: str, path: Path) -> None:
    """Write the file, its owner's alone, replacing `path` only once it is whole.

    Raises `PdfUnavailable`, OSError.
    """
    made = pdf_of(html)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(made)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _weasyprint() -> Any:
    try:
        # 0.4 s; and where Pango is missing it fails. (pyproject.toml has it nowhere else.)
        import weasyprint
    except (ImportError, OSError) as error:
        raise PdfUnavailable from error
    return weasyprint


def _faces() -> str:
    return "".join(
        f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};src:url({_SCHEME}{name})}}"
        for name, weight in _WEIGHTS.items()
    )


@cache
def _font(name: str) -> bytes:
    # Unpacked once for a process: 30 ms each, 4 MB.
    return gzip.decompress((FONTS / f"{name}.ttf.gz").read_bytes())


def _fetcher(weasyprint: Any) -> Any:
    class Fonts(weasyprint.urls.URLFetcher):  # type: ignore[misc]  # loaded at run time
        """Our fonts, and drawings that stand in the page itself. A file or an address that a text
        names is never read."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(DRAWING):
                drawn = base64.b64decode(url.removeprefix(DRAWING))
                return weasyprint.urls.URLFetcherResponse(url, drawn, _SVG)
            name = url.removeprefix(_SCHEME)
            if not url.startswith(_SCHEME) or name not in _WEIGHTS:
                raise ValueError("only fonts and drawings are read")
            return weasyprint.urls.URLFetcherResponse(url, _font(name), _TTF)

    return Fonts()
