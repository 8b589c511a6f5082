"""`/_sandbox`: what tests ask of the simulator, beside the carrier's own wire."""

from __future__ import annotations

import asyncio
import resource
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.faults import Fault
from sandbox.requests import body_of, world_of
from sandbox.settings import FIRST
from sandbox.store import Chunk
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
    """`GET /_sandbox/accepted?format=json|ndjson[&to=][&text=1][&protocol=]`, streamed in order."""
    lines = request.query_params.get("format") == "ndjson"
    media = "application/x-ndjson" if lines else "application/json"
    return StreamingResponse(_stream(request, lines=lines), media_type=media)


async def _stream(request: Request, *, lines: bool) -> AsyncIterator[bytes]:
    world = world_of(request)
    to, only = request.query_params.get("to"), request.query_params.get("protocol")
    text = request.query_params.get("text") == "1"
    number, join, first = 0, b"\n" if lines else b",", True
    if not lines:
        yield b"["
    for chunk in list(world.store.fired):
        rows = []
        if only not in {None, chunk.group.protocol}:
            continue
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
    protocol = world.protocols[chunk.group.protocol]
    for i in chunk.accepted():
        row: dict[str, Any] = {
            "ref": refs[i],
            "to": to[i],
            "type": chunk.shape_of(i).type,
            "groupId": chunk.group.group_id,
            "messageId": chunk.message_id(i),
            "at": iso(chunk.group.sent_at),
            "statusCode": protocol.code(chunk.type_of(i), chunk.code[i]),
            "protocol": protocol.name,
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


_CALLBACKS = (
    *("sent", "pending", "lost", "given_up", "unaddressed"),
    *("duplicated", "reordered", "posts", "failed_posts"),
)


async def summary(request: Request) -> Response:
    """`GET /_sandbox/summary[?protocol=]`: counts, and what was accepted more than once."""
    world = world_of(request)
    only = request.query_params.get("protocol")
    chunks = [c for c in world.store.fired if only in {None, c.group.protocol}]
    groups = [g for g in world.store.groups.values() if only in {None, g.protocol}]
    accepted, by_protocol, replacements = _counts(chunks)
    refs, messages, distinct = await _repeated(chunks)
    counts = world.courier.counts
    return answer(
        {
            "accepted": dict(accepted),
            "accepted_total": sum(accepted.values()),
            "by_protocol": dict(by_protocol),
            "replacements": dict(replacements),
            "messages": distinct,
            "repeated_refs": refs,
            "repeated_messages": messages,
            "repeated_texts": await _repeated_texts(world, chunks),
            "statuses": await _statuses(world, chunks),
            "groups": dict(Counter(group.status for group in groups)),
            "refused": sum(group.refused for group in groups),
            "callbacks": {name: max(0, counts[name]) for name in _CALLBACKS},
            "faults_struck": world.faults.struck,
        }
    )


def _counts(chunks: Sequence[Chunk]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    accepted: Counter[str] = Counter()
    by_protocol: Counter[str] = Counter()
    replacements: Counter[str] = Counter()
    for chunk in chunks:
        went = chunk.accepted()
        by_protocol[chunk.group.protocol] += len(went)
        for number, count in Counter(chunk.shape[i] for i in went).items():
            accepted[chunk.shapes[number].type] += count
        replacements.update(kind for kind, _ in chunk.replaced.values())
    return accepted, by_protocol, replacements


async def _repeated(
    chunks: Sequence[Chunk],
) -> tuple[dict[str, int], list[dict[str, Any]], int]:
    """References accepted twice, messages (before the dash) accepted twice on one channel."""
    refs: set[str] = set()
    again: Counter[str] = Counter()
    channels: dict[str, set[str]] = {}
    twice: Counter[tuple[str, str]] = Counter()
    for chunk in chunks:
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


async def _repeated_texts(world: World, chunks: Sequence[Chunk]) -> list[dict[str, Any]]:
    """What was accepted twice of messages that carry no reference: same number, type and text."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for chunk in chunks:
        refs = chunk.refs()
        nameless = [i for i in chunk.accepted() if not refs[i]]
        for i in nameless:
            kind, text = chunk.shape_of(i).type, world.texts.text(chunk, i)
            seen[chunk.group.protocol, kind, chunk.to[i], text] += 1
        await asyncio.sleep(0)
    return [
        {"protocol": protocol, "type": kind, "to": to, "times": times}
        for (protocol, kind, to, _), times in seen.items()
        if times > 1
    ]


async def _statuses(world: World, chunks: Sequence[Chunk]) -> dict[str, int]:
    """How many accepted messages stand at each of their carrier's codes now."""
    found: Counter[str] = Counter()
    for chunk in chunks:
        protocol = world.protocols[chunk.group.protocol]
        stand = Counter((chunk.type_of(i), chunk.code[i]) for i in chunk.accepted())
        for (kind, status), count in stand.items():
            found[protocol.code(kind, status)] += count
        await asyncio.sleep(0)
    return dict(sorted(found.items()))


async def put_mix(request: Request) -> Response:
    """`PUT /_sandbox/mix`: shares of endings by message type."""
    mix = read(await body_of(request), dict[str, dict[str, float]])
    return _configure(world_of(request), {"mix": mix})


class _Callback(msgspec.Struct, forbid_unknown_fields=True):
    url: str | msgspec.UnsetType | None = msgspec.UNSET
    duplicate: float | msgspec.UnsetType = msgspec.UNSET
    reorder: float | msgspec.UnsetType = msgspec.UNSET
    lost: float | msgspec.UnsetType = msgspec.UNSET
    batch: int | msgspec.UnsetType = msgspec.UNSET
    secret: str | msgspec.UnsetType | None = msgspec.UNSET
    protocol: str = FIRST


async def put_callback(request: Request) -> Response:
    """`PUT /_sandbox/callback`: any of url, duplicate, reorder, lost, batch, secret.

    Address and secret are those of `protocol` (solapi unless named); the rest is everybody's.
    """
    world = world_of(request)
    sent = msgspec.to_builtins(read(await body_of(request), _Callback))
    name = sent.pop("protocol")
    if name not in world.protocols:
        raise WireError(400, "ValidationError", f"unknown protocol: {name}")
    changes: dict[str, Any] = {}
    if "secret" in sent:
        secrets = {**world.settings.callback_secrets, name: sent.pop("secret") or ""}
        changes["callback_secrets"] = secrets
    if "url" in sent and name != FIRST:
        urls = {**world.settings.callback_urls, name: sent.pop("url") or ""}
        changes["callback_urls"] = {one: url for one, url in urls.items() if url}
    return _configure(world, changes | {f"callback_{key}": sent[key] for key in sent})


async def put_config(request: Request) -> Response:
    """`PUT /_sandbox/config`: any of the settings."""
    return _configure(world_of(request), read(await body_of(request), dict[str, Any]))


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
    sent = read(await body_of(request), Fault | list[Fault])
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


def read(raw: bytes, kind: Any) -> Any:
    """The JSON of a control call, or `WireError`."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as problem:
        raise WireError(400, "ValidationError", str(problem)) from None
