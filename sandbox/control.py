"""`/_sandbox`: what tests ask of the simulator, beside the carrier's own wire."""

from __future__ import annotations

import asyncio
import resource
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.codes import CODES
from sandbox.faults import Fault
from sandbox.matching import TemplateSpec
from sandbox.requests import body_of, world_of
from sandbox.store import Chunk, Store
from sandbox.wire import WireError, answer, encode, iso
from sandbox.world import World


async def health(request: Request) -> Response:
    """`GET /_sandbox/health`."""
    world = world_of(request)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return answer(
        {
            "status": "ok",
            "uptime_seconds": round(time.time() - world.started_at, 3),
            "messages": sum(map(len, world.store.chunks)),
            "templates": len(world.templates),
            "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
            "peak_mib": round(usage.ru_maxrss / 1024, 1),
        }
    )


async def accepted(request: Request) -> Response:
    """`GET /_sandbox/accepted?format=json|ndjson[&to=][&text=1]`, streamed in order."""
    lines = request.query_params.get("format") == "ndjson"
    media = "application/x-ndjson" if lines else "application/json"
    return StreamingResponse(_stream(request, lines=lines), media_type=media)


async def _stream(request: Request, *, lines: bool) -> AsyncIterator[bytes]:
    world = world_of(request)
    to = request.query_params.get("to")
    text = request.query_params.get("text") == "1"
    number, join, first = 0, b"\n" if lines else b",", True
    if not lines:
        yield b"["
    for chunk in list(world.store.fired):
        rows = []
        for row in _rows(world, chunk, text=text):
            number += 1
            if to is None or row["to"] == to:
                rows.append(encode({"n": number, **row}))
        if rows:
            yield (b"" if first or lines else join) + join.join(rows) + (b"\n" if lines else b"")
            first = False
        await asyncio.sleep(0)
    if not lines:
        yield b"]"


def _rows(world: World, chunk: Chunk, *, text: bool) -> list[dict[str, Any]]:
    rows = []
    to, refs = list(chunk.to), chunk.refs()
    for i in chunk.accepted():
        row: dict[str, Any] = {
            "ref": refs[i],
            "to": to[i],
            "type": chunk.shape_of(i).type,
            "groupId": chunk.group.group_id,
            "messageId": chunk.message_id(i),
            "at": iso(chunk.group.sent_at),
            "statusCode": CODES[chunk.code[i]],
        }
        custom = chunk.custom[i]
        if isinstance(custom, dict):
            row["customFields"] = custom
        if text:
            row["text"] = world.texts.text(chunk, i)
        rows.append(row)
        replaced = chunk.replaced.get(i)
        if replaced is not None:
            rows.append({**row, "type": replaced[0], "replacement": True})
    return rows


async def summary(request: Request) -> Response:
    """`GET /_sandbox/summary`: counts, and what was accepted more than once."""
    world = world_of(request)
    store, counts = world.store, world.courier.counts
    refs, messages, distinct = await _repeated(store)
    return answer(
        {
            "accepted": dict(store.accepted),
            "accepted_total": sum(store.accepted.values()),
            "replacements": dict(store.replacements),
            "messages": distinct,
            "repeated_refs": refs,
            "repeated_messages": messages,
            "statuses": await _statuses(store),
            "groups": dict(Counter(group.status for group in store.groups.values())),
            "refused": sum(group.refused for group in store.groups.values()),
            "callbacks": {
                name: max(0, counts[name])
                for name in (
                    "sent",
                    "pending",
                    "lost",
                    "given_up",
                    "unaddressed",
                    "duplicated",
                    "reordered",
                    "posts",
                    "failed_posts",
                )
            },
            "faults_struck": world.faults.struck,
        }
    )


