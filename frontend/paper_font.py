"""Makes the two fonts that PDFs embed (alimnaru/office/fonts) of the console's Pretendard GOV.

    python frontend/paper_font.py

The console's font comes in 120 pieces by range of characters, each variable. WeasyPrint takes one
piece for another where they share a family, leaves spaces without a glyph between pieces, and
needs 9 s to unpack woff2; one plain TrueType file for each weight takes 0.1 s. Renamed: the name
Pretendard is reserved by its licence.
"""

from __future__ import annotations

import gzip
import io
import tempfile
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent / "alimnaru"
PIECES = ROOT / "console/static/vendor/pretendard-gov/woff2-dynamic-subset"
FONTS = ROOT / "office/fonts"
WEIGHTS = {"regular": 400, "bold": 700}
FAMILY = "Alimnaru Paper"
#: Of layout, statistics and vertical writing: nothing of it is needed on paper.
DROPPED = ("GSUB", "GPOS", "GDEF", "STAT", "vhea", "vmtx", "VORG", "DSIG", "meta")


def main() -> None:
    """Write both weights."""
    for name, weight in WEIGHTS.items():
        with tempfile.TemporaryDirectory() as folder:
            pieces = [_piece(path, weight, Path(folder)) for path in sorted(PIECES.glob("*.woff2"))]
            font = merge.Merger().merge(pieces)
        _thin(font)
        _rename(font, name)
        out = io.BytesIO()
        font.save(out)
        # Without a time in it the same font is the same file.
        (FONTS / f"{name}.ttf.gz").write_bytes(gzip.compress(out.getvalue(), 9, mtime=0))


def _piece(path: Path, weight: int, folder: Path) -> str:
    font = TTFont(path)
    for tag in DROPPED:
        if tag in font:
            del font[tag]
    font = instancer.instantiateVariableFont(font, {"wght": weight})
    font.flavor = None
    file = folder / f"{path.stem}.ttf"
    font.save(file)
    return str(file)


def _thin(font: TTFont) -> None:
    options = subset.Options()
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(font.getBestCmap()))
    subsetter.subset(font)


def _rename(font: TTFont, name: str) -> None:
    style = name.capitalize()
    own = {1: FAMILY, 2: style, 4: f"{FAMILY} {style}", 6: f"AlimnaruPaper-{style}", 16: FAMILY}
    for record in font["name"].names:
        if record.nameID in own:
            record.string = own[record.nameID]


if __name__ == "__main__":
    main()
