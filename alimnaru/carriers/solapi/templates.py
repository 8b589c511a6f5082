"""Templates at SOLAPI: `kakao/v2` for the template, `kakao/v1` for its review.

The field names are those of SOLAPI's own JavaScript client, which writes `emphasizeSubTitle` and
reads `emphasizeSubtitle`. Two calls have no document: waking a template, whose path is taken from
the name that SOLAPI's command line tool gives it, and the marks of a dormant or blocked one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Raw, UnsetType

from alimnaru.carriers.base import CarrierError, NotSent, Rejected, Unsupported
from alimnaru.carriers.review import Comment, Draft, Profile, ProfileState, Review, Standing
from alimnaru.carriers.solapi import wire
from alimnaru.carriers.solapi.calls import Calls, error_of, nothing_fired
from alimnaru.carriers.solapi.codes import STATES, TEMPLATE_ERRORS
from alimnaru.rules.outcomes import Result

TEMPLATES = "/kakao/v2/templates"
REVIEWS = "/kakao/v1/templates"
CHANNELS = "/kakao/v2/channels"

#: Templates of a page.
PAGE = 100

_T = TypeVar("_T")


class Wanted(msgspec.Struct, rename="camel", omit_defaults=True):
    """`POST` and `PUT` of a template. A revision leaves its channel out."""

    name: str
    content: str
    category_code: str
    message_type: str
    emphasize_type: str
    channel_id: str | None = None
    buttons: Raw | UnsetType = UNSET
    quick_replies: Raw | UnsetType = UNSET
    header: str | None = None
    highlight: wire.WireItem | None = None
    item: wire.WireItems | None = None
    extra: str | None = None
    emphasize_title: str | None = None
    emphasize_sub_title: str | None = None
    security_flag: bool = False
    image_id: str | None = None


class Note(msgspec.Struct, rename="camel"):
    """What was written about a template; by SOLAPI's or Kakao's people if `is_admin`."""

    content: str | None = None
    is_admin: bool = False
    date_created: datetime | None = None


class Held(msgspec.Struct, rename="camel"):
    """A template as SOLAPI has it. Status: PENDING INSPECTING APPROVED REJECTED."""

    template_id: str
    status: str
    name: str = ""
    content: str | None = None
    comments: list[Note] = []
    is_dormant: bool = False
    is_blocked: bool = False


class HeldPage(msgspec.Struct, rename="camel"):
    """A page of templates."""

    template_list: list[Held]
    next_key: str | None = None


class Channel(msgspec.Struct, rename="camel"):
    """A KakaoTalk channel. SOLAPI does not tell where it stands with Kakao."""

    channel_id: str
    search_id: str = ""


_encode = msgspec.json.Encoder().encode
_read_held = msgspec.json.Decoder(Held).decode
_read_page = msgspec.json.Decoder(HeldPage).decode
_read_channel = msgspec.json.Decoder(Channel).decode


class SolapiTemplates:
    """The templates of one account. See `alimnaru.carriers.review.Templates`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def register(self, draft: Draft) -> str:
        """Create a template; SOLAPI chooses its id. Nobody reviews it until `request`."""
        return self._ask(_read_held, "POST", TEMPLATES, _body(draft, draft.profile)).template_id

    def revise(self, code: str, draft: Draft) -> str:
        """Change a template; one that was approved stays, and another is created beside it."""
        if self.standing(code).review in {Review.APPROVED, Review.DORMANT, Review.BLOCKED}:
            return self.register(draft)
        return self._ask(_read_held, "PUT", _path(TEMPLATES, code), _body(draft)).template_id

    def request(self, code: str, comment: str = "") -> None:
        """Ask for the review, with a word to the reviewers."""
        body = _encode({"comment": comment} if comment else {})
        self._done("PUT", _path(REVIEWS, code, "inspection"), body)

    def withdraw(self, code: str) -> None:
        """Take the request back: the template is a draft again."""
        self._done("PUT", _path(TEMPLATES, code, "inspection/cancel"))

    def comment(self, code: str, text: str) -> None:
        """Write to the reviewers."""
        self._done("POST", _path(REVIEWS, code, "comment"), _encode({"comment": text}))

    def wake(self, code: str) -> None:
        """Release a dormant template. Raises `Unsupported` if SOLAPI knows no such call."""
        try:
            self._done("PUT", _path(TEMPLATES, code, "release-dormant"))
        except Rejected as error:
            if error.result is Result.TEMPLATE_MISSING and self._held(code) is not None:
                raise Unsupported("wake") from error
            raise

    def delete(self, code: str) -> None:
        """Delete a template that is a draft or was rejected; SOLAPI keeps every other."""
        self._done("DELETE", _path(TEMPLATES, code))

    def standing(self, code: str) -> Standing:
        """Where a template stands."""
        held = self._held(code)
        return Standing(code, Review.GONE) if held is None else _standing(held)

    def standings(self) -> Iterator[Standing]:
        """All templates of the account."""
        params: dict[str, str | int] = {"limit": PAGE}
        seen: set[str] = set()
        while True:
            with nothing_fired():
                page = self._calls.ask(_read_page, "GET", TEMPLATES, params=params)
            yield from map(_standing, page.template_list)
            if page.next_key is None:
                return
            if page.next_key in seen:
                raise NotSent("PagesInACircle")
            seen.add(page.next_key)
            params["startKey"] = page.next_key

    def profile(self, key: str) -> Profile:
        """Whether SOLAPI has the channel; more it does not tell."""
        try:
            channel = self._ask(_read_channel, "GET", _path(CHANNELS, key))
        except Rejected as error:
            if error.result is Result.TEMPLATE_MISSING:
                return Profile(key, ProfileState.GONE)
            raise
        return Profile(channel.channel_id, ProfileState.ACTIVE, channel.search_id)

    def _held(self, code: str) -> Held | None:
        try:
            return self._ask(_read_held, "GET", _path(TEMPLATES, code))
        except Rejected as error:
            if error.result is Result.TEMPLATE_MISSING:
                return None
            raise

    def _done(self, method: str, path: str, body: bytes | None = None) -> None:
        self._ask(bytes, method, path, body)

    def _ask(
        self, read: Callable[[bytes], _T], method: str, path: str, body: bytes | None = None
    ) -> _T:
        with nothing_fired():
            reply = self._calls.call(method, path, body)
            result = TEMPLATE_ERRORS.get(error_of(reply).error_code)
            if result is not None:
                refusal: CarrierError = self._calls.refusal(reply, fires=False)
                raise Rejected(refusal.code, refusal.detail, result=result)
            return self._calls.read(read, reply)


