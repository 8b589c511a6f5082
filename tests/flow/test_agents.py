"""Legacy SMS tables: rows become messages once, and the rows are told what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from alimnaru.flow import agents
from alimnaru.flow.gather import gather, opened
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.watching import watch
from alimnaru.office.sources import fault_in
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.agents.database import engine_for
from alimnaru.sources.agents.desk import Desk
from alimnaru.store import crypto
from alimnaru.store.ledger.agents import Taken, take_on
from alimnaru.store.models import (
    Accepted,
    AgentRow,
    Batch,
    Department,
    Message,
    Notice,
    Preference,
    Source,
    TemplateVersion,
)
from tests.cast import Cast, phone
from tests.flow.old_systems import LOAN, OTHER, connect, screen, turn, types
from tests.legacy import OldSystem, clock


@pytest.fixture
def old(tmp_path: Path) -> Iterator[OldSystem]:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    (tmp_path / "old.db").touch()
    system = OldSystem(url)
    system.make("SC_TRAN", "MMS_MSG", "BIZ_MSG", "SDK_SMS_SEND")
    yield system
    agents._desk.cache_clear()
    engine_for(url).dispose()
    engine_for.cache_clear()


@pytest.fixture
def source(cast: Cast, old: OldSystem) -> Source:
    return connect(cast, old, "sc_tran", "mms_msg", "biz_msg", "sdk_sms_send")


def result(old: OldSystem, key: int) -> tuple[object, object]:
    row = old.row("SC_TRAN", "TR_NUM", key)
    return row["tr_sendstat"], row["tr_rsltstat"]


def parts(accepted: Accepted) -> list[str]:
    return opened(bytes(accepted.payload))


# ---- the whole way -------------------------------------------------------------------------------


def test_it_works(cast: Cast, source: Source, old: OldSystem) -> None:
    to = phone()
    key = old.sc_tran(to, LOAN)
    turn(source)
    assert types(cast) == ["ATA"]
    assert "반납예정일은 2026. 11. 25.(수)입니다." in screen(cast, to)
    assert result(old, key) == ("2", "06")
    row = AgentRow.objects.get()
    assert (row.record, row.recognised, row.told) == (f"sc_tran:{key}", True, "result")
    batch = Batch.objects.get()
    assert (batch.notice_id, batch.origin, batch.member.login) == (
        cast.notice.pk,
        "agent",
        "source:old",
    )


def test_what_is_none_of_the_notices_goes_as_it_is(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    to = phone()
    key = old.sc_tran(to, OTHER)
    turn(source)
    assert types(cast) == ["SMS"]
    assert OTHER in screen(cast, to)
    assert result(old, key) == ("2", "06")
    message = Message.objects.get()
    assert (message.state, message.channel, message.attempt_no) == ("delivered", "sms", 1)
    assert not AgentRow.objects.get().recognised


def test_a_long_text_goes_as_lms_with_its_subject(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    to = phone()
    long = f"{OTHER} " + "책은 반납함에 넣어 주세요. " * 5
    key = old.mms_msg(to, long, SUBJECT="휴관 안내")
    plain = old.sc_tran(phone(), long[:79])
    turn(source)
    assert types(cast) == ["LMS", "LMS"]
    assert "휴관 안내" in screen(cast, to)
    assert old.row("MMS_MSG", "MSGKEY", key)["rslt"] == "1000"
    assert result(old, plain) == ("2", "06")


def test_who_has_no_kakaotalk_gets_the_notices_own_sms(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    to = phone("0001")
    key = old.sc_tran(to, LOAN)
    turn(source)
    assert types(cast) == ["ATA", "SMS"]
    assert result(old, key) == ("2", "06")


@pytest.mark.parametrize(
    ("ending", "text", "code"),
    [
        ("0012", OTHER, "07"),
        ("0007", OTHER, "08"),
        ("0012", LOAN, "07"),
        ("0004", LOAN, "07"),
    ],
)
def test_the_old_system_is_told_why_it_failed(
    source: Source, old: OldSystem, ending: str, text: str, code: str
) -> None:
    key = old.sc_tran(phone(ending), text)
    turn(source)
    assert result(old, key) == ("2", code)


# ---- what cannot go ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "refusal", "code"),
    [
        ({"phone": "02-555-0101"}, Refusal.PHONE_LANDLINE, "21"),
        ({"phone": "0101234"}, Refusal.PHONE_TOO_SHORT, "21"),
        ({"text": "  "}, Refusal.VALUE_EMPTY, "03"),
        ({"TR_SENDDATE": clock(hours=-30)}, Refusal.EXPIRED, "11"),
    ],
)
def test_a_wrong_row_fails_as_it_did_with_the_agent(
    source: Source, old: OldSystem, row: dict[str, Any], refusal: Refusal, code: str
) -> None:
    key = old.sc_tran(**({"phone": phone(), "text": OTHER} | row))
    turn(source)
    assert result(old, key) == ("2", code)
    assert not Message.objects.exists()
    taken = AgentRow.objects.get()
    assert (taken.refusal, taken.message_id, taken.told) == (refusal, None, "result")


def test_a_text_that_no_network_takes_fails(source: Source, old: OldSystem) -> None:
    key = old.mms_msg(phone(), "가" * 1001)
    turn(source)
    assert old.row("MMS_MSG", "MSGKEY", key)["rslt"] == "2007"


def test_who_wants_nothing_more_is_told_as_one_who_refuses(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    to = phone()
    Preference.objects.create(
        to_hash=crypto.phone_hash(to), choice="stop", provenance="call", since=timezone.now()
    )
    key = old.sc_tran(to, OTHER)
    turn(source)
    assert cast.accepted() == []
    assert result(old, key) == ("2", "40")


# ---- how a text is read --------------------------------------------------------------------------


def read(source: Source, old: OldSystem, text: str = LOAN, **more: object) -> Accepted:
    old.sc_tran(phone(), text, **more)
    agents.poll(source)
    return Accepted.objects.latest("id")


def test_values_are_drawn_and_checked(cast: Cast, source: Source, old: OldSystem) -> None:
    one = read(source, old)
    assert one.version_id == cast.version.pk
    # A person's name is masked as in a list.
    assert parts(one)[2:] == ["나루중앙도서관", "김*루", "2026. 11. 25.(수)"]


def test_the_notices_sms_is_known_too(cast: Cast, source: Source, old: OldSystem) -> None:
    cast.version.variables[1]["default"] = "고객"
    cast.version.variables.append({"name": "이름", "kind": "person", "default": "이용자"})
    TemplateVersion.objects.filter(pk=cast.version.pk).update(variables=cast.version.variables)
    one = read(source, old, "[나루구] 반납일 2026. 11. 25.(수)")
    assert one.version_id == cast.version.pk


def test_a_text_that_says_too_little_for_the_notice_goes_as_it_is(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    # The Alimtalk needs a name, which the text of the SMS does not tell.
    one = read(source, old, "[나루구] 반납일 2026. 11. 25.(수)")
    assert one.version_id != cast.version.pk


def test_a_notice_that_is_not_the_sources_is_not_recognised(cast: Cast, old: OldSystem) -> None:
    one = read(connect(cast, old, "sc_tran", notices=[]), old)
    assert one.version_id != cast.version.pk


@pytest.mark.parametrize("what", ["inactive", "unapproved"])
def test_what_cannot_go_by_kakao_now_goes_as_it_is(
    cast: Cast, source: Source, old: OldSystem, what: str
) -> None:
    if what == "inactive":
        Notice.objects.filter(pk=cast.notice.pk).update(is_active=False)
    else:
        cast.version.registrations.update(state="rejected")
    assert read(source, old).version_id != cast.version.pk


def test_what_follows_an_unknown_alimtalk_goes_in_its_place(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    to = phone()
    key = old.biz_msg(to, OTHER, kind=6, RE_TYPE="SMS", RE_BODY="오늘 휴관합니다")
    turn(source)
    assert types(cast) == ["SMS"]
    assert "오늘 휴관합니다" in screen(cast, to)
    assert old.row("BIZ_MSG", "CMID", key)["call_status"] == "7000"


def test_a_number_of_the_office_says_who_sends(cast: Cast, source: Source, old: OldSystem) -> None:
    branch = Department.objects.create(
        code="branch", name="물빛도서관", parent=cast.library, path="/gu/lib/branch/",
        sender_number="025550199",
    )  # fmt: skip
    cast.health.sender_number = "025550300"
    cast.health.save()
    assert read(source, old, OTHER, TR_CALLBACK="02-555-0199").department_id == branch.pk
    for other in ("025550300", "01012345678", "", None):
        found = read(source, old, OTHER, TR_CALLBACK=other)
        assert found.department_id == cast.library.pk


# ---- once ----------------------------------------------------------------------------------------


def test_what_waits_for_others_of_its_kind_becomes_one(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    Notice.objects.filter(pk=cast.notice.pk).update(
        grouping="person", merge_minutes=30, merging={"기한": {"how": "earliest"}}
    )
    to = phone()
    keys = [old.sc_tran(to, text) for text in (LOAN, LOAN.replace("11. 25.(수)", "11. 24.(화)"))]
    agents.poll(source)
    Accepted.objects.update(
        accepted_at=timezone.now() - timedelta(minutes=30), gather_at=timezone.now()
    )
    turn(source)
    assert types(cast) == ["ATA"]
    assert "2026. 11. 24.(화)" in screen(cast, to)
    assert [result(old, key) for key in keys] == [("2", "06")] * 2


def test_a_second_poll_takes_nothing_again(cast: Cast, source: Source, old: OldSystem) -> None:
    old.sc_tran(phone(), OTHER)
    agents.poll(source)
    agents.poll(source)
    assert Accepted.objects.count() == AgentRow.objects.count() == 1


def test_cut_off_before_the_mark_it_is_only_marked(
    cast: Cast, source: Source, old: OldSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = old.sc_tran(phone(), OTHER)

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Desk, "mark_taken", cut_off)
        with pytest.raises(KeyboardInterrupt):
            agents.poll(source)
    assert result(old, key) == ("0", "00")
    assert AgentRow.objects.get().told == "nothing"
    agents.poll(source)
    assert result(old, key) == ("1", "00")
    turn(source)
    assert len(cast.accepted()) == 1
    assert result(old, key) == ("2", "06")


def test_cut_off_after_the_result_it_is_told_again(
    source: Source, old: OldSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = old.sc_tran(phone(), OTHER)
    turn(source)
    AgentRow.objects.update(told="taken")
    before = old.row("SC_TRAN", "TR_NUM", key)
    agents.poll(source)
    assert AgentRow.objects.get().told == "result"
    assert old.row("SC_TRAN", "TR_NUM", key) == before


def test_what_another_has_taken_on_is_not_ours(source: Source) -> None:
    rows = [Taken("sc_tran:1", b"1", None, "x", recognised=False)]
    assert take_on(source.pk, rows, timezone.now()) == {"sc_tran:1"}
    more = [*rows, Taken("sc_tran:2", b"2", None, "x", recognised=False)]
    assert take_on(source.pk, more, timezone.now()) == {"sc_tran:2"}


def test_a_key_that_is_given_anew_is_another_message(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    key = old.sc_tran(phone(), OTHER)
    turn(source)
    # Finished rows are deleted, the server restarts, and an empty table counts from 1.
    old.run("DELETE FROM SC_TRAN")
    old.sc_tran(phone(), OTHER, TR_NUM=key)
    turn(source)
    assert len(cast.accepted()) == 2
    assert result(old, key) == ("2", "06")
    turn(source)
    assert len(cast.accepted()) == 2
    assert AgentRow.objects.filter(record=f"sc_tran:{key}").count() == 1
    assert AgentRow.objects.count() == 2


def test_the_end_of_one_is_not_written_to_another_with_its_key(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    key = old.sc_tran(phone(), OTHER)
    agents.poll(source)
    old.run("DELETE FROM SC_TRAN")
    old.sc_tran(phone(), OTHER, TR_NUM=key, TR_SENDDATE=clock(minutes=5))
    turn(source)
    assert len(cast.accepted()) == 1
    assert result(old, key) == ("0", "00")


def test_what_a_backup_brings_back_does_not_go_again(
    cast: Cast, source: Source, old: OldSystem
) -> None:
    key = old.sc_tran(phone(), OTHER)
    turn(source)
    old.run("UPDATE SC_TRAN SET TR_SENDSTAT = '0', TR_RSLTSTAT = '00'")
    turn(source)
    turn(source)
    assert len(cast.accepted()) == 1
    assert result(old, key) == ("2", "06")


def test_a_row_for_many_is_done_with_its_last(cast: Cast, source: Source, old: OldSystem) -> None:
    key = old.sdk([phone(), phone("0012"), "123"], OTHER)
    agents.poll(source)
    agents.poll(source)
    assert old.row("SDK_SMS_SEND", "MSG_ID", key)["send_status"] == 1
    turn(source)
    row = old.row("SDK_SMS_SEND", "MSG_ID", key)
    assert (row["send_status"], row["send_result"]) == (3, 2)
    assert AgentRow.objects.filter(told="result").count() == 3
    assert len(cast.accepted()) == 2


def test_more_rows_than_a_round(
    source: Source, old: OldSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "ROUND", 2)
    keys = [old.sc_tran(phone(), OTHER) for _ in range(5)]
    agents.poll(source)
    assert Accepted.objects.count() == 5
    turn(source)
    assert {result(old, key) for key in keys} == {("2", "06")}


def test_who_is_not_known_about_is_told_after_a_day(source: Source, old: OldSystem) -> None:
    key = old.sc_tran(phone(), OTHER)
    agents.poll(source)
    gather(["normal"])
    ended = timezone.now() - timedelta(hours=23)
    Message.objects.update(state="unknown", done_at=ended)
    agents.poll(source)
    assert result(old, key) == ("1", "00")
    Message.objects.update(done_at=ended - timedelta(hours=2))
    agents.poll(source)
    assert result(old, key) == ("2", "11")


# ---- what can go wrong ---------------------------------------------------------------------------


def failing(act: Callable[[], object]) -> str:
    with pytest.raises(SourceFailed) as caught:
        act()
    return str(caught.value)


def test_a_database_that_is_away_comes_back(
    cast: Cast, source: Source, old: OldSystem, tmp_path: Path
) -> None:
    waiting, started = old.sc_tran(phone(), OTHER, TR_SENDDATE=clock(minutes=5)), phone()
    sent = old.sc_tran(started, OTHER)
    agents.poll(source)
    # What stood in for its place a moment ago must not be found again through an open connection.
    engine_for(old.url).dispose()
    (tmp_path / "old.db").rename(tmp_path / "away.db")
    watch()
    source.refresh_from_db()
    assert source.failing_since is not None
    assert source.error == SourceFault.UNREACHABLE
    (tmp_path / "away.db").rename(tmp_path / "old.db")
    Source.objects.update(polled_at=None)
    turn(source)
    watch()
    source.refresh_from_db()
    assert source.failing_since is None
    assert result(old, sent) == ("2", "06")
    assert result(old, waiting) == ("0", "00")
    assert len(cast.accepted()) == 1


def test_the_address_is_sealed(source: Source, old: OldSystem) -> None:
    assert old.url.encode() not in bytes(source.secrets or b"")
    Source.objects.update(secrets=None)
    assert fault_in(Source.objects.get()) is SourceFault.SECRET


@pytest.mark.parametrize(
    "wrong",
    [{"tables": {}}, {"tables": {"nothing": ""}}, {"tables": 1}, {"plain_notice": None}],
)
def test_settings_that_nobody_can_act_on(source: Source, wrong: dict[str, object]) -> None:
    source.settings |= wrong
    assert failing(lambda: agents.poll(source)) == SourceFault.SETTINGS


def test_without_its_plain_notice_nothing_is_taken(source: Source, old: OldSystem) -> None:
    key = old.sc_tran(phone(), OTHER)
    Notice.objects.filter(code="plain.old").update(is_active=False)
    assert failing(lambda: agents.poll(source)) == SourceFault.SETTINGS
    assert result(old, key) == ("0", "00")
    assert not AgentRow.objects.exists()


def test_a_source_can_be_tried_out(source: Source, old: OldSystem) -> None:
    assert fault_in(source) is None
    old.run("DROP TABLE MMS_MSG")
    agents._desk.cache_clear()
    assert fault_in(source) is SourceFault.NO_SUCH_TABLE
