"""Programs that nobody has touched for years put rows into an SMS agent's table, as ever."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.db import connection

from alimnaru.flow import agents
from alimnaru.ops.cluster import Cluster
from alimnaru.sources.agents.database import engine_for
from alimnaru.sources.agents.registry import LAYOUTS
from alimnaru.store.models import Accepted, AgentRow, Message
from tests import legacy
from tests.cast import Cast, phone
from tests.flow.old_systems import LOAN, OTHER, connect, screen, turn, types
from tests.legacy import OldSystem
from tests.stories.conftest import wait_until

#: Impatient, so that what the killed held is soon taken over.
BUSY = {"LEASE_SECONDS": 2, "SWEEP_SECONDS": 1, "POLL_SECONDS": 1}
Working = Callable[..., AbstractContextManager[Cluster]]


@pytest.fixture
def old(mariadb: str) -> Iterator[OldSystem]:
    yield OldSystem(mariadb)
    agents._desk.cache_clear()
    engine_for(mariadb).dispose()
    engine_for.cache_clear()


# ---- one table after the other -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What an old program reads in its row: the columns, and what stands there in the end."""

    columns: tuple[str, str]
    reached: tuple[str, str]
    failed: tuple[str, str]
    #: Where its rows stand in the end, if not where they were put.
    table: str = ""


TOLD = {
    "sc_tran": Told(("tr_sendstat", "tr_rsltstat"), ("2", "06"), ("2", "07")),
    "mms_msg": Told(("status", "rslt"), ("3", "1000"), ("3", "1013")),
    "em_smt_tran": Told(("msg_status", "mt_report_code_ib"), ("3", "1000"), ("3", "3001")),
    "em_mmt_tran": Told(("msg_status", "mt_report_code_ib"), ("3", "1000"), ("3", "3001")),
    "ata_mmt_tran": Told(("msg_status", "mt_report_code_ib"), ("3", "1000"), ("3", "3001")),
    "em_tran": Told(("tran_status", "tran_rslt"), ("3", "0"), ("3", "2")),
    "biz_msg": Told(("status", "call_status"), ("2", "4100"), ("2", "4410")),
    "sdk_sms_send": Told(
        ("succ_count", "fail_count"), ("1", "0"), ("0", "1"), table="SDK_SMS_REPORT"
    ),
    "sdk_mms_send": Told(("send_status", "send_result"), ("3", "2"), ("3", "3")),
}


def put(old: OldSystem, layout: str, to: str, text: str) -> object:
    """A row as a programmer of this table's once wrote it; its key."""
    if layout == "sc_tran":
        return old.sc_tran(to, text)
    if layout == "mms_msg":
        return old.mms_msg(to, text)
    if layout == "em_tran":
        return old.em_tran(to, text)
    if layout == "biz_msg":
        return old.biz_msg(to, text)
    if layout.startswith("sdk"):
        return old.sdk([to], text, layout[4:7].upper())
    return old.emma(layout, to, text)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_old_system_notices_nothing_but_the_better_message(
    cast: Cast, old: OldSystem, layout: str
) -> None:
    table = next(name for name in legacy.TABLES if name.lower() == layout)
    told = TOLD[layout]
    old.make(*(name for name in legacy.TABLES if name.startswith(table) or name == told.table))
    if told.table:
        old.make(f"{told.table}_DETAIL")
    source = connect(cast, old, layout)
    people = [phone(), phone(), phone("0012")]
    keys = [
        put(old, layout, to, text) for to, text in zip(people, (LOAN, OTHER, OTHER), strict=True)
    ]
    turn(source)
    ata, *texts = types(cast)
    assert ata == "ATA"
    assert set(texts) <= {"SMS", "LMS"}
    assert "반납예정일은 2026. 11. 25.(수)입니다." in screen(cast, people[0])
    assert OTHER in screen(cast, people[1])
    rows = [old.row(told.table or table, LAYOUTS[layout].key, key) for key in keys]
    found = [tuple(str(row[column]) for column in told.columns) for row in rows]
    assert found == [told.reached, told.reached, told.failed]


# ---- several at once, and cut off ----------------------------------------------------------------


def test_two_who_poll_at_once_send_once(office: Cast, old: OldSystem) -> None:
    old.make("SC_TRAN")
    for _ in range(100):
        old.sc_tran(phone(), OTHER)
    source = connect(office, old, "sc_tran")
    failures: list[BaseException] = []
    both = threading.Barrier(2)

    def poll() -> None:
        try:
            both.wait()
            agents.poll(source)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    # No lock keeps them apart here: that two of them meet is for the tables to settle.
    pollers = [threading.Thread(target=poll) for _ in range(2)]
    for one in pollers:
        one.start()
    for one in pollers:
        one.join()
    assert failures == []
    assert AgentRow.objects.count() == Accepted.objects.count() == 100
    ours = set(Accepted.objects.values_list("id", flat=True))
    assert ours == set(AgentRow.objects.values_list("message_id", flat=True))
    assert [
        row["n"] for row in old.run("SELECT count(*) AS n FROM SC_TRAN WHERE TR_SENDSTAT = '1'")
    ] == [100]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_workers_that_are_killed_lose_nothing_and_repeat_nothing(
    office: Cast, old: OldSystem, working: Working
) -> None:
    old.make("SC_TRAN", "SC_LOG_{month}", month=legacy.month())
    connect(office, old, "sc_tran")
    rows = 0

    def put(count: int) -> None:
        nonlocal rows
        for n in range(count):
            old.sc_tran(phone(), LOAN if n % 2 else OTHER)
        rows += count

    def finished() -> int:
        log = f"SC_LOG_{legacy.month()}"
        sql = f"SELECT count(*) AS n FROM {log} WHERE TR_SENDSTAT = '2' AND TR_RSLTSTAT = '06'"
        return int(str(old.run(sql)[0]["n"]))

    for moved in (1, 30, 60):
        put(40)
        with working(2, **BUSY) as cluster:
            wait_until(lambda moved=moved: finished() >= moved)  # type: ignore[misc]
            for pid in cluster.pids().values():
                os.kill(pid, signal.SIGKILL)
    with working(2, **BUSY):
        wait_until(lambda: finished() == rows, seconds=120)
    sent = [ref.partition("-")[0] for ref, _ in office.accepted()]
    assert len(sent) == len(set(sent)) == rows
    assert sorted(types(office)) == ["ATA"] * (rows // 2) + ["SMS"] * (rows // 2)
    assert Message.objects.filter(state="delivered").count() == rows
    assert old.run("SELECT * FROM SC_TRAN") == []