def _path(root: str, code: str, rest: str = "") -> str:
    return "/".join(filter(None, (root, quote(code, safe=""), rest)))


def _body(draft: Draft, channel: str | None = None) -> bytes:
    template = draft.template
    return _encode(
        Wanted(
            name=draft.name,
            content=template.body,
            category_code=draft.category,
            message_type=template.message_type.value,
            emphasize_type=template.emphasis.value,
            channel_id=channel,
            buttons=wire.raw_buttons(template.buttons),
            quick_replies=wire.raw_quick_replies(template.quick_replies),
            header=template.header,
            highlight=wire.item(template.highlight),
            item=wire.items(template.items, template.summary),
            extra=template.extra,
            emphasize_title=template.title,
            emphasize_sub_title=template.subtitle,
            security_flag=template.security,
            # What `upload` returned stands where other carriers want an address.
            image_id=template.image_url,
        )
    )


def _standing(held: Held) -> Standing:
    review = STATES.get(held.status, Review.IN_REVIEW)
    if held.is_blocked:
        review = Review.BLOCKED
    elif held.is_dormant:
        review = Review.DORMANT
    comments = [
        Comment(note.content or "", wire.aware(note.date_created), ours=not note.is_admin)
        for note in held.comments
    ]
    return Standing(held.template_id, review, held.name, held.content or "", comments)
