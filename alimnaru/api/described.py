"""What the OpenAPI document says of every operation alike: problems, headers, the key."""

from __future__ import annotations

from typing import Any, Final

from alimnaru.api.calls import HEADER, PATTERN
from alimnaru.api.problems import MEDIA_TYPE
from alimnaru.api.schemas import Problem
from alimnaru.rules.api_problems import STATUS, ApiProblem
from alimnaru.wording.api import PROBLEMS

INTRODUCTION: Final = """\
Send notices to residents as KakaoTalk Alimtalk or text messages: each once, each accounted for.

Sign in with `Authorization: Bearer an_live_…`; a key `an_test_…` does everything by the sandbox,
which reaches nobody. Every error is problem details (RFC 9457) with a stable `code`. Give every
POST that does something an `Idempotency-Key` of your own: the same call again within 24 hours gets
the first answer and does nothing. `RateLimit` headers say what is left of the minute. Ids are
strings. No answer holds a phone, a name or a text, but previews and dry runs, which hold the text
that you gave.
"""

TAGS: Final = [
    {"name": "messages", "description": "One message, or up to 10,000 in one call."},
    {"name": "batches", "description": "A list that is filled in pieces and then closed."},
    {"name": "notices", "description": "What can be sent, and what it needs."},
    {"name": "preferences", "description": "What residents want. Phones stand in no address."},
    {"name": "consents", "description": "Who agreed to be served documents electronically."},
    {"name": "tallies", "description": "Counts and costs."},
    {"name": "key", "description": "The key that calls."},
]

_P = ApiProblem
#: What every call may be answered.
_ALWAYS: Final = (
    _P.BODY_UNREADABLE,
    _P.NOT_SIGNED_IN,
    _P.KEY_EXPIRED,
    _P.KEY_WAITS,
    _P.ADDRESS_NOT_ALLOWED,
    _P.SCOPE_MISSING,
    _P.NOT_FOUND,
    _P.METHOD_NOT_ALLOWED,
    _P.INVALID,
    _P.REFUSED,
    _P.RATE_LIMITED,
    _P.UNAVAILABLE,
)
_WITH_BODY: Final = (_P.BODY_TOO_LARGE, _P.MEDIA_TYPE)
_SENDS: Final = (
    _P.NOTICE_NOT_SENDABLE,
    _P.SANDBOX_MISSING,
    _P.NOT_NOW,
    _P.TOKEN_REUSED,
)

_KEEPS: Final = frozenset(
    {"send", "send_many", "cancel_message", "open_batch", "add_rows", "close_batch", "cancel_batch"}
)
_NEEDS_DESK: Final = _KEEPS | {"dry_run", "preview_notice"}

_TOKEN: Final = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Your own text for this call, such as a UUID. Kept 24 hours for this key: the "
    "same call again gets the first answer, with `Idempotent-Replayed: true`; another call with it "
    "gets `token_reused`.",
    "schema": {"type": "string", "pattern": PATTERN},
    "example": "5b0e5a3a-8f0e-4d27-a0b5-6f6a2d0c9e11",
}
_HEADERS: Final = {
    "RateLimit": 'What is left: `"minute";r=5999;t=12` (calls, seconds).',
    "RateLimit-Policy": 'The limit: `"minute";q=6000;w=60` (calls, seconds).',
}


_MESSAGE: Final = ("message_id", "$response.body#/id", ("get_message", "cancel_message"))
_BATCH: Final = ("get_batch", "close_batch", "cancel_batch", "list_refused_rows", "add_rows")
#: What can be asked next, with what of the answer.
_LINKS: Final = {
    "send": (202, _MESSAGE),
    "get_message": (200, _MESSAGE),
    "open_batch": (201, ("batch_id", "$response.body#/id", _BATCH)),
    "send_many": (202, ("batch_id", "$response.body#/batch", _BATCH)),
}


def complete(schema: dict[str, Any]) -> None:
    """Write into an OpenAPI document what is the same for every operation."""
    components = schema.setdefault("components", {})
    shapes = components.setdefault("schemas", {})
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes |= whole.pop("$defs", {})
    shapes["Problem"] = whole
    components["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()
    }
    for scheme in components.get("securitySchemes", {}).values():
        scheme["description"] = "A key of a department: `an_live_…`, or `an_test_…` to try."
    for operations in schema["paths"].values():
        for operation in operations.values():
            _complete(operation)


def _complete(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    if name in _KEEPS:
        operation["parameters"].append(_TOKEN)
    codes = set(_ALWAYS)
    if "requestBody" in operation:
        codes |= set(_WITH_BODY)
    if name in _NEEDS_DESK:
        codes |= set(_SENDS)
    headers = {h: {"$ref": f"#/components/headers/{h}"} for h in _HEADERS}
    for said in operation["responses"].values():
        said["headers"] = headers
    if "cursor" in {p["name"] for p in operation["parameters"]}:
        link = {"description": 'The next page: `<…>; rel="next"`.', "schema": {"type": "string"}}
        operation["responses"][200]["headers"] = {**headers, "Link": link}
    if name in _LINKS:
        status, (parameter, place, nexts) = _LINKS[name]
        operation["responses"][status]["links"] = {
            next_: {"operationId": next_, "parameters": {parameter: place}} for next_ in nexts
        }
    by_status: dict[int, list[ApiProblem]] = {}
    for code in ApiProblem:
        if code in codes:
            by_status.setdefault(STATUS[code], []).append(code)
    for status, found in sorted(by_status.items()):
        operation["responses"][status] = {
            "description": " ".join(f"`{code}`: {PROBLEMS[code][0]}" for code in found),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
