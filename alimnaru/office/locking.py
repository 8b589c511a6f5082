"""Workbooks that leave the office under a password: lost on a stick, they say nothing.

Office's own "agile" encryption (ECMA-376: AES-256, SHA-512, 100,000 rounds), so that whoever has
the password opens them by a double click in Excel, Hancell or LibreOffice. 30,000 people: 0.3 s.
"""

from __future__ import annotations

import io


def locked(workbook: bytes, password: str) -> bytes:
    """A workbook (.xlsx) that opens under the password alone."""
    # Only who takes such a file out waits for it to be loaded.
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, out)
    return out.getvalue()
