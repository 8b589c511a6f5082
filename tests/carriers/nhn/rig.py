"""NHN Cloud in the suite that every carrier goes through."""

from __future__ import annotations

from sandbox.nhn.wire import PROFILE
from tests.carriers.suite import Rig

RIG = Rig(
    name="nhn",
    # The flow passes the profile with an account's settings.
    settings={"key_seconds": "2", "quiet_seconds": "2.4", "profile": PROFILE},
    sandbox={"nhn_key_seconds": 2.0},
    lacks={
        # It bills afterwards.
        "balance",
        # By its console, or by a letter to its support.
        "templates.withdraw",
        "templates.wake",
    },
    # Half of the key's window for an Alimtalk, a quarter of the quiet time for a text.
    token_age=0.6,
    signed_by=("x-toast-webhook-signature",),
    registering_asks=True,
)
