"""What SENS holds for later. Its id is that of the request."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from sandbox.requests import world_of
from sandbox.sens import wire
from sandbox.sens.lists import service_of
from sandbox.statuses import CANCELLED
from sandbox.store import Group
from sandbox.wire import answer


async def show(request: Request) -> Response:
    """`GET …/reservations/{reserveId}/reserve-status`."""
    group = _held(request)
    if group is None:
        return wire.nothing()
    return answer(
        {
            "reserveId": group.group_id,
            "reserveTimeZone": "Asia/Seoul",
            "reserveTime": wire.stamp(group.scheduled_at or group.sent_at or group.at),
            "reserveStatus": status_of(group),
        }
    )


async def cancel(request: Request) -> Response:
    """`DELETE …/reservations/{reserveId}`: 204, or 400 if it has gone or was given up."""
    group = _held(request)
    if group is None:
        return wire.nothing()
    if status_of(group) != "READY":
        raise wire.bad("예약을 취소할 수 있는 상태가 아닙니다.")
    world_of(request).cancel(group)
    return Response(status_code=204)


def status_of(group: Group) -> str:
    """READY PROCESSING CANCELED FAIL DONE; STALE and SKIP do not happen here."""
    if group.status == "FAILED":
        codes = {status for chunk in group.chunks for status in chunk.code}
        return "CANCELED" if CANCELLED in codes else "FAIL"
    return {"SCHEDULED": "READY", "SENDING": "PROCESSING"}.get(group.status, "DONE")


def _held(request: Request) -> Group | None:
    group = world_of(request).store.groups.get(request.path_params["reserve_id"])
    if group is None or group.protocol != wire.NAME or not group.facts["held"]:
        return None
    return group if group.chunks[0].form == service_of(request) else None
