"""Keys of other programs: who issues, who confirms, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.office import keys
from alimnaru.office.connecting import ConnectingRefused
from alimnaru.office.keys import Wish
from alimnaru.rules.api_keys import Limits, parse_key, secret_hash
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.store.models import ApiKey, AuditEntry, Member, Membership, Role
from tests.cast import Cast, make_cast
from tests.staff import Staff, hire

_F = ConnectingFault
LIMITS = Limits(("10.20.0.0/16",), 600, 20_000)
LIVE = Wish("도서관 대출 시스템", ["read", "send"], LIMITS)
TEST = replace(LIVE, is_sandbox=True)
READS = replace(LIVE, scopes=["read"])


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Staff:
    return hire(cast)


def issued(wish: Wish, cast: Cast, actor: Member) -> ApiKey:
    return keys.issue(wish, actor=actor, department=cast.library)[0]


def confirmed(cast: Cast, staff: Staff) -> ApiKey:
    key = issued(LIVE, cast, staff.manager)
    return keys.confirm(key, actor=staff.system, seen=LIMITS.digest())


def refusal(act: object, *args: object, **more: object) -> ConnectingFault:
    with pytest.raises(ConnectingRefused) as refused:
        act(*args, **more)  # type: ignore[operator]  # one of the office's acts
    return refused.value.code


# ---- issuing -------------------------------------------------------------------------------------


def test_a_key_for_the_sandbox_works_at_once(cast: Cast, staff: Staff) -> None:
    key, text = keys.issue(TEST, actor=staff.manager, department=cast.library)
    parsed = parse_key(text)
    assert parsed is not None
    assert parsed[0] == key.public
    assert bytes(key.secret_sha256) == secret_hash(parsed[1])
    assert not key.waits
    assert key.scopes == ["send", "read"]
    assert key.expires_at is not None
    assert timedelta(days=364) < key.expires_at - timezone.now() <= timedelta(days=365)
    assert key.member.is_program
    assert key.member.login == f"api:{key.public}"
    held = Membership.objects.get(member=key.member)
    assert (held.department, held.role) == (cast.library, Role.WRITER)


def test_the_key_itself_is_nowhere(cast: Cast, staff: Staff) -> None:
    key, text = keys.issue(TEST, actor=staff.manager, department=cast.library)
    secret = text.removeprefix(f"an_test_{key.public}_")
    entry = AuditEntry.objects.get(act="key.issue")
    kept = [str(entry.facts), entry.subject, str(key), *map(str, vars(key).values())]
    assert not any(secret in text or secret[:43] in text for text in kept)
    assert entry.facts["key"] == key.public


def test_a_key_that_only_reads_needs_nobody_else(cast: Cast, staff: Staff) -> None:
    key = issued(READS, cast, staff.manager)
    assert not key.waits
    assert Membership.objects.get(member=key.member).role == Role.VIEWER


@pytest.mark.parametrize("who", ["viewer", "writer", "approver", "auditor", "neighbour"])
def test_only_managers_issue(cast: Cast, staff: Staff, who: str) -> None:
    actor = getattr(staff, who)
    found = refusal(keys.issue, TEST, actor=actor, department=cast.library)
    assert found is _F.CONNECTION_NOT_YOURS
    assert not ApiKey.objects.exists()
    assert not Member.objects.filter(login__startswith="api:").exists()


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(TEST, name=" "), _F.CONNECTION_NAME),
        (replace(TEST, scopes=[]), _F.SCOPES_MISSING),
        (replace(TEST, days=0), _F.LIFE_OUT_OF_RANGE),
        (replace(TEST, limits=Limits(("?",))), _F.ADDRESS_UNREADABLE),
        (replace(TEST, limits=Limits((), 0)), _F.PER_MINUTE_OUT_OF_RANGE),
    ],
)
def test_what_cannot_be_issued(cast: Cast, staff: Staff, wish: Wish, code: ConnectingFault) -> None:
    assert refusal(keys.issue, wish, actor=staff.manager, department=cast.library) is code


# ---- two people ----------------------------------------------------------------------------------


def test_a_live_key_waits_for_a_second_manager(cast: Cast, staff: Staff) -> None:
    key = issued(LIVE, cast, staff.manager)
    assert key.waits
    seen = LIMITS.digest()
    assert refusal(keys.confirm, key, actor=staff.manager, seen=seen) is _F.KEY_OWN
    for stranger in (staff.approver, staff.neighbour, staff.auditor):
        found = refusal(keys.confirm, key, actor=stranger, seen=seen)
        assert found is _F.CONNECTION_NOT_YOURS
    done = keys.confirm(key, actor=staff.system, seen=seen)
    assert not done.waits
    assert done.confirmed_by == staff.system
    assert refusal(keys.confirm, key, actor=staff.system, seen=seen) is _F.KEY_NOT_WAITING
    assert AuditEntry.objects.get(act="key.confirm").actor == staff.system


def test_two_who_may_not_send_make_no_key_to_send_with(cast: Cast, staff: Staff) -> None:
    assert cast.library.parent is not None
    second = Member.objects.create(login="system2", name="민전산")
    Membership.objects.create(
        member=second, department=cast.library.parent, role=Role.SYSTEM_MANAGER
    )
    key = issued(LIVE, cast, staff.system)
    seen = LIMITS.digest()
    assert refusal(keys.confirm, key, actor=second, seen=seen) is _F.KEY_NOBODY_SENDS
    assert not keys.confirm(key, actor=staff.manager, seen=seen).waits


def test_what_was_changed_meanwhile_is_not_confirmed(cast: Cast, staff: Staff) -> None:
    key = issued(LIVE, cast, staff.manager)
    keys.change(key, actor=staff.manager, limits=replace(LIMITS, per_day=5_000_000))
    found = refusal(keys.confirm, key, actor=staff.system, seen=LIMITS.digest())
    assert found is _F.KEY_CHANGED
    assert ApiKey.objects.get(pk=key.pk).waits


# ---- limits --------------------------------------------------------------------------------------


def test_what_two_agreed_to_is_only_narrowed(cast: Cast, staff: Staff) -> None:
    key = confirmed(cast, staff)
    for wider in (replace(LIMITS, per_day=20_001), replace(LIMITS, addresses=())):
        assert refusal(keys.change, key, actor=staff.manager, limits=wider) is _F.KEY_WIDER
    narrow = Limits(("10.20.3.4",), 60, 100)
    changed = keys.change(key, actor=staff.manager, limits=narrow)
    assert (changed.addresses, changed.per_minute) == (["10.20.3.4/32"], 60)
    facts = AuditEntry.objects.get(act="key.change").facts
    assert facts["per_day"] == [20_000, 100]


def test_one_for_the_sandbox_may_be_widened(cast: Cast, staff: Staff) -> None:
    key = issued(TEST, cast, staff.manager)
    changed = keys.change(key, actor=staff.manager, limits=Limits())
    assert changed.addresses == []
    keys.change(key, actor=staff.manager, limits=Limits())
    assert AuditEntry.objects.filter(act="key.change").count() == 1
    found = refusal(keys.change, key, actor=staff.neighbour, limits=Limits())
    assert found is _F.CONNECTION_NOT_YOURS


# ---- replacing -----------------------------------------------------------------------------------


def test_both_keys_work_for_some_days(cast: Cast, staff: Staff) -> None:
    old = issued(TEST, cast, staff.manager)
    new, text = keys.rotate(old, actor=staff.manager, overlap_days=3)
    assert parse_key(text) is not None
    assert (new.scopes, new.per_day, new.addresses) == (old.scopes, 20_000, ["10.20.0.0/16"])
    assert new.replaces == old
    old.refresh_from_db()
    assert old.expires_at is not None
    assert old.expires_at - timezone.now() <= timedelta(days=3)
    assert refusal(keys.rotate, old, actor=staff.manager) is _F.KEY_REPLACED


def test_a_live_key_works_on_until_the_new_one_is_confirmed(cast: Cast, staff: Staff) -> None:
    old = confirmed(cast, staff)
    before = old.expires_at
    new, _ = keys.rotate(old, actor=staff.manager, overlap_days=1)
    old.refresh_from_db()
    assert new.waits
    assert old.expires_at == before
    keys.confirm(new, actor=staff.system, seen=LIMITS.digest())
    old.refresh_from_db()
    assert old.expires_at is not None
    assert old.expires_at - timezone.now() <= timedelta(days=1)


def test_a_new_key_that_nobody_kept_is_revoked_and_made_again(cast: Cast, staff: Staff) -> None:
    old = confirmed(cast, staff)
    new, _ = keys.rotate(old, actor=staff.manager)
    keys.revoke(new, actor=staff.manager)
    assert keys.rotate(old, actor=staff.manager)[0].waits


def test_an_end_that_comes_sooner_stays(cast: Cast, staff: Staff) -> None:
    old = issued(replace(TEST, days=2), cast, staff.manager)
    keys.rotate(old, actor=staff.manager, overlap_days=30)
    before = old.expires_at
    old.refresh_from_db()
    assert old.expires_at == before


def test_what_cannot_be_replaced(cast: Cast, staff: Staff) -> None:
    waits = issued(LIVE, cast, staff.manager)
    assert refusal(keys.rotate, waits, actor=staff.manager) is _F.KEY_WAITS
    over = issued(TEST, cast, staff.manager)
    ApiKey.objects.filter(pk=over.pk).update(expires_at=timezone.now())
    assert refusal(keys.rotate, over, actor=staff.manager) is _F.KEY_OVER
    good = issued(TEST, cast, staff.manager)
    found = refusal(keys.rotate, good, actor=staff.manager, overlap_days=31)
    assert found is _F.OVERLAP_OUT_OF_RANGE
    assert refusal(keys.rotate, good, actor=staff.neighbour) is _F.CONNECTION_NOT_YOURS


# ---- revoking ------------------------------------------------------------------------------------


def test_a_key_is_revoked_for_good(cast: Cast, staff: Staff) -> None:
    key = confirmed(cast, staff)
    assert refusal(keys.revoke, key, actor=staff.neighbour) is _F.CONNECTION_NOT_YOURS
    done = keys.revoke(key, actor=staff.manager)
    assert done.revoked_at is not None
    assert not Member.objects.get(pk=key.member_id).is_active
    assert refusal(keys.revoke, key, actor=staff.manager) is _F.KEY_OVER
    assert refusal(keys.change, key, actor=staff.manager, limits=LIMITS) is _F.KEY_OVER
    assert AuditEntry.objects.get(act="key.revoke").department == cast.library
