"""Taking a file, reading it again, giving it up; a list that is kept; one person; oneself."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from alimnaru.flow import drafts
from alimnaru.flow.wordings import wording
from alimnaru.office.refused import UploadRefused
from alimnaru.office.release import ask, discard
from alimnaru.office.saved_lists import delete, opened, save_content, save_upload
from alimnaru.office.single import MOBILE, RowRefused, send_one, send_test, what_follows
from alimnaru.office.uploads import (
    MOST_BYTES,
    give_up,
    open_rows,
    read_again,
    receive,
    receive_saved,
)
from alimnaru.reads.draft_rows import DraftRows
from alimnaru.rules.audience import Audience, AudienceFault
from alimnaru.rules.list_refusals import ListRefusal
from alimnaru.rules.readiness import NotSendable
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.store import crypto
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    Chunk,
    ColumnMapping,
    KnownValue,
    ListUpload,
    Member,
    Message,
    RefusedRow,
    SavedList,
    SavedPhone,
    Stage,
)
from tests.cast import Cast, make_cast, phone, ring
from tests.flow.books import jobs, lose_jobs
from tests.flow.lists import DAY, HEADER, people, table, taken, workbook
from tests.staff import Staff, hire


@pytest.fixture
def cast(db: None) -> Cast:
    wording.cache_clear()
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Staff:
    return hire(cast)


def _refused(act: object, *args: object, **kwargs: object) -> UploadRefused:
    with pytest.raises(UploadRefused) as refused:
        act(*args, **kwargs)  # type: ignore[operator]  # whatever is called
    return refused.value


# ---- files ---------------------------------------------------------------------------------------


def test_a_file_is_sealed_and_rung_for(cast: Cast) -> None:
    content = table(*people(2))
    upload = receive(actor=cast.librarian, notice=cast.notice, name="명단.csv", content=content)
    assert jobs() == [("check_list", upload.pk)]
    assert b"010" not in bytes(upload.content or b"")
    entry = AuditEntry.objects.get(act="list.upload")
    assert entry.facts["list"] == upload.sha256
    assert entry.department == cast.library


@pytest.mark.parametrize("who", ["viewer", "neighbour", "auditor", "system"])
def test_who_may_not_send_gives_no_list(cast: Cast, staff: Staff, who: str) -> None:
    actor = staff.by_name()[who]
    found = _refused(receive, actor=actor, notice=cast.notice, name="a", content=b"x")
    assert found.code is ReleaseRefusal.NOT_ALLOWED
    assert not ListUpload.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_active": False}, NotSendable.INACTIVE),
        ({"hand_typed": False}, AudienceFault.NOT_BY_HAND),
    ],
)
def test_a_notice_that_people_may_not_send_takes_no_list(
    cast: Cast, change: dict[str, bool], code: object
) -> None:
    for name, value in change.items():
        setattr(cast.notice, name, value)
    cast.notice.save()
    found = _refused(receive, actor=cast.librarian, notice=cast.notice, name="a", content=b"x")
    assert found.code is code


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", Refusal.FILE_EMPTY), (bytes(MOST_BYTES + 1), Refusal.FILE_TOO_LARGE)],
)
def test_a_file_of_no_use_is_not_kept(cast: Cast, content: bytes, code: Refusal) -> None:
    found = _refused(receive, actor=cast.librarian, notice=cast.notice, name="a", content=content)
    assert found.code is code
    assert not ListUpload.objects.exists()


def test_reading_again_discards_what_was_made(cast: Cast) -> None:
    upload = taken(cast, table(*people(3)))
    before = upload.batch
    assert before is not None
    read_again(upload, actor=cast.librarian, include_hidden=True)
    ring()
    upload.refresh_from_db()
    before.refresh_from_db()
    assert (before.stage, before.wrapped_key) == (Stage.DISCARDED, None)
    assert not Message.objects.filter(batch=before).exists()
    assert upload.include_hidden
    assert upload.batch_id not in {None, before.pk}


def test_hidden_rows_are_left_out_until_somebody_wants_them(cast: Cast) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(가=[HEADER, *people(3)])))
    book["가"].row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    upload = taken(cast, out.getvalue(), "a.xlsx")
    assert upload.batch is not None
    assert (upload.batch.rows, upload.findings["hidden_rows"]) == (2, 1)
    read_again(upload, actor=cast.librarian, include_hidden=True)
    ring()
    upload.refresh_from_db()
    assert upload.batch is not None
    assert upload.batch.rows == 3


def test_what_is_being_read_is_not_read_again(cast: Cast) -> None:
    upload = receive(actor=cast.librarian, notice=cast.notice, name="a", content=table(*people(1)))
    assert _refused(read_again, upload, actor=cast.librarian).code is ListRefusal.BUSY


def test_somebody_elses_list_is_not_read_again(cast: Cast, staff: Staff) -> None:
    upload = taken(cast, table(*people(1)))
    assert _refused(read_again, upload, actor=staff.manager).code is ReleaseRefusal.NOT_YOURS


def test_what_was_asked_for_is_not_read_again(cast: Cast) -> None:
    upload = taken(cast, table(*people(1)))
    assert upload.batch is not None
    ask(upload.batch, actor=cast.librarian)
    assert _refused(read_again, upload, actor=cast.librarian).code is ReleaseRefusal.HANDLED
    give_up(upload, actor=cast.librarian)
    upload.batch.refresh_from_db()
    assert upload.batch.stage != Stage.DISCARDED


def test_giving_up_destroys_list_and_draft(cast: Cast, staff: Staff) -> None:
    upload = taken(cast, table(*people(2), ("박하늘", "02-1", "x", DAY)))
    give_up(upload, actor=staff.manager)  # not theirs: nothing happens
    upload.refresh_from_db()
    assert upload.content is not None
    give_up(upload, actor=cast.librarian)
    ring()
    upload.refresh_from_db()
    assert (upload.content, upload.state) == (None, "gone")
    assert not Message.objects.exists()
    assert not RefusedRow.objects.exists()
    assert not Chunk.objects.exists()
    assert _refused(read_again, upload, actor=cast.librarian).code is ListRefusal.GONE


def test_the_rows_of_a_file_can_be_looked_at_again(cast: Cast) -> None:
    bad = ("박하늘", "02-123-4567", "나루중앙도서관", DAY)
    upload = taken(cast, table(*people(1), bad))
    with open_rows(upload) as (titles, rows):
        assert tuple(titles) == HEADER
        assert [row.cells[0] for row in rows][-1] == "박하늘"
    give_up(upload, actor=cast.librarian)
    upload.refresh_from_db()
    with pytest.raises(UploadRefused), open_rows(upload):
        pass


# ---- saved lists ---------------------------------------------------------------------------------


def _saved(
    cast: Cast, content: bytes | None = None, audience: Audience = Audience.RESIDENTS
) -> SavedList:
    return save_content(
        content or table(*people(3)),
        actor=cast.librarian,
        department=cast.library,
        name="단골 명단",
        file="단골.csv",
        audience=audience,
    )


def test_a_saved_list_is_sealed_and_can_be_sent(cast: Cast) -> None:
    saved = _saved(cast)
    assert (saved.rows, saved.columns) == (3, list(HEADER))
    assert b"010" not in bytes(saved.content or b"")
    upload = receive_saved(actor=cast.librarian, notice=cast.notice, saved=saved)
    ring()
    upload.refresh_from_db()
    assert (upload.state, upload.origin, upload.saved_list) == ("ready", "saved", saved)
    assert upload.batch is not None
    assert upload.batch.origin == "saved"


def test_what_was_read_for_a_notice_is_kept_as_it_was_read(cast: Cast) -> None:
    content = workbook(메모=[("이번 주",)], 명단=[HEADER, *people(2)])
    upload = taken(cast, content, "a.xlsx")
    read_again(upload, actor=cast.librarian, sheet="명단", mapping={"기한": "반납예정일"})
    ring()
    upload.refresh_from_db()
    saved = save_upload(upload, actor=cast.librarian, name="둘", audience=Audience.STAFF)
    file = opened(saved, actor=cast.librarian)
    assert (file.content, file.sheet, file.mapping) == (content, "명단", {"기한": "반납예정일"})
    assert SavedPhone.objects.filter(saved_list=saved).count() == 2


def test_phones_are_noted_of_staff_alone(cast: Cast) -> None:
    _saved(cast)
    assert not SavedPhone.objects.exists()
    SavedList.objects.all().delete()
    _saved(cast, audience=Audience.STAFF)
    assert SavedPhone.objects.count() == 3


def test_a_staff_list_does_not_go_to_residents(cast: Cast) -> None:
    saved = _saved(cast, audience=Audience.STAFF)
    upload = receive_saved(actor=cast.librarian, notice=cast.notice, saved=saved)
    ring()
    upload.refresh_from_db()
    assert upload.batch is not None
    with pytest.raises(Exception, match=AudienceFault.LIST_AUDIENCE_DIFFERS):
        ask(upload.batch, actor=cast.librarian)


def test_using_a_list_keeps_it_longer(cast: Cast) -> None:
    saved = _saved(cast)
    soon = timezone.now() + timedelta(days=1)
    SavedList.objects.filter(pk=saved.pk).update(expires_at=soon)
    saved.refresh_from_db()
    opened(saved, actor=cast.librarian)
    saved.refresh_from_db()
    assert saved.expires_at > soon + timedelta(days=300)


@pytest.mark.parametrize(
    ("name", "code"), [("단골  명단", ListRefusal.NAME_TAKEN), (" ", ListRefusal.NAME_MISSING)]
)
def test_a_list_needs_a_name_of_its_own(cast: Cast, name: str, code: ListRefusal) -> None:
    _saved(cast)
    found = _refused(
        save_content,
        table(*people(1)),
        actor=cast.librarian,
        department=cast.library,
        name=name,
        file="a.csv",
        audience=Audience.RESIDENTS,
    )
    assert found.code is code


def test_a_list_without_a_phone_is_not_kept(cast: Cast) -> None:
    bad = table(("박하늘", "02-123-4567", "나루중앙도서관", DAY))
    assert _refused(_saved, cast, bad).code is ListRefusal.NOBODY


def test_a_neighbours_list_is_not_opened(cast: Cast, staff: Staff) -> None:
    saved = _saved(cast)
    assert _refused(opened, saved, actor=staff.neighbour).code is ReleaseRefusal.NOT_ALLOWED
    assert _refused(delete, saved, actor=staff.viewer).code is ReleaseRefusal.NOT_ALLOWED


def test_an_expired_list_is_gone_and_its_name_free(cast: Cast) -> None:
    saved = _saved(cast, audience=Audience.STAFF)
    SavedList.objects.filter(pk=saved.pk).update(expires_at=timezone.now())
    saved.refresh_from_db()
    assert _refused(opened, saved, actor=cast.librarian).code is ListRefusal.GONE
    drafts.tidy(timezone.now())
    saved.refresh_from_db()
    assert saved.content is None
    assert not SavedPhone.objects.exists()
    assert _saved(cast).pk == saved.pk


def test_a_deleted_list_is_destroyed(cast: Cast) -> None:
    saved = _saved(cast)
    upload = receive_saved(actor=cast.librarian, notice=cast.notice, saved=saved)
    delete(saved, actor=cast.librarian)
    upload.refresh_from_db()
    assert upload.saved_list is None
    assert AuditEntry.objects.filter(act="saved_list.delete").exists()


# ---- one person ----------------------------------------------------------------------------------


def _one(cast: Cast, **other: str) -> Batch:
    given = {"phone": "010-2345-6789", "name": "김나루", "token": "once"} | {
        key: value for key, value in other.items() if key in {"phone", "name", "token"}
    }
    cells = {"도서관": "", "성명": "김나루", "기한": DAY}
    cells |= {key: value for key, value in other.items() if key in cells}
    return send_one(actor=cast.librarian, notice=cast.notice, cells=cells, **given)  # type: ignore[arg-type]  # texts all


def test_one_person_is_a_batch_of_one(cast: Cast) -> None:
    batch = _one(cast)
    assert (batch.rows, batch.origin) == (1, "one")
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    message = Message.objects.get(batch=batch)
    parts = key.open(message.pk, bytes(message.payload))
    assert parts == ["01023456789", "김나루", "나루중앙도서관", "김*루", "2026. 11. 25.(수)"]


def test_two_clicks_are_one_message(cast: Cast) -> None:
    assert _one(cast).pk == _one(cast).pk
    assert Batch.objects.count() == 1
    assert _one(cast, token="another", phone="010-2345-6780").pk


@pytest.mark.parametrize(
    ("other", "column", "code"),
    [
        ({"phone": "02-123-4567"}, "phone", Refusal.PHONE_LANDLINE),
        ({"기한": "언젠가"}, "기한", Refusal.VALUE_NOT_A_DATE),
        ({"phone": "", "성명": "", "기한": ""}, "phone", Refusal.PHONE_EMPTY),
    ],
)
def test_what_is_wrong_with_one_person_is_told(
    cast: Cast, other: dict[str, str], column: str, code: Refusal
) -> None:
    with pytest.raises(RowRefused) as refused:
        _one(cast, **other)
    assert (refused.value.row.column, refused.value.row.code) == (column, code)
    assert not Batch.objects.exists()
    assert not ListUpload.objects.exists()


def test_what_a_message_to_one_would_need_is_told_before(cast: Cast) -> None:
    noon = timezone.localtime().replace(year=2026, month=11, day=25, hour=12)
    night = noon.replace(hour=23)
    at_noon = what_follows(actor=cast.librarian, notice=cast.notice, now=noon)
    assert (at_noon.waits, at_noon.approvals) == (False, 0)
    at_night = what_follows(actor=cast.librarian, notice=cast.notice, now=night)
    assert at_night.waits
    assert at_night.opens_at.hour == 8


def test_a_test_goes_to_ones_own_phone_alone(cast: Cast) -> None:
    upload = taken(cast, table(*people(2)))
    assert upload.batch is not None
    row = DraftRows(upload, upload.batch).first(1)[0]
    found = _refused(send_test, actor=cast.librarian, batch=upload.batch, row=row)
    assert found.code is ListRefusal.MOBILE_MISSING
    own = phone()
    Member.objects.filter(pk=cast.librarian.pk).update(
        mobile=crypto.seal(own.encode(), purpose=MOBILE), mobile_hash=crypto.phone_hash(own)
    )
    cast.librarian.refresh_from_db()
    test = send_test(actor=cast.librarian, batch=upload.batch, row=row)
    message = Message.objects.get(batch=test)
    assert (test.origin, test.stage, test.rows) == ("test", Stage.RELEASED, 1)
    assert bytes(message.to_hash) == crypto.phone_hash(own)
    assert len([job for job, _ in jobs() if job == "dispatch"]) == 1


def test_somebody_elses_draft_is_no_test(cast: Cast, staff: Staff) -> None:
    upload = taken(cast, table(*people(1)))
    assert upload.batch is not None
    row = DraftRows(upload, upload.batch).first(1)[0]
    found = _refused(send_test, actor=staff.manager, batch=upload.batch, row=row)
    assert found.code is ReleaseRefusal.NOT_YOURS


# ---- the sweep -----------------------------------------------------------------------------------


def test_old_contents_and_drafts_are_deleted(cast: Cast) -> None:
    upload = taken(cast, table(*people(2)))
    drafts.tidy(timezone.now() + timedelta(hours=23))
    upload.refresh_from_db()
    assert upload.content is not None
    drafts.tidy(timezone.now() + timedelta(hours=25))
    ring()
    upload.refresh_from_db()
    batch = upload.batch
    assert batch is not None
    assert (upload.content, upload.state) == (None, "gone")
    assert (batch.stage, batch.wrapped_key) == (Stage.DISCARDED, None)
    assert not Message.objects.exists()


def test_what_was_asked_for_outlives_its_file(cast: Cast) -> None:
    upload = taken(cast, table(*people(2)))
    assert upload.batch is not None
    Batch.objects.filter(pk=upload.batch.pk).update(stage=Stage.REQUESTED)
    drafts.tidy(timezone.now() + timedelta(hours=25))
    upload.batch.refresh_from_db()
    assert upload.batch.wrapped_key is not None


def test_a_lost_job_is_rung_for_again(cast: Cast) -> None:
    other = taken(cast, table(*people(1)))
    assert other.batch is not None
    upload = receive(actor=cast.librarian, notice=cast.notice, name="a", content=table(*people(1)))
    give_up(other, actor=cast.librarian)
    lose_jobs()
    drafts.tidy(timezone.now() + timedelta(minutes=2))
    assert jobs() == [("check_list", upload.pk), ("erase", other.batch.pk)]


def test_what_was_seen_long_ago_is_forgotten(cast: Cast) -> None:
    KnownValue.objects.create(
        to_hash=b"a", field="name", value_hash=b"b", seen_at=timezone.now() - timedelta(days=800)
    )
    drafts.tidy(timezone.now())
    assert not KnownValue.objects.exists()


def test_a_draft_that_was_discarded_elsewhere_is_left_alone(cast: Cast) -> None:
    upload = taken(cast, table(*people(1)))
    assert upload.batch is not None
    discard(upload.batch, actor=cast.librarian)
    assert not drafts.discard(upload.batch.pk)
    drafts.erase(upload.batch.pk)
    assert not ColumnMapping.objects.exists()


def test_no_content_is_read_from_a_path_outside(cast: Cast) -> None:
    saved = save_content(
        table(*people(1)),
        actor=cast.librarian,
        department=cast.library,
        name="이상한 이름",
        file="../../etc/passwd.csv",
        audience=Audience.RESIDENTS,
    )
    assert opened(saved, actor=cast.librarian).name == "passwd.csv"
