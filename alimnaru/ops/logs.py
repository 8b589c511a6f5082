"""Logs: JSON lines, ours and those of the libraries, with phone numbers masked at the last step."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

_BYTES = 10 * 1024**2
_KEPT = 3
# However it is spelled: 010-1234-5678, 01012345678, +82 10 1234 5678.
_PHONE = re.compile(r"((?:\+?82[-. ]?|0)1[016789])([-. ]?)\d{3,4}([-. ]?)(\d{4})")


def mask_phones(_logger: object, _method: str, line: Any) -> Any:
    """A processor for the finished line: whatever field or traceback a number stands in."""
    return _PHONE.sub(r"\1\2****\3\4", line) if isinstance(line, str) else line


def configure(log_file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Write to `log_file` (made with its folder, mode 0600), or to stderr if there is none."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_logger,
    ]
    handler = _handler(log_file)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                mask_phones,
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    # They tell of every job and every request, addresses included.
    for name in ("procrastinate", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _name_logger(
    logger: logging.Logger | None, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    record: logging.LogRecord | None = event.get("_record")
    event["logger"] = record.name if record else getattr(logger, "name", "alimnaru")
    return event


def _handler(log_file: Path | None) -> logging.Handler:
    if log_file is None:
        return logging.StreamHandler(sys.stderr)
    log_file.parent.mkdir(parents=True, exist_ok=True)
    log_file.touch(mode=0o600, exist_ok=True)
    return RotatingFileHandler(log_file, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
