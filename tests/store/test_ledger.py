"""The hot statements, one by one: allowed moves only, each once, on their own page."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import CHUNK_MOVES, MESSAGE_MOVES, ChunkState, MessageState
from alimnaru.store.ledger import birth, chunks, moves, owing, settling
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.moves import Handover
from alimnaru.store.ledger.settling import Verdict
from alimnaru.store.models import Attempt, Batch, Chunk, Message, Tally, Tariff
from tests.cast import Cast, make_cast, phone

LATER = timedelta(minutes=1)


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


def born(office: Cast, count: int, *, chunk_size: int = 1000) -> tuple[Batch, list[int]]:
    batch = office.send(office.rows(*(phone() for _ in range(count))), chunk_size=chunk_size)
    return batch, list(
        Message.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True)
    )


def fall_back(batch: Batch, message: int, attempt_no: int = 1) -> int:
    """Hand a message over to SMS and move it; return its new chunk."""
    now = timezone.now()
    moves.hand_over([Handover(message, attempt_no, "not_a_user", "sms", 1, now)], now)
    due, _ = moves.due_moves(batch.pk, now, 100)
    moves.close_attempts([d.attempt for d in due], now)
    (chunk,) = birth.chunk_ids(1)
    birth.insert_chunks(
        batch.pk, chunks=[(chunk, 1)], channel=Channel.SMS, lane="normal", not_before=now
    )
    moves.move_messages([(message, attempt_no, chunk)], "sms")
    return chunk


# ---- births --------------------------------------------------------------------------------------


def test_blocks_of_ids_never_meet(db: None) -> None:
    first, second = birth.message_blocks(3), birth.message_blocks(2)
    ids = [i for block in first + second for i in range(block, block + birth.BLOCK)]
    assert len(ids) == len(set(ids)) == 5 * birth.BLOCK


def copy_one(batch: int, row: birth.Birth) -> None:
    with birth.MessageCopy(batch, Channel.ALIMTALK) as copy:
        copy.add(row)


def test_a_row_key_stands_once_in_a_batch(office: Cast) -> None:
    batch, (message,) = born(office, 1)
    there = Message.objects.get(pk=message)
    (block,) = birth.message_blocks(1)
    twin = birth.Birth(block, there.chunk_id, 9, bytes(there.row_key), b"h" * 16, b"sealed")
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_one(batch.pk, twin)
    assert Message.objects.count() == 1


# ---- settling ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "to"), list(itertools.product(MessageState, MessageState)))
def test_only_the_moves_of_the_table(office: Cast, before: MessageState, to: MessageState) -> None:
    _, (message,) = born(office, 1)
    Message.objects.update(state=before, code="earlier")
    at = timezone.now()
    settled = settling.settle(to, [Verdict(message, 1, "now")], at)
    after = Message.objects.get()
    if to in MESSAGE_MOVES[before]:
        assert [(s.message, s.before) for s in settled] == [(message, before)]
        assert (after.state, after.code, after.done_at) == (to, "now", at)
    else:
        assert settled == []
        assert (after.state, after.code, after.done_at) == (before, "earlier", None)


@pytest.mark.parametrize("attempt", [0, 2, 9_999])
def test_only_the_try_that_is_meant(office: Cast, attempt: int) -> None:
    _, (message,) = born(office, 1)
    assert (
        settling.settle(MessageState.DELIVERED, [Verdict(message, attempt, "x")], timezone.now())
        == []
    )
    assert Message.objects.get().state == "pending"


def test_settling_many_says_which_chunks_they_were_in(office: Cast) -> None:
    _, messages = born(office, 5, chunk_size=2)
    verdicts = [Verdict(m, 1, "delivered") for m in reversed(messages)] + [Verdict(1, 1, "x")]
    settled = settling.settle(MessageState.DELIVERED, verdicts, timezone.now())
    assert {s.message: s.chunk for s in settled} == dict(
        Message.objects.values_list("pk", "chunk_id")
    )


@pytest.mark.parametrize("only", [None, [], [0], [0, 2]])
def test_a_chunk_is_settled_whole_or_in_part(office: Cast, only: list[int] | None) -> None:
    _, messages = born(office, 3)
    Message.objects.filter(pk=messages[1]).update(state="delivered")
    ids = None if only is None else [messages[i] for i in only]
    chunk = Chunk.objects.get().pk
    count = settling.settle_chunk(chunk, MessageState.EXPIRED, "expired", timezone.now(), ids)
    expected = [0, 2] if only is None else only
    assert count == len(expected)
    states = list(Message.objects.order_by("pk").values_list("state", flat=True))
    assert states == [
        "delivered" if i == 1 else "expired" if i in expected else "pending" for i in range(3)
    ]


def test_locking_tells_strangers(office: Cast) -> None:
    _, messages = born(office, 2)
    assert settling.lock([]) == frozenset()
    assert settling.lock(messages) == frozenset()
    assert settling.lock([*messages, 5, 6]) == {5, 6}
    assert settling.lock_pending([Chunk.objects.get().pk]) == messages
    assert settling.lock_pending([]) == []


@pytest.mark.django_db(transaction=True)
def test_settling_stays_on_its_page() -> None:
    """HOT updates: no index is touched, and the next page is not needed."""
    office = make_cast()
    _, messages = born(office, 5_000)
    with transaction.atomic():
        verdicts = [Verdict(m, 1, "delivered") for m in messages]
        updated_before, hot_before = updates()
        assert len(settling.settle(MessageState.DELIVERED, verdicts, timezone.now())) == 5_000
        updated, hot = updates()
    assert updated - updated_before == 5_000
    assert hot - hot_before >= 0.95 * 5_000


def updates() -> tuple[int, int]:
    """Updates of messages in this session that its statistics have not given away, and HOT ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables"
            " WHERE relname = 'store_message'"
        )
        updated, hot = cursor.fetchone()
    return updated, hot


