"""The tables of SMS agents: which rows are due, how they are marked, what is written at the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alimnaru.rules.agent_fates import Fate
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.agents import desk as desks
from alimnaru.sources.agents.database import engine_for
from alimnaru.sources.agents.desk import Desk, Queued, open_desk, people_in
from alimnaru.sources.agents.registry import LAYOUTS
from alimnaru.sources.agents.results import Ended, write_results
from alimnaru.sources.base import SourceError
from tests import legacy
from tests.legacy import SEOUL, OldSystem, clock, month

PHONE = "010-1234-9001"
TEXT = "오늘은 휴관일입니다"
TABLES = {
    layout: next(name for name in legacy.TABLES if name.lower() == layout) for layout in LAYOUTS
}


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OldSystem]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    elif request.param == "mariadb":
        url = request.getfixturevalue("mariadb")
    else:
        url = request.getfixturevalue("database_url")
        url = url.replace("postgresql:", "postgresql+psycopg:", 1)
    yield OldSystem(url)
    engine_for(url).dispose()
    engine_for.cache_clear()


def now() -> datetime:
    return datetime.now(SEOUL)


def opened(old: OldSystem, layout: str, **how: str) -> Desk:
    return open_desk(engine_for(old.url), LAYOUTS[layout], **how)


def due(desk: Desk, limit: int = 100) -> list[Queued]:
    return desk.waiting(now(), limit)


def end(record: str, fate: Fate = Fate.DELIVERED, *, by_kakao: bool = True) -> Ended:
    return Ended(record, fate, now(), by_kakao)


def finish(desk: Desk, *ended: Ended, into_log: bool = False) -> None:
    desk.mark_taken([one.record for one in ended], now())
    write_results(desk, ended, into_log=into_log, now=now())


def put(old: OldSystem, layout: str) -> object:
    """A row as a programmer of each of them once put it there; its key."""
    if layout == "sc_tran":
        return old.sc_tran(PHONE, TEXT)
    if layout == "mms_msg":
        return old.mms_msg(PHONE, TEXT)
    if layout == "em_tran":
        return old.em_tran(PHONE, TEXT)
    if layout == "biz_msg":
        return old.biz_msg(PHONE, TEXT)
    if layout.startswith("sdk"):
        return old.sdk([PHONE], TEXT, layout[4:7].upper())
    return old.emma(layout, PHONE, TEXT)


def seconds_ago(value: object) -> float:
    """How long ago a time was that stands in a table, as the office's clocks have it."""
    text = str(value)
    pattern = "%Y%m%d%H%M%S" if text.isdigit() else "%Y-%m-%d %H:%M:%S"
    at = datetime.strptime(text, pattern).replace(tzinfo=SEOUL)
    return (now() - at).total_seconds()


# ---- each layout ---------------------------------------------------------------------------------

#: Status, result, when it went, when it ended.
COLUMNS = {
    "sc_tran": ("tr_sendstat", "tr_rsltstat", "tr_realsenddate", "tr_rsltdate"),
    "mms_msg": ("status", "rslt", "sentdate", "reportdate"),
    "em_smt_tran": ("msg_status", "mt_report_code_ib", "date_mt_sent", "date_mt_report"),
    "em_mmt_tran": ("msg_status", "mt_report_code_ib", "date_mt_sent", "date_mt_report"),
    "ata_mmt_tran": ("msg_status", "mt_report_code_ib", "date_mt_sent", "date_mt_report"),
    "em_tran": ("tran_status", "tran_rslt", "tran_rsltdate", "tran_reportdate"),
    "biz_msg": ("status", "call_status", "", "report_time"),
    "sdk_sms_send": ("send_status", "send_result", "send_proc_time", ""),
    "sdk_mms_send": ("send_status", "send_result", "send_proc_time", ""),
}
#: Status when taken and when done; results of what was reached, had a wrong number, was too old.
VALUES = {
    "sc_tran": ("1", "2", "06", "07", "11"),
    "mms_msg": ("2", "3", "1000", "1013", "4000"),
    "em_smt_tran": ("2", "3", "1000", "3001", "2000"),
    "em_mmt_tran": ("2", "3", "1000", "3001", "2000"),
    "ata_mmt_tran": ("2", "3", "1000", "3001", "2000"),
    "em_tran": ("2", "3", "0", "2", "1"),
    "biz_msg": ("1", "2", "4100", "4410", "9020"),
    "sdk_sms_send": ("1", "3", "2", "3", "3"),
    "sdk_mms_send": ("1", "3", "2", "3", "3"),
}
each_layout = pytest.mark.parametrize("layout", LAYOUTS)


