"""Why something that a person wants to do with a list of theirs is not possible."""

from __future__ import annotations

from enum import StrEnum


class ListRefusal(StrEnum):
    """The act was refused; list and draft are as they were."""

    #: A worker reads it at this moment.
    BUSY = "list_busy"
    #: Its content was deleted: its time was over, or it was sent already.
    GONE = "list_gone"
    NOT_CHECKED = "list_not_checked"
    #: A test message goes to the member's own mobile, and there is none on file.
    MOBILE_MISSING = "own_mobile_missing"
    NAME_MISSING = "saved_name_missing"
    NAME_TAKEN = "saved_name_taken"
    #: Too long to be read while somebody waits for the page.
    TOO_LONG = "saved_too_long"
    NOBODY = "saved_nobody"
