"""What residents do on their own page, as the acts behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.office import residents as office
from alimnaru.office.preferences import enter_choice
from alimnaru.office.tasks import finish
from alimnaru.office.unreached import NoteRefused
from alimnaru.reads import residents as reads
from alimnaru.reads.residents import Opened
from alimnaru.reads.wishes import stopped
from alimnaru.rules.consent import Choice, Provenance
from alimnaru.rules.disclosure import DisclosureFault
from alimnaru.rules.resident_link import LASTS
from alimnaru.rules.topics import Topic
from alimnaru.store import crypto
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    Message,
    Notice,
    Preference,
    Stage,
    Suspension,
    Task,
    TemplateVersion,
    WrongCode,
)
from tests.cast import Cast, make_cast, phone
from tests.flow.conftest import moment as moment
from tests.flow.moment import Moment

CONFIRM = {
    "message_type": "BA",
    "emphasis": "NONE",
    "body": "알림 받는 방법이 #{채널}(으)로 바뀌었습니다. #{변경일시} #{전화}",
}
CONFIRM_VARIABLES = [
    {"name": "채널", "kind": "enum", "max": 4, "values": ["카카오톡", "문자"], "columns": ["채널"]},
    {"name": "변경일시", "kind": "datetime", "columns": ["변경일시"]},
    {
        "name": "전화",
        "kind": "phone",
        "default": "02-555-0101",
        "required": False,
        "columns": ["문의"],
    },
]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def told(cast: Cast, number: str, name: str = "김나루") -> Opened:
    """A message to somebody, by its link."""
    (row,) = cast.rows(number)
    batch = cast.send([row._replace(name=name)])
    message = Message.objects.get(batch=batch)
    opened = reads.by_link(crypto.resident_signer().link(message.pk), timezone.now())
    assert opened is not None
    return opened


def law(cast: Cast) -> Notice:
    return Notice.objects.create(
        code="lib.law", name="법이 정한 안내", department=cast.library, legal_effect="notice"
    )


def in_force(number: str) -> dict[str, str]:
    found = Preference.objects.filter(to_hash=crypto.phone_hash(number), until=None)
    return {p.notice.code if p.notice else "": p.choice for p in found.select_related("notice")}


# ---- links ---------------------------------------------------------------------------------------


def test_a_link_is_good_until_it_is_old(cast: Cast) -> None:
    opened = told(cast, phone())
    token = crypto.resident_signer().link(opened.message.pk)
    Batch.objects.update(created_at=timezone.now() - LASTS + timedelta(minutes=1))
    assert reads.by_link(token, timezone.now()) is not None
    Batch.objects.update(created_at=timezone.now() - LASTS)
    assert reads.by_link(token, timezone.now()) is None


def test_what_was_never_released_has_no_page_and_no_code(cast: Cast) -> None:
    opened, signer = told(cast, phone()), crypto.resident_signer()
    Batch.objects.update(stage=Stage.DRAFT)
    assert reads.by_link(signer.link(opened.message.pk), timezone.now()) is None
    assert reads.by_code(signer.code(opened.message.pk), timezone.now()) is None


# ---- choices -------------------------------------------------------------------------------------


def test_a_topic_is_chosen_for_all_its_notices(cast: Cast) -> None:
    number = phone()
    opened = told(cast, number)
    Notice.objects.create(code="lib.overdue", name="연체 안내", department=cast.library)
    Notice.objects.create(code="hc.x", name="검사", department=cast.health)
    assert office.choose(opened, {Topic.LIBRARY: Choice.SMS}) == {Topic.LIBRARY: Choice.SMS}
    assert in_force(number) == {"lib.due.soon": "sms", "lib.overdue": "sms"}
    assert {p.provenance for p in Preference.objects.all()} == {Provenance.PAGE}
    entry = AuditEntry.objects.get(act="resident.choose")
    assert entry.facts == {"topics": ["library"], "choices": ["sms"]}
    assert entry.department == cast.library
    # The same once more changes nothing and is no act.
    assert office.choose(opened, {Topic.LIBRARY: Choice.SMS}) == {}
    assert AuditEntry.objects.filter(act="resident.choose").count() == 1


def test_a_stop_leaves_what_the_law_wants_told(cast: Cast) -> None:
    number = phone()
    opened, by_law = told(cast, number), law(cast)
    office.choose(opened, {Topic.LIBRARY: Choice.SMS})
    office.choose(opened, {Topic.LIBRARY: Choice.STOP})
    assert in_force(number) == {"lib.due.soon": "stop", "lib.law": "sms"}
    assert stopped(number, by_law, timezone.now()) is None
    assert stopped(number, cast.notice, timezone.now()) is not None
    (topic,) = reads.topics(opened.to_hash, timezone.now())
    assert (topic.choice, topic.locked, topic.law) == (Choice.STOP, False, ("법이 정한 안내",))


def test_a_topic_of_the_law_alone_cannot_be_stopped(cast: Cast) -> None:
    number = phone()
    opened = told(cast, number)
    Notice.objects.update(legal_effect="service")
    (topic,) = reads.topics(opened.to_hash, timezone.now())
    assert topic.locked
    assert office.choose(opened, {Topic.LIBRARY: Choice.STOP}) == {}
    assert in_force(number) == {}


def test_what_was_said_at_the_desk_for_all_is_shown_and_changed_by_topic(cast: Cast) -> None:
    number = phone()
    opened = told(cast, number)
    enter_choice(
        actor=cast.librarian,
        phone=number,
        choice=Choice.STOP,
        notice=None,
        provenance=Provenance.DESK,
    )
    (topic,) = reads.topics(opened.to_hash, timezone.now())
    assert topic.choice is Choice.STOP
    office.choose(opened, {Topic.LIBRARY: Choice.KAKAO})
    assert in_force(number) == {"": "stop", "lib.due.soon": "kakao"}
    assert stopped(number, cast.notice, timezone.now()) is None


def confirmation(cast: Cast) -> Notice:
    notice = Notice.objects.create(
        code=office.CONFIRMATION, name="수신설정 확인", department=cast.library
    )
    version = TemplateVersion(
        notice=notice,
        number=1,
        template=CONFIRM,
        variables=CONFIRM_VARIABLES,
        sms="알림설정 #{채널} 변경 #{전화}",
        status=TemplateVersion.Status.APPROVED,
    )
    version.sha256 = version.fingerprint()
    version.save()
    return notice


def test_a_change_is_confirmed_to_the_phone_once_an_hour(cast: Cast) -> None:
    number = phone()
    opened, notice = told(cast, number), confirmation(cast)
    office.choose(opened, {Topic.LIBRARY: Choice.SMS})
    batch = Batch.objects.get(notice=notice)
    assert (batch.origin, batch.rows, batch.stage) == ("resident", 1, Stage.RELEASED)
    message = Message.objects.get(batch=batch)
    assert bytes(message.to_hash) == crypto.phone_hash(number)
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    to, name, channel, _at, called = key.open(message.pk, bytes(message.payload))
    assert (to, name, channel, called) == (number, "김나루", "문자", "02-555-0101")
    office.choose(opened, {Topic.LIBRARY: Choice.KAKAO})
    assert Batch.objects.filter(notice=notice).count() == 1


@pytest.mark.parametrize("case", ["stop has no word", "inactive", "other words"])
def test_where_nothing_is_confirmed(cast: Cast, case: str) -> None:
    opened, notice = told(cast, phone()), confirmation(cast)
    choice = Choice.STOP if case == "stop has no word" else Choice.SMS
    if case == "inactive":
        Notice.objects.filter(pk=notice.pk).update(is_active=False)
    if case == "other words":
        more = [
            *CONFIRM_VARIABLES,
            {"name": "사유", "kind": "text", "max": 10, "columns": ["사유"]},
        ]
        template = {**CONFIRM, "body": CONFIRM["body"] + " #{사유}"}
        TemplateVersion.objects.filter(notice=notice).update(variables=more, template=template)
    assert office.choose(opened, {Topic.LIBRARY: choice}) == {Topic.LIBRARY: choice}
    assert not Batch.objects.filter(notice=notice).exists()


# ---- "not mine" ----------------------------------------------------------------------------------


def test_a_message_is_disowned_once_and_taken_back(cast: Cast) -> None:
    number = phone()
    opened = told(cast, number)
    office.disown(opened)
    office.disown(opened)
    suspension, task = Suspension.objects.get(), Task.objects.get()
    assert bytes(suspension.to_hash) == crypto.phone_hash(number)
    assert bytes(suspension.person_hash or b"") == crypto.person_hash("김나루")
    assert (task.department, task.kind) == (cast.library, Task.Kind.WRONG_PERSON)
    assert task.subject == f"message:{opened.message.pk}"
    assert stopped(number, cast.notice, timezone.now(), "김나루") is not None
    assert stopped(number, cast.notice, timezone.now(), "이나루") is None
    assert office.take_back(opened)
    assert not office.take_back(opened)
    assert stopped(number, cast.notice, timezone.now(), "김나루") is None
    assert Task.objects.get().done_at is not None
    office.disown(opened)
    assert Task.objects.filter(done_at=None).count() == 1


def test_after_ten_minutes_only_the_office_takes_it_back(cast: Cast, moment: Moment) -> None:
    opened = told(cast, phone())
    office.disown(opened)
    moment.now += timedelta(minutes=10)
    assert not office.take_back(opened)
    assert Suspension.objects.get().until is None


def test_a_message_without_a_name_suspends_the_number(cast: Cast) -> None:
    number = phone()
    office.disown(told(cast, number, name=""))
    assert Suspension.objects.get().person_hash is None
    assert stopped(number, cast.notice, timezone.now(), "이나루") is not None


def test_a_second_message_to_the_same_person_is_disowned_already(cast: Cast) -> None:
    number = phone()
    office.disown(told(cast, number))
    again = told(cast, number)
    found = reads.disowned(again, timezone.now())
    assert found is not None
    assert not found.may_take_back(timezone.now(), timedelta(minutes=10))
    assert not office.take_back(again)


def test_a_task_is_finished_with_a_note_and_the_number_used_again(cast: Cast) -> None:
    office.disown(told(cast, phone()))
    task = Task.objects.get()
    for note, code in (
        ("짧음", DisclosureFault.NOTE_MISSING),
        ("가" * 201, DisclosureFault.NOTE_TOO_LONG),
        ("010-1234-5678로 고침", DisclosureFault.NOTE_PERSONAL),
    ):
        with pytest.raises(NoteRefused) as refused:
            finish(task, actor=cast.librarian, note=note)
        assert refused.value.code is code
    assert finish(task, actor=cast.librarian, note="본인 번호가 맞음", use_again=True)
    assert not finish(task, actor=cast.librarian, note="다시 한번 적음")
    assert Suspension.objects.get().until is not None
    assert AuditEntry.objects.get(act="task.done").facts["lifted"] == 1


def test_a_task_that_is_finished_leaves_the_number_alone(cast: Cast) -> None:
    office.disown(told(cast, phone()))
    assert finish(Task.objects.get(), actor=cast.librarian, note="번호를 새로 받음")
    assert Suspension.objects.get().until is None


# ---- codes ---------------------------------------------------------------------------------------


def test_wrong_codes_are_counted_and_right_ones_are_not(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = told(cast, phone())
    code = crypto.resident_signer().code(opened.message.pk)
    monkeypatch.setattr(office, "MOST_FROM_ONE", 2)
    for _ in range(3):
        found = office.ask_about_code(code, address="192.0.2.1")
        assert found is not None
        assert found.message.pk == opened.message.pk
    assert not WrongCode.objects.exists()
    for _ in range(2):
        assert office.ask_about_code("00000-00000", address="192.0.2.1") is None
    with pytest.raises(office.TooManyCodes):
        office.ask_about_code(code, address="192.0.2.1")
    assert office.ask_about_code(code, address="192.0.2.2") is not None


def test_addresses_of_one_subscriber_count_as_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "MOST_FROM_ONE", 1)
    assert office.ask_about_code("x", address="2001:db8:1:2::3") is None
    with pytest.raises(office.TooManyCodes):
        office.ask_about_code("x", address="2001:db8:1:2:9::9")
    assert office.ask_about_code("x", address="2001:db8:1:3::3") is None


def test_everybody_together_is_limited_too_and_yesterday_is_forgotten(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, moment: Moment
) -> None:
    monkeypatch.setattr(office, "MOST_FROM_ALL", 2)
    assert office.ask_about_code("x", address="192.0.2.1") is None
    assert office.ask_about_code("x", address="no address") is None
    with pytest.raises(office.TooManyCodes):
        office.ask_about_code("x", address="192.0.2.3")
    moment.now += timedelta(minutes=10)
    assert office.ask_about_code("x", address="192.0.2.3") is None
    moment.now += timedelta(days=2)
    assert office.ask_about_code("x", address="192.0.2.3") is None
    assert WrongCode.objects.count() == 2
