"""Single messages that wait for each other: one goes, and speaks for all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.gather import gather, opened, seal
from alimnaru.flow.rosters import roster_for
from alimnaru.flow.wordings import wording
from alimnaru.rules.cell import Cell
from alimnaru.rules.roster import GoodRow, SingleRows
from alimnaru.store import crypto
from alimnaru.store.ledger.accepting import Entry, accept, message_ids
from alimnaru.store.models import Accepted, Batch, Message, Occasion, Reference, Rule
from tests.cast import Cast, bring_results, phone, states
from tests.flow.moment import Moment

BOOKS = {
    "대표도서": {"how": "first_and_more", "unit": "권"},
    "권수": {"how": "count"},
    "기한": {"how": "earliest"},
}


@pytest.fixture
def library(cast: Cast) -> Cast:
    """Its notice waits half an hour and names books."""
    cast.notice.grouping, cast.notice.merge_minutes = "person", 30
    cast.notice.merging = BOOKS
    cast.notice.save()
    cast.version.variables = [
        *cast.version.variables,
        {"name": "대표도서", "kind": "title", "max": 20, "default": "도서"},
        {"name": "권수", "kind": "integer", "default": "1"},
    ]
    cast.version.save()
    wording.cache_clear()
    return cast


def ask(cast: Cast, number: str, *, at: timedelta | None = None, **cells: Cell) -> int:
    """One message as a program asks for it; `at` after now instead of when the notice says."""
    given = {"기한": "2026-12-01", "성명": "김나루", **cells}
    spec = roster_for(cast.version, cast.library).spec
    row = SingleRows(spec).judge(number, "김나루", given)
    assert isinstance(row, GoodRow)
    now, wait = timezone.now(), cast.notice.merge_wait
    [message] = message_ids.take()
    entry = Entry(
        id=message,
        key=None,
        notice=cast.notice.pk,
        version=cast.version.pk,
        department=cast.library.pk,
        member=cast.librarian.pk,
        origin="api",
        lane=cast.notice.lane,
        to_hash=crypto.phone_hash(row.phone),
        payload=seal([row.phone, row.name, *row.values], given if wait else None),
        accepted_at=now,
        gather_at=now + (wait if at is None else at),
        is_sandbox=True,
    )
    accept(entry)
    return message


def said(message: int) -> list[str]:
    """The values of a gathered message, in the order of its variables."""
    found = Message.objects.select_related("batch").get(pk=message)
    key = crypto.BatchKey.unwrap(bytes(found.batch.wrapped_key or b""), found.batch_id)
    return key.open(message, bytes(found.payload))[2:]


def test_three_books_are_one_message(library: Cast, moment: Moment) -> None:
    one = phone()
    first = ask(library, one, 대표도서="한국사", 기한="2026-12-03")
    moment.passes(minutes=20)
    others = [ask(library, one, 대표도서=title) for title in ("세계사", "미술사")]
    gather(["normal"])
    assert not Batch.objects.exists()
    moment.passes(minutes=10)
    gather(["normal"])
    batch = Batch.objects.get()
    assert (batch.rows, Message.objects.get().pk) == (1, first)
    assert said(first) == ["나루중앙도서관", "김*루", "2026. 12. 1.(화)", "한국사 외 2권", "3"]
    kept = Reference.objects.filter(merged_into=first).values_list("message_id", "text", "key")
    assert sorted(kept) == [(other, "", None) for other in others]
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]
    assert len(library.accepted()) == 1


def test_a_reference_of_the_caller_is_kept(library: Cast, moment: Moment) -> None:
    one = phone()
    first, second = ask(library, one), ask(library, one)
    Reference.objects.create(message_id=second, text="order-2", at=moment.now)
    moment.passes(minutes=30)
    gather(["normal"])
    kept = Reference.objects.values_list("message_id", "text", "merged_into")
    assert list(kept) == [(second, "order-2", first)]


def test_what_a_rule_found_follows_into_the_message(library: Cast, moment: Moment) -> None:
    one = phone()
    first, second = ask(library, one), ask(library, one)
    rule = Rule.objects.create(code="r", name="r", notice=library.notice, created_at=moment.now)
    due = Occasion.objects.create(
        rule=rule, record="1", day=moment.now.date(), due_at=moment.now, to_hash=b"",
        message_id=second, found_at=moment.now,
    )  # fmt: skip
    moment.passes(minutes=30)
    gather(["normal"])
    due.refresh_from_db()
    assert due.message_id == first


def test_other_people_and_other_places_go_by_themselves(library: Cast, moment: Moment) -> None:
    one, other = phone(), phone()
    asked = [
        ask(library, one, 대표도서="한국사"),
        ask(library, other, 대표도서="한국사"),
        ask(library, one, 대표도서="세계사", 도서관="구산도서관"),
        ask(library, one, 대표도서="철학", 성명="김바다"),
    ]
    moment.passes(minutes=30)
    gather(["normal"])
    assert set(Message.objects.values_list("id", flat=True)) == set(asked)
    assert not Reference.objects.exists()


def test_what_would_be_too_long_or_unreadable_goes_as_it_came(
    library: Cast, moment: Moment
) -> None:
    library.notice.merging = {"대표도서": {"how": "join"}, "기한": {"how": "earliest"}}
    library.notice.save()
    one, titles = phone(), ("가" * 15, "나" * 15)
    library.version.sms = "[나루구] #{대표도서} 반납일 #{기한}"
    library.version.variables[3]["kind"] = "text"
    library.version.variables[3]["max"] = 20
    library.version.save()
    wording.cache_clear()
    asked = [ask(library, one, 대표도서=title) for title in titles]
    moment.passes(minutes=30)
    gather(["normal"])
    assert [said(message)[3] for message in asked] == list(titles)


def test_what_is_booked_for_later_is_left_alone(library: Cast, moment: Moment) -> None:
    one = phone()
    first = ask(library, one)
    later = ask(library, one, at=timedelta(days=2))
    moment.passes(minutes=30)
    gather(["normal"])
    assert list(Message.objects.values_list("id", flat=True)) == [first]
    assert list(Accepted.objects.values_list("id", flat=True)) == [later]


def test_an_emergency_never_waits(library: Cast) -> None:
    assert library.notice.merge_wait == timedelta(minutes=30)
    library.notice.priority = "P0"
    assert not library.notice.merge_wait
    library.notice.priority, library.notice.lane = "P1", "urgent"
    assert not library.notice.merge_wait
    library.notice.lane, library.notice.grouping = "normal", "none"
    assert not library.notice.merge_wait


def test_a_wording_without_a_variable_merges_by_the_others(library: Cast, moment: Moment) -> None:
    library.notice.merging = {**BOOKS, "희망도서": {"how": "join"}}
    library.notice.save()
    one = phone()
    first = ask(library, one)
    ask(library, one)
    moment.passes(minutes=30)
    gather(["normal"])
    assert said(first)[4] == "2"


def test_who_waits_for_nobody_goes_at_once(library: Cast) -> None:
    library.notice.merge_minutes = 0
    one = phone()
    asked = {ask(library, one), ask(library, one)}
    gather(["normal"])
    assert set(Message.objects.values_list("id", flat=True)) == asked


def test_both_forms_of_a_payload_open(library: Cast) -> None:
    parts = ["01012345678", "김나루", "값"]
    assert opened(seal(parts)) == opened(seal(parts, {"기한": "12/1", "권수": 2})) == parts
