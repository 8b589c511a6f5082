"""Pictures at carriers: an account is given one before the first message that shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from alimnaru.carriers.base import Carrier, Picture, PictureUse, Rejected, Shipment, Unsupported
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.store.models import CarrierAccount, PictureAtCarrier
from alimnaru.store.models import Picture as Kept

#: A picture that a carrier forgets sooner than this is given to it again: its chunk may wait.
SPARE = timedelta(hours=1)
#: What a refusal of a picture says about the account and not about the picture.
ACCOUNTS_OWN = frozenset({Result.ACCOUNT_REFUSED, Result.BALANCE_EMPTY})


class PictureRefused(Rejected):
    """The carrier does not take the picture: a person has to look at it."""


def with_picture(
    shipment: Shipment, account: CarrierAccount, picture: int | None, carrier: Carrier
) -> Shipment:
    """The shipment with the account's own name of its picture; uploaded first where it must be.

    Speaks to the carrier, so never inside a transaction. Raises `NotSent`, and `PictureRefused` for
    a picture that will never be taken.
    """
    if shipment.channel is not Channel.MMS or picture is None:
        return with_known_picture(shipment, account.pk, picture)
    now = timezone.now()
    ref = _known(picture, account.pk, PictureUse.MMS, now)
    return replace(shipment, image=ref or _upload(picture, account, carrier))


def with_known_picture(shipment: Shipment, account: int, picture: int | None) -> Shipment:
    """The same without asking anybody: what no carrier was given has no name yet.

    The picture of an image Alimtalk was given when its template was registered; the template names
    it, and some carriers want it named with every message as well.
    """
    if picture is None:
        return shipment
    if shipment.channel is Channel.MMS:
        use = PictureUse.MMS
    elif shipment.channel is Channel.ALIMTALK and shipment.messages[0].rendered.image:
        use = PictureUse.TEMPLATE
    else:
        return shipment
    return replace(shipment, image=_known(picture, account, use, None))


def _known(picture: int, account: int, use: PictureUse, now: datetime | None) -> str | None:
    """The account's name of a picture; with `now`, only if it will know it for a while."""
    found = PictureAtCarrier.objects.filter(picture=picture, account=account, use=use)
    if now is not None:
        found = found.filter(Q(until=None) | Q(until__gt=now + SPARE))
    return found.values_list("ref", flat=True).first()


def _upload(picture: int, account: CarrierAccount, carrier: Carrier) -> str:
    kept = Kept.objects.get(pk=picture)
    try:
        given = carrier.upload(Picture(kept.name, bytes(kept.content)), PictureUse.MMS)
    except Rejected as error:
        if error.result in ACCOUNTS_OWN:
            raise
        raise PictureRefused(error.code, error.detail, result=error.result) from error
    except Unsupported as error:
        raise PictureRefused(error.code, result=Result.REQUEST_WRONG) from error
    PictureAtCarrier.objects.update_or_create(
        picture=kept,
        account=account,
        use=PictureUse.MMS,
        defaults={"ref": given.ref, "until": given.until},
    )
    return given.ref
