"""The key ring: changed under those who work with it, and nothing is lost on the way."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from alimnaru.flow.rewrapping import SEALED, WRAPPED, left_under, rewrap_round
from alimnaru.office import keyring as office
from alimnaru.store import crypto, keyring, rewriting
from alimnaru.store.models import Authenticator, Batch, CarrierAccount, Message, RootKey
from tests.cast import Cast, make_cast, phone

PHONE = "01012345678"
INVENTORY = Path(__file__).parents[2] / "docs" / "reference" / "personal-data.md"


@pytest.fixture(autouse=True)
def no_ring() -> Iterator[None]:
    crypto.use(None)
    yield
    crypto.use(None)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def opened(batch: Batch) -> list[str]:
    batch.refresh_from_db()
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    message = Message.objects.get(batch=batch)
    return key.open(message.pk, bytes(message.payload))[:2]


def test_what_was_sealed_before_there_was_a_ring_opens(cast: Cast) -> None:
    batch, number = cast.send(cast.rows(PHONE)), crypto.phone_hash(PHONE)
    keyring.begin(timezone.now())
    assert opened(batch) == [PHONE, "김나루"]
    assert crypto.phone_hash(PHONE) == number


def test_the_master_key_is_changed_under_who_has_the_old_one(
    cast: Cast, settings: Settings
) -> None:
    """Three processes in turn: one that knows the old key alone, one that knows both, one that
    knows the new key alone."""
    old, new = settings.MASTER_KEY, os.urandom(32)
    first, number = cast.send(cast.rows(PHONE)), crypto.phone_hash(PHONE)
    keyring.begin(timezone.now())
    settings.MASTER_KEY, settings.OLD_MASTER_KEYS = new, [old]
    assert office.rotate(actor=cast.librarian).wrapped == 1
    second = cast.send(cast.rows(PHONE))
    settings.MASTER_KEY, settings.OLD_MASTER_KEYS = old, []
    keyring.load()
    assert opened(second) == [PHONE, "김나루"]
    settings.MASTER_KEY, settings.OLD_MASTER_KEYS = new, [old]
    assert office.retire(actor=cast.librarian).masters == 1
    settings.OLD_MASTER_KEYS = []
    keyring.load()
    assert opened(first) == opened(second) == [PHONE, "김나루"]
    assert crypto.phone_hash(PHONE) == number
    settings.MASTER_KEY = old
    with pytest.raises(keyring.RingError):
        keyring.load()


def test_a_new_generation_takes_over_while_an_old_process_works(cast: Cast) -> None:
    secret = crypto.seal(b"secret", purpose="carrier secret")
    account = CarrierAccount.objects.create(
        name="a", kind="solapi", base_url="http://x", secret=secret
    )
    before = cast.send(cast.rows(phone()))
    keyring.begin(timezone.now())
    stale = crypto._ring
    assert keyring.new_generation(timezone.now()) == 1
    after = cast.send(cast.rows(PHONE))
    # A process that has not heard of it reads what is sealed under it, and still writes.
    crypto.use(stale)
    assert crypto.wrapped_under(crypto.BatchKey.new().wrap(1)) == 0
    assert opened(after) == [PHONE, "김나루"]
    assert left_under(0) == 2
    assert rewrap_round()
    assert (left_under(0), left_under(1)) == (0, 3)
    account.refresh_from_db()
    assert crypto.unseal(bytes(account.secret), purpose="carrier secret") == b"secret"
    assert opened(before)[1] == "김나루"
    assert not rewrap_round()


def test_a_generation_is_given_up_when_nothing_needs_it(cast: Cast) -> None:
    keyring.begin(timezone.now())
    batch = cast.send(cast.rows(PHONE))
    keyring.new_generation(timezone.now())
    rewrap_round()
    keyring.new_generation(timezone.now())
    assert office.retire(actor=cast.librarian).generations == ()
    rewrap_round()
    with pytest.raises(keyring.RingError):  # somebody may still seal under it
        keyring.retire_generation(1, timezone.now())
    RootKey.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert office.retire(actor=cast.librarian).generations == (1,)
    assert opened(batch) == [PHONE, "김나루"]
    with pytest.raises(keyring.RingError):
        keyring.retire_generation(0, timezone.now())


def test_every_sealed_column_is_brought_under_the_new_generation(db: None) -> None:
    """One that is forgotten is unreadable for ever once the generation is given up."""
    named = re.findall(r"\| `(\w+)\.(\w+)` \|[^|]*\| the key ring \|", INVENTORY.read_text())
    covered = {(one.table, one.column) for one in SEALED} | {(t, "wrapped_key") for t in WRAPPED}
    assert len(named) > 10
    assert set(named) - covered == {("otp_totp_totpdevice", "key")}
    # What a destroyed key leaves in the files is written anew.
    assert set(WRAPPED) <= set(rewriting.TABLES)


def test_an_authenticator_outlives_its_generation(cast: Cast) -> None:
    keyring.begin(timezone.now())
    keyring.new_generation(timezone.now())
    device = Authenticator.objects.create(user=cast.librarian, name="authenticator")
    secret = device.bin_key
    keyring.new_generation(timezone.now())
    RootKey.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert left_under(1) == 1
    assert office.retire(actor=cast.librarian).generations == ()
    assert rewrap_round()
    assert office.retire(actor=cast.librarian).generations == (1,)
    assert Authenticator.objects.get(pk=device.pk).bin_key == secret


def test_the_present_master_key_must_open_all_before_others_go(
    cast: Cast, settings: Settings
) -> None:
    keyring.begin(timezone.now())
    settings.OLD_MASTER_KEYS = [settings.MASTER_KEY]
    settings.MASTER_KEY = os.urandom(32)
    with pytest.raises(keyring.RingError):
        office.retire(actor=cast.librarian)


def test_a_root_that_was_changed_does_not_open(db: None) -> None:
    keyring.begin(timezone.now())
    RootKey.objects.update(wrapped=os.urandom(60))
    with pytest.raises(keyring.RingError):
        keyring.load()
