"""How a stage says that a connected system cannot be read now."""

from __future__ import annotations


class SourceFailed(Exception):  # noqa: N818
    """A connected system cannot be read now. The text is a code and names no value."""
