"""Finished messages, and wordings whose places are still empty, as they look on a phone.

A page makes a view model here and gives it to `<c-alimtalk :phone="…" />` or `<c-sms …>`.
Everything in it is plain text that the templates escape. With `values` it is what one resident
reads, as the exit renders it; without, each `#{이름}` stands out as an empty place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.flow.wordings import Wording
from alimnaru.reads.money import price_list
from alimnaru.rules.channel import Channel
from alimnaru.rules.draft import DraftWording, text_messages
from alimnaru.rules.longest import longest_value
from alimnaru.rules.resident_link import OWN_NAMES
from alimnaru.rules.template import (
    STRIKE,
    Emphasis,
    Item,
    MessageType,
    Rendered,
    marks,
    split_text,
)
from alimnaru.rules.template_render import CompiledTemplate, CompiledText
from alimnaru.rules.text import LMS_BYTES, SMS_BYTES, sms_bytes
from alimnaru.rules.variables import Kind, Variable

#: An LMS so little over an SMS's bytes can be cut to one by hand.
NEAR_BYTES = 30
_WITH_PICTURE = (Emphasis.IMAGE, Emphasis.ITEM_LIST)
_WITH_CHANNEL = (MessageType.AD, MessageType.MI)


class Run(NamedTuple):
    """A stretch of text; `empty`: the place of a variable that has no value yet."""

    text: str
    empty: bool = False


Runs = tuple[Run, ...]


class Row(NamedTuple):
    """A line of an item list."""

    title: str
    runs: Runs


class Part(NamedTuple):
    """A part of the message in words: what it is, and what it says. For those who do not see it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class AlimtalkPhone:
    """An Alimtalk on a phone, its parts in the order in which KakaoTalk shows them.

    `characters` of `room` are used, extra text and invitation already taken off. `picture` is an
    address of ours; `picture_missing`: the wording wants one and has none.
    """

    channel: str
    at: datetime
    picture: str
    picture_missing: bool
    header: Runs
    highlight_title: Runs
    highlight_description: Runs
    rows: tuple[Row, ...]
    summary: Row | None
    title: Runs
    struck: bool
    subtitle: str
    body: Runs
    extra: str
    invites: bool
    buttons: tuple[str, ...]
    replies: tuple[str, ...]
    parts: tuple[Part, ...]
    characters: int
    room: int

    @property
    def face(self) -> str:
        """What stands in the channel's round picture."""
        return self.channel[:2]


@dataclass(frozen=True, slots=True, repr=False)
class SmsPhone:
    """A text message on a phone, and its weight.

    `bytes` are CP949's; of a wording without values they are those of the longest values
    (`at_most`), as far as the variables have a greatest length. `excess`: bytes over `limit`.
    `near`: bytes that keep an LMS from being an SMS, 0 if it is none or far from it; `saves`: the
    won that an SMS would save, None if not known.
    """

    sender: str
    channel: Channel
    subject: Runs
    body: Runs
    picture: str
    parts: tuple[Part, ...]
    bytes: int
    limit: int
    at_most: bool
    near: int
    saves: Decimal | None

    @property
    def excess(self) -> int:
        """Bytes too many; 0 if it fits."""
        return max(0, self.bytes - self.limit)


def alimtalk_phone(
    wording: Wording,
    values: Sequence[str] | None = None,
    *,
    channel_name: str,
    at: datetime | None = None,
    unfinished: bool = False,
    message: int | None = None,
) -> AlimtalkPhone:
    """An Alimtalk by a Kakao channel, filled with `values` in the wording's order, or with its
    places empty. `at`: when it came. `unfinished`: a mark among the values is an empty place.
    `message`: the number of one that is stored, whose code is shown; else an example is."""
    template = wording.alimtalk.template
    filled = _filled(wording, Channel.ALIMTALK, values, message)
    runs = _Runs(empty=values is None or unfinished)
    title = (filled.title or "").removesuffix(STRIKE)
    highlight = filled.highlight
    has_picture = wording.picture is not None and template.emphasis in _WITH_PICTURE
    return AlimtalkPhone(
        channel=channel_name,
        at=timezone.localtime(at),
        picture=picture_address(wording.picture) if has_picture else "",
        picture_missing=template.emphasis is Emphasis.IMAGE and not has_picture,
        header=runs.of(filled.header),
        highlight_title=runs.of(highlight.title if highlight else None),
        highlight_description=runs.of(highlight.description if highlight else None),
        rows=tuple(runs.row(item) for item in filled.items),
        summary=runs.row(filled.summary) if filled.summary else None,
        title=runs.of(title),
        struck=bool(filled.title and filled.title.endswith(STRIKE)),
        subtitle=template.subtitle or "",
        body=runs.of(filled.text),
        extra=template.extra or "",
        invites=template.message_type in _WITH_CHANNEL,
        buttons=tuple(button.name for button in filled.buttons),
        replies=tuple(reply.name for reply in filled.quick_replies),
        parts=tuple(_alimtalk_parts(wording, filled, title)),
        characters=len(filled.text),
        room=template.room(),
    )


