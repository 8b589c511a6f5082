"""NHN's callbacks: each product has its own, under the signature that was agreed."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sandbox.callbacks import Parcel
from sandbox.nhn import lists, wire
from sandbox.nhn.wire import API_KEY, SMS_KEY
from sandbox.store import Chunk
from sandbox.wire import encode
from sandbox.world import World

_KAKAO_HOST = "https://kakaotalk-bizmessage.api.nhncloudservice.com/alimtalk/v2.3/appkeys"
_SMS_HOST = "https://sms.api.nhncloudservice.com/sms/v2.4/appKeys"


def encode_batch(world: World, parcels: Sequence[Parcel]) -> bytes:
    """The body of a callback; its parcels are of one product."""
    kakao = lane_of(parcels[0].chunk) == "kakao"
    stamp = f"{time.time_ns():X}"
    head = {
        "hooksId": f"{stamp}sandbox",
        "webhookConfigId": "sandbox",
        "productName": "KakaoTalk Bizmessage" if kakao else "SMS",
        "appKey": API_KEY if kakao else SMS_KEY,
        "event": "MESSAGE_RESULT_UPDATE",
    }
    hooks: list[str] = []
    for parcel in parcels:
        hooks += _kakao(world, parcel) if kakao else _phone(world, parcel)
    return f'{encode(head)[:-1].decode()},"hooks":[{",".join(hooks)}]}}'.encode()


def lane_of(chunk: Chunk) -> str:
    """The product that a chunk went through."""
    return "kakao" if chunk.form in lists.KAKAO_FORMS else "phone"


def _kakao(world: World, parcel: Parcel) -> list[str]:
    chunk, group = parcel.chunk, parcel.chunk.group
    to, refs = list(chunk.to), chunk.refs()
    sent = wire.clock(group.sent_at, "%Y-%m-%d %H:%M:%S")
    now = wire.clock(time.time(), "%Y-%m-%d %H:%M:%S")
    made = wire.clock(group.at, "%Y-%m-%d %H:%M:%S")
    request = group.group_id
    begin = f'{{"kakaoMessageType":"ALIMTALK_NORMAL","requestId":"{request}","recipientSeq":'
    dates = f'"requestDate":"{sent}","createDate":"{made}","receiveDate":"{now}"'
    key = encode(group.facts["grouping"] or None).decode()
    link = f'"_links":{{"self":{{"href":"{_KAKAO_HOST}/{API_KEY}/messages/{request}/'
    return [
        f'{begin}{i + 1},{dates},"recipientNo":"{to[i]}",'
        f'"resultCode":{_json(lists.result_of(world, chunk, i))},"senderGroupingKey":{key},'
        f'"recipientGroupingKey":{_json(refs[i])},"isAddedChannel":null,'
        f'{link}{i + 1}"}}}},"hookId":"{chunk.base + i:X}H"}}'
        for i in parcel.places
    ]


def _phone(world: World, parcel: Parcel) -> list[str]:
    chunk, group = parcel.chunk, parcel.chunk.group
    to, refs = list(chunk.to), chunk.refs()
    sent = wire.clock(group.sent_at, "%Y-%m-%dT%H:%M:%S")
    now = wire.clock(time.time(), "%Y-%m-%dT%H:%M:%S")
    request = group.group_id
    key = encode(group.facts["grouping"] or None).decode()
    path = "sms" if chunk.form == "sms" else "mms"
    link = f'"_link":{{"self":{{"href":"{_SMS_HOST}/{SMS_KEY}/sender/{path}/{request}?recipientSeq='
    # The spelling of the key is that of the guide's example.
    return [
        f'{{"hookId":"{chunk.base + i:X}H","senderType":"NORMAL_{chunk.type_of(i)}",'
        f'"requestId":"{request}","recipientSeq":{i + 1},"requestDate":"{sent}",'
        f'"receiveDate":"{now}","sendNo":"{chunk.shape_of(i).sender}","recipientNo":"{to[i]}",'
        f'"messageStatus":"{lists.state_of(chunk, i)}","recipientGropuingKey":{_json(refs[i])},'
        f'"senderGroupingKey":{key},"resultCode":{_json(lists.result_of(world, chunk, i))},'
        f'"messageCount":1,{link}{i + 1}"}}}}}}'
        for i in parcel.places
    ]


def _json(text: str | None) -> str:
    """A code or a reference as JSON; nearly all need no escaping."""
    if not text:
        return "null"
    return f'"{text}"' if text.replace("-", "").isalnum() else encode(text).decode()
