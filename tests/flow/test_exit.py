"""The exit: who may go now, on which channel, at what hour, for whose money."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alimnaru.flow import receive
from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.exit import decide
from alimnaru.flow.fallback import fall_back, give_up_waiting
from alimnaru.flow.wordings import wording
from alimnaru.rules.refusals import Refusal
from alimnaru.store import crypto
from alimnaru.store.ledger import chunks
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Chunk,
    Message,
    Notice,
    Preference,
    Suspension,
    Tariff,
    TemplateRegistration,
)
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books, jobs, lose_jobs
from tests.flow.moment import Moment, seoul
from tests.flow.reports import DELIVERED, ids, keep

ON_KAKAO = ("delivered", "alimtalk", "delivered")
BY_SMS = ("delivered", "sms", "delivered")
STOPPED = ("suppressed", "alimtalk", "opted_out")
NOT_THEIRS = ("suppressed", "alimtalk", "number_suspended")
WAITS = ("pending", "alimtalk", None)

DAY = timedelta(days=1)


def wish(
    number: str,
    choice: str,
    notice: Notice | None = None,
    *,
    since: timedelta = -DAY,
    until: timedelta | None = None,
) -> None:
    """Put a choice on file; times are from now."""
    now = timezone.now()
    Preference.objects.create(
        to_hash=crypto.phone_hash(number),
        notice=notice,
        choice=choice,
        provenance="desk",
        since=now + since,
        until=None if until is None else now + until,
    )


def suspend(number: str, *, until: timedelta | None = None) -> None:
    now = timezone.now()
    Suspension.objects.create(
        to_hash=crypto.phone_hash(number),
        reason="not theirs",
        provenance="desk",
        since=now - DAY,
        until=None if until is None else now + until,
    )


# ---- what residents asked for --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "becomes"), [("kakao", ON_KAKAO), ("sms", BY_SMS), ("stop", STOPPED)]
)
@pytest.mark.parametrize("particular", [True, False], ids=["this notice", "all notices"])
def test_a_choice_is_kept(
    cast: Cast, choice: str, becomes: tuple[str, str, str], particular: bool
) -> None:
    number = phone()
    wish(number, choice, cast.notice if particular else None)
    batch = cast.send(cast.rows(number))
    bring_results(batch)
    assert states(batch) == [becomes]
    check_books(batch)


@pytest.mark.parametrize(
    ("wishes", "statutory", "becomes"),
    [
        pytest.param(["all:stop", "this:kakao"], False, ON_KAKAO, id="the particular one counts"),
        pytest.param(["all:kakao", "this:stop"], False, STOPPED, id="also when it says stop"),
        pytest.param(["other:stop"], False, ON_KAKAO, id="another notice's does not"),
        pytest.param(["ended:stop"], False, ON_KAKAO, id="an ended one does not"),
        pytest.param(["tomorrow:stop"], False, ON_KAKAO, id="nor one that has not begun"),
        pytest.param(["this:stop"], True, ON_KAKAO, id="the law's notice goes all the same"),
        pytest.param(["this:stop", "all:sms"], True, BY_SMS, id="by the way they chose"),
        pytest.param(["suspended"], False, NOT_THEIRS, id="a number that is not theirs"),
        pytest.param(["suspended"], True, NOT_THEIRS, id="not even for the law"),
        pytest.param(["suspended", "this:sms"], False, NOT_THEIRS, id="nor by SMS"),
        pytest.param(["lifted"], False, ON_KAKAO, id="a lifted suspension"),
    ],
)
def test_wishes(
    cast: Cast, wishes: list[str], statutory: bool, becomes: tuple[str, str, str]
) -> None:
    if statutory:
        cast.notice.legal_effect = Notice.LegalEffect.NOTICE
        cast.notice.save()
    other = Notice.objects.create(code="lib.other", name="다른 안내", department=cast.library)
    number = phone()
    for text in wishes:
        whose, _, choice = text.partition(":")
        match whose:
            case "suspended":
                suspend(number)
            case "lifted":
                suspend(number, until=-DAY / 2)
            case "ended":
                wish(number, choice, cast.notice, until=-DAY / 2)
            case "tomorrow":
                wish(number, choice, cast.notice, since=DAY)
            case _:
                wish(number, choice, {"all": None, "this": cast.notice, "other": other}[whose])
    batch = cast.send(cast.rows(number))
    bring_results(batch)
    assert states(batch) == [becomes]
    check_books(batch)


def test_everybody_in_a_chunk_gets_their_own_answer(cast: Cast) -> None:
    plain, sms, stop, not_theirs = (phone() for _ in range(4))
    wish(sms, "sms")
    wish(stop, "stop", cast.notice)
    suspend(not_theirs)
    batch = cast.send(cast.rows(plain, sms, stop, not_theirs))
    bring_results(batch)
    assert states(batch) == [ON_KAKAO, BY_SMS, STOPPED, NOT_THEIRS]
    first, second = ids(batch)[:2]
    assert sorted(cast.accepted()) == [(f"{first}-1", "ATA"), (f"{second}-2", "SMS")]
    check_books(batch)


def test_nobody_left_closes_the_chunk(cast: Cast) -> None:
    number = phone()
    wish(number, "stop")
    batch = cast.send(cast.rows(number))
    ring()
    assert Chunk.objects.get(batch=batch).state == "settled"
    assert cast.accepted() == []
    check_books(batch)


def test_who_wants_sms_gets_kakao_where_no_sms_may_follow(cast: Cast) -> None:
    cast.notice.fallback = ""
    cast.notice.save()
    number = phone()
    wish(number, "sms")
    batch = cast.send(cast.rows(number))
    bring_results(batch)
    assert states(batch) == [ON_KAKAO]


def test_a_stop_between_kakao_and_sms_is_kept(cast: Cast) -> None:
    number = phone("0001")
    batch = cast.send(cast.rows(number), hours_waived=True)
    dispatch(Chunk.objects.get().pk)
    wish(number, "stop")
    bring_results(batch)
    assert states(batch) == [("suppressed", "sms", "opted_out")]
    assert [kind for _, kind in cast.accepted()] == ["ATA"]
    check_books(batch)


def suspend_for(number: str, name: str) -> None:
    Suspension.objects.create(
        to_hash=crypto.phone_hash(number),
        person_hash=crypto.person_hash(name),
        reason="not theirs",
        provenance="page",
        since=timezone.now() - DAY,
    )


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        pytest.param("김나루", NOT_THEIRS, id="whom it is not"),
        pytest.param("김 나루", NOT_THEIRS, id="written with a blank"),
        pytest.param("이나루", ON_KAKAO, id="whose it may be"),
        pytest.param("", NOT_THEIRS, id="nobody knows who"),
    ],
)
def test_a_number_is_not_one_persons(
    cast: Cast, name: str, becomes: tuple[str, str, str | None]
) -> None:
    number, other = phone(), phone()
    suspend_for(number, "박모름")
    suspend_for(number, "김나루")
    mine, neighbour = cast.rows(number, other)
    batch = cast.send([mine._replace(name=name), neighbour])
    bring_results(batch)
    assert states(batch) == [becomes, ON_KAKAO]
    check_books(batch)


# ---- hours ---------------------------------------------------------------------------------------

HOURS = [
    pytest.param("2026-11-24 07:59", "2026-11-24 08:00", id="before the day"),
    pytest.param("2026-11-24 08:00", None, id="it opens"),
    pytest.param("2026-11-24 19:59", None, id="the last minute"),
    pytest.param("2026-11-24 20:00", "2026-11-25 08:00", id="it closes"),
    pytest.param("2026-11-24 23:30", "2026-11-25 08:00", id="night"),
    pytest.param("2026-11-28 12:00", None, id="Saturday is a day too"),
]


@pytest.mark.parametrize(("at", "opens"), HOURS)
def test_hours(cast: Cast, moment: Moment, at: str, opens: str | None) -> None:
    moment.is_(at)
    batch = cast.send(cast.rows(phone()), hours_waived=False)
    dispatch(Chunk.objects.get().pk)
    chunk = Chunk.objects.get()
    if opens is None:
        assert chunk.state == "sent"
        return
    assert (chunk.state, chunk.not_before, chunk.setbacks) == ("ready", seoul(opens), 0)
    assert cast.accepted() == []
    assert states(batch) == [WAITS]


def test_the_morning_rings_and_the_chunk_goes(cast: Cast, moment: Moment) -> None:
    moment.is_("2026-11-24 22:00")
    cast.send(cast.rows(phone()), hours_waived=False)
    chunk = Chunk.objects.get().pk
    lose_jobs()  # intake's own
    dispatch(chunk)
    assert scheduled() == [seoul("2026-11-25 08:00")]
    moment.is_("2026-11-25 07:59")
    dispatch(chunk)
    assert cast.accepted() == []
    moment.is_("2026-11-25 08:00")
    dispatch(chunk)
    assert len(cast.accepted()) == 1


def scheduled() -> list[datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at FROM procrastinate_jobs")
        return [row[0] for row in cursor.fetchall()]


def test_working_days_only(cast: Cast, moment: Moment) -> None:
    cast.notice.working_days_only = True
    cast.notice.ttl_minutes = 5 * 24 * 60
    cast.notice.save()
    moment.is_("2026-11-28 12:00")
    cast.send(cast.rows(phone()), hours_waived=False)
    dispatch(Chunk.objects.get().pk)
    assert Chunk.objects.get().not_before == seoul("2026-11-30 08:00")


def test_what_is_worthless_by_morning_expires_tonight(cast: Cast, moment: Moment) -> None:
    cast.notice.ttl_minutes = 9 * 60
    cast.notice.save()
    moment.is_("2026-11-24 22:00")
    batch = cast.send(cast.rows(phone()), hours_waived=False)
    dispatch(Chunk.objects.get().pk)
    assert states(batch) == [("expired", "alimtalk", "expired")]
    # It ended tonight, whenever it would have become worthless.
    assert Message.objects.get().done_at == moment.now
    assert Chunk.objects.get().state == "settled"
    check_books(batch)


@pytest.mark.parametrize(
    ("minutes", "becomes"),
    [(59, WAITS), (60, ("expired", "alimtalk", "expired"))],
    ids=["in time", "too late"],
)
def test_expiry(
    cast: Cast, moment: Moment, minutes: int, becomes: tuple[str, str, str | None]
) -> None:
    cast.notice.ttl_minutes = 60
    cast.notice.save()
    moment.is_("2026-11-24 12:00")
    batch = cast.send(cast.rows(phone()))
    moment.passes(minutes=minutes)
    dispatch(Chunk.objects.get().pk)
    assert states(batch) == [becomes]
    assert len(cast.accepted()) == (becomes == WAITS)
    check_books(batch)


# ---- accounts ------------------------------------------------------------------------------------


def test_waived_hours_go_by_the_sandbox_and_by_nothing_else(cast: Cast, moment: Moment) -> None:
    moment.is_("2026-11-24 03:00")
    assert cast.account is not None
    cast.send(cast.rows(phone()), hours_waived=True)
    cast.account.is_sandbox = False
    cast.account.save()
    dispatch(Chunk.objects.get().pk)
    assert Chunk.objects.get().hold_code == Refusal.NO_ACCOUNT
    assert cast.accepted() == []


@pytest.mark.parametrize("channel", ["alimtalk", "sms"])
def test_the_sandbox_never_swallows_a_real_offices_notice(cast: Cast, channel: str) -> None:
    """A sandbox left active beside a real contract would report everybody as told."""
    all_day(cast)
    number = phone()
    if channel == "sms":
        wish(number, "sms")
    real = CarrierAccount.objects.create(
        name="real",
        kind="sandbox",
        base_url="http://127.0.0.1:9",
        api_key="REALKEY000000000",
        secret=crypto.seal(b"0" * 32, purpose="carrier secret"),
        callback_token="real",
        priority=50,
    )
    TemplateRegistration.objects.create(
        version=cast.version, account=real, code="KA01TPREAL", state="approved"
    )
    cast.send(cast.rows(number), hours_waived=False)
    ring()
    assert cast.accepted() == []
    assert Chunk.objects.get(channel=channel).setbacks == 1  # nobody answers at that address
    real.is_active = False
    real.save()
    cast.send(cast.rows(phone()), hours_waived=False)
    ring()
    assert cast.accepted() == []
    assert Chunk.objects.filter(hold_code=Refusal.NO_ACCOUNT).count() == 1


def all_day(cast: Cast) -> None:
    cast.notice.opens = cast.notice.closes = time(0)
    cast.notice.save()


@pytest.mark.parametrize("channel", ["alimtalk", "sms"])
def test_no_account_holds_the_chunk(cast: Cast, channel: str) -> None:
    number = phone()
    if channel == "sms":
        wish(number, "sms")
    assert cast.account is not None
    cast.account.is_active = False
    cast.account.save()
    cast.send(cast.rows(number))
    if channel == "sms":
        # The Alimtalk chunk would be held first: only the SMS chunk is of interest.
        cast.account.is_active = True
        cast.account.save()
        dispatch(Chunk.objects.get().pk)
        CarrierAccount.objects.update(is_active=False)
    ring()
    held = Chunk.objects.get(channel=channel)
    assert (held.state, held.hold_code) == ("held", Refusal.NO_ACCOUNT)


def test_an_account_that_cannot_be_opened_holds_the_chunk(cast: Cast) -> None:
    """The master key was changed, or somebody pasted half a key: a person has to look."""
    assert cast.account is not None
    for secret in (b"no sealed value of ours", crypto.seal(b"", purpose="carrier secret")):
        cast.account.secret = secret
        cast.account.save()
        cast.send(cast.rows(phone()))
        ring()
        chunk = Chunk.objects.order_by("pk").last()
        assert chunk is not None
        assert (chunk.state, chunk.hold_code) == ("held", Refusal.ACCOUNT_REFUSED)


def test_without_a_text_for_sms_no_sms_goes(cast: Cast) -> None:
    """The notice lets SMS follow, the wording has none: it will not grow one by waiting."""
    cast.version.sms = ""
    cast.version.save()
    prefers, not_a_user = phone(), phone("0001")
    wish(prefers, "sms")
    batch = cast.send(cast.rows(prefers, not_a_user))
    bring_results(batch)
    assert states(batch) == [ON_KAKAO, ("failed", "sms", Refusal.NO_CHANNEL_LEFT)]
    check_books(batch)


def test_the_number_above_a_department_is_its_number(cast: Cast) -> None:
    root = cast.library.parent
    assert root is not None
    cast.library.sender_number, root.sender_number = "", "0255500000"
    cast.library.save()
    root.save()
    cast.send(cast.rows(phone()))
    ring()
    assert len(cast.accepted()) == 1


# ---- money ---------------------------------------------------------------------------------------


def cap(cast: Cast, won: int | None, priority: str = "P2") -> None:
    cast.library.monthly_cap_won = won
    cast.library.save()
    cast.notice.priority = priority
    cast.notice.save()


@pytest.mark.parametrize(
    ("won", "priority", "held"),
    [
        pytest.param(None, "P2", "", id="no cap"),
        pytest.param(10, "P2", "", id="two Alimtalk at 5 won fit"),
        pytest.param(9, "P2", "spend_cap", id="and no less"),
        pytest.param(0, "P2", "spend_cap", id="nothing may be spent"),
        pytest.param(0, "P0", "", id="an emergency is never silenced"),
    ],
)
def test_the_cap(cast: Cast, won: int | None, priority: str, held: str) -> None:
    cap(cast, won, priority)
    cast.send(cast.rows(phone(), phone()))
    ring()
    assert Chunk.objects.get().hold_code == held
    assert len(cast.accepted()) == (0 if held else 2)


def test_what_was_spent_this_month_counts(cast: Cast) -> None:
    cap(cast, 12)
    bring_results(cast.send(cast.rows(phone(), phone())))
    cast.send(cast.rows(phone()))
    ring()
    assert Chunk.objects.order_by("pk").values_list("hold_code", flat=True)[1] == "spend_cap"


def test_what_is_under_way_counts_too(cast: Cast) -> None:
    """A list of many chunks is gone before the first receipt comes back."""
    cap(cast, 25)
    batch = cast.send(cast.rows(*(phone("0006") for _ in range(10))), chunk_size=2)
    ring()
    assert sorted(Chunk.objects.values_list("state", flat=True)) == ["held"] * 3 + ["sent"] * 2
    assert len(cast.accepted()) == 4
    check_books(batch)


def test_a_channel_without_a_price_costs_nothing_that_is_known(cast: Cast) -> None:
    Tariff.objects.all().delete()
    cap(cast, 10)
    cast.send(cast.rows(phone()))
    ring()
    assert Chunk.objects.get().state == "sent"


# ---- people stop it ------------------------------------------------------------------------------


def test_a_stopped_batch_waits_and_goes_on(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone()))
    Batch.objects.update(stopped_at=timezone.now())
    ring()
    assert Chunk.objects.get().hold_code == Refusal.BATCH_STOPPED
    assert states(batch) == [WAITS]
    Batch.objects.update(stopped_at=None)
    assert chunks.free_batch(batch.pk, timezone.now()) == [(Chunk.objects.get().pk, "normal")]
    dispatch(Chunk.objects.get().pk)
    bring_results(batch)
    assert states(batch) == [ON_KAKAO]


# ---- Kakao's late word ---------------------------------------------------------------------------


def sms_waits(cast: Cast, number: str) -> tuple[Batch, Chunk]:
    """An Alimtalk stayed silent, its message is in an SMS chunk that has not gone."""
    batch = cast.send(cast.rows(number))
    ring()
    give_up_waiting(Chunk.objects.get(batch=batch).pk)
    fall_back(batch.pk)
    return batch, Chunk.objects.get(batch=batch, channel="sms")


def kakao_reports(cast: Cast, batch: Batch) -> None:
    keep(cast, (f"{ids(batch)[0]}-1", DELIVERED))
    receive.drain()


def test_kakaos_late_success_saves_the_sms(cast: Cast) -> None:
    batch, sms = sms_waits(cast, phone("0006"))
    kakao_reports(cast, batch)
    dispatch(sms.pk)
    assert states(batch) == [ON_KAKAO]
    assert [kind for _, kind in cast.accepted()] == ["ATA"]
    kakao, sms = Chunk.objects.order_by("pk")
    assert (kakao.delivered, kakao.moved, kakao.state) == (1, 0, "settled")
    assert (sms.delivered, sms.moved, sms.state) == (0, 1, "settled")
    check_books(batch)


@pytest.mark.parametrize("hurdle", ["stop", "suspension", "expired", "night", "no text"])
def test_who_was_reached_is_not_reported_as_left_out(
    cast: Cast, moment: Moment, hurdle: str
) -> None:
    """Whatever keeps the SMS from going, Kakao has told them."""
    number = phone("0006")
    moment.is_("2026-11-24 12:00")
    batch, sms = sms_waits(cast, number)
    kakao_reports(cast, batch)
    match hurdle:
        case "stop":
            wish(number, "stop")
        case "suspension":
            suspend(number)
        case "expired":
            moment.now = batch.expires_at
        case "night":
            Batch.objects.update(hours_waived=False, expires_at=seoul("2026-11-25 07:00"))
            moment.is_("2026-11-24 23:00")
        case "no text":
            cast.version.sms = ""
            cast.version.save()
            wording.cache_clear()
    dispatch(sms.pk)
    assert states(batch) == [ON_KAKAO]
    assert Chunk.objects.get(pk=sms.pk).state in {"settled", "ready"}
    check_books(batch)


# ---- a worker that wakes up too late -------------------------------------------------------------


def test_a_claim_that_moved_on_decides_nothing(cast: Cast, moment: Moment) -> None:
    """Stopped before its exit, woken after another worker had sent the chunk and it expired."""
    number = phone("0006")
    batch = cast.send(cast.rows(number))
    chunk = Chunk.objects.get().pk
    stale = chunks.claim_ready(chunk, moment.now, moment.now)
    assert stale is not None
    moment.passes(seconds=1)
    dispatch(chunk)  # asks back: nothing was handed over
    dispatch(chunk)  # sends it
    assert Chunk.objects.get().state == "sent"
    wish(number, "stop")
    moment.now = Batch.objects.get().expires_at
    assert decide(stale) is None
    assert states(batch) == [WAITS]
    assert jobs("dispatch") == [("dispatch", chunk)]
    check_books(batch)