@each_layout
def test_a_row_goes_the_way_its_agent_went(old: OldSystem, layout: str) -> None:
    old.make(TABLES[layout])
    desk = opened(old, layout)
    keys = [put(old, layout) for _ in range(3)]
    status, result, sent, ended = COLUMNS[layout]
    taken, done, *codes = VALUES[layout]
    queued = due(desk)
    assert [(one.phone, one.text) for one in queued] == [(PHONE, TEXT)] * 3
    assert not any(one.too_old for one in queued)
    desk.mark_taken([one.record for one in queued], now())
    key = LAYOUTS[layout].key
    first = old.row(desk.table.name, key, keys[0])
    assert str(first[status]) == taken
    if sent:
        assert 0 <= seconds_ago(first[sent]) < 60
    assert due(desk) == []
    fates = (Fate.DELIVERED, Fate.NO_SUBSCRIBER, Fate.TOO_OLD)
    finish(desk, *(end(one.record, fate) for one, fate in zip(queued, fates, strict=True)))
    rows = [old.row(desk.table.name, key, each) for each in keys]
    assert [str(row[status]) for row in rows] == [done] * 3
    assert [str(row[result]) for row in rows] == codes
    if ended:
        assert all(0 <= seconds_ago(row[ended]) < 60 for row in rows)


@each_layout
def test_no_layout_lacks_a_code(layout: str) -> None:
    for kind in LAYOUTS[layout].kinds:
        assert kind.codes.keys() >= {Fate.DELIVERED, Fate.OTHER}
        assert list(kind.codes.values()).count(kind.codes[Fate.DELIVERED]) == 1


# ---- which rows are due --------------------------------------------------------------------------


def test_what_is_reserved_waits_for_its_time(old: OldSystem) -> None:
    old.make("SC_TRAN", "SDK_SMS_SEND")
    later = old.sc_tran(PHONE, TEXT, TR_SENDDATE=clock(minutes=10))
    desk = opened(old, "sc_tran")
    assert due(desk) == []
    found = desk.waiting(now() + timedelta(minutes=11), 10)
    assert [one.record for one in found] == [f"sc_tran:{later}"]
    old.sdk(
        [PHONE], TEXT, SEND_DATE=clock(hours=1).replace("-", "").replace(":", "").replace(" ", "")
    )
    assert due(opened(old, "sdk_sms_send")) == []


def test_what_was_forgotten_for_a_day_is_too_old(old: OldSystem) -> None:
    old.make("SC_TRAN", "SDK_SMS_SEND")
    old.sc_tran(PHONE, TEXT, TR_SENDDATE=clock(hours=-25))
    old.sc_tran(PHONE, TEXT, TR_SENDDATE=clock(hours=-23))
    assert [one.too_old for one in due(opened(old, "sc_tran"))] == [True, False]
    # Minutes alone, as some programs write it.
    old.sdk([PHONE], TEXT, SEND_DATE="201701010000")
    assert [one.too_old for one in due(opened(old, "sdk_sms_send"))] == [True]


def test_the_oldest_come_first_and_so_many_at_most(old: OldSystem) -> None:
    old.make("SC_TRAN")
    keys = [old.sc_tran(PHONE, str(n)) for n in range(5)]
    found = due(opened(old, "sc_tran"), 3)
    assert [one.record for one in found] == [f"sc_tran:{key}" for key in keys[:3]]


