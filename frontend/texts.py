"""Brings the console's English catalogue up to what its texts are now: every text of the templates
and the code, and every sentence of `alimnaru.wording`. Korean is the text itself.

    python frontend/texts.py            adds what is new (empty), drops what is gone
    python frontend/texts.py --missing  prints what has no translation yet, and changes nothing

Neither needs GNU gettext: templates are read by Django's own reader, code and files by Babel.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONSOLE = HERE.parent / "alimnaru" / "console"
CATALOGUE = CONSOLE / "locale" / "en" / "LC_MESSAGES" / "django.po"
#: How templates and our code call gettext. `lazy` is what we call `gettext_lazy`.
KEYWORDS = {
    "_": None,
    "lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
#: Written by hand: Babel's own holds the time, and would differ at every run.
HEADER = """\
# English texts of the console. Korean is the text itself; `python frontend/texts.py` keeps this
# file complete, and tests/console/test_english.py says what is missing.
msgid ""
msgstr ""
"Project-Id-Version: Alimnaru\\n"
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

#: One text, or a singular and a plural.
Text = str | tuple[str, str]


def texts() -> dict[Text, list[str]]:
    """Every text with the files it stands in; without lines, which change with every edit."""
    found: dict[Text, list[str]] = {}
    for path in sorted(CONSOLE.rglob("*.html")):
        _note(found, path, _of_code(_as_code(path.read_text(encoding="utf-8"))))
    for path in sorted(CONSOLE.rglob("*.py")):
        _note(found, path, _of_code(path.read_text(encoding="utf-8")))
    from alimnaru.wording.language import texts as sentences

    _note(found, HERE.parent / "alimnaru" / "wording", sentences())
    return found


def _note(found: dict[Text, list[str]], path: Path, some: Iterable[Text]) -> None:
    name = path.relative_to(HERE.parent).as_posix()
    for text in some:
        files = found.setdefault(text, [])
        if name not in files:
            files.append(name)


def _as_code(template: str) -> str:
    """A template as calls of gettext, all else blanked out, as Django's makemessages sees it."""
    from django.utils.translation.template import templatize

    # What is left of the markup would be indentation that makes no sense.
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def _of_code(source: str) -> Iterable[Text]:
    from babel.messages.extract import extract

    with io.BytesIO(source.encode()) as file:
        for _line, text, _comments, _context in extract("python", file, KEYWORDS):
            yield text if isinstance(text, str) else (text[0], text[1])


def translations() -> dict[Text, Text]:
    """What the catalogue says, by text; '' or a pair of '' where it says nothing."""
    from babel.messages.pofile import read_po

    if not CATALOGUE.exists():
        return {}
    with CATALOGUE.open("rb") as source:
        return {message.id: message.string for message in read_po(source) if message.id}


def missing() -> list[Text]:
    """Texts without a translation."""
    known = translations()
    return [text for text in texts() if not _is_whole(known.get(text, ""))]


def _is_whole(said: Text) -> bool:
    return bool(said) and all(said)


def update() -> None:
    """Write the catalogue anew, with what was translated before."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    known, catalogue = translations(), Catalog(locale="en", fuzzy=False)
    for text, files in sorted(texts().items(), key=lambda item: (item[1], str(item[0]))):
        empty: Text = ("", "") if isinstance(text, tuple) else ""
        catalogue.add(text, known.get(text) or empty, locations=[(f, None) for f in files])
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as target:
        target.write(HEADER.encode())
        write_po(target, catalogue, width=100, omit_header=True)


def main(arguments: list[str]) -> None:
    """See the module's text for the arguments."""
    sys.path.insert(0, str(HERE.parent))
    if "--missing" not in arguments:
        update()
    left = missing()
    for text in left:
        print(text if isinstance(text, str) else text[0])
    if left:
        sys.exit(f"{len(left)} texts have no English yet: {CATALOGUE}")


if __name__ == "__main__":
    main(sys.argv[1:])
