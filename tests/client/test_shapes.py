"""The client asks and reads exactly what the API's own description says."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alimnaru.client import Row, calls, clients
from alimnaru.client.calls import Call

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/reference/openapi.json").read_text())
AT = datetime(2026, 11, 28, tzinfo=UTC)
ROWS = [Row(to="010", name="김", variables={"a": "b"}, key="k", reference="r")]
EVERYTHING: Mapping[str, Call[Any]] = {
    "send": calls.send(
        "n", "t", name="m", variables={"a": 1}, reference="r", send_at=AT, expires_at=AT
    ),
    "send_many": calls.send_many(
        "n", ROWS, send_at=AT, project="p", refuse_all_on_error=True, confirm_repeat=True
    ),
    "dry_run": calls.dry_run("n", ROWS, send_at=AT),
    "get_message": calls.get_message("1"),
    "list_messages": calls.list_messages(reference="r", batch="1", state="failed"),
    "cancel_message": calls.cancel_message("1"),
    "open_batch": calls.open_batch("n", reference="r", send_at=AT, project="p"),
    "add_rows": calls.add_rows("1", ROWS),
    "close_batch": calls.close_batch("1", send_at=AT, confirm_repeat=True),
    "cancel_batch": calls.cancel_batch("1"),
    "get_batch": calls.get_batch("1"),
    "list_batches": calls.list_batches(reference="r", notice="n"),
    "list_refused_rows": calls.list_refused("1"),
    "list_notices": calls.list_notices(),
    "get_notice": calls.get_notice("n"),
    "list_templates": calls.list_templates("n"),
    "preview_notice": calls.preview("n", name="m", variables={"a": 1}),
    "search_preferences": calls.get_preferences("010"),
    "set_preference": calls.set_preference("010", "sms", notice="n"),
    "end_preference": calls.end_preference("010", notice="n"),
    "search_consents": calls.get_consents("010", name="m"),
    "record_consent": calls.record_consent(
        "n", "010", "m", "e", starts_on=AT.date(), ends_on=AT.date(), address="a"
    ),
    "end_consent": calls.end_consent("n", "010", name="m", note="x"),
    "list_tallies": calls.list_tallies(start=date(2026, 1, 1), end=date(2026, 2, 1)),
    "get_me": calls.get_me(),
}
#: The phone goes in a body instead.
LEFT_OUT = {"get_preferences"}


def operations() -> dict[str, tuple[str, str, Any]]:
    """Operation id → method, path, description."""
    return {
        said["operationId"]: (method.upper(), path, said)
        for path, methods in DOCUMENT["paths"].items()
        for method, said in methods.items()
    }


def test_nothing_that_can_be_asked_is_missing() -> None:
    assert set(EVERYTHING) | LEFT_OUT == set(operations())


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_it_asks_as_described(name: str) -> None:
    call = EVERYTHING[name]
    method, path, said = operations()[name]
    want = path.removeprefix("/api/v1/")
    assert (call.method, call.path.count("/")) == (method, want.count("/"))
    for given, described in zip(call.path.split("/"), want.split("/"), strict=True):
        assert described == given or described.startswith("{")
    named = {one["name"]: one["in"] for one in said.get("parameters", ())}
    assert call.params.keys() <= {n for n, where in named.items() if where == "query"}
    assert call.params.keys() | {"cursor"} >= {n for n, where in named.items() if where == "query"}
    body = said.get("requestBody")
    if body is None:
        assert call.body is None
        return
    schema = resolved(body["content"]["application/json"]["schema"])
    sent = json.loads(call.body or b"{}")
    assert set(sent) <= set(schema["properties"])
    assert set(sent) >= set(schema.get("required", ()))
    if name != "dry_run":  # takes the rest of the other's body, and does nothing with it
        assert set(sent) == set(schema["properties"])
    for row in sent.get("rows", ()):
        assert set(row) == set(DOCUMENT["components"]["schemas"]["RowIn"]["properties"])


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_it_reads_as_described(name: str) -> None:
    responses = operations()[name][2]["responses"]
    (good,) = (said for status, said in responses.items() if status.startswith("2"))
    schema = good["content"]["application/json"]["schema"]
    (ours,), parts = msgspec.json.schema_components([EVERYTHING[name].gives])
    same(ours, parts, resolved(schema), name)


def same(ours: Any, parts: Any, theirs: Any, where: str) -> None:
    """What we require is there, and nothing that is there is passed over."""
    mine = own(ours, parts)
    if "properties" in theirs:
        if "next" in mine["properties"] and "next" not in theirs["properties"]:
            del mine["properties"]["next"]  # a list that is never long
        assert set(mine["properties"]) == set(theirs["properties"]), where
        for name, said in theirs["properties"].items():
            below = f"{where}.{name}"
            ours_ = mine["properties"][name]
            nullable = {"type": "null"} in said.get("anyOf", ())
            assert not nullable or {"type": "null"} in ours_.get("anyOf", ()), below
            same(ours_, parts, resolved(said), below)
    elif "items" in theirs:
        same(mine["items"], parts, resolved(theirs["items"]), f"{where}[]")
    elif isinstance(theirs.get("additionalProperties"), Mapping):
        same(mine["additionalProperties"], parts, theirs["additionalProperties"], f"{where}{{}}")
    else:
        assert mine.get("type") == theirs.get("type", "string"), where


def own(said: Any, parts: Any) -> Any:
    found = one_of(said)
    while "$ref" in found:
        found = one_of(parts[found["$ref"].rpartition("/")[2]])
    return dict(found) | (
        {"properties": dict(found["properties"])} if "properties" in found else {}
    )


def resolved(said: Any) -> Any:
    found = one_of(said)
    while "$ref" in found:
        found = one_of(DOCUMENT["components"]["schemas"][found["$ref"].rpartition("/")[2]])
    return found


def one_of(said: Any) -> Any:
    """The one thing that it may be besides null."""
    if "anyOf" not in said:
        return said
    (found,) = (kind for kind in said["anyOf"] if kind != {"type": "null"})
    return found


PAIRS = [
    (clients.Messages, clients.AsyncMessages),
    (clients.Batches, clients.AsyncBatches),
    (clients.Notices, clients.AsyncNotices),
    (clients.Preferences, clients.AsyncPreferences),
    (clients.Consents, clients.AsyncConsents),
    (clients._Whole, clients._AsyncWhole),
]


@pytest.mark.parametrize(("now", "later"), PAIRS)
def test_both_clients_can_do_the_same(now: type, later: type) -> None:
    built = [
        {name: method._build for name, method in vars(kind).items() if hasattr(method, "_build")}
        for kind in (now, later)
    ]
    assert built[0] == built[1]
    assert built[0]


def test_a_method_explains_itself() -> None:
    with clients.Client("http://127.0.0.1:1", "k") as office:
        assert inspect.signature(office.messages.send) == inspect.signature(calls.send)
        assert inspect.getdoc(office.messages.send) == inspect.getdoc(calls.send)