async def _repeated(store: Store) -> tuple[dict[str, int], list[dict[str, Any]], int]:
    """References accepted twice, messages (before the dash) accepted twice on one channel."""
    refs: set[str] = set()
    again: Counter[str] = Counter()
    channels: dict[str, set[str]] = {}
    twice: Counter[tuple[str, str]] = Counter()
    for chunk in list(store.fired):
        for kind, ref in _travelled(chunk):
            if ref in refs:
                again[ref] += 1
            refs.add(ref)
            message = ref.partition("-")[0]
            known = channels.setdefault(kind, set())
            if message in known:
                twice[message, kind] += 1
            known.add(message)
        await asyncio.sleep(0)
    repeated = {ref: extra + 1 for ref, extra in again.items()}
    messages = [
        {"message": message, "type": kind, "times": extra + 1}
        for (message, kind), extra in twice.items()
    ]
    return repeated, messages, len(set().union(*channels.values()))


def _travelled(chunk: Chunk) -> Iterator[tuple[str, str]]:
    refs = chunk.refs()
    for i in chunk.accepted():
        if refs[i]:
            yield chunk.shape_of(i).type, refs[i]
            if i in chunk.replaced:
                yield chunk.replaced[i][0], refs[i]


async def _statuses(store: Store) -> dict[str, int]:
    """How many accepted messages stand at each status now."""
    statuses: Counter[int] = Counter()
    for chunk in list(store.fired):
        statuses.update(chunk.code[i] for i in chunk.accepted())
        await asyncio.sleep(0)
    return {CODES[status]: count for status, count in sorted(statuses.items())}


async def put_templates(request: Request) -> Response:
    """`PUT /_sandbox/templates`: an array, merged by template_id."""
    world = world_of(request)
    specs = _read(await body_of(request), list[TemplateSpec])
    world.register(specs)
    return answer({"templates": len(world.templates)})


async def get_templates(request: Request) -> Response:
    """`GET /_sandbox/templates`."""
    return answer([template.spec for template in world_of(request).templates.values()])


async def put_mix(request: Request) -> Response:
    """`PUT /_sandbox/mix`: shares of endings by message type."""
    mix = _read(await body_of(request), dict[str, dict[str, float]])
    return _configure(world_of(request), {"mix": mix})


class _Callback(msgspec.Struct, forbid_unknown_fields=True):
    url: str | msgspec.UnsetType | None = msgspec.UNSET
    duplicate: float | msgspec.UnsetType = msgspec.UNSET
    reorder: float | msgspec.UnsetType = msgspec.UNSET
    lost: float | msgspec.UnsetType = msgspec.UNSET
    batch: int | msgspec.UnsetType = msgspec.UNSET


async def put_callback(request: Request) -> Response:
    """`PUT /_sandbox/callback {"url", "duplicate", "reorder", "lost", "batch"}`, each optional."""
    sent = msgspec.to_builtins(_read(await body_of(request), _Callback))
    return _configure(world_of(request), {f"callback_{name}": sent[name] for name in sent})


async def put_config(request: Request) -> Response:
    """`PUT /_sandbox/config`: any of the settings."""
    return _configure(world_of(request), _read(await body_of(request), dict[str, Any]))


async def get_config(request: Request) -> Response:
    """`GET /_sandbox/config`."""
    return answer(world_of(request).settings)


def _configure(world: World, changes: dict[str, Any]) -> Response:
    try:
        world.configure(changes)
    except (ValueError, msgspec.ValidationError) as problem:
        raise WireError(400, "ValidationError", str(problem)) from None
    return answer(world.settings)


async def post_fault(request: Request) -> Response:
    """`POST /_sandbox/faults {"kind", "path", "times", …}`, or an array of them."""
    world = world_of(request)
    sent = _read(await body_of(request), Fault | list[Fault])
    world.faults.scheduled += sent if isinstance(sent, list) else [sent]
    return answer(world.faults.scheduled)


async def get_faults(request: Request) -> Response:
    """`GET /_sandbox/faults`: what has not struck yet."""
    return answer(world_of(request).faults.scheduled)


async def delete_faults(request: Request) -> Response:
    """`DELETE /_sandbox/faults`."""
    world_of(request).faults.scheduled.clear()
    return answer([])


async def reset(request: Request) -> Response:
    """`POST /_sandbox/reset`: forget what was sent; templates and settings stay."""
    world_of(request).reset()
    return answer({"status": "ok"})


def _read(raw: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as problem:
        raise WireError(400, "ValidationError", str(problem)) from None
