"""The sandbox as the carrier of stories that are told in this process."""

from __future__ import annotations

from tests.flow.conftest import cast, moment, sandbox_process

__all__ = ["cast", "moment", "sandbox_process"]
