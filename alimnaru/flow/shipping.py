"""A chunk in the words and fields of a carrier's call."""

from __future__ import annotations

from alimnaru.carriers.base import Outgoing, Shipment, make_ref
from alimnaru.flow.pictures import with_known_picture
from alimnaru.flow.wordings import Wording, own_maker, wording
from alimnaru.rules.channel import Channel
from alimnaru.store import crypto
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.exit import waiting_messages
from alimnaru.store.models import Batch, CarrierAccount, Department, TemplateRegistration


def shipment_of(
    channel: Channel,
    account: CarrierAccount,
    *,
    words: Wording,
    parts: dict[int, list[str]],
    attempts: dict[int, int],
    sender: str,
    code: str | None,
) -> Shipment:
    """Render messages: `parts` by message id are phone, name and values, `attempts` their tries."""
    render = words.renderer(channel)
    # From the number alone: what is asked back or sent again says what was said the first time.
    own = own_maker(words.own(channel))
    return Shipment(
        channel=channel,
        sender_number=sender,
        messages=[
            Outgoing(
                make_ref(message, attempts[message]), opened[0], render(opened[2:], own(message))
            )
            for message, opened in parts.items()
        ],
        template_code=code,
        profile=account.profile or None,
    )


def shipment_again(claim: Claim, account: CarrierAccount) -> Shipment | None:
    """What a chunk in doubt holds, as it was handed over; None if its key is destroyed."""
    batch = Batch.objects.select_related("department").get(pk=claim.batch)
    try:
        key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
        waiting = waiting_messages(claim.chunk)
        parts = {m.id: key.open(m.id, m.payload) for m in waiting}
    except crypto.Unreadable:
        return None
    words = wording(batch.version_id)
    shipment = shipment_of(
        Channel(claim.channel),
        account,
        words=words,
        parts=parts,
        attempts={m.id: m.attempt_no for m in waiting},
        sender=sender_number(batch.department),
        code=template_code(batch.version_id, account.pk),
    )
    return with_known_picture(shipment, account.pk, words.picture)


def template_code(version: int, account: int) -> str | None:
    """The code under which an account knows a wording, approved or not."""
    found = TemplateRegistration.objects.filter(version=version, account=account)
    return found.values_list("code", flat=True).first()


def sender_number(department: Department) -> str:
    """The department's registered number, or the nearest one above it."""
    node: Department | None = department
    while node is not None:
        if node.sender_number:
            return node.sender_number
        node = node.parent
    return ""
