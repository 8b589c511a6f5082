"""What a key may do through the API."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One thing that a key is given; an endpoint asks for one."""

    #: Send single messages, up to 10,000 in a call, and batches; cancel what it sent.
    SEND = "send"
    #: Where messages and batches of the department stand.
    READ = "read"
    #: Notices and their wordings.
    NOTICES = "notices"
    #: Residents' choices: read by phone, and enter.
    PREFERENCES = "preferences"
    #: Agreements to be served electronically: read by phone, record and end.
    CONSENTS = "consents"
    #: Counts and costs by day, notice, channel and outcome.
    TALLIES = "tallies"
