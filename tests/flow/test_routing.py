"""By which account a chunk goes: the first that can and may, and never another one in doubt."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.routing import chunk_size, longest
from alimnaru.flow.sweep import sweep
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import Batch, Breaker, Chunk, Quota, Tally, Tariff, TemplateVersion
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.accounts import break_, change, first_account, second_account, stands, taken_by
from tests.flow.books import check_books
from tests.flow.moment import Moment, seoul

ON_KAKAO = ("delivered", "alimtalk", "delivered")
WAITS = ("pending", "alimtalk", None)


def send(cast: Cast, count: int = 1, **more: object) -> Batch:
    batch = cast.send(cast.rows(*(phone() for _ in range(count))), **more)  # type: ignore[arg-type]
    ring()
    return batch


def later(**changes: object) -> None:
    """Let the waiting time of every chunk pass."""
    Chunk.objects.filter(state__in=("ready", "doubt")).update(
        not_before=timezone.now() - timedelta(seconds=1), lease_until=None, **changes
    )


# ---- by set-up -----------------------------------------------------------------------------------


def test_the_smallest_priority_goes_first(cast: Cast) -> None:
    second_account(cast, priority=5)
    send(cast)
    assert taken_by() == ["second"]


def test_among_equals_the_older_one(cast: Cast) -> None:
    first = first_account(cast)
    second_account(cast, priority=first.priority)
    send(cast)
    assert taken_by() == [first.name]


@pytest.mark.parametrize("without", ["switched off", "other channels", "not approved", "rejected"])
def test_an_account_that_cannot_is_passed_over(cast: Cast, without: str) -> None:
    first = first_account(cast)
    second_account(cast)
    match without:
        case "switched off":
            change(first, is_active=False)
        case "other channels":
            change(first, channels="sms,lms")
        case "not approved":
            first.templateregistration_set.all().delete()
        case _:
            first.templateregistration_set.update(state="rejected")
    batch = send(cast)
    assert taken_by() == ["second"]
    bring_results(batch)
    assert states(batch) == [ON_KAKAO]
    check_books(batch)


def test_sms_needs_no_wording_of_the_account(cast: Cast) -> None:
    first = first_account(cast)
    second = second_account(cast, channels="sms")
    first.channels = "alimtalk"
    first.save()
    second.templateregistration_set.all().delete()
    batch = cast.send(cast.rows(phone("0001")))
    bring_results(batch)
    assert taken_by() == [first.name, "second"]
    check_books(batch)


@pytest.mark.parametrize(
    ("channels", "code"),
    [("sms", Refusal.NO_ACCOUNT), ("alimtalk", Refusal.TEMPLATE_NOT_APPROVED)],
)
def test_what_a_person_must_change_holds(cast: Cast, channels: str, code: Refusal) -> None:
    first = first_account(cast, channels=channels)
    first.templateregistration_set.all().delete()
    send(cast)
    assert Chunk.objects.get().hold_code == code


# ---- breakers ------------------------------------------------------------------------------------


def test_an_open_breaker_is_gone_round(cast: Cast) -> None:
    first = first_account(cast)
    second_account(cast)
    break_(first)
    send(cast)
    assert taken_by() == ["second"]
    assert stands(first) == "open"


def test_a_breaker_is_for_one_channel(cast: Cast) -> None:
    break_(first_account(cast), "sms")
    second_account(cast)
    batch = cast.send(cast.rows(phone("0001")))
    bring_results(batch)
    assert taken_by() == ["sandbox", "second"]


def test_nobody_is_well_puts_off_and_holds_nothing(cast: Cast) -> None:
    break_(first_account(cast))
    break_(second_account(cast))
    batch = send(cast)
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.hold_code, chunk.account) == ("ready", "", None)
    assert timezone.now() < chunk.not_before <= timezone.now() + timedelta(seconds=2)
    assert chunk.setbacks == 1
    Breaker.objects.all().delete()
    later()
    dispatch(chunk.pk)
    assert taken_by() == ["sandbox"]
    bring_results(batch)
    check_books(batch)


def test_nobody_is_well_until_it_is_too_late(cast: Cast, moment: Moment) -> None:
    break_(first_account(cast))
    cast.notice.ttl_minutes = 10
    cast.notice.save()
    batch = send(cast)
    for _ in range(20):
        moment.passes(minutes=1)
        Breaker.objects.update(probe_at=moment.now + timedelta(hours=1))
        dispatch(Chunk.objects.get().pk)
    assert states(batch) == [("expired", "alimtalk", "expired")]
    assert cast.accepted() == []
    check_books(batch)


def test_one_chunk_tries_an_account_that_was_ill(cast: Cast) -> None:
    first = first_account(cast)
    second_account(cast)
    break_(first, probe_in=-1)
    batch = cast.send(cast.rows(*(phone() for _ in range(130))), chunk_size=100)
    chunk = Chunk.objects.order_by("pk").first()
    assert chunk is not None
    dispatch(chunk.pk)
    # Its call went well, and calls were what had gone wrong.
    assert stands(first) == "closed"
    chunk.refresh_from_db()
    assert (chunk.account, chunk.size) == (first, 50)
    ring()
    bring_results(batch)
    assert states(batch) == [ON_KAKAO] * 130
    check_books(batch)


def test_while_one_tries_the_others_go_round(cast: Cast) -> None:
    first = first_account(cast)
    second_account(cast)
    breaker = break_(first, probe_in=-1)
    Breaker.objects.filter(pk=breaker.pk).update(reason="results")  # only results will close it
    send(cast, 4, chunk_size=2)
    assert stands(first) == "half"
    assert sorted(filter(None, taken_by())) == ["sandbox", "second"]
    breaker.refresh_from_db()
    assert Chunk.objects.get(pk=breaker.probe_chunk).account == first


def test_what_is_urgent_tries_nothing(cast: Cast) -> None:
    cast.notice.lane = "urgent"
    cast.notice.save()
    first = first_account(cast)
    second = second_account(cast)
    break_(first, probe_in=-1)
    send(cast)
    assert (taken_by(), stands(first)) == (["second"], "open")
    # Unless nobody else is there.
    change(second, is_active=False)
    send(cast)
    assert taken_by() == ["second", "sandbox"]


def test_an_account_that_refuses_us_passes_it_on(cast: Cast) -> None:
    first = first_account(cast, api_key="NOBODYSKEY000000")
    second_account(cast)
    batch = send(cast, 4, chunk_size=2)
    assert taken_by() == ["second", "second"]
    assert stands(first) == "open"
    assert Breaker.objects.get().reason == "refused"
    bring_results(batch)
    assert states(batch) == [ON_KAKAO] * 4
    check_books(batch)


# ---- in doubt ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_chunk_in_doubt_stays_where_it_is(cast: Cast, kind: str) -> None:
    first = first_account(cast)
    second_account(cast)
    cast.faults(kind=kind, path="send")
    batch = send(cast, 3)
    assert Chunk.objects.get().state == "doubt"
    break_(first)
    change(first, is_active=False)
    later()
    dispatch(Chunk.objects.get().pk)
    # What the first account has is recorded there; what it surely lacks is free to go.
    assert Chunk.objects.get().state == ("sent" if kind == "cut_after" else "ready")
    dispatch(Chunk.objects.get().pk)
    assert taken_by() == ["sandbox" if kind == "cut_after" else "second"]
    bring_results(batch)
    assert states(batch) == [ON_KAKAO] * 3
    assert len(cast.accepted()) == 3


def test_a_kept_token_pins_the_account(cast: Cast) -> None:
    # One message a turn, which three that were handed over together take no notice of.
    first = first_account(cast, per_second=20)
    second_account(cast, priority=1)
    cast.send(cast.rows(phone(), phone(), phone()))
    # As a carrier that refuses a repeated key leaves it.
    Chunk.objects.update(account=first, token="G4V20261125000000000000000000000")
    break_(first)
    before = timezone.now()
    dispatch(Chunk.objects.get().pk)
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.account, chunk.size) == ("doubt", first, 3)
    # It takes a turn of its own, but was counted when it was handed over first.
    quota = Quota.objects.get(account=first)
    assert (quota.used, quota.free_at > before) == (0, True)


# ---- days ----------------------------------------------------------------------------------------


def used(account: int, number: int, day: date) -> None:
    Quota.objects.create(account_id=account, free_at=timezone.now(), day=day, used=number)


def test_a_day_that_is_used_up_goes_round(cast: Cast) -> None:
    first = first_account(cast, per_day=10)
    second_account(cast)
    used(first.pk, 10, timezone.localdate())
    send(cast)
    assert taken_by() == ["second"]


def test_what_still_fits_into_a_day_goes(cast: Cast) -> None:
    first = first_account(cast, per_day=10)
    second_account(cast)
    used(first.pk, 7, timezone.localdate())
    batch = send(cast, 8)
    assert taken_by() == ["sandbox", "second"]
    assert list(Chunk.objects.order_by("pk").values_list("size", flat=True)) == [3, 5]
    bring_results(batch)
    check_books(batch)


@pytest.mark.parametrize("ttl", [3 * 24 * 60, 60], ids=["lasts", "expires first"])
def test_a_used_up_day_waits_for_the_next(cast: Cast, moment: Moment, ttl: int) -> None:
    cast.notice.ttl_minutes = ttl
    cast.notice.save()
    moment.is_("2026-11-24 22:00")
    first = first_account(cast, per_day=10)
    used(first.pk, 10, date(2026, 11, 24))
    batch = cast.send(cast.rows(phone()))
    dispatch(Chunk.objects.get().pk)
    chunk = Chunk.objects.get()
    until: datetime = seoul("2026-11-25 00:00") if ttl > 60 else batch.expires_at
    assert (chunk.state, chunk.not_before, chunk.setbacks) == ("ready", until, 0)
    moment.now = until
    dispatch(chunk.pk)
    chunk.refresh_from_db()
    assert chunk.state == ("sent" if ttl > 60 else "settled")


def test_yesterdays_use_is_over(cast: Cast) -> None:
    first = first_account(cast, per_day=10)
    used(first.pk, 10, timezone.localdate() - timedelta(days=1))
    send(cast, 4)
    assert taken_by() == ["sandbox"]
    assert Quota.objects.get().used == 4


def test_what_was_not_taken_is_not_used_up(cast: Cast) -> None:
    first_account(cast, per_day=10)
    cast.faults(kind="error_500", path="create")
    send(cast, 4)
    assert Quota.objects.get().used == 0
    later()
    dispatch(Chunk.objects.get().pk)
    assert Quota.objects.get().used == 4


# ---- prices and sizes ----------------------------------------------------------------------------


def test_an_accounts_own_price_counts(cast: Cast) -> None:
    first = first_account(cast)
    Tariff.objects.create(account=first, channel="alimtalk", won="7.5", since=date(2022, 1, 1))
    other = second_account(cast, priority=99)
    Tariff.objects.create(account=other, channel="alimtalk", won="1", since=date(2023, 1, 1))
    batch = send(cast, 4)
    bring_results(batch)
    assert sum(t.won for t in Tally.objects.filter(outcome="delivered")) == 30


def test_the_cap_counts_by_the_accounts_price(cast: Cast) -> None:
    first = first_account(cast)
    cast.library.monthly_cap_won = 30
    cast.library.save()
    send(cast, 4)  # 20 won
    Tariff.objects.create(account=first, channel="alimtalk", won=11, since=date(2022, 1, 1))
    send(cast, 1)  # 44 won are under way by now
    assert list(Chunk.objects.order_by("pk").values_list("hold_code", flat=True)) == [
        "",
        Refusal.SPEND_CAP,
    ]


@pytest.mark.parametrize(
    ("setting", "per_second", "size"), [(2000, None, 2000), (2000, 10, 200), (50, 10, 50)]
)
def test_lists_are_cut_for_the_account(
    cast: Cast, settings: object, setting: int, per_second: int | None, size: int
) -> None:
    settings.CHUNK_SIZE = setting  # type: ignore[attr-defined]
    first_account(cast, per_second=per_second)
    assert chunk_size(cast.version.pk, hours_waived=True) == size


@pytest.mark.parametrize(
    ("kind", "link", "size"),
    [("bizgo", "", 200), ("bizgo", "#{알림번호}", 40), ("solapi", "#{알림번호}", 2000)],
)
def test_lists_are_cut_shorter_where_each_message_is_a_call(
    cast: Cast, kind: str, link: str, size: int
) -> None:
    account = first_account(cast, kind=kind)
    button = {"type": "WL", "name": "안내", "link_mobile": f"https://naru.example/{link}"}
    wording = TemplateVersion.objects.create(
        notice=cast.notice,
        number=9,
        template={"body": "안내", "buttons": [button]},
        variables=[],
        sms="#{알림번호}",
    )
    registered = account.templateregistration_set.get()
    registered.pk, registered.version = None, wording
    registered.save(force_insert=True)
    assert chunk_size(wording.pk, hours_waived=True) == size
    # A text alone differs in nothing that would take a call of its own.
    assert longest(account, Channel.SMS, wording.pk) == {"bizgo": 200}.get(kind, 10_000)


def test_lists_are_cut_for_the_account_that_is_well(cast: Cast) -> None:
    first = first_account(cast, per_second=10)
    second_account(cast, per_second=20)
    break_(first)
    assert chunk_size(cast.version.pk, hours_waived=True) == 400
    first.templateregistration_set.all().delete()
    Breaker.objects.all().delete()
    sweep()
    assert chunk_size(cast.version.pk, hours_waived=True) == 400
