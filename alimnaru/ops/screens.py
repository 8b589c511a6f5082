"""The screen of the long-running commands."""

from __future__ import annotations

import sys

from rich.console import Console

#: Into a file or a pipe there is no window to fit; Rich's 80 columns would break every sentence.
WIDTH = 110


def console(*, quiet: bool) -> Console:
    """Where a command tells what it does; nowhere if it answers with JSON."""
    width = None if sys.stdout.isatty() else WIDTH
    return Console(stderr=quiet, quiet=quiet, highlight=False, width=width)