def test_a_row_that_another_agent_has_is_left_to_it(old: OldSystem) -> None:
    old.make("em_smt_tran")
    old.emma("em_smt_tran", PHONE, TEXT, emma_id="A1")
    mine = old.emma("em_smt_tran", PHONE, TEXT, emma_id=None)
    other = old.emma("em_smt_tran", PHONE, TEXT)
    found = due(opened(old, "em_smt_tran"))
    assert [one.record for one in found] == [f"em_smt_tran:{mine}", f"em_smt_tran:{other}"]


def test_faxes_and_calls_are_left_alone(old: OldSystem) -> None:
    old.make("BIZ_MSG", "em_tran")
    old.biz_msg(PHONE, TEXT, kind=2)
    old.biz_msg(PHONE, TEXT, kind=3)
    old.em_tran(PHONE, TEXT, kind=8)
    assert due(opened(old, "biz_msg")) == []
    assert due(opened(old, "em_tran")) == []


# ---- what they say -------------------------------------------------------------------------------


def test_a_row_is_read_whole(old: OldSystem) -> None:
    old.make("MMS_MSG")
    key = old.mms_msg(PHONE, f"{TEXT}\n둘째 줄 ", SUBJECT=" 휴관 ", CALLBACK="02-555-0101 ")
    (one,) = due(opened(old, "mms_msg"))
    assert one == Queued(
        record=f"mms_msg:{key}",
        phone=PHONE,
        name="",
        callback="02-555-0101",
        subject="휴관",
        text=f"{TEXT}\n둘째 줄",
        instead="",
        due=one.due,
        too_old=False,
    )
    assert PHONE not in repr(one)
    assert one.due == str(old.row("MMS_MSG", "MSGKEY", key)["reqdate"]).partition(".")[0]


def test_the_text_may_stand_in_another_table(old: OldSystem) -> None:
    old.make("em_tran", "em_tran_mms", "EM_TRAN_KKO")
    old.insert("em_tran_mms", mms_seq=7, mms_body="긴 글", mms_subject="제목")
    old.insert("EM_TRAN_KKO", kko_seq=7, message="알림톡 글", re_body="대신 갈 글")
    old.em_tran(PHONE, "", kind=6, tran_etc4=7)
    old.em_tran(PHONE, "", kind=7, tran_etc4=7)
    old.em_tran(PHONE, TEXT, kind=4, tran_etc4=7)
    old.em_tran(PHONE, TEXT, kind=6, tran_etc4=8)
    found = due(opened(old, "em_tran"))
    assert [(one.subject, one.text, one.instead) for one in found] == [
        ("제목", "긴 글", ""),
        ("", "알림톡 글", "대신 갈 글"),
        ("", TEXT, ""),
        ("", TEXT, ""),
    ]


def test_without_the_other_table_the_row_speaks_for_itself(old: OldSystem) -> None:
    old.make("em_tran")
    old.em_tran(PHONE, TEXT, kind=6, tran_etc4=7)
    assert [one.text for one in due(opened(old, "em_tran"))] == [TEXT]


def test_what_follows_an_alimtalk_is_known(old: OldSystem) -> None:
    old.make("BIZ_MSG")
    old.biz_msg(PHONE, "알림톡 글", kind=6, RE_TYPE="SMS", RE_BODY="대신 갈 글")
    (one,) = due(opened(old, "biz_msg"))
    assert (one.text, one.instead) == ("알림톡 글", "대신 갈 글")


@pytest.mark.parametrize(
    ("info", "people"),
    [
        ("김나루^01012349001", [("김나루", "01012349001")]),
        ("김나루^010-1234-9001|^01012349002|", [("김나루", "010-1234-9001"), ("", "01012349002")]),
        ("01012349001", [("", "01012349001")]),
        ("", [("", "")]),
        (" | ", [("", "")]),
    ],
)
def test_many_stand_in_one_row(info: str, people: list[tuple[str, str]]) -> None:
    assert people_in(info) == people


# ---- what is written -----------------------------------------------------------------------------


def test_what_is_marked_once_stays_as_it_is(old: OldSystem) -> None:
    old.make("SC_TRAN")
    key = old.sc_tran(PHONE, TEXT)
    desk = opened(old, "sc_tran")
    desk.mark_taken([f"sc_tran:{key}"], now())
    finish(desk, end(f"sc_tran:{key}"))
    before = old.row("SC_TRAN", "TR_NUM", key)
    desk.mark_taken([f"sc_tran:{key}"], now() + timedelta(minutes=5))
    finish(desk, end(f"sc_tran:{key}", Fate.OFF))
    assert old.row("SC_TRAN", "TR_NUM", key) == before


