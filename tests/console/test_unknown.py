"""The work list of unknown outcomes, and the decisions about them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from alimnaru.office.batches import NotAllowed
from alimnaru.office.unknowns import decide
from alimnaru.reads.unknowns import batches_to_decide
from alimnaru.rules.outcomes import Result
from alimnaru.rules.unknowns import Choice
from alimnaru.store.models import AuditEntry, Batch, Notice
from alimnaru.store.scoping import Scope, whole_office
from tests.cast import Cast, states
from tests.console.conftest import SignIn
from tests.console.deliveries import in_doubt, message_of, statements_of, text_of
from tests.reads.fates import tell
from tests.staff import Staff


def test_it_works(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_doubt(cast)
    html = text_of(sign_in(staff.viewer), "/unknown")
    assert f"/unknown/{batch.pk}" in html
    assert "2명" in html
    assert "그대로 둠" in html


def test_nothing_to_decide(staff: Staff, sign_in: SignIn) -> None:
    assert "확인할 것이 없습니다" in text_of(sign_in(staff.viewer), "/unknown")


def test_a_neighbour_finds_nothing(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_doubt(cast)
    browser = sign_in(staff.neighbour)
    assert "확인할 것이 없습니다" in text_of(browser, "/unknown")
    assert browser.get(f"/unknown/{batch.pk}").status_code == 404
    given = {"about": "all", "choice": "sent"}
    assert browser.post(f"/unknown/{batch.pk}/decide", given).status_code == 404


def test_consequences_stand_before_the_buttons(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_doubt(cast, 3)
    html = text_of(sign_in(staff.writer), f"/unknown/{batch.pk}")
    assert "3명을 보낸 것으로 셈" in html
    assert "이미 알림을 받은 분은 두 번 받습니다. 약 24원이 듭니다." in html
    assert "김*루" in html
    assert "김나루" not in html


def test_without_a_text_no_button_sends_one(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    Notice.objects.update(fallback="")
    batch = in_doubt(cast)
    browser = sign_in(staff.writer)
    html = text_of(browser, f"/unknown/{batch.pk}")
    assert 'value="sms"' not in html
    browser.post(f"/unknown/{batch.pk}/decide", {"about": "all", "choice": "sms"})
    assert "더 시도할 방법이 없습니다" in text_of(browser, f"/unknown/{batch.pk}")
    assert {state for state, _, _ in states(batch)} == {"unknown"}


@pytest.mark.parametrize(
    ("choice", "state"), [("sent", "delivered"), ("sms", "pending"), ("leave", "unknown")]
)
def test_all_are_decided_about(
    choice: str, state: str, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    batch = in_doubt(cast)
    browser = sign_in(staff.writer)
    browser.post(f"/unknown/{batch.pk}/decide", {"about": "all", "choice": choice})
    assert {found for found, _, _ in states(batch)} == {state}
    assert AuditEntry.objects.get(act="unknown.decide").facts["choice"] == choice
    assert batches_to_decide(whole_office()) == 0


def test_the_ticked_are_decided_about(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_doubt(cast)
    browser = sign_in(staff.writer)
    given = {"message": [str(message_of(batch, 1).pk), "x"], "choice": "sent"}
    browser.post(f"/unknown/{batch.pk}/decide", given)
    assert [state for state, _, _ in states(batch)] == ["unknown", "delivered"]
    assert batches_to_decide(whole_office()) == 1


@pytest.mark.parametrize("given", [{"choice": "sent"}, {"about": "all", "choice": "x"}, {}])
def test_nothing_ticked_decides_nothing(
    given: dict[str, str], cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    batch = in_doubt(cast)
    browser = sign_in(staff.writer)
    browser.post(f"/unknown/{batch.pk}/decide", given)
    assert "고른 분이 없습니다" in text_of(browser, f"/unknown/{batch.pk}")
    assert not AuditEntry.objects.filter(act="unknown.decide").exists()


def test_a_result_that_came_meanwhile_wins(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_doubt(cast)
    tell(batch, {0: Result.DELIVERED, 1: Result.DELIVERED})
    browser = sign_in(staff.writer)
    browser.post(f"/unknown/{batch.pk}/decide", {"about": "all", "choice": "leave"})
    answer = browser.get(f"/unknown/{batch.pk}")
    assert answer["Location"] == "/unknown"
    assert "처리할 것이 없습니다" in text_of(browser, "/unknown")


def test_what_was_left_is_shown_with_its_decision(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    batch = in_doubt(cast)
    decide(batch, Choice.LEAVE, actor=staff.writer)
    html = text_of(sign_in(staff.writer), f"/unknown/{batch.pk}")
    assert "모두 한꺼번에 정하기" not in html
    assert html.count("그대로 둠</td>") == 2
    assert "확인할 것이 없습니다" in text_of(sign_in(staff.writer), "/unknown")


def test_the_act_itself_asks_who_it_is(cast: Cast, staff: Staff) -> None:
    batch = in_doubt(cast)
    for member in (staff.viewer, staff.neighbour):
        with pytest.raises(NotAllowed):
            decide(batch, Choice.SENT, actor=member)


def test_a_viewer_gets_no_buttons(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_doubt(cast)
    browser = sign_in(staff.viewer)
    assert 'name="choice"' not in text_of(browser, f"/unknown/{batch.pk}")
    given = {"about": "all", "choice": "sent"}
    assert browser.post(f"/unknown/{batch.pk}/decide", given).status_code == 403


def test_the_menu_counts_batches_of_the_scope(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    in_doubt(cast)
    in_doubt(cast)
    assert batches_to_decide(Scope((cast.library.path,))) == 2
    assert batches_to_decide(Scope((cast.health.path,))) == 0
    assert '<span class="c-count">' in text_of(sign_in(staff.viewer), "/unknown")


def test_a_price_that_nobody_entered_is_left_out(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    from alimnaru.store.models import Tariff

    Tariff.objects.all().delete()
    batch = in_doubt(cast)
    assert "원이 듭니다" not in text_of(sign_in(staff.writer), f"/unknown/{batch.pk}")


def test_statements_do_not_grow_with_rows(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    small = in_doubt(cast, 1)
    browser = sign_in(staff.writer)
    text_of(browser, "/unknown")
    text_of(browser, f"/unknown/{small.pk}")
    few = statements_of(lambda: text_of(browser, "/unknown"))
    few_messages = statements_of(lambda: text_of(browser, f"/unknown/{small.pk}"))
    large = in_doubt(cast, 30)
    for _ in range(5):
        in_doubt(cast, 1)
    assert statements_of(lambda: text_of(browser, "/unknown")) == few
    assert statements_of(lambda: text_of(browser, f"/unknown/{large.pk}")) == few_messages
    assert Batch.objects.filter(created_at__lte=timezone.now()).count() == 7