# ---- counters and won ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "settled", "becomes"),
    [
        ("sent", 2, "sent"),
        ("sent", 3, "settled"),
        ("claimed", 3, "claimed"),
        ("doubt", 3, "doubt"),
        ("settled", 3, "settled"),
    ],
)
def test_a_sent_chunk_that_owes_nothing_is_settled(
    office: Cast, state: str, settled: int, becomes: str
) -> None:
    born(office, 3)
    Chunk.objects.update(state=state)
    chunk = Chunk.objects.get().pk
    settling.count_on_chunks({chunk: {"delivered": settled - 1, "moved": 1}}, timezone.now())
    assert Chunk.objects.get().state == becomes


def test_counting_nothing(office: Cast) -> None:
    settling.count_on_chunks({}, timezone.now())
    assert not Tally.objects.exists()


def test_the_price_is_that_of_the_day(office: Cast) -> None:
    batch, (message, _) = born(office, 2)
    kakao = Chunk.objects.get().pk
    sms = fall_back(batch, message)
    today = timezone.localdate()
    Tariff.objects.create(channel="sms", won="9", since=today)
    Tariff.objects.create(channel="sms", won="99", since=today + timedelta(days=1))
    Chunk.objects.filter(pk=sms).update(unknown=1)
    changes = {kakao: {"delivered": 2, "failed": 1}, sms: {"delivered": 3, "unknown": -1}}
    settling.count_on_chunks(changes, timezone.now())
    tallied = {(t.channel, t.outcome): (t.messages, t.won) for t in Tally.objects.all()}
    assert tallied == {
        ("alimtalk", "delivered"): (2, Decimal(10)),
        ("alimtalk", "failed"): (1, Decimal(0)),
        ("sms", "delivered"): (3, Decimal(27)),
        ("sms", "unknown"): (-1, Decimal(0)),
    }


# ---- from try to try -----------------------------------------------------------------------------


def test_a_try_is_handed_over_once(office: Cast) -> None:
    batch, messages = born(office, 2)
    now = timezone.now()
    over = [Handover(m, 1, "not_a_user", "sms", 1, now) for m in messages]
    assert moves.hand_over([], now) == []
    assert moves.hand_over(over, now) == [(batch.pk, 2)]
    assert moves.hand_over(over, now) == []
    assert Attempt.objects.count() == 2
    attempt = Attempt.objects.get(message=messages[0])
    assert (attempt.channel, attempt.code, attempt.next_channel) == (
        "alimtalk",
        "not_a_user",
        "sms",
    )


