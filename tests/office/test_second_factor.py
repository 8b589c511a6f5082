"""Authenticators and recovery codes: taken once, throttled, forgotten."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from alimnaru.office.own_account import MobileRefused, mobile_of, set_mobile
from alimnaru.office.second_factor import (
    begin_enrolment,
    check_code,
    confirm_enrolment,
    has_authenticator,
    new_recovery_codes,
    recovery_codes_left,
)
from alimnaru.store import crypto
from alimnaru.store.crypto import Unreadable
from alimnaru.store.models import AuditEntry, Authenticator, Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return Member.objects.create(login="viewer", name="박열람")


def code_of(device: Authenticator) -> str:
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def enrolled(member: Member) -> Authenticator:
    return Authenticator.objects.create(user=member, confirmed=True)


def test_it_works(member: Member) -> None:
    device = begin_enrolment(member)
    assert begin_enrolment(member, device.pk).key == device.key
    assert not has_authenticator(member)
    assert confirm_enrolment(member, code_of(device)).device == device
    assert has_authenticator(member)
    assert AuditEntry.objects.get().act == "member.authenticator"


def test_a_wrong_code_confirms_nothing(member: Member) -> None:
    begin_enrolment(member)
    assert confirm_enrolment(member, "000000").device is None
    assert not has_authenticator(member)


def test_what_another_session_began_ends(member: Member) -> None:
    seen = begin_enrolment(member)
    mine = begin_enrolment(member)
    assert mine.key != seen.key
    assert confirm_enrolment(member, code_of(seen)).device is None
    assert Authenticator.objects.get(user=member).key == mine.key


def test_a_new_authenticator_ends_the_old_one(member: Member) -> None:
    old = enrolled(member)
    new = begin_enrolment(member)
    assert has_authenticator(member)
    assert confirm_enrolment(member, code_of(new)).device == new
    assert check_code(member, code_of(old)).device is None


@pytest.mark.parametrize("shape", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_a_code_as_people_paste_it(member: Member, shape: str) -> None:
    device = enrolled(member)
    assert check_code(member, shape.format(code_of(device))).device == device


def test_a_code_is_taken_once(member: Member) -> None:
    code = code_of(enrolled(member))
    assert check_code(member, code).device is not None
    assert check_code(member, code).device is None


def test_wrong_codes_have_to_wait(member: Member) -> None:
    device = enrolled(member)
    assert check_code(member, "000000").device is None
    for typed in (code_of(device), "000000"):
        found = check_code(member, typed)
        assert found.device is None
        assert found.wait >= 1


def test_without_an_authenticator_no_code_is_right(member: Member) -> None:
    assert check_code(member, "000000") == (None, 0)
    assert check_code(member, "abcde-fghjk") == (None, 0)


def test_recovery_codes(member: Member) -> None:
    codes = new_recovery_codes(member)
    assert len(set(codes)) == recovery_codes_left(member) == 10
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not kept & {code.replace("-", "") for code in codes}
    assert check_code(member, codes[0].upper().replace("-", " ")).device is not None
    assert recovery_codes_left(member) == 9
    assert check_code(member, codes[0]).device is None
    assert recovery_codes_left(Member(pk=0)) == 0


def test_new_recovery_codes_end_the_old_ones(member: Member) -> None:
    old = new_recovery_codes(member)
    new_recovery_codes(member)
    assert check_code(member, old[0]).device is None


def test_the_own_mobile_is_sealed(member: Member) -> None:
    set_mobile(member, "010-1234-5678")
    member.refresh_from_db()
    assert mobile_of(member) == "01012345678"
    assert b"12345678" not in bytes(member.mobile or b"")
    assert bytes(member.mobile_hash or b"") == crypto.phone_hash("01012345678")
    set_mobile(member, " ")
    member.refresh_from_db()
    assert (mobile_of(member), member.mobile_hash) == ("", None)


def test_a_mobile_that_is_none(member: Member) -> None:
    with pytest.raises(MobileRefused):
        set_mobile(member, "02-555-0101")


def test_the_secret_lies_sealed(member: Member) -> None:
    """Neither a copy of the table nor a row that was moved to somebody else makes codes."""
    device = begin_enrolment(member)
    stored = TOTPDevice.objects.get(pk=device.pk)
    assert stored.key.startswith("s:")
    assert device.bin_key.hex() not in stored.key
    assert len(device.bin_key) == 20
    moved = Authenticator.objects.get(pk=device.pk)
    moved.user = Member.objects.create(login="writer", name="김사서")
    with pytest.raises(Unreadable):
        moved.bin_key  # noqa: B018 - opening it is the act


def test_secrets_from_before_are_sealed_by_the_migration(member: Member) -> None:
    old = TOTPDevice.objects.create(user=member, key="00112233445566778899" * 2)
    migration = import_module("alimnaru.store.migrations.0025_seal_authenticators")
    for _ in range(2):
        migration._seal(apps, None)
    assert TOTPDevice.objects.get(pk=old.pk).key.startswith("s:")
    assert Authenticator.objects.get(pk=old.pk).bin_key == bytes.fromhex(old.key)
