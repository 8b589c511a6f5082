"""What a second load of the catalogue leaves as the office has it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from alimnaru.office.catalogue import load_catalogue
from alimnaru.store.models import Member, Notice, Tariff


@pytest.fixture
def manager(db: None) -> Member:
    member = Member.objects.create(login="manager", name="김관리")
    load_catalogue(actor=member, office_file="")
    return member


def test_every_channel_has_a_price(manager: Member) -> None:
    assert set(Tariff.objects.values_list("channel", flat=True)) == {
        "alimtalk",
        "sms",
        "lms",
        "mms",
    }


def test_an_installation_of_before_gets_the_price_of_mms(manager: Member) -> None:
    Tariff.objects.filter(channel="mms").delete()
    Tariff.objects.filter(channel="sms").update(won=9)
    load_catalogue(actor=manager, office_file="")
    assert Tariff.objects.get(channel="mms").won == Decimal("49.863")
    assert Tariff.objects.get(channel="sms").won == 9


def test_mms_is_the_offices_own_choice(manager: Member) -> None:
    notice = Notice.objects.exclude(fallback="").order_by("code")[0]
    Notice.objects.filter(pk=notice.pk).update(fallback="mms")
    loaded = load_catalogue(actor=manager, office_file="")
    assert (loaded.notices, loaded.versions) == (0, 0)
    notice.refresh_from_db()
    assert notice.fallback == "mms"
