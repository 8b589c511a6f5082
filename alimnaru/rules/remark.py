"""What staff write into a line for the audit trail: a reason, a note. Nothing personal stays there.

The trail is never deleted and auditors of any department read it, so that a resident's number in a
reason would outlive everything that the office promises to erase.
"""

from __future__ import annotations

import re

from alimnaru.rules.cell import holds_resident_number, narrow

_PHONE = re.compile(r"(?<!\d)(?:\+?82[\s.-]*)?0?1[016789][\s.-]*\d{3,4}[\s.-]*\d{4}(?!\d)")


def names_somebody(text: str) -> bool:
    """Whether a remark holds a mobile number or what looks like a resident registration number."""
    text = narrow(text)
    return holds_resident_number(text) or _PHONE.search(text) is not None
