"""What a fuzzer drives: a reader of bytes, and real inputs from which it begins."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from alimnaru.sources.upload_guard import ListRefused

HERE = Path(__file__).parent
TESTS = HERE.parent
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TODAY = date(2026, 11, 30)

Read = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Parser:
    """A target, and inputs that it knows."""

    read: Read
    known: Callable[[], Iterable[bytes]]
    #: Of its inputs, in bytes: beyond, everything is merely longer.
    longest: int = 4_096
    #: It reads JSON: parts of it are changed, since changed bytes are mostly no JSON any more.
    is_json: bool = False


def text_of(raw: bytes) -> str:
    """Bytes as a text, whatever they are."""
    return raw.decode("utf-8", "replace")


def json_of(raw: bytes) -> object:
    """Bytes as JSON; None for what is none."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def words(*texts: str) -> Callable[[], list[bytes]]:
    """Known inputs that are texts."""
    return lambda: [text.encode() for text in texts]


def as_file(raw: bytes, suffix: str, act: Callable[[Path], object]) -> None:
    """What an act does with a file of these bytes; a refusal is an answer."""
    with tempfile.NamedTemporaryFile(suffix=suffix, dir="/dev/shm") as file:
        file.write(raw)
        file.flush()
        with suppress(ListRefused):
            act(Path(file.name))
