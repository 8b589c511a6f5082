"""`/_sandbox/templates`, `/_sandbox/pictures`: what reviewers and years do, on request."""

from __future__ import annotations

from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import review
from sandbox.control import read
from sandbox.matching import TemplateSpec
from sandbox.requests import body_of, world_of
from sandbox.settings import FIRST
from sandbox.templates import Entry
from sandbox.wire import WireError, answer


class _Templates(msgspec.Struct, forbid_unknown_fields=True):
    templates: list[TemplateSpec]
    protocol: str | None = None


async def put(request: Request) -> Response:
    """`PUT /_sandbox/templates`: approved ones, merged by template_id.

    An array for every protocol, or `{"templates": […], "protocol": …}` for one.
    """
    world = world_of(request)
    sent = read(await body_of(request), list[TemplateSpec] | _Templates)
    specs, only = (sent, None) if isinstance(sent, list) else (sent.templates, sent.protocol)
    if only is not None and only not in world.protocols:
        raise WireError(400, "ValidationError", f"unknown protocol: {only}")
    world.register(specs, only)
    return answer({"templates": len(world.templates)})


async def show(request: Request) -> Response:
    """`GET /_sandbox/templates[?protocol=]`: what is registered, and where it stands."""
    entries = world_of(request).templates.of(request.query_params.get("protocol", FIRST))
    return answer([_told(entry) for entry in entries])


def _told(entry: Entry) -> dict[str, object]:
    return {
        **msgspec.to_builtins(entry.spec),
        "status": entry.status,
        "protocol": entry.protocol,
        "comments": msgspec.to_builtins(entry.comments),
    }


class _Decision(msgspec.Struct, forbid_unknown_fields=True):
    status: Literal["inspecting", "approved", "rejected"]
    comment: str = ""
    protocol: str | None = None


async def decide(request: Request) -> Response:
    """`POST /_sandbox/templates/{code}/decide {"status", "comment"?, "protocol"?}`."""
    wanted = read(await body_of(request), _Decision)
    world = world_of(request)
    entries = _named(request, wanted.protocol)
    decided = [review.decide(world, e, wanted.status, wanted.comment) for e in entries]
    return answer([_told(entry) for entry in decided])


class _Age(msgspec.Struct, forbid_unknown_fields=True):
    dormant: bool | None = None
    blocked: bool | None = None
    stopped: bool | None = None
    protocol: str | None = None


async def age(request: Request) -> Response:
    """`POST /_sandbox/templates/{code}/age {"dormant"?, "blocked"?, "stopped"?, "protocol"?}`."""
    wanted = read(await body_of(request), _Age)
    world = world_of(request)
    for entry in _named(request, wanted.protocol):
        for name in ("dormant", "blocked", "stopped"):
            if getattr(wanted, name) is not None:
                setattr(entry, name, getattr(wanted, name))
        review.save(world, entry)
    return answer([_told(entry) for entry in _named(request, wanted.protocol)])


def _named(request: Request, protocol: str | None) -> list[Entry]:
    code = request.path_params["code"]
    entries = world_of(request).templates.named(code, protocol)
    if not entries:
        raise WireError(404, "ResourceNotFound", "없는 템플릿입니다.")
    return entries


async def pictures(request: Request) -> Response:
    """`GET /_sandbox/pictures`."""
    return answer(world_of(request).pictures.all())
