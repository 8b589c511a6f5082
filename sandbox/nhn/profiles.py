"""Sender profiles, and the categories of templates."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.nhn import wire
from sandbox.nhn.templates import CLOCK, check_profile
from sandbox.nhn.wire import NAME, PROFILE, Refusal, clock
from sandbox.requests import world_of
from sandbox.world import World


def _sender(world: World) -> dict[str, Any]:
    state = world.settings.profile_states.get(NAME, "active")
    blocked = state == "blocked"
    fallback = {"resendAppKey": None, "isResend": True, "resendSendNo": None}
    today = sum(group.sent for group in world.store.groups.values() if group.protocol == NAME)
    return {
        "plusFriendId": "@sandbox",
        "senderKey": PROFILE,
        "categoryCode": "00400020004",
        "status": "YSC03",
        "statusName": "정상 등록",
        "kakaoStatus": "S" if blocked else "A",
        "kakaoStatusName": "차단" if blocked else "정상",
        "kakaoProfileStatus": "A",
        "kakaoProfileStatusName": "활성화",
        "profileSpamLevel": "정상",
        "profileMessageSpamLevel": "정상",
        "alimtalk": {**fallback, "dailyMaxCount": 0, "sentCount": today},
        "friendtalk": {**fallback, "resendUnsubscribeNo": None, "dailyMaxCount": 0, "sentCount": 0},
        "dormant": state == "dormant",
        "block": blocked,
        "createDate": clock(world.started_at, CLOCK),
        "initialUserRestriction": False,
    }


async def sender(request: Request) -> Response:
    """`GET senders/{senderKey}`."""
    check_profile(request)
    world = world_of(request)
    if world.settings.profile_states.get(NAME) == "gone":
        raise Refusal(-2017)
    return wire.answer(sender=_sender(world))


async def senders(request: Request) -> Response:
    """`GET senders`."""
    world = world_of(request)
    gone = world.settings.profile_states.get(NAME) == "gone"
    found = [] if gone else [_sender(world)]
    return wire.answer(senders=found, totalCount=len(found))


async def categories(_request: Request) -> Response:
    """`GET template/categories`: the one that always exists."""
    one = {"code": "999999", "name": "기타", "groupName": "기타", "inclusion": "", "exclusion": ""}
    return wire.answer(categories=[{"name": "기타", "subCategories": [one]}])
