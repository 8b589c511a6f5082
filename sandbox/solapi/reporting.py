"""SOLAPI's callbacks: an array of single reports."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sandbox.callbacks import Parcel
from sandbox.solapi.codes import STATUS_JSON
from sandbox.solapi.replies import custom_json
from sandbox.solapi.wire import ACCOUNT
from sandbox.store import Chunk
from sandbox.wire import encode, iso


def encode_batch(batch: Sequence[Parcel]) -> bytes:
    """The body of a callback: an array of single reports."""
    items: list[str] = []
    for parcel in batch:
        items += _encode_parcel(parcel)
    return f"[{','.join(items)}]".encode()


def _encode_parcel(parcel: Parcel) -> list[str]:
    chunk, base = parcel.chunk, parcel.chunk.base
    to, custom = list(chunk.to), list(chunk.custom)
    code, shape = chunk.code, chunk.shape
    now, ids = iso(time.time()), chunk.head
    begin = f'{{"eventDataId":"EVT{ids[3:]}'
    starts = [_shape_json(chunk, number) for number in range(len(chunk.shapes))]
    dates = (
        f',"dateProcessed":"{iso(chunk.group.sent_at)}","dateReported":"{now}",'
        f'"dateReceived":"{now}","networkCode":null,"accountId":"{ACCOUNT}","customFields":'
    )
    end = f'}},"retryCount":{parcel.attempt}}}'
    items: list[str] = []
    for i in parcel.places:
        status, own = code[i], custom[i]
        number = f"{base + i:08X}"
        kind, shared = starts[shape[i]]
        if chunk.replaced:
            kind = chunk.type_of(i)
        fields = f'{{"ref":"{own}"}}' if type(own) is str else custom_json(chunk, i)
        items.append(
            f'{begin}{number}","data":{{"messageId":"{ids}{number}",{shared}"type":"{kind}",'
            f'"to":"{to[i]}",{STATUS_JSON[status]}{dates}{fields}{end}'
        )
    return items


def _shape_json(chunk: Chunk, number: int) -> tuple[str, str]:
    shape = chunk.shapes[number]
    shared = f'"groupId":"{chunk.group.group_id}","from":{encode(shape.sender).decode()},'
    if shape.profile is not None:
        options = {
            "pfId": shape.profile,
            "templateId": shape.template,
            "disableSms": shape.alone,
        }
        shared += f'"kakaoOptions":{encode(options).decode()},'
    return shape.type, shared