@pytest.mark.parametrize("state", [s for s in MessageState if s is not MessageState.PENDING])
def test_what_has_ended_is_not_handed_over(office: Cast, state: MessageState) -> None:
    _, (message,) = born(office, 1)
    Message.objects.update(state=state)
    now = timezone.now()
    assert moves.hand_over([Handover(message, 1, "x", "sms", 1, now)], now) == []
    assert moves.hand_over([Handover(message, 2, "x", "sms", 1, now)], now) == []
    assert not Attempt.objects.exists()


def test_what_is_due_and_what_is_over(office: Cast) -> None:
    batch, (due, settled, later) = born(office, 3)
    now = timezone.now()
    moves.hand_over([Handover(m, 1, "x", "sms", 1, now) for m in (due, settled)], now)
    moves.hand_over([Handover(later, 1, "x", "alimtalk", 2, now + LATER)], now)
    Message.objects.filter(pk=settled).update(state="delivered")
    found, more = moves.due_moves(batch.pk, now, 10)
    assert [(d.message, d.attempt_no, d.next_channel, d.next_try) for d in found] == [
        (due, 1, "sms", 1)
    ]
    assert not more
    assert Attempt.objects.get(message=settled).moved_at == now
    assert owing.batches_with_due_moves(now) == [batch.pk]
    moves.close_attempts([d.attempt for d in found], now)
    assert owing.batches_with_due_moves(now) == []
    assert owing.batches_with_due_moves(now + LATER) == [batch.pk]


def test_a_limit_leaves_the_rest_for_the_next_round(office: Cast) -> None:
    batch, messages = born(office, 5)
    now = timezone.now()
    moves.hand_over([Handover(m, 1, "x", "sms", 1, now) for m in messages], now)
    assert [d.message for d in moves.due_moves(batch.pk, now, 2)[0]] == messages[:2]
    assert moves.due_moves(batch.pk, now, 2)[1]
    assert moves.due_moves(batch.pk, now, 5)[1]
    assert not moves.due_moves(batch.pk, now, 6)[1]


def test_a_move_happens_once(office: Cast) -> None:
    batch, (message,) = born(office, 1)
    sms = fall_back(batch, message)
    found = Message.objects.get()
    assert (found.chunk_id, found.channel, found.attempt_no) == (sms, "sms", 2)
    assert moves.move_messages([(message, 1, 77)], "lms") == 0
    Message.objects.update(state="delivered")
    assert moves.move_messages([(message, 2, 77)], "lms") == 0


# ---- an earlier try reached them -----------------------------------------------------------------


def reached(office: Cast, state: str) -> tuple[int, int, int]:
    """A message on SMS in a state, its Alimtalk reported as delivered: message, chunks."""
    batch, (message,) = born(office, 1)
    kakao = Chunk.objects.get().pk
    sms = fall_back(batch, message)
    Message.objects.update(state=state)
    return message, kakao, sms


@pytest.mark.parametrize("state", MessageState)
def test_credit(office: Cast, state: MessageState) -> None:
    message, kakao, sms = reached(office, state)
    now = timezone.now()
    assert moves.credit_earlier([message], now) == []  # nobody has said so yet
    told = moves.mark_reached([Verdict(message, 1, "delivered")], now)
    assert told == [(message, 2, state, "alimtalk")]
    credited = moves.credit_earlier([message], now)
    after = Message.objects.get()
    if state not in {MessageState.PENDING, MessageState.FAILED, MessageState.UNKNOWN}:
        assert credited == []
        assert (after.state, after.channel) == (state, "sms")
        return
    assert (after.state, after.channel, after.code) == ("delivered", "alimtalk", "delivered")
    changes = moves.changes_of(credited)
    assert changes[kakao] == {"moved": -1, "delivered": 1}
    taken_back = {} if state is MessageState.PENDING else {state.value: -1}
    assert changes[sms] == {"moved": 1, **taken_back}


def test_a_success_is_marked_once_and_only_on_an_earlier_try(office: Cast) -> None:
    message, *_ = reached(office, "delivered")
    now = timezone.now()
    for attempt in (2, 3):
        assert moves.mark_reached([Verdict(message, attempt, "delivered")], now) == []
    assert len(moves.mark_reached([Verdict(message, 1, "delivered")], now)) == 1
    assert moves.mark_reached([Verdict(message, 1, "delivered")], now + LATER) == []
    assert Attempt.objects.get().reached_at == now


def test_no_credit_without_anybody(office: Cast) -> None:
    assert moves.credit_earlier([], timezone.now()) == []
    assert moves.mark_reached([], timezone.now()) == []
    assert moves.changes_of([]) == {}


