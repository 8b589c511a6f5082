"""Wordings under review at Bizgo, which knows them by sender profile and a code of our choice.

A wording is registered (REG), then a review is asked for (REQ), and Kakao approves (APR) or rejects
it (REJ). Bizgo's API can neither wake a template nor write to the reviewers but with a request;
those are done at its console.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

import msgspec
from msgspec import UNSET, UnsetType

from alimnaru.carriers.base import NotSent, Rejected, Unsupported
from alimnaru.carriers.bizgo import codes, wire
from alimnaru.carriers.bizgo.gateway import Gateway, read
from alimnaru.carriers.bizgo.history import SEOUL
from alimnaru.carriers.review import Comment, Draft, Profile, ProfileState, Review, Standing
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Rendered

TEMPLATE = "/center/alimtalk/template"
#: Templates of a page, as in Bizgo's example.
PAGE = 100
#: Pages of templates of one profile: far more than any has.
PAGES = 100

REVIEWS = {
    "REG": Review.DRAFT,
    "REQ": Review.IN_REVIEW,
    "APR": Review.APPROVED,
    "REJ": Review.REJECTED,
}
#: Where the wording may still be changed.
_OPEN = frozenset({Review.DRAFT, Review.REJECTED})
#: Codes with which Bizgo says that there is no such thing.
GONE = frozenset({codes.NOT_THERE, "gateway-A404", "Http404"})
#: A channel's own state: activated, deactivated, blocked, being deleted.
CHANNELS = {
    "C": ProfileState.BLOCKED,
    "B": ProfileState.BLOCKED,
    "E": ProfileState.GONE,
}
#: Under these of Kakao's measures against spam nothing is sent; a warning only resets the profile.
SPAM_STOPS = frozenset({"활동제한", "영구제한"})


class _Body(msgspec.Struct, rename="camel", omit_defaults=True):
    """A template to register. Items, highlight and buttons are spelt as in a message."""

    sender_key: str
    template_name: str
    template_code: str
    template_message_type: str
    template_emphasize_type: str
    text: str
    category_code: str
    security_flag: bool
    title: str | None = None
    sub_title: str | None = None
    header: str | None = None
    img_name: str | None = None
    img_url: str | None = None
    link: wire.WireLink | None = None
    attachment: wire.Attachment | UnsetType = UNSET
    supplement: wire.Supplement | UnsetType = UNSET
    extra: str | None = None


class _Key(msgspec.Struct, rename="camel", omit_defaults=True):
    """Which template is meant, and what we say about it."""

    sender_key: str
    template_code: str
    comment: str | None = None


class _Comment(msgspec.Struct, rename="camel"):
    """What a reviewer wrote. No document of Bizgo's names the field of the text; Kakao's own, which
    other dealers relay, is `content`."""

    content: str | None = None
    comment: str | None = None
    created_at: str | None = None
    status: str | None = None


class _Template(msgspec.Struct, rename="camel"):
    """A template as Bizgo shows it. `block` and `dormant` are words, not truths."""

    template_code: str = ""
    template_name: str = ""
    text: str = ""
    inspection_status: str | None = None
    status: str | None = None
    block: str | bool | None = None
    dormant: str | bool | None = None
    comments: list[_Comment] | None = None


class _One(msgspec.Struct):
    alimtalk: _Template | None = None


class _Many(msgspec.Struct):
    templates: list[_Template] | None = None


class _List(msgspec.Struct):
    alimtalk: _Many | None = None


class _Profile(msgspec.Struct, rename="camel"):
    name: str | None = None
    uuid: str | None = None
    status: str | None = None
    block: bool | None = None
    dormant: bool | None = None
    profile_status: str | None = None
    profile_spam_level: str | None = None
    profile_message_spam_level: str | None = None


class _Sender(msgspec.Struct, rename="camel"):
    sender_profile: _Profile | None = None


class _Kakao(msgspec.Struct):
    kakao: _Sender | None = None


class BizgoTemplates:
    """The templates of one profile. See `alimnaru.carriers.review.Templates`."""

    def __init__(self, gateway: Gateway, profile: str) -> None:
        self._gateway = gateway
        self._profile = profile

    def register(self, draft: Draft) -> str:
        """Give a wording to Bizgo under the code that we wish for. No review is asked for yet."""
        self._gateway.ask("POST", TEMPLATE, body=_encode(draft, draft.code))
        return draft.code

    def revise(self, code: str, draft: Draft) -> str:
        """Change a template that is registered or rejected; its code stays.

        Kakao lets no other be changed: the draft is registered beside it, under its own code.
        """
        if self.standing(code).review not in _OPEN:
            return self.register(draft)
        self._gateway.ask("PUT", TEMPLATE, body=_encode(draft, code))
        return code

    def request(self, code: str, comment: str = "") -> None:
        """Ask for the review."""
        key = _Key(self._sender(), code, comment or None)
        self._gateway.ask("POST", f"{TEMPLATE}/request", body=wire.encode({"alimtalk": key}))

    def withdraw(self, code: str) -> None:
        """Take the request back while it waits."""
        body = wire.encode({"alimtalk": _Key(self._sender(), code)})
        self._gateway.ask("POST", f"{TEMPLATE}/request/cancel", body=body)

    def comment(self, code: str, text: str) -> None:
        """Bizgo has no such call: what there is to say goes with the request."""
        raise Unsupported("comment")

    def wake(self, code: str) -> None:
        """Bizgo has no such call."""
        raise Unsupported("wake")

    def delete(self, code: str) -> None:
        """Take a registered or rejected template off the list."""
        sender, code = quote(self._sender(), safe=""), quote(code, safe="")
        self._gateway.ask("DELETE", f"{TEMPLATE}/senderKey/{sender}/templateCode/{code}")

    def standing(self, code: str) -> Standing:
        """Where a template stands, with what the reviewers wrote."""
        params: dict[str, str | int] = {"senderKey": self._sender(), "templateCode": code}
        try:
            service, _ = self._gateway.ask("GET", TEMPLATE, params=params)
        except NotSent as error:
            if error.code in GONE:
                return Standing(code, Review.GONE)
            raise
        template = read(_One, service).alimtalk
        if template is None or not template.template_code:
            return Standing(code, Review.GONE)
        return _standing(template)

    def standings(self) -> Iterator[Standing]:
        """All templates of the profile. Bizgo tells the comments of one at a time only."""
        params: dict[str, str | int] = {"senderKey": self._sender(), "limit": PAGE}
        for number in range(PAGES):
            params["offset"] = number * PAGE
            service, _ = self._gateway.ask("GET", f"{TEMPLATE}/list", params=params)
            many = read(_List, service).alimtalk
            found = (many.templates if many is not None else None) or []
            yield from map(_standing, found)
            if len(found) < PAGE:
                return

    def profile(self, key: str) -> Profile:
        """Where the sender profile stands."""
        try:
            service, _ = self._gateway.ask("GET", "/center/kakao/sender", params={"senderKey": key})
        except NotSent as error:
            if error.code in GONE:
                return Profile(key, ProfileState.GONE)
            raise
        kakao = read(_Kakao, service).kakao
        told = kakao.sender_profile if kakao is not None else None
        if told is None:
            return Profile(key, ProfileState.GONE)
        facts = {"uuid": told.uuid, "spam": told.profile_message_spam_level}
        return Profile(
            key,
            _profile_state(told),
            told.name or "",
            facts={name: fact for name, fact in facts.items() if fact},
        )

    def _sender(self) -> str:
        if not self._profile:
            raise Rejected("NoProfile", result=Result.CHANNEL_REFUSED)
        return self._profile


def _encode(draft: Draft, code: str) -> bytes:
    template = draft.template
    parts = Rendered(
        template.body,
        highlight=template.highlight,
        items=template.items,
        summary=template.summary,
        buttons=template.buttons,
    )
    body = _Body(
        sender_key=draft.profile,
        template_name=draft.name,
        template_code=code,
        template_message_type=template.message_type.value,
        template_emphasize_type=template.emphasis.value,
        text=template.body,
        category_code=draft.category,
        security_flag=template.security,
        title=template.title,
        sub_title=template.subtitle,
        header=template.header,
        img_name=template.image_name,
        img_url=template.image_url,
        link=wire.link_of(template.represent_link),
        attachment=wire.attachment_of(parts),
        supplement=wire.supplement_of(template.quick_replies),
        extra=template.extra,
    )
    return wire.encode({"alimtalk": body})


def _standing(template: _Template) -> Standing:
    return Standing(
        template.template_code,
        _review(template),
        template.template_name,
        template.text,
        tuple(map(_comment, template.comments or ())),
    )


def _review(template: _Template) -> Review:
    """Blocked and dormant come before what the reviewers said; S is stopped by us."""
    if _is_true(template.block) or template.status == "S":
        return Review.BLOCKED
    if _is_true(template.dormant):
        return Review.DORMANT
    review = REVIEWS.get(template.inspection_status or "")
    if review is None:
        raise NotSent("UnknownStatus", str(template.inspection_status)[:20])
    return review


def _is_true(word: str | bool | None) -> bool:
    return word is True or word == "true"


def _comment(comment: _Comment) -> Comment:
    # REQ and INQ are what was asked, by us; the rest is what was answered.
    return Comment(
        comment.content or comment.comment or "",
        _moment(comment.created_at),
        ours=comment.status in ("REQ", "INQ"),
    )


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=SEOUL)


def _profile_state(profile: _Profile) -> ProfileState:
    channel = CHANNELS.get(profile.profile_status or "A")
    if channel is not None:
        return channel
    levels = {profile.profile_spam_level, profile.profile_message_spam_level}
    if profile.block or levels & SPAM_STOPS:
        return ProfileState.BLOCKED
    return ProfileState.DORMANT if profile.dormant else ProfileState.ACTIVE
