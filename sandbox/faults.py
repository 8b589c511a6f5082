"""Faults on request: each one is scheduled, strikes so many times, and is gone."""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import Literal

import msgspec

Kind = Literal[
    "cut_before",
    "cut_after",
    "cut_middle",
    "error_500",
    "error_502",
    "error_503",
    "too_many",
    "slow",
    "slow_after",
]
# create, add, send, list, cancel, templates and other mean something in every protocol; direct,
# schedule and groups are SOLAPI's.
Path = Literal[
    "create",
    "add",
    "send",
    "direct",
    "schedule",
    "list",
    "groups",
    "cancel",
    "templates",
    "other",
    "any",
]

_STATUS = {"error_500": 500, "error_502": 502, "error_503": 503, "too_many": 429}


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """`times` None lasts until it is deleted; `skip` lets so many requests pass first."""

    kind: Kind
    path: Path = "any"
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    ms: int = 1_000
    struck: int = 0
    # None strikes every protocol.
    protocol: str | None = None

    @property
    def status(self) -> int | None:
        """The HTTP status it answers with, if it answers."""
        return _STATUS.get(self.kind)


class Faults:
    """The scheduled faults, in order; the first that fits a request strikes it."""

    def __init__(self, seed: int = 0) -> None:
        self.scheduled: list[Fault] = []
        self.struck = 0
        self._random = Random(seed)

    def strike(self, protocol: str, places: Collection[str]) -> Fault | None:
        """The fault that hits a request to one of these places, or None."""
        for fault in self.scheduled:
            if fault.protocol not in {None, protocol}:
                continue
            if fault.path != "any" and fault.path not in places:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            self._use(fault)
            return fault
        return None

    def _use(self, fault: Fault) -> None:
        fault.struck += 1
        self.struck += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.scheduled.remove(fault)
