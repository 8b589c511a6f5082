"""The carriers that the behaviour suite runs over: one line for each."""

from __future__ import annotations

from tests.carriers.bizgo.rig import RIG as BIZGO
from tests.carriers.nhn.rig import RIG as NHN
from tests.carriers.sens.rig import RIG as SENS
from tests.carriers.solapi.rig import RIG as SOLAPI
from tests.carriers.suite import Rig

RIGS: tuple[Rig, ...] = (SOLAPI, NHN, BIZGO, SENS)
