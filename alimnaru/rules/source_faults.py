"""Why a connected system cannot be read."""

from __future__ import annotations

from enum import StrEnum


class SourceFault(StrEnum):
    """What stands in the way. Names no address, no person and no value."""

    # Another system's database.
    ADDRESS = "address"  # no address that SQLAlchemy reads, or of a database we do not know
    DRIVER_MISSING = "driver_missing"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # it knows us not, or lets us not read this
    NO_SUCH_TABLE = "no_such_table"
    NO_SUCH_COLUMN = "no_such_column"
    KEY_NOT_UNIQUE = "key_not_unique"
    ODD_VALUE = "odd_value"  # a value that its column's type does not allow
    TIMEOUT = "timeout"

    # Our own record of it.
    SETTINGS = "settings"
    SECRET = "secret"  # noqa: S105 - its address does not open under this office's key

    # A watched folder.
    FOLDER_MISSING = "folder_missing"
    FOLDER_CLOSED = "folder_closed"  # it may not be read, or nothing may be moved in it

    INTERNAL = "internal"  # our own mistake: the log names its kind
