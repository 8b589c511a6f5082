"""The table of pages: every address that shows something, who may see it, and in which states.

A page that the console has and this table has not fails a test; so does one of the menu without its
empty or its error state. `tests/console/doors.py` says who may do what; this one says what there is
to look at.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.e2e.look import Look
from tests.e2e.pages_connections import CONNECTIONS
from tests.e2e.pages_office import CHANNELS, NUMBERS, OWN, PEOPLE, SIGN_IN, WORDINGS
from tests.e2e.pages_privacy import PRIVACY
from tests.e2e.pages_residents import PUBLIC, TASKS
from tests.e2e.pages_rules import RULES
from tests.e2e.pages_sending import AUDIT, DELIVERIES, RELEASE, RESIDENTS, SENDING

LOOKS: Sequence[Look] = (
    *SIGN_IN,
    *OWN,
    *NUMBERS,
    *PEOPLE,
    *CHANNELS,
    *CONNECTIONS,
    *WORDINGS,
    *SENDING,
    *DELIVERIES,
    *RELEASE,
    *RESIDENTS,
    *RULES,
    *PUBLIC,
    *TASKS,
    *AUDIT,
    *PRIVACY,
)

#: Addresses that a page asks for a part of itself, for a picture or for a file.
PARTS = frozenset(
    {
        # Without an issuer they lead back; `test_oidc` reads them.
        "account-identity",
        "oidc-back",
        "oidc-leave",
        "security-txt",
        "access-review-file",
        "destruction-pdf",
        "destruction-xlsx",
        "month-disputes-file",
        "batch-progress",
        "batch-reasons",
        "picture",
        "preview-plan",
        "preview-row",
        "send-sample",
        "sender-numbers",
        "stop-reach",
    }
)