def sms_phone(
    wording: Wording,
    channel: Channel,
    values: Sequence[str] | None = None,
    *,
    sender: str,
    saves: Decimal | None = None,
    unfinished: bool = False,
    message: int | None = None,
) -> SmsPhone:
    """An SMS, LMS or MMS. `sender`: the number it comes from, as people write it.

    `saves`: from `saved_by_sms`, for the hint at an LMS that is nearly an SMS. Raises LookupError
    where the wording has no text for the channel. `message`: as `alimtalk_phone` takes it.
    """
    filled = _filled(wording, channel, values, message)
    runs = _Runs(empty=values is None or unfinished)
    weighed = filled if values is not None else _longest(wording, channel)
    size = sms_bytes(weighed.text)
    over = size - SMS_BYTES
    nearly = channel is Channel.LMS and 0 < over <= NEAR_BYTES
    with_picture = channel is Channel.MMS and wording.picture is not None
    return SmsPhone(
        sender=sender,
        channel=channel,
        subject=runs.of(filled.subject),
        body=runs.of(filled.text),
        picture=picture_address(wording.picture) if with_picture else "",
        parts=tuple(_spoken((_("제목"), filled.subject), (_("내용"), filled.text))),
        bytes=size,
        limit=SMS_BYTES if channel is Channel.SMS else LMS_BYTES,
        at_most=values is None and bool(marks(filled.text)),
        near=over if nearly else 0,
        saves=saves,
    )


def draft_wording(draft: DraftWording, picture: int | None = None) -> Wording:
    """A wording that is not stored yet, as `flow.wordings` would have it.

    A mark that no variable explains gets one, so that a page can show it as the empty place it is.
    """
    known = {variable.name for variable in draft.variables} | set(OWN_NAMES)
    used = [*draft.template.variables]
    used += [name for _where, text in text_messages(draft) for name in marks(text)]
    more = [Variable(name, Kind.TEXT) for name in dict.fromkeys(used) if name not in known]
    variables = (*draft.variables, *more)
    order = [variable.name for variable in variables]
    return Wording(
        variables=variables,
        alimtalk=CompiledTemplate(draft.template, order),
        sms=CompiledText(draft.sms, order) if draft.sms else None,
        lms=CompiledText(draft.lms, order, subject=draft.lms_subject) if draft.lms else None,
        picture=picture,
    )


def saved_by_sms(on: date) -> Decimal | None:
    """Won that an SMS costs less than an LMS on a day; None without a tariff."""
    prices = price_list()
    try:
        return prices.won(Channel.LMS, on) - prices.won(Channel.SMS, on)
    except ValueError:
        return None


def picture_address(picture: int | None) -> str:
    """Where the console serves a picture; empty for none."""
    return "" if picture is None else reverse("picture", args=[picture])


class _Runs:
    """Texts cut into runs. A finished text is one run: a value that looks like a mark is text."""

    def __init__(self, *, empty: bool) -> None:
        self._empty = empty

    def of(self, text: str | None) -> Runs:
        return tuple(self._cut(text or ""))

    def row(self, item: Item) -> Row:
        return Row(item.title, self.of(item.description))

    def _cut(self, text: str) -> Iterator[Run]:
        pieces, names = split_text(text) if self._empty else ((text,), ())
        for at, piece in enumerate(pieces):
            if piece:
                yield Run(piece)
            if at < len(names):
                yield Run(f"#{{{names[at]}}}", empty=True)


def _filled(
    wording: Wording, channel: Channel, values: Sequence[str] | None, message: int | None
) -> Rendered:
    if values is None:
        # Filled with its own marks, a wording is what was written.
        values = [f"#{{{variable.name}}}" for variable in wording.variables]
        own = [f"#{{{name}}}" for name in wording.own(channel)]
        return wording.renderer(channel)(values, own)
    return wording.render(channel, values, message)


def _longest(wording: Wording, channel: Channel) -> Rendered:
    return wording.render(channel, [_heaviest(variable) for variable in wording.variables])


def _heaviest(variable: Variable) -> str:
    try:
        return longest_value(variable, sms_bytes)
    except ValueError:
        return f"#{{{variable.name}}}"  # of any length: its mark stands for it


def _alimtalk_parts(wording: Wording, filled: Rendered, title: str) -> Iterator[Part]:
    template, highlight = wording.alimtalk.template, filled.highlight
    yield from _spoken(
        (_("머리말"), filled.header),
        (_("강조 항목"), f"{highlight.title}\n{highlight.description}" if highlight else None),
    )
    yield from _spoken(*((item.title, item.description) for item in filled.items))
    if filled.summary:
        yield Part(filled.summary.title, filled.summary.description)
    yield from _spoken(
        (_("강조 보조 문구"), template.subtitle),
        (_("강조 제목"), title),
        (_("본문"), filled.text),
        (_("부가 정보"), template.extra),
        (_("버튼"), _names(button.name for button in filled.buttons)),
        (_("바로연결"), _names(reply.name for reply in filled.quick_replies)),
    )


def _spoken(*pairs: tuple[str, str | None]) -> Iterator[Part]:
    return (Part(name, text) for name, text in pairs if text)


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
