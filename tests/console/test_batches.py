"""The list of batches."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.office.batches import stop_batch
from alimnaru.reads.batch_lists import Status, Wanted, find_batches
from alimnaru.store.models import Batch
from alimnaru.store.scoping import whole_office
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.console.deliveries import (
    finished,
    in_doubt,
    in_undo,
    requested,
    statements_of,
    text_of,
)
from tests.reads.fates import hand_over, list_of
from tests.staff import Staff


def test_it_works(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    html = text_of(sign_in(staff.viewer), "/batches")
    assert f"/batches/{batch.pk}" in html
    assert "나루중앙도서관 · 김사서" in html
    assert "못 받음 33.3%" in html
    assert 'value="100"' in html


def test_what_is_not_theirs_is_not_in_it(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    html = text_of(sign_in(staff.neighbour), "/batches")
    assert f"/batches/{batch.pk}" not in html
    assert "이 기간에 발송이 없습니다" in html


def test_an_empty_period_can_be_widened(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    Batch.objects.update(created_at=timezone.now() - timedelta(days=200))
    browser = sign_in(staff.viewer)
    assert "?period=all" in text_of(browser, "/batches")
    assert f"/batches/{batch.pk}" in text_of(browser, "/batches?period=all")


def test_an_office_without_a_batch(staff: Staff, sign_in: SignIn) -> None:
    assert "아직 보낸 알림이 없습니다" in text_of(sign_in(staff.viewer), "/batches?period=all")


@pytest.mark.parametrize("odd", ["period=x", "status=x", "page=-1", "page=999999", "department=x"])
def test_odd_values_do_no_harm(odd: str, cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    finished(cast)
    text_of(sign_in(staff.viewer), f"/batches?{odd}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("반납", True),
        ("수강", False),
        ("{pk}", True),
        ("{pk}번", True),
        ("#{pk}", True),
        ("9" * 30, False),
    ],
)
def test_a_name_or_a_number_finds_it(text: str, found: bool, cast: Cast) -> None:
    batch = finished(cast)
    wanted = Wanted(text=text.format(pk=batch.pk))
    assert find_batches(whole_office(), wanted, timezone.now()).exists() is found


def test_each_status_finds_its_batches(cast: Cast, staff: Staff) -> None:
    sending = list_of(cast, 2)
    stopped = list_of(cast, 2)
    stop_batch(stopped, actor=staff.writer)
    told = {
        Status.WAITING: [requested(cast)],
        Status.SCHEDULED: [in_undo(cast)],
        Status.SENDING: [sending],
        Status.STOPPED: [stopped],
    }
    missed, unsure = finished(cast), in_doubt(cast)
    told |= {Status.DONE: [missed, unsure], Status.MISSED: [missed, unsure]}
    for status, batches in told.items():
        found = find_batches(whole_office(), Wanted(status=status), timezone.now())
        assert set(found) == set(batches), status


def test_filters_by_department_and_notice(cast: Cast) -> None:
    batch = finished(cast)
    now = timezone.now()
    scope = whole_office()
    for wanted, found in (
        (Wanted(department=cast.library), [batch]),
        (Wanted(department=cast.library.parent), [batch]),
        (Wanted(department=cast.health), []),
        (Wanted(notice=cast.notice), [batch]),
        (Wanted(until=now - timedelta(hours=1)), []),
    ):
        assert list(find_batches(scope, wanted, now)) == found


def test_pages_are_cut_and_the_filter_stays(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    first = finished(cast)
    for _ in range(25):
        list_of(cast, 1)
    browser = sign_in(staff.viewer)
    html = text_of(browser, "/batches?period=90")
    assert "?period=90&amp;page=2" in html
    assert f'/batches/{first.pk}"' not in html
    assert f'/batches/{first.pk}"' in text_of(browser, "/batches?period=90&page=2")


def test_statements_do_not_grow_with_rows(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    finished(cast)
    browser = sign_in(staff.viewer)
    text_of(browser, "/batches")
    few = statements_of(lambda: text_of(browser, "/batches"))
    for _ in range(12):
        hand_over(list_of(cast, 2))
    assert statements_of(lambda: text_of(browser, "/batches")) == few
    assert few < 20
