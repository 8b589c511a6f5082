"""Files dropped into a watched folder: which of them are lists, and for which notice."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath

#: Written to, and renamed when whole: by SFTP clients, browsers and rsync.
_UNFINISHED = (".part", ".tmp", ".filepart", ".partial", ".crdownload", ".swp", ".lock")
#: What Windows and spreadsheets leave lying in a folder.
_LITTER = {"thumbs.db", "desktop.ini"}
_NAME_BYTES = 255
RECEIPT_TEXT = ".receipt.txt"
RECEIPT_JSON = ".receipt.json"


class DropFault(StrEnum):
    """Why nothing at all became of a dropped file. Other codes: `Refusal`, `NotSendable`,
    `AudienceFault`, `ReleaseRefusal`."""

    NO_NOTICE = "drop_no_notice"  # neither its folder nor its name says which notice
    NOT_ITS_NOTICE = "drop_not_its_notice"  # of another department's
    NOT_A_FILE = "drop_not_a_file"  # a link, a folder, a device
    UNREADABLE = "drop_unreadable"
    NAME_TOO_LONG = "drop_name_too_long"
    RETURNED = "drop_returned"  # an approver sent it back
    GIVEN_UP = "drop_given_up"  # its draft was discarded, or its content deleted unread


def is_watched(name: str) -> bool:
    """Whether a name in the folder may be a list; receipts, hidden and unfinished files are not."""
    low = name.lower()
    return not (
        low.startswith((".", "~$"))
        or low.endswith((*_UNFINISHED, RECEIPT_TEXT, RECEIPT_JSON))
        or low in _LITTER
    )


def notice_code(path: str) -> str:
    """The notice that a path inside the folder names: `lib.due.soon/list.xlsx` or
    `lib.due.soon__list.csv`. Empty if it names none."""
    parts = PurePosixPath(path).parts
    if len(parts) > 1:
        return parts[0]
    code, mark, _ = path.partition("__")
    return code if mark else ""


def receipt_path(path: str, suffix: str) -> str:
    """Where the receipt of a dropped file stands: beside it, its name cut where a file system would
    not take it (255 bytes, and a hangul syllable has three)."""
    folder, slash, name = path.rpartition("/")
    if len((name + suffix).encode()) > _NAME_BYTES:
        kept = name.encode()[: _NAME_BYTES - len(suffix) - 1].decode(errors="ignore")
        name = f"{kept}~"
    return f"{folder}{slash}{name}{suffix}"
