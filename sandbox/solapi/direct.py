"""Sending without touching a group: `send`, `send-many`, `send-many/detail`."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.requests import body_of, world_of
from sandbox.solapi import replies
from sandbox.solapi.codes import CODES, MEANINGS
from sandbox.solapi.groups import (
    check_size,
    count_numbers,
    desk_of,
    gather,
    open_group,
    reserve,
    send_out,
    when_of,
)
from sandbox.solapi.wire import MessageBody, MessagesBody, read_message, read_messages
from sandbox.store import Chunk
from sandbox.wire import answer, raw_answer


async def send_one(request: Request) -> Response:
    """`POST /messages/v4/send`: one message, answered flat."""
    raw = await body_of(request)
    body = read_message(raw)
    chunk = await _send(request, body, raw)
    flat = msgspec.json.decode(replies.results(chunk, [0])[0])
    flat["groupId"] = chunk.group.group_id
    flat["statusCode"] = CODES[_told(chunk, 0)]
    flat["statusMessage"] = MEANINGS[_told(chunk, 0)]
    return answer(flat)


async def send_many(request: Request) -> Response:
    """`POST /messages/v4/send-many`: the group."""
    raw = await body_of(request)
    chunk = await _send(request, read_messages(raw), raw)
    return answer(replies.group_json(chunk.group))


async def send_many_detail(request: Request) -> Response:
    """`POST /messages/v4/send-many/detail`: the group, what failed, and all messages if asked."""
    raw = await body_of(request)
    body = read_messages(raw)
    chunk = await _send(request, body, raw)
    refused = [i for i in range(len(chunk)) if _told(chunk, i) != 0]
    parts = [
        f'"failedMessageList":[{",".join(replies.results(chunk, refused))}]',
        f'"groupInfo":{msgspec.json.encode(replies.group_json(chunk.group)).decode()}',
    ]
    if body.show_message_list:
        parts.append(f'"messageList":{msgspec.json.encode(_list(chunk)).decode()}')
    return raw_answer(f"{{{','.join(parts)}}}".encode())


def _told(chunk: Chunk, i: int) -> int:
    """The registration code: what was accepted is on its way by now."""
    return 0 if chunk.endings and chunk.endings[i] != 255 else chunk.code[i]


def _list(chunk: Chunk) -> list[dict[str, Any]]:
    return [
        {
            "messageId": chunk.message_id(i),
            "statusCode": CODES[_told(chunk, i)],
            "statusMessage": MEANINGS[_told(chunk, i)],
            "customFields": msgspec.json.decode(replies.custom_json(chunk, i)),
        }
        for i in range(len(chunk))
    ]


async def _send(request: Request, body: MessagesBody | MessageBody, raw: bytes) -> Chunk:
    world = world_of(request)
    form = "one" if isinstance(body, MessageBody) else ""
    messages = [body.message] if isinstance(body, MessageBody) else body.messages
    check_size(0, count_numbers(messages))
    at = when_of(body.scheduled_date) if body.scheduled_date else 0.0
    group, record = open_group(world, body)
    async with group.lock:
        intake = await gather(desk_of(request), group, messages)
        chunk = world.admit(group, intake, raw, record, form=form)
        if group.registered <= 0:
            world.note(b"E", {"g": group.group_id})
        elif at > time.time():
            reserve(world, group, at)
        else:
            await send_out(world, group)
    return chunk
