"""Everything that is known of one message, gathered for a proof: to be shown, or put apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from alimnaru.flow.wordings import wording
from alimnaru.reads.one_message import Course, Try
from alimnaru.reads.verifying import place_of
from alimnaru.rules.channel import Channel
from alimnaru.rules.phone import display
from alimnaru.rules.proof import Proof, ProvedSeal, ProvedTry
from alimnaru.rules.seals import fingerprint
from alimnaru.rules.template import Rendered
from alimnaru.store import signing
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Department, Seal, Vote


def gathered(course: Course, made_by: str, *, altered: bool) -> Proof:
    """The proof. `altered`: the message is not as it was sealed (`reads.verifying`)."""
    message, batch = course.message, course.batch
    texts = course.texts
    return Proof(
        office=_office(),
        message=message.pk,
        batch=batch.pk,
        row=message.row_no,
        notice=batch.notice.name,
        department=batch.department.name,
        legal_effect=batch.notice.legal_effect,
        state=message.state,
        name=texts[1] if texts else "",
        phone=display(texts[0]) if texts else "",
        erased=batch.wrapped_key is None,
        sender=f"{batch.member.name} ({batch.member.login})",
        created_at=batch.created_at,
        released_at=batch.released_at,
        approved=_approved(course),
        texts=_texts(course),
        tries=_tries(course),
        content=_content(course),
        seals=seals_of(message.pk, batch.pk),
        fingerprint=fingerprint(signing.public_key()),
        made_at=timezone.now(),
        made_by=made_by,
        altered=altered,
    )


def seals_of(message: int, batch: int) -> list[ProvedSeal]:
    """The seals that cover what it said and what became of it, as the chain has them now."""
    place = place_of(message, batch)
    content = [place.content] if place.content else []
    return [_seal(one) for one in [*content, *place.outcomes]]


def _office() -> str:
    root = Department.objects.filter(parent=None).order_by("path").first()
    return root.name if root else ""


def _approved(course: Course) -> list[tuple[str, datetime]]:
    votes = Vote.objects.filter(
        batch=course.batch, decision=Vote.Decision.APPROVE, hash=course.batch.release_hash
    ).select_related("member")
    return [(f"{v.member.name} ({v.member.login})", v.at) for v in votes.order_by("at")]


def _texts(course: Course) -> list[tuple[str, str]]:
    """What went on each channel that was tried, in the words of that try's moment."""
    if course.texts is None:
        return []
    words = wording(course.batch.version_id)
    said = {}
    for one in course.tries:
        channel, values = Channel(one.channel), course.texts_at(one.number)
        if words.speaks(channel) and values is not None:
            said[one.channel] = _plain(words.render(channel, values[2:], course.message.pk))
    return list(said.items())


def _plain(rendered: Rendered) -> str:
    buttons = [f"[{button.name}] {button.link_mobile or ''}".strip() for button in rendered.buttons]
    heads = [part for part in (rendered.subject, rendered.header, rendered.title) if part]
    return "\n".join([*heads, rendered.text, *buttons])


def _tries(course: Course) -> list[ProvedTry]:
    refs = _refs(course)
    return [
        ProvedTry(
            channel=one.channel,
            account=one.account,
            ref=refs.get(one.number, ""),
            handed_at=one.handed_at,
            ended_at=one.reached_at or one.ended_at,
            code="delivered" if one.reached_at else one.code,
            state=_state(course, one),
        )
        for one in course.tries
    ]


def _state(course: Course, one: Try) -> str:
    if one.reached_at:
        return "delivered"
    if one.last and course.overtaken:
        return "failed" if one.handed_at else "cancelled"
    return course.message.state if one.last else "failed"


def _refs(course: Course) -> Mapping[int, str]:
    """What carriers call it, by try: the message's own name, or the token of its group."""
    sql = """
        SELECT t.attempt_no,
               coalesce(c.carrier_refs[array_position(c.sent_ids, t.message)], c.token)
        FROM (SELECT id AS message, attempt_no, chunk_id FROM store_message WHERE id = %s
              UNION ALL
              SELECT message_id, attempt_no, chunk_id FROM store_attempt WHERE message_id = %s) t
        JOIN store_chunk c ON c.id = t.chunk_id
    """
    found: Sequence[tuple[int, str]] = [(r[0], r[1]) for r in rows(sql, [course.message.pk] * 2)]
    return dict(found)


def _content(course: Course) -> str:
    """SHA-256(to_hash || payload): what the batch's content digest holds of this message."""
    payload = bytes(course.message.payload)
    if course.batch.wrapped_key is None and len(payload) == 33 and payload[0] == 0:
        return payload[1:].hex()
    return hashlib.sha256(bytes(course.message.to_hash) + payload).hexdigest()


def _seal(one: Seal) -> ProvedSeal:
    return ProvedSeal(
        kind=one.kind,
        number=one.number,
        made_at=one.made_at,
        digest=bytes(one.digest).hex(),
        chain=bytes(one.chain).hex(),
        signature=bytes(one.signature).hex(),
    )
