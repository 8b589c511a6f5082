"""SENS in the behaviour suite, its five minutes of grace cut to two seconds."""

from __future__ import annotations

from tests.carriers.suite import Rig

RIG = Rig(
    name="sens",
    settings={"skew_seconds": "2", "fresh_seconds": "1", "settle_seconds": "0.5"},
    sandbox={"sens_skew_seconds": 2.0},
    token_age=1.0,
    lacks={
        "balance",
        "callbacks",
        "upload.template",
        "upload.highlight",
        "templates.register",
        "templates.revise",
        "templates.withdraw",
        "templates.comment",
        "templates.wake",
        "templates.delete",
        "templates.dormant",
        "templates.profile.dormant",
        # What is held for later stands in no list before it goes.
        "at.find",
        # SENS takes no reference of ours: its list names numbers alone.
        "taken",
    },
)