def test_more_rows_than_a_statement_may_name(
    old: OldSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "KEYS", 2)
    old.make("SC_TRAN", "em_tran", "em_tran_mms")
    keys = [old.sc_tran(PHONE, TEXT) for _ in range(5)]
    desk = opened(old, "sc_tran")
    records = [one.record for one in due(desk)]
    desk.mark_taken(records, now())
    finish(desk, *map(end, records))
    found = old.run("SELECT TR_NUM FROM SC_TRAN WHERE TR_SENDSTAT = '2' AND TR_RSLTSTAT = '06'")
    assert sorted(row["tr_num"] for row in found) == keys  # type: ignore[type-var]
    for n in range(1, 4):
        old.insert("em_tran_mms", mms_seq=n, mms_body=f"글 {n}")
        old.em_tran(PHONE, "", kind=6, tran_etc4=n)
    assert [one.text for one in due(opened(old, "em_tran"))] == ["글 1", "글 2", "글 3"]


def test_codes_are_those_of_the_kind_that_was_asked_for(old: OldSystem) -> None:
    old.make("BIZ_MSG")
    keys = [old.biz_msg(PHONE, TEXT, kind=kind) for kind in (0, 5, 6)]
    desk = opened(old, "biz_msg")
    finish(desk, *(end(f"biz_msg:{key}") for key in keys))
    codes = [old.row("BIZ_MSG", "CMID", key)["call_status"] for key in keys]
    assert codes == ["4100", "6600", "7000"]


def test_who_carried_it_is_told_where_there_is_room_for_it(old: OldSystem) -> None:
    old.make("em_tran", "SC_TRAN")
    keys = [old.em_tran(PHONE, TEXT) for _ in range(2)]
    desk = opened(old, "em_tran")
    finish(desk, end(f"em_tran:{keys[0]}"), end(f"em_tran:{keys[1]}", by_kakao=False))
    assert [old.row("em_tran", "tran_pr", key)["tran_net"] for key in keys] == ["KKO", None]


def test_a_finished_row_moves_into_the_months_log(old: OldSystem) -> None:
    old.make("SC_TRAN", "SC_LOG_{month}", month=month())
    keys = [old.sc_tran(PHONE, TEXT, TR_ETC1="참조") for _ in range(2)]
    desk = opened(old, "sc_tran")
    for _ in range(2):  # the second time a restart does not know that it has told
        finish(desk, end(f"sc_tran:{keys[0]}"), into_log=True)
    logged = old.row(f"SC_LOG_{month()}", "TR_NUM", keys[0])
    assert (logged["tr_sendstat"], logged["tr_rsltstat"], logged["tr_etc1"]) == ("2", "06", "참조")
    assert [row["tr_num"] for row in old.run("SELECT TR_NUM FROM SC_TRAN")] == [keys[1]]


def test_one_log_for_all_months_does_as_well(old: OldSystem) -> None:
    old.make("SC_TRAN")
    old.run("CREATE TABLE SC_LOG AS SELECT TR_NUM, TR_RSLTSTAT FROM SC_TRAN")
    key = old.sc_tran(PHONE, TEXT)
    finish(opened(old, "sc_tran"), end(f"sc_tran:{key}"), into_log=True)
    assert old.row("SC_LOG", "TR_NUM", key)["tr_rsltstat"] == "06"


def test_without_a_log_the_row_stays(old: OldSystem) -> None:
    old.make("SC_TRAN")
    key = old.sc_tran(PHONE, TEXT)
    finish(opened(old, "sc_tran"), end(f"sc_tran:{key}"), into_log=True)
    assert old.row("SC_TRAN", "TR_NUM", key)["tr_sendstat"] == "2"


