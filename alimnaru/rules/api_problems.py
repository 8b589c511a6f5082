"""Why the API says no, as RFC 9457 wants it: a stable code and a status for each."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ApiProblem(StrEnum):
    """What is wrong with a call. `refused` has the check's own codes in its `errors`."""

    NOT_SIGNED_IN = "not_signed_in"
    KEY_EXPIRED = "key_expired"
    KEY_WAITS = "key_waits"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    SCOPE_MISSING = "scope_missing"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BODY_UNREADABLE = "body_unreadable"
    BODY_TOO_LARGE = "body_too_large"
    MEDIA_TYPE = "media_type"
    INVALID = "invalid"
    REFUSED = "refused"
    NOTICE_NOT_SENDABLE = "notice_not_sendable"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a code
    NOT_NOW = "not_now"
    RATE_LIMITED = "rate_limited"
    SANDBOX_MISSING = "sandbox_missing"
    UNAVAILABLE = "unavailable"


class CallFault(StrEnum):
    """What is wrong with a field of a call, in `errors`, beside what checks of rows say."""

    UNKNOWN = "unknown"
    NOTICE_UNKNOWN = "notice_unknown"
    NOTICE_INACTIVE = "notice_inactive"
    NO_WORDING = "no_wording"
    TOKEN = "token"  # noqa: S105 - a code
    CURSOR = "cursor"
    REFERENCE_OR_BATCH = "reference_or_batch"
    NEEDS_BATCH = "needs_batch"
    PERIOD = "period"
    OVER = "over"
    HANDED_OVER = "handed_over"
    STATUTORY = "statutory"
    WHOLE_OFFICE = "whole_office"
    NOTHING_SERVED = "nothing_served"
    EVIDENCE = "evidence"
    DATES_REVERSED = "dates_reversed"
    SCOPE = "scope"
    PROJECT = "project"


STATUS: Final[dict[ApiProblem, int]] = {
    ApiProblem.NOT_SIGNED_IN: 401,
    ApiProblem.KEY_EXPIRED: 401,
    ApiProblem.KEY_WAITS: 403,
    ApiProblem.ADDRESS_NOT_ALLOWED: 403,
    ApiProblem.SCOPE_MISSING: 403,
    ApiProblem.NOT_FOUND: 404,
    ApiProblem.METHOD_NOT_ALLOWED: 405,
    ApiProblem.BODY_UNREADABLE: 400,
    ApiProblem.BODY_TOO_LARGE: 413,
    ApiProblem.MEDIA_TYPE: 415,
    ApiProblem.INVALID: 422,
    ApiProblem.REFUSED: 422,
    ApiProblem.NOTICE_NOT_SENDABLE: 409,
    ApiProblem.TOKEN_REUSED: 422,
    ApiProblem.NOT_NOW: 409,
    ApiProblem.RATE_LIMITED: 429,
    ApiProblem.SANDBOX_MISSING: 409,
    ApiProblem.UNAVAILABLE: 503,
}
