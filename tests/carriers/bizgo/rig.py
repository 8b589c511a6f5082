"""Bizgo in the behaviour suite."""

from __future__ import annotations

from sandbox.bizgo.sending import PROFILE
from tests.carriers.suite import Rig

RIG = Rig(
    name="bizgo",
    settings={"profile": PROFILE, "key_seconds": "10", "fence_seconds": "2"},
    lacks=frozenset({"balance", "templates.comment", "templates.wake"}),
    # Two residents with links of their own go in two calls.
    steps=2,
    token_age=9.0,
    keys=("api_secret",),
    signed_by=("x-ib-timestamp", "x-ib-signature"),
    stale_after=300.0,
    answers_repeats=True,
    revising_approved_makes_another=True,
)