def test_the_first_try_that_reached_them_gets_the_credit(office: Cast) -> None:
    batch, (message,) = born(office, 1)
    first = Chunk.objects.get().pk
    fall_back(batch, message)
    fall_back(batch, message, 2)
    now = timezone.now()
    for attempt in (2, 1):
        moves.mark_reached([Verdict(message, attempt, "delivered")], now)
    (credit,) = moves.credit_earlier([message], now)
    assert (credit.earlier_chunk, credit.channel) == (first, "alimtalk")


# ---- chunks --------------------------------------------------------------------------------------


def claim_of(chunk: Chunk) -> Claim:
    return Claim(
        chunk.pk, chunk.claim, chunk.batch_id, chunk.channel, chunk.lane, chunk.try_no, None,
        chunk.token, chunk.setbacks, chunk.doubt_since,
    )  # fmt: skip


ACTS = {
    ChunkState.SENT: lambda c: chunks.record_sent(
        c, ids=[], refs=[], at=timezone.now(), poll_at=timezone.now()
    ),
    ChunkState.READY: lambda c: chunks.release(c, not_before=timezone.now(), setback=True),
    ChunkState.DOUBT: lambda c: chunks.doubt(c, at=timezone.now(), not_before=timezone.now()),
    ChunkState.HELD: lambda c: chunks.hold(c, "balance_empty"),
    ChunkState.SETTLED: chunks.close,
}


@pytest.mark.parametrize(("before", "to"), list(itertools.product(ChunkState, ACTS)))
def test_chunks_take_only_the_moves_of_the_table(
    office: Cast, before: ChunkState, to: ChunkState
) -> None:
    born(office, 1)
    Chunk.objects.update(state=before, claim=3)
    allowed = to in CHUNK_MOVES[before]
    assert ACTS[to](claim_of(Chunk.objects.get())) == allowed
    assert Chunk.objects.get().state == (to if allowed else before)


@pytest.mark.parametrize("to", ACTS)
def test_an_old_claim_moves_nothing(office: Cast, to: ChunkState) -> None:
    born(office, 1)
    Chunk.objects.update(state="claimed", claim=3)
    old = claim_of(Chunk.objects.get())
    assert chunks.holds(old)
    Chunk.objects.update(claim=4)
    assert not chunks.holds(old)
    assert not ACTS[to](old)
    assert Chunk.objects.get().state == "claimed"


@pytest.mark.parametrize("state", ChunkState)
def test_a_claim_holds_while_the_chunk_is_in_hand(office: Cast, state: ChunkState) -> None:
    born(office, 1)
    Chunk.objects.update(state=state)
    assert chunks.holds(claim_of(Chunk.objects.get())) == (state in {"claimed", "doubt"})


def test_a_batch_is_held_and_freed(office: Cast) -> None:
    batch, _ = born(office, 4, chunk_size=2)
    first, second = Chunk.objects.order_by("pk").values_list("pk", flat=True)
    Chunk.objects.filter(pk=second).update(state="sent")
    assert chunks.hold_batch(batch.pk, "batch_stopped") == [first]
    now = timezone.now()
    Chunk.objects.filter(pk=first).update(not_before=now + LATER)
    assert chunks.free_batch(batch.pk, now) == [(first, "normal")]
    freed = Chunk.objects.get(pk=first)
    assert (freed.state, freed.hold_code, freed.not_before) == ("ready", "", now + LATER)
    chunks.hold_batch(batch.pk, "batch_stopped")
    chunks.close_held([first, second])
    assert list(Chunk.objects.order_by("pk").values_list("state", flat=True)) == ["settled", "sent"]


def test_a_copy_that_breaks_off_leaves_no_row_and_a_usable_connection(office: Cast) -> None:
    batch, (message,) = born(office, 1)
    (block,) = birth.message_blocks(1)
    there = Message.objects.get(pk=message)

    def break_off() -> None:
        with transaction.atomic(), birth.MessageCopy(batch.pk, Channel.ALIMTALK) as copy:
            for n in range(2 * copy.WRITE):
                key = (n + 100).to_bytes(16, "big")
                copy.add(birth.Birth(block + n, there.chunk_id, n, key, b"h" * 16, b"sealed"))
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert Message.objects.count() == 1
