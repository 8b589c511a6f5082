"""Another person's word: what they are shown, and what their click does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alimnaru.console.frame import counts
from alimnaru.office.release import approve, ask, send_back
from alimnaru.store import crypto
from alimnaru.store.models import Batch, Message, Stage, TemplateVersion
from tests.cast import VALUES, Cast, phone
from tests.console.conftest import SignIn
from tests.staff import Staff


def requested(cast: Cast, people: int = 120, **more: object) -> Batch:
    batch = cast.send(cast.rows(*(phone() for _ in range(people))), draft=True)
    return ask(batch, actor=cast.librarian, **more)


def click(client: Client, batch: Batch, act: str = "approve", **more: str) -> object:
    data = {"hash": batch.release_hash, **more}
    return client.post(f"/approvals/{batch.pk}/{act}", data)


def test_nothing_to_approve(staff: Staff, sign_in: SignIn) -> None:
    page = sign_in(staff.approver).get("/approvals").content.decode()
    assert "승인할 건이 없습니다" in page


def test_the_list_says_what_matters(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    requested(cast)
    page = sign_in(staff.approver).get("/approvals").content.decode()
    for words in (
        "반납예정일 안내",
        "김사서",
        "120명",
        "많은 사람",
        "처음 쓰는 문안",
        "637원",
        "1명 중 0명",
    ):
        assert words in page, words


def test_only_their_own_departments(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    neighbour = sign_in(staff.neighbour)
    assert "반납예정일 안내" not in neighbour.get("/approvals").content.decode()
    assert neighbour.get(f"/approvals/{batch.pk}").status_code == 404
    for act in ("approve", "return"):
        answer = neighbour.post(f"/approvals/{batch.pk}/{act}", {"hash": batch.release_hash})
        assert answer.status_code == 404
    assert sign_in(staff.viewer).get("/approvals").status_code == 403


def test_a_draft_is_its_senders_alone(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = cast.send(cast.rows(phone()), draft=True)
    assert sign_in(staff.approver).get(f"/approvals/{batch.pk}").status_code == 404


def test_the_request_is_shown_as_residents_will_see_it(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    rows = cast.rows(*(phone() for _ in range(120)))
    long = ("나루중앙도서관 분관", "가*다", "2026. 11. 25.(수)")
    short = ("도서관", "나*", "12. 1.")
    key = bytes(range(16))
    rows[7] = rows[7]._replace(values=long, name="긴이름씨", phone="01033334444")
    rows[9] = rows[9]._replace(values=short, key=key)
    batch = ask(cast.send(rows, draft=True), actor=cast.librarian)
    page = sign_in(staff.approver).get(f"/approvals/{batch.pk}").content.decode()
    assert "[나루중앙도서관 분관] 반납예정일 안내" in page
    assert "[도서관] 반납예정일 안내" in page
    assert f"[나루구] 반납일 {VALUES[2]}" in page
    assert "긴**씨" in page
    assert "010-****-4444" in page
    for hidden in ("긴이름씨", "01033334444", "010-3333-4444", "김나루"):
        assert hidden not in page
    assert "가장 긴 글" in page
    assert "가장 짧은 글" in page


def test_a_new_wording_is_compared_with_the_last_one(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    cast.send(cast.rows(phone()))
    version = TemplateVersion.objects.get(pk=cast.version.pk)
    version.pk, version.number = None, 2
    version.template = {**version.template, "body": "[#{도서관}] #{성명}님, #{기한}까지입니다."}
    version.sha256 = version.fingerprint()
    version.save()
    cast.version = version
    batch = requested(cast)
    page = sign_in(staff.approver).get(f"/approvals/{batch.pk}").content.decode()
    assert "지난번 문안과 다른 곳" in page
    assert "#{기한}까지입니다." in page
    assert 'class="del"' in page


def test_approving_releases(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    answer = click(sign_in(staff.approver), batch)
    assert (answer.status_code, answer["Location"]) == (302, "/approvals")
    batch.refresh_from_db()
    assert batch.stage == Stage.RELEASED
    page = sign_in(staff.second_approver).get(f"/approvals/{batch.pk}").content.decode()
    assert "승인이 끝난 발송입니다" in page
    assert "이팀장 님이 승인했습니다" in page


def test_the_second_of_two_is_still_awaited(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    cast.notice.approvals = 2
    cast.notice.save()
    batch = requested(cast)
    client = sign_in(staff.approver)
    click(client, batch)
    page = client.get(f"/approvals/{batch.pk}").content.decode()
    assert "이미 승인하셨습니다" in page
    assert "보내도록 승인" not in page
    assert click(client, batch).status_code == 409
    click(sign_in(staff.second_approver), batch)
    batch.refresh_from_db()
    assert batch.stage == Stage.RELEASED


def test_own_requests_have_no_button(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    cast.librarian = staff.approver
    batch = requested(cast)
    client = sign_in(staff.approver)
    assert "본인 요청" in client.get("/approvals").content.decode()
    page = client.get(f"/approvals/{batch.pk}").content.decode()
    assert "스스로 승인할 수 없습니다" in page
    assert "보내도록 승인" not in page
    assert click(client, batch).status_code == 409
    batch.refresh_from_db()
    assert batch.stage == Stage.REQUESTED
    client.post(f"/scheduled/{batch.pk}/withdraw")
    batch.refresh_from_db()
    assert batch.stage == Stage.DRAFT


def test_what_changed_is_not_approved(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    answer = sign_in(staff.approver).post(f"/approvals/{batch.pk}/approve", {"hash": "f" * 64})
    assert answer.status_code == 409
    assert "바뀌어 처리하지 않았습니다" in answer.content.decode()


def test_somebody_else_was_faster(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    approve(batch, actor=staff.approver, hash=batch.release_hash)
    answer = click(sign_in(staff.second_approver), batch, "return", reason="다시 봐 주십시오")
    assert answer.status_code == 409
    assert "다른 사람이 먼저 처리했습니다" in answer.content.decode()


def test_sent_back_with_words(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    client = sign_in(staff.approver)
    assert click(client, batch, "return").status_code == 422
    assert click(client, batch, "return", reason="날짜가 다릅니다").status_code == 302
    batch.refresh_from_db()
    assert batch.stage == Stage.RETURNED
    assert "날짜가 다릅니다" in client.get(f"/approvals/{batch.pk}").content.decode()


def test_a_late_request_can_only_be_sent_back(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    Batch.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    client = sign_in(staff.approver)
    assert "시한 지남" in client.get("/approvals").content.decode()
    assert "보내도록 승인" not in client.get(f"/approvals/{batch.pk}").content.decode()


def test_a_destroyed_key_is_no_error(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    Batch.objects.update(wrapped_key=None)
    page = sign_in(staff.approver).get(f"/approvals/{batch.pk}")
    assert page.status_code == 200
    assert "화면을 보여 드릴 수 없습니다" in page.content.decode()


def test_the_badge_counts_what_waits_for_this_member(cast: Cast, staff: Staff) -> None:
    from alimnaru.console.access import Desk

    cast.notice.approvals = 2
    cast.notice.save()
    batch = requested(cast)
    requested(cast)
    assert counts(Desk.of(staff.approver))["approvals"] == 2
    approve(batch, actor=staff.approver, hash=batch.release_hash)
    assert counts(Desk.of(staff.approver))["approvals"] == 1
    assert counts(Desk.of(staff.second_approver))["approvals"] == 2
    send_back(batch, actor=staff.second_approver, hash=batch.release_hash, reason="다시")
    assert counts(Desk.of(staff.second_approver))["approvals"] == 1
    cast.librarian = staff.manager
    requested(cast)
    assert counts(Desk.of(staff.manager))["approvals"] == 1
    assert "approvals" not in counts(Desk.of(staff.viewer))


def test_the_list_asks_no_more_for_more(
    cast: Cast, staff: Staff, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(staff.approver)
    requested(cast)
    with django_assert_max_num_queries(100) as one:
        client.get("/approvals")
    for _ in range(6):
        requested(cast)
    with django_assert_max_num_queries(len(one)):
        client.get("/approvals")


@pytest.mark.parametrize("people", [120, 3000])
def test_the_detail_opens_five_rows_of_any_list(
    cast: Cast, staff: Staff, sign_in: SignIn, people: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    batch = requested(cast, people)
    opened: list[int] = []
    real = crypto.BatchKey.open

    def counting(self: crypto.BatchKey, row: int, blob: bytes) -> list[str]:
        opened.append(row)
        return real(self, row, blob)

    monkeypatch.setattr(crypto.BatchKey, "open", counting)
    sign_in(staff.approver).get(f"/approvals/{batch.pk}")
    assert 0 < len(set(opened)) <= 5
    assert Message.objects.filter(batch=batch).count() == people
