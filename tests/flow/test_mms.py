"""A picture beside the text: given to the account first, named in the shipment, paid as MMS."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from PIL import Image

from alimnaru.carriers.base import (
    NotSent,
    PictureUse,
    Rejected,
    Shipment,
    Unsupported,
    Uploaded,
)
from alimnaru.carriers.base import Picture as File
from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.pictures import PictureRefused, with_known_picture, with_picture
from alimnaru.flow.shipping import shipment_again
from alimnaru.flow.wordings import wording
from alimnaru.office.channels import switch_off
from alimnaru.office.pictures import add_picture
from alimnaru.reads.deliveries import batch_report
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.template import Rendered
from alimnaru.store.ledger import chunks
from alimnaru.store.models import Chunk, Message, Outage, Picture, PictureAtCarrier, Tally
from alimnaru.store.scoping import whole_office
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.test_exit import wish

BY_MMS = ("delivered", "mms", "delivered")
BY_LMS = ("delivered", "lms", "delivered")
TEXT = "[나루구] #{성명}님 #{기한}까지 반납해 주십시오."


@pytest.fixture
def picture(cast: Cast) -> Picture:
    """The cast's notice falls back to MMS, and its wording has a picture."""
    out = io.BytesIO()
    Image.new("RGB", (800, 400), (30, 90, 200)).save(out, "JPEG")
    kept = add_picture(out.getvalue(), actor=cast.librarian, name="poster.jpg")
    cast.notice.fallback = "mms"
    cast.notice.save()
    cast.version.picture = kept
    cast.version.lms_subject, cast.version.lms = "반납 안내", TEXT
    cast.version.save()
    wording.cache_clear()
    return kept


def kinds(cast: Cast) -> list[str]:
    return [kind for _, kind in cast.accepted()]


def at_carrier() -> list[tuple[str, str]]:
    return list(PictureAtCarrier.objects.values_list("use", "ref"))


def test_who_kakao_missed_gets_the_picture(cast: Cast, picture: Picture) -> None:
    batch = cast.send(cast.rows(phone("0001"), phone("0001")))
    bring_results(batch)
    assert states(batch) == [BY_MMS] * 2
    assert kinds(cast) == ["ATA", "ATA", "MMS", "MMS"]
    ((use, ref),) = at_carrier()
    assert (use, bool(ref)) == ("mms", True)
    check_books(batch)


def test_it_is_paid_as_mms_everywhere(cast: Cast, picture: Picture) -> None:
    batch = cast.send(cast.rows(phone("0001")))
    bring_results(batch)
    price = Decimal("49.863")
    assert Tally.objects.get(channel="mms", outcome="delivered").won == price
    report = batch_report(whole_office(), batch.pk)
    assert report is not None
    assert (report.delivered["mms"], report.won["spent"]) == (1, price)


def test_the_picture_is_given_once(cast: Cast, picture: Picture) -> None:
    for _ in range(2):
        bring_results(cast.send(cast.rows(phone("0001"))))
    assert len(at_carrier()) == 1
    assert kinds(cast).count("MMS") == 2


@pytest.mark.parametrize(("minutes", "again"), [(59, True), (61, False)])
def test_one_that_is_soon_forgotten_is_given_again(
    cast: Cast, picture: Picture, minutes: int, again: bool
) -> None:
    assert cast.account is not None
    batch = cast.send(cast.rows(phone("0001")))
    bring_results(batch)
    known = at_carrier()
    PictureAtCarrier.objects.update(until=timezone.now() + timedelta(minutes=minutes))
    bring_results(cast.send(cast.rows(phone("0001"))))
    assert (at_carrier() != known) is again
    assert len(at_carrier()) == 1


def test_without_a_picture_the_text_goes_as_lms(cast: Cast, picture: Picture) -> None:
    cast.version.picture = None
    cast.version.save()
    wording.cache_clear()
    first, second = phone("0001"), phone()
    wish(second, "sms")
    batch = cast.send(cast.rows(first, second))
    bring_results(batch)
    assert states(batch) == [BY_LMS] * 2
    assert sorted(kinds(cast)) == ["ATA", "LMS", "LMS"]
    assert at_carrier() == []
    check_books(batch)


def test_who_asked_for_text_gets_the_picture_at_once(cast: Cast, picture: Picture) -> None:
    number = phone()
    wish(number, "sms")
    batch = cast.send(cast.rows(number))
    bring_results(batch)
    assert states(batch) == [BY_MMS]
    assert kinds(cast) == ["MMS"]


def test_an_outage_counts_the_price_of_a_picture(cast: Cast, picture: Picture) -> None:
    from alimnaru.flow.sweep import sweep

    switch_off(Channel.ALIMTALK, actor=cast.librarian, ceiling=100)
    batch = cast.send(cast.rows(phone(), phone(), phone()))
    ring()
    sweep()
    bring_results(batch)
    assert [state for state, *_ in states(batch)] == ["delivered", "delivered", "pending"]
    assert Outage.objects.get().spent_won == 2 * Decimal("49.863")
    check_books(batch)


