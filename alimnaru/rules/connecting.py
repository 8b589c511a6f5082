"""Why an act about a key, a webhook or a connected system is refused."""

from __future__ import annotations

from enum import StrEnum


class ConnectingFault(StrEnum):
    """What stands in the way. The surfaces say it; `wording.connecting` has the words."""

    CONNECTION_NOT_YOURS = "connection_not_yours"
    CONNECTION_NAME = "connection_name"
    SCOPES_MISSING = "scopes_missing"
    ADDRESS_UNREADABLE = "address_unreadable"
    ADDRESS_TOO_WIDE = "address_too_wide"
    ADDRESSES_TOO_MANY = "addresses_too_many"
    PER_MINUTE_OUT_OF_RANGE = "per_minute_out_of_range"
    PER_DAY_OUT_OF_RANGE = "per_day_out_of_range"
    LIFE_OUT_OF_RANGE = "life_out_of_range"
    OVERLAP_OUT_OF_RANGE = "overlap_out_of_range"
    KEY_OVER = "key_over"
    KEY_WAITS = "key_waits"
    KEY_NOT_WAITING = "key_not_waiting"
    KEY_OWN = "key_own"
    KEY_CHANGED = "key_changed"
    KEY_NOBODY_SENDS = "key_nobody_sends"
    KEY_WIDER = "key_wider"
    KEY_REPLACED = "key_replaced"
    URL_UNREADABLE = "url_unreadable"
    URL_WITH_SECRET = "url_with_secret"  # noqa: S105 - a code, not a secret
    URL_NOT_HTTPS = "url_not_https"
    URL_NOT_ALLOWED = "url_not_allowed"
    WEBHOOK_PAUSED = "webhook_paused"
    NOTHING_FAILED = "nothing_failed"
