"""The red button, whom it came too late for, and the correction to exactly those."""

from __future__ import annotations

from django.utils import timezone

from alimnaru.store.models import Batch, Chunk, Message, Stage
from tests.apology import apology
from tests.cast import Cast, phone
from tests.console.conftest import SignIn
from tests.staff import Staff

SAYS = {"v0": "2026-11-25T10:00", "v1": "반납일은 12월 2일입니다"}


def under_way(cast: Cast) -> Batch:
    """Two were told, one is with a carrier, one waits: as an hour of sending would leave it."""
    batch = cast.send(cast.rows(*(phone() for _ in range(4))), chunk_size=1)
    told, told2, sent, _ = Chunk.objects.filter(batch=batch).order_by("pk")
    for chunk in (told, told2):
        Message.objects.filter(chunk=chunk).update(state="delivered")
    Chunk.objects.filter(pk__in=[told.pk, told2.pk]).update(state="settled", delivered=1)
    Chunk.objects.filter(pk__in=[told.pk, told2.pk, sent.pk]).update(sent_at=timezone.now())
    Chunk.objects.filter(pk=sent.pk).update(state="sent", token="T")
    return batch


def test_stopping_says_who_was_reached(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = under_way(cast)
    client = sign_in(staff.writer)
    page = client.get(f"/batches/{batch.pk}/stop").content.decode()
    assert "지금 멈추기" in page
    assert "정정 안내 쓰기" not in page  # first it is stopped
    client.post(f"/batches/{batch.pk}/stop")
    batch.refresh_from_db()
    assert batch.stopped_at is not None
    page = client.get(f"/batches/{batch.pk}/stop").content.decode()
    assert "지금 멈추기" not in page
    for figure in (
        "받은 분</dt><dd>2<",
        "결과를 기다리는 분</dt><dd>1<",
        "아직 보내지 않은 분</dt><dd>1<",
    ):
        assert figure in page, figure
    assert 'hx-get="/batches/' in page
    Chunk.objects.filter(state="sent").update(state="settled", delivered=1)
    assert "hx-get" not in client.get(f"/batches/{batch.pk}/stop/reach?look=3").content.decode()


def test_written_and_sent_to_exactly_those(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    apology(cast)
    batch = under_way(cast)
    client = sign_in(staff.writer)
    client.post(f"/batches/{batch.pk}/stop")
    page = client.get(f"/batches/{batch.pk}/correct").content.decode()
    began = Chunk.objects.filter(sent_at__isnull=False).earliest("sent_at").sent_at
    assert began is not None
    assert f"{timezone.localtime(began):%Y-%m-%dT%H:%M}" in page
    preview = client.post(f"/batches/{batch.pk}/correct/preview", SAYS).content.decode()
    assert "반납일은 12월 2일입니다" in preview
    assert "나루중앙도서관" in preview
    answer = client.post(f"/batches/{batch.pk}/correct", SAYS)
    assert (answer.status_code, answer["Location"]) == (302, f"/batches/{batch.pk}/stop")
    correction = Batch.objects.get(corrects=batch)
    assert (correction.stage, correction.people) == (Stage.RELEASED, 3)
    assert "정정·사과" in client.get(f"/batches/{batch.pk}/stop").content.decode()
    # The one who waited goes on, and is told that this was wrong, too.
    waiting = Chunk.objects.get(batch=batch, state="held")
    Message.objects.filter(chunk=waiting).update(state="delivered")
    assert "새로 확인된 분이 1명" in client.get(f"/batches/{batch.pk}/stop").content.decode()
    client.post(f"/batches/{batch.pk}/stop/also")
    assert Message.objects.filter(batch__corrects=batch).count() == 4


def test_what_is_missing_is_said_at_its_field(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    apology(cast)
    batch = under_way(cast)
    client = sign_in(staff.writer)
    for says in ({"v0": SAYS["v0"]}, {**SAYS, "v1": "www.bad.example"}, {**SAYS, "v1": "가" * 41}):
        answer = client.post(f"/batches/{batch.pk}/correct", says)
        assert answer.status_code == 422
        assert "c-field-error" in answer.content.decode()
    assert not Batch.objects.filter(corrects=batch).exists()


def test_without_a_wording_it_says_whom_to_ask(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = under_way(cast)
    page = sign_in(staff.writer).get(f"/batches/{batch.pk}/correct").content.decode()
    assert "쓸 수 있는 정정 문안이 없습니다" in page
    assert sign_in(staff.writer).post(f"/batches/{batch.pk}/correct/preview").status_code == 404


def test_no_mistake_after_all_or_nobody_else(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = under_way(cast)
    client = sign_in(staff.writer)
    client.post(f"/batches/{batch.pk}/stop")
    client.post(f"/batches/{batch.pk}/stop/resume")
    assert Chunk.objects.filter(batch=batch, state="ready").count() == 1
    client.post(f"/batches/{batch.pk}/stop")
    client.post(f"/batches/{batch.pk}/stop/cancel")
    assert Message.objects.filter(batch=batch, state="cancelled").count() == 1


def test_what_has_not_begun_is_not_corrected(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = cast.send(cast.rows(phone()), draft=True)
    assert sign_in(staff.writer).get(f"/batches/{batch.pk}/stop").status_code == 302


def test_neighbours_and_viewers_stop_nothing(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = under_way(cast)
    addresses = ["stop", "stop/resume", "stop/cancel", "stop/also", "correct", "correct/preview"]
    for member, status in ((staff.neighbour, 404), (staff.viewer, 403)):
        client = sign_in(member)
        for address in addresses:
            assert client.post(f"/batches/{batch.pk}/{address}").status_code == status, address
    batch.refresh_from_db()
    assert batch.stopped_at is None
