"""Why a step towards a batch's release is not possible."""

from __future__ import annotations

from enum import StrEnum


class ReleaseRefusal(StrEnum):
    """The act was refused; the batch is as it was."""

    NOT_ALLOWED = "release_not_allowed"
    NOT_YOURS = "release_not_yours"
    #: Somebody else was faster: approved, sent back, taken back, given up.
    HANDLED = "release_handled"
    #: List, wording or time is not what the approver saw.
    CHANGED = "release_changed"
    #: The same list with the same wording went lately; the sender has to say that it is meant.
    REPEATED = "release_repeated"
    UNDO_OVER = "release_undo_over"
    #: Nobody approved in time.
    REQUEST_EXPIRED = "release_request_expired"
    TIME_PAST = "release_time_past"
    #: The notice's hours begin only after its message is worthless.
    NEVER_OPEN = "release_never_open"
    REASON_MISSING = "release_reason_missing"
    #: Of a correction.
    NOBODY_REACHED = "release_nobody_reached"
    CONTENT_GONE = "release_content_gone"
