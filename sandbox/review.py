"""The life of a template: what its owner, the reviewers and the years do to it.

Every step writes the whole template as an R record. Whether a step is allowed is the protocol's to
say; here it only happens.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.matching import TemplateSpec
from sandbox.templates import Comment, Entry, Review

if TYPE_CHECKING:
    from sandbox.world import World

REASON = "알림톡으로 보낼 수 없는 내용이 있습니다."


def save(world: World, entry: Entry) -> None:
    """Write a template as it stands now."""
    entry.updated_at = time.time()
    world.note(b"R", {"entry": msgspec.to_builtins(entry)})


def draft(
    world: World, protocol: str, code: str, spec: TemplateSpec, details: dict[str, Any]
) -> Entry:
    """Register a template that nobody has asked to review."""
    entry = Entry(protocol, code, spec, created_at=time.time(), details=details)
    save(world, entry)
    return current(world, entry)


def current(world: World, entry: Entry) -> Entry:
    """The template as the registry has it: saving makes another object of it."""
    found = world.templates.get(entry.protocol, entry.code)
    assert found is not None  # noqa: S101 - it was saved just before
    return found


def revise(
    world: World, entry: Entry, spec: TemplateSpec, details: dict[str, Any], *, keep: bool
) -> Entry:
    """Change the wording; `keep`: the approved one is sent until the new one is approved."""
    entry.approved = (entry.approved or entry.spec) if keep else None
    entry.spec, entry.details, entry.review = spec, details, "draft"
    entry.decide_at = entry.requested_at = None
    save(world, entry)
    return current(world, entry)


def request(world: World, entry: Entry) -> Entry:
    """Ask for the review: decided at once, after a while, or when the control API says so."""
    now, delay = time.time(), world.settings.review_delay_ms
    entry.review, entry.requested_at, entry.decided_at = "requested", now, None
    entry.decide_at = None if delay is None else now + delay / 1000
    save(world, entry)
    entry = current(world, entry)
    if delay == 0:
        _pass_judgement(world, entry)
    else:
        expect(world, entry)
    return current(world, entry)


def withdraw(world: World, entry: Entry) -> Entry:
    """Take the request back."""
    entry.review, entry.requested_at, entry.decide_at = "draft", None, None
    save(world, entry)
    return current(world, entry)


def comment(world: World, entry: Entry, text: str, *, reviewer: bool) -> Entry:
    """Write a comment."""
    entry.comments = [*entry.comments, Comment(text, time.time(), reviewer)]
    save(world, entry)
    return current(world, entry)


def decide(world: World, entry: Entry, review: Review, text: str = "") -> Entry:
    """What the reviewers do: inspecting, approved or rejected, with a comment."""
    now = time.time()
    entry.review = review
    entry.decided_at = None if review == "inspecting" else now
    entry.decide_at = None
    if review == "approved":
        entry.approved = None
    if text:
        entry.comments = [*entry.comments, Comment(text, now, reviewer=True)]
    save(world, entry)
    return current(world, entry)


def drop(world: World, entry: Entry) -> None:
    """Take a template off the list."""
    world.note(b"W", {"p": entry.protocol, "c": entry.code})


def expect(world: World, entry: Entry) -> None:
    """Set the clock for a review that is decided by itself."""
    asked, due = entry.requested_at, entry.decide_at
    if asked is None or due is None:
        return
    key = (entry.protocol, entry.code, asked)
    world.reports.call((asked + due) / 2, lambda: _step(world, key, last=False))
    world.reports.call(due, lambda: _step(world, key, last=True))


def _step(world: World, key: tuple[str, str, float], *, last: bool) -> None:
    entry = world.templates.get(*key[:2])
    # Anything that happened to it in the meantime has stopped this clock.
    if entry is None or entry.requested_at != key[2] or entry.decide_at is None:
        return
    if last:
        _pass_judgement(world, entry)
    elif entry.review == "requested":
        entry.review = "inspecting"
        save(world, entry)


def _pass_judgement(world: World, entry: Entry) -> None:
    refused = world.settings.review_reject
    if refused and refused in entry.spec.body:
        decide(world, entry, "rejected", REASON)
    else:
        decide(world, entry, "approved")