def test_a_carrier_that_cannot_be_reached_is_asked_again(cast: Cast, picture: Picture) -> None:
    number = phone()
    wish(number, "sms")
    cast.send(cast.rows(number))
    cast.faults(kind="error_503", path="other")
    ring()
    chunk = Chunk.objects.get(channel="mms")
    assert (chunk.state, chunk.setbacks, chunk.token) == ("ready", 1, "")
    Chunk.objects.update(not_before=timezone.now())
    dispatch(chunk.pk)
    assert kinds(cast) == ["MMS"]


def test_a_picture_that_the_carrier_refuses_waits_for_a_person(
    cast: Cast, picture: Picture
) -> None:
    """Kept before the carrier lowered its limit, say."""
    Picture.objects.update(content=b"x" * 300_000)
    number = phone()
    wish(number, "sms")
    cast.send(cast.rows(number))
    ring()
    chunk = Chunk.objects.get(channel="mms")
    assert (chunk.state, chunk.hold_code) == ("held", Refusal.PICTURE_REFUSED)
    assert cast.accepted() == []


def test_what_is_asked_back_names_the_picture_too(cast: Cast, picture: Picture) -> None:
    assert cast.account is not None
    number = phone()
    wish(number, "sms")
    batch = cast.send(cast.rows(number))
    cast.faults(kind="cut_after", path="send")
    ring()
    chunk = Chunk.objects.get(channel="mms")
    assert chunk.state == "doubt"
    Chunk.objects.update(not_before=timezone.now())
    claim = chunks.claim_doubt(chunk.pk, timezone.now(), timezone.now())
    assert claim is not None
    again = shipment_again(claim, cast.account)
    assert again is not None
    assert again.image == at_carrier()[0][1]
    Chunk.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    dispatch(chunk.pk)
    bring_results(batch)
    assert kinds(cast) == ["MMS"]
    check_books(batch)


# ---- what a carrier may say to a picture ---------------------------------------------------------


class Clerk:
    """The one call of a carrier that matters here."""

    def __init__(self, answer: Uploaded | Exception) -> None:
        self._answer = answer
        self.given: list[tuple[str, PictureUse]] = []

    def upload(self, file: File, use: PictureUse) -> Uploaded:
        self.given.append((file.name, use))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def shown(cast: Cast, picture: Picture, clerk: Clerk) -> Shipment:
    assert cast.account is not None
    bare = Shipment(channel=Channel.MMS, sender_number="025550101", messages=[])
    return with_picture(bare, cast.account, picture.pk, clerk)  # type: ignore[arg-type]  # one call


def test_the_carriers_name_and_its_last_day_are_kept(cast: Cast, picture: Picture) -> None:
    until = timezone.now() + timedelta(days=6)
    clerk = Clerk(Uploaded("F1", until))
    assert shown(cast, picture, clerk).image == "F1"
    assert clerk.given == [("poster.jpg", PictureUse.MMS)]
    assert PictureAtCarrier.objects.get().until == until


@pytest.mark.parametrize(
    ("answer", "kind", "result"),
    [
        (Rejected("X", result=Result.REQUEST_WRONG), PictureRefused, Result.REQUEST_WRONG),
        (Unsupported("upload"), PictureRefused, Result.REQUEST_WRONG),
        (Rejected("X", result=Result.BALANCE_EMPTY), Rejected, Result.BALANCE_EMPTY),
        (Rejected("X", result=Result.ACCOUNT_REFUSED), Rejected, Result.ACCOUNT_REFUSED),
    ],
)
def test_what_is_the_pictures_fault_and_what_the_accounts(
    cast: Cast, picture: Picture, answer: Exception, kind: type[Rejected], result: Result
) -> None:
    with pytest.raises(Rejected) as caught:
        shown(cast, picture, Clerk(answer))
    assert type(caught.value) is kind
    assert caught.value.result is result
    assert at_carrier() == []


def test_a_carrier_that_is_away_may_be_asked_again(cast: Cast, picture: Picture) -> None:
    with pytest.raises(NotSent):
        shown(cast, picture, Clerk(NotSent("Away")))


@pytest.mark.parametrize(("image", "named"), [(True, "T1"), (False, None)])
def test_an_image_alimtalk_names_what_its_template_names(
    cast: Cast, picture: Picture, image: bool, named: str | None
) -> None:
    from alimnaru.carriers.base import Outgoing

    assert cast.account is not None
    PictureAtCarrier.objects.create(
        picture=picture, account=cast.account, use=PictureUse.TEMPLATE, ref="T1"
    )
    one = Outgoing("1-1", "01012349001", Rendered(text="", image=image))
    bare = Shipment(channel=Channel.ALIMTALK, sender_number="025550101", messages=[one])
    clerk = Clerk(Uploaded("F1"))
    asked = with_picture(bare, cast.account, picture.pk, clerk)  # type: ignore[arg-type]  # one call
    assert asked.image == named
    assert with_known_picture(bare, cast.account.pk, None).image is None
    assert clerk.given == []


def test_a_wording_pins_its_picture(cast: Cast, picture: Picture) -> None:
    with_it = cast.version.fingerprint()
    cast.version.picture = None
    assert cast.version.fingerprint() != with_it
    assert Message.objects.count() == 0