def test_a_row_for_many_is_reported_one_by_one(old: OldSystem) -> None:
    old.make("SDK_SMS_SEND", "SDK_SMS_REPORT", "SDK_SMS_REPORT_DETAIL")
    phones = ["01012349001", "01012349002", "123"]
    key = old.sdk(phones, TEXT)
    desk = opened(old, "sdk_sms_send")
    records = [one.record for one in due(desk)]
    assert records == [f"sdk_sms_send:{key}#{n}" for n in (1, 2, 3)]
    desk.mark_taken(records, now())
    fates = (Fate.DELIVERED, Fate.OFF, Fate.NUMBER_MALFORMED)
    for _ in range(2):
        finish(desk, *(end(*pair) for pair in zip(records, fates, strict=True)))
    assert old.run("SELECT * FROM SDK_SMS_SEND") == []
    total = old.row("SDK_SMS_REPORT", "MSG_ID", key)
    assert (total["succ_count"], total["fail_count"], total["sms_msg"]) == (1, 2, TEXT)
    assert (total["send_status"], total["send_result"]) == (3, 2)
    told = old.run("SELECT * FROM SDK_SMS_REPORT_DETAIL ORDER BY SUBJOB_ID")
    assert [(row["phone_number"], row["result"], row["tcs_result"]) for row in told] == [
        ("01012349001", 2, 0),
        ("01012349002", 3, 204),
        ("123", 3, 227),
    ]
    assert all(row["dest_name"] == "김나루" and row["user_id"] == "lib" for row in told)
    assert all(0 <= seconds_ago(row["deliver_date"]) < 60 for row in told)


def test_a_row_for_many_that_reached_nobody_failed(old: OldSystem) -> None:
    old.make("SDK_SMS_SEND")
    key = old.sdk(["01012349001", "123"], TEXT)
    desk = opened(old, "sdk_sms_send")
    fates = (Fate.OFF, Fate.NUMBER_MALFORMED)
    finish(desk, *(end(one.record, fate) for one, fate in zip(due(desk), fates, strict=True)))
    row = old.row("SDK_SMS_SEND", "MSG_ID", key)
    assert (row["send_status"], row["send_result"]) == (3, 3)


# ---- what can be wrong ---------------------------------------------------------------------------


def fault_of(act: object) -> SourceFault:
    with pytest.raises(SourceError) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_a_table_may_have_another_name(old: OldSystem) -> None:
    old.make("SC_TRAN")
    old.run("ALTER TABLE SC_TRAN RENAME TO OLD_SC_TRAN_A")
    assert fault_of(lambda: opened(old, "sc_tran")) is SourceFault.NO_SUCH_TABLE
    assert due(opened(old, "sc_tran", name="old_sc_tran_a")) == []


def test_a_table_that_lacks_a_column_is_none(old: OldSystem) -> None:
    old.run("CREATE TABLE SC_TRAN (TR_NUM INT, TR_MSG VARCHAR(160))")
    assert fault_of(lambda: opened(old, "sc_tran")) is SourceFault.NO_SUCH_COLUMN


def test_a_database_that_is_away_is_told_so(old: OldSystem) -> None:
    old.make("SC_TRAN")
    desk = opened(old, "sc_tran")
    old.run("DROP TABLE SC_TRAN")
    assert fault_of(lambda: due(desk)) is SourceFault.NO_SUCH_TABLE


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", SourceFault.ADDRESS),
        ("nonsense", SourceFault.ADDRESS),
        ("db2://127.0.0.1/x", SourceFault.ADDRESS),
        ("sqlite:////nowhere/at/all.db", SourceFault.UNREACHABLE),
        ("mysql://lib:secret@127.0.0.1:1/x", SourceFault.UNREACHABLE),
    ],
)
def test_what_cannot_be_reached(url: str, fault: SourceFault) -> None:
    assert fault_of(lambda: open_desk(engine_for(url), LAYOUTS["sc_tran"])) is fault


def test_the_password_stays_out_of_the_repr(tmp_path: Path) -> None:
    table = sa.Table("sc_tran", sa.MetaData(), sa.Column("tr_num", sa.Integer))
    engine = engine_for("mysql://lib:geheim@127.0.0.1:1/x")
    assert "geheim" not in repr(Desk(LAYOUTS["sc_tran"], engine, table))
