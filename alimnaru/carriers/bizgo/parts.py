"""A shipment, cut into calls that Bizgo can carry.

A call has one wording for all its recipients and, for each of them, words to put into the marks of
its text and title. We hand over finished messages; so the wording is a single mark, and each
recipient's words are their whole text:

    text "#{text}"   replaceWords {"text": "김*루 님, 11. 25.(수)까지 책을 돌려주십시오."}

Bizgo counts a text's length after the replacement and Kakao compares what arrives, so this is the
same message as one sent by itself. Its own rendering (`sendType: template`) would need the values
of the variables, which an adapter is not given, and would leave it to Bizgo what is sent.

Marks are filled in text and title only. Messages whose other parts differ (a button that leads to
each resident's own page) therefore go in calls of their own, and so does a text that has a mark of
its own in it, which Bizgo would take for one of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec import UNSET

from alimnaru.carriers.base import Outgoing, Shipment
from alimnaru.carriers.bizgo import wire
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Rendered
from alimnaru.rules.text import SUBJECT_BYTES, cut_bytes

TEXT, TITLE = "text", "title"
_MARKED_TEXT, _MARKED_TITLE = "#{text}", "#{title}"

#: Hexadecimal digits that tell the calls of one shipment apart. Two that collide would be refused
#: as one (A301), and a shipment has 200 calls at most: 20,000 pairs of 2^48.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One call. `name` is the same whenever the same message is cut again, whoever goes with it and
    whatever was changed at the office meanwhile (a sender's number, a picture uploaded anew): a
    repeat under the token must meet the idempotency key that the message went under."""

    name: str
    messages: Sequence[Outgoing]
    destinations: Sequence[wire.Destination]
    step: wire.Step


def divide(shipment: Shipment) -> Iterator[Part]:
    """Cut a shipment into calls, in the order of their first messages."""
    alike: dict[Rendered, list[Outgoing]] = {}
    for one in shipment.messages:
        alike.setdefault(_common(shipment.channel, one.rendered), []).append(one)
    for common, messages in alike.items():
        yield _part(shipment, common, messages)


def _common(channel: Channel, rendered: Rendered) -> Rendered:
    """What all recipients of a call share: the message with marks for its text and title."""
    title = title_of(channel, rendered)
    if "#{" in rendered.text or "#{" in (title or ""):
        text = rendered.text
    else:
        text, title = _MARKED_TEXT, None if title is None else _MARKED_TITLE
    if channel is Channel.ALIMTALK:
        return rendered._replace(text=text, title=title, subject=None)
    return Rendered(text, title=title)


def title_of(channel: Channel, rendered: Rendered) -> str | None:
    """The emphasised title of an Alimtalk, the subject of an LMS or MMS."""
    if channel is Channel.ALIMTALK:
        return rendered.title
    if channel is Channel.SMS or not rendered.subject:
        return None
    return cut_bytes(rendered.subject, SUBJECT_BYTES)


def _part(shipment: Shipment, common: Rendered, messages: Sequence[Outgoing]) -> Part:
    marked = _step(shipment, common)
    name = hashlib.sha256(wire.encode((shipment.channel, _named(common)))).hexdigest()[:_DIGITS]
    titles = [title_of(shipment.channel, one.rendered) for one in messages]
    first = messages[0].rendered
    if all(one.rendered.text == first.text for one in messages) and len(set(titles)) == 1:
        # Nothing differs, so nothing need be replaced.
        plain = _step(shipment, common._replace(text=first.text, title=titles[0]))
        return Part(name, messages, [wire.Destination(m.to, m.ref) for m in messages], plain)
    destinations = [
        wire.Destination(one.to, one.ref, _words(one.rendered.text, title))
        for one, title in zip(messages, titles, strict=True)
    ]
    return Part(name, messages, destinations, marked)


def _named(common: Rendered) -> dict[str, object]:
    # By the names of its parts, as it has always been: under another key, what was cut off before
    # an upgrade would go once more after it.
    return common._asdict() | {
        "buttons": [one._asdict() for one in common.buttons],
        "quick_replies": [one._asdict() for one in common.quick_replies],
    }


def _words(text: str, title: str | None) -> dict[str, str]:
    return {TEXT: text} if title is None else {TEXT: text, TITLE: title}


def _step(shipment: Shipment, parts: Rendered) -> wire.Step:
    if shipment.channel is Channel.ALIMTALK:
        return wire.Step(alimtalk=_alimtalk(shipment, parts))
    sender = shipment.sender_number.replace("-", "")
    if shipment.channel is Channel.SMS:
        return wire.Step(sms=wire.Sms(sender, parts.text))
    # What makes an MMS of an LMS is a picture.
    pictures = [shipment.image or ""] if shipment.channel is Channel.MMS else UNSET
    return wire.Step(mms=wire.Mms(sender, parts.text, parts.title, pictures))


def _alimtalk(shipment: Shipment, parts: Rendered) -> wire.Alimtalk:
    return wire.Alimtalk(
        # AI for a picture on top alone: an item list travels as text whatever hangs on it (3030).
        msg_type="AI" if parts.image else "AT",
        sender_key=shipment.profile or "",
        template_code=shipment.template_code or "",
        text=parts.text,
        response_method="push",
        title=parts.title,
        header=parts.header,
        link=wire.link_of(parts.represent_link),
        attachment=wire.attachment_of(parts),
        supplement=wire.supplement_of(parts.quick_replies),
    )
