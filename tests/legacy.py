"""Older systems: the tables of the agents that they were built for, and how they fill them.

Everything here is what such a system does with plain SQL; nothing of it knows Alimnaru.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

SEOUL = ZoneInfo("Asia/Seoul")

_EMMA = """
    mt_pr NUMERIC(11) NOT NULL PRIMARY KEY, mt_refkey VARCHAR(20), priority CHAR(2) DEFAULT 'S',
    date_client_req DATETIME NOT NULL, {subject} content VARCHAR(4000) NOT NULL,
    callback VARCHAR(25) NOT NULL, service_type CHAR(2) NOT NULL, broadcast_yn CHAR(1) DEFAULT 'N',
    msg_status CHAR(1) DEFAULT '1' NOT NULL, recipient_num VARCHAR(25), date_mt_sent DATETIME,
    date_rslt DATETIME, date_mt_report DATETIME, mt_report_code_ib CHAR(4), rs_id VARCHAR(20),
    country_code VARCHAR(8) DEFAULT '82', {more}
"""
_SMT = _EMMA.format(subject="", more="emma_id CHAR(2) DEFAULT ' '")
_MMT = _EMMA.format(
    subject="subject VARCHAR(40),", more="msg_type NUMERIC(11), emma_id CHAR(2) DEFAULT ' '"
)
_ATA = _EMMA.format(
    subject="subject VARCHAR(40),",
    more="msg_type NUMERIC(11), sender_key VARCHAR(40), template_code VARCHAR(30), ata_id CHAR(2)",
)
_SC = """
    TR_NUM INT NOT NULL PRIMARY KEY, TR_SENDDATE DATETIME NOT NULL, TR_ID VARCHAR(16),
    TR_SENDSTAT CHAR(1) DEFAULT '0' NOT NULL, TR_RSLTSTAT VARCHAR(2) DEFAULT '00',
    TR_MSGTYPE CHAR(1) DEFAULT '0', TR_PHONE VARCHAR(20) NOT NULL, TR_CALLBACK VARCHAR(20),
    TR_RSLTDATE DATETIME, TR_MODIFIED DATETIME, TR_MSG VARCHAR(160), TR_NET VARCHAR(4),
    TR_ETC1 VARCHAR(160), TR_REALSENDDATE DATETIME
"""
_LG_MMS = """
    MSGKEY INT NOT NULL PRIMARY KEY, SUBJECT VARCHAR(120), PHONE VARCHAR(15), CALLBACK VARCHAR(15),
    STATUS VARCHAR(2) DEFAULT '0' NOT NULL, REQDATE DATETIME NOT NULL, MSG VARCHAR(4000),
    FILE_CNT INT DEFAULT 0, SENTDATE DATETIME, RSLTDATE DATETIME, REPORTDATE DATETIME,
    TERMINATEDDATE DATETIME, RSLT VARCHAR(4), TYPE VARCHAR(2) DEFAULT '0', TELCOINFO VARCHAR(10)
"""
_EM = """
    tran_pr INT NOT NULL PRIMARY KEY, tran_refkey VARCHAR(40), tran_id VARCHAR(20),
    tran_phone VARCHAR(15) NOT NULL, tran_callback VARCHAR(15), tran_status CHAR(1),
    tran_date DATETIME NOT NULL, tran_rsltdate DATETIME, tran_reportdate DATETIME,
    tran_rslt CHAR(1), tran_net VARCHAR(3), tran_msg VARCHAR(255), tran_etc1 VARCHAR(64),
    tran_etc4 INT, tran_type INT NOT NULL
"""
_BIZ = """
    CMID VARCHAR(32) NOT NULL PRIMARY KEY, UMID VARCHAR(32), MSG_TYPE INT NOT NULL,
    STATUS INT DEFAULT 0 NOT NULL, REQUEST_TIME DATETIME NOT NULL, SEND_TIME DATETIME NOT NULL,
    REPORT_TIME DATETIME, DEST_PHONE VARCHAR(16) NOT NULL, DEST_NAME VARCHAR(32),
    SEND_PHONE VARCHAR(16), SUBJECT VARCHAR(64), MSG_BODY VARCHAR(2000) NOT NULL,
    NATION_CODE VARCHAR(5), SENDER_KEY VARCHAR(40), TEMPLATE_CODE VARCHAR(64), RE_TYPE VARCHAR(3),
    RE_BODY VARCHAR(2000), CALL_STATUS VARCHAR(4), TEL_INFO VARCHAR(10)
"""
_SDK = """
    MSG_ID INT NOT NULL PRIMARY KEY, USER_ID VARCHAR(20) NOT NULL, SCHEDULE_TYPE INT DEFAULT 0,
    SUBJECT VARCHAR(64), {text} VARCHAR(4000), NOW_DATE VARCHAR(20) NOT NULL,
    SEND_DATE VARCHAR(20) NOT NULL, CALLBACK VARCHAR(20), DEST_COUNT INT DEFAULT 0,
    DEST_INFO VARCHAR(4000), SEND_STATUS INT DEFAULT 0 NOT NULL, SEND_COUNT INT DEFAULT 0,
    SEND_RESULT INT DEFAULT 0 NOT NULL, SEND_PROC_TIME VARCHAR(20)
"""
_SDK_REPORT = _SDK + ", JOB_ID INT NOT NULL, SUCC_COUNT INT NOT NULL, FAIL_COUNT INT NOT NULL"
_SDK_DETAIL = """
    MSG_ID INT NOT NULL, USER_ID VARCHAR(20) NOT NULL, JOB_ID INT NOT NULL, SUBJOB_ID INT NOT NULL,
    DEST_NAME VARCHAR(20), PHONE_NUMBER VARCHAR(20), RESULT INT NOT NULL, TCS_RESULT INT,
    DELIVER_DATE VARCHAR(20)
"""
TABLES: Mapping[str, str] = {
    "SC_TRAN": _SC,
    "SC_LOG_{month}": _SC,
    "MMS_MSG": _LG_MMS,
    "MMS_LOG_{month}": _LG_MMS,
    "em_smt_tran": _SMT,
    "em_mmt_tran": _MMT,
    "ata_mmt_tran": _ATA,
    "em_tran": _EM,
    "em_tran_mms": "mms_seq INT PRIMARY KEY, mms_body VARCHAR(2000), mms_subject VARCHAR(40)",
    "EM_TRAN_KKO": "kko_seq INT PRIMARY KEY, message VARCHAR(2000), re_body VARCHAR(2000)",
    "BIZ_MSG": _BIZ,
    "SDK_SMS_SEND": _SDK.format(text="SMS_MSG"),
    "SDK_SMS_REPORT": _SDK_REPORT.format(text="SMS_MSG"),
    "SDK_SMS_REPORT_DETAIL": _SDK_DETAIL,
    "SDK_MMS_SEND": _SDK.format(text="MMS_MSG"),
}


@dataclass(slots=True)
class OldSystem:
    """A program that knows its agent's tables and nothing else, beside a database at `url`."""

    url: str
    _keys: list[int] = field(default_factory=lambda: [1000])

    def make(self, *names: str, month: str = "") -> None:
        """The tables as the agent's installer made them."""
        for name in names:
            columns = TABLES[name]
            if self.url.startswith("postgresql"):
                columns = columns.replace("DATETIME", "TIMESTAMP")
            self.run(f"CREATE TABLE {name.format(month=month)} ({columns})")

    def run(self, sql: str, **values: object) -> Sequence[Mapping[str, object]]:
        """One statement in a transaction of its own; rows by lower-case name."""
        engine = sa.create_engine(self.url, poolclass=NullPool)
        with engine.begin() as connection:
            found = connection.execute(sa.text(sql), values)
            if not found.returns_rows:
                return []
            return [{k.lower(): v for k, v in row.items()} for row in found.mappings()]

    def insert(self, table: str, **row: object) -> None:
        """Put a row into a table."""
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", **row)

    def row(self, table: str, key: str, value: object) -> Mapping[str, object]:
        """The row with this key, its columns as they stand."""
        found = self.run(f"SELECT * FROM {table} WHERE {key} = :value", value=value)
        assert len(found) == 1
        return found[0]

    def key(self) -> int:
        """A fresh primary key."""
        self._keys[0] += 1
        return self._keys[0]

    # ---- what a programmer of each of them once wrote ------------------------------------------

    def sc_tran(self, phone: str, text: str, **more: object) -> int:
        """LG U+, SMS."""
        key = self.key()
        row = {"TR_NUM": key, "TR_SENDDATE": clock(), "TR_PHONE": phone, "TR_MSG": text}
        self.insert("SC_TRAN", **(row | {"TR_CALLBACK": "02-555-0101"} | more))
        return key

    def mms_msg(self, phone: str, text: str, **more: object) -> int:
        """LG U+, LMS."""
        key = self.key()
        row = {"MSGKEY": key, "REQDATE": clock(), "PHONE": phone, "MSG": text}
        self.insert("MMS_MSG", **(row | {"SUBJECT": "안내", "CALLBACK": "025550101"} | more))
        return key

    def emma(self, table: str, phone: str, text: str, **more: object) -> int:
        """Infobank: SMS, LMS or Alimtalk."""
        key = self.key()
        row = {"mt_pr": key, "date_client_req": clock(), "recipient_num": phone, "content": text}
        self.insert(table, **(row | {"callback": "025550101", "service_type": "0"} | more))
        return key

    def em_tran(self, phone: str, text: str, kind: int = 4, **more: object) -> int:
        """Daou DBRO."""
        key = self.key()
        row = {"tran_pr": key, "tran_date": clock(), "tran_phone": phone, "tran_msg": text}
        row |= {"tran_callback": "025550101", "tran_status": "1", "tran_type": kind}
        self.insert("em_tran", **(row | more))
        return key

    def biz_msg(self, phone: str, text: str, kind: int = 0, **more: object) -> str:
        """Daou BizClient."""
        key = f"CM{self.key()}"
        row = {"CMID": key, "MSG_TYPE": kind, "REQUEST_TIME": clock(), "SEND_TIME": clock()}
        row |= {"DEST_PHONE": phone, "SEND_PHONE": "025550101", "MSG_BODY": text}
        self.insert("BIZ_MSG", **(row | more))
        return key

    def sdk(self, people: Sequence[str], text: str, table: str = "SMS", **more: object) -> int:
        """KT: a row for many."""
        key = self.key()
        now = clock().replace("-", "").replace(":", "").replace(" ", "")
        row = {"MSG_ID": key, "USER_ID": "lib", "NOW_DATE": now, "SEND_DATE": now}
        row |= {f"{table}_MSG": text, "CALLBACK": "025550101", "DEST_COUNT": len(people)}
        row |= {"DEST_INFO": "|".join(f"김나루^{phone}" for phone in people)}
        self.insert(f"SDK_{table}_SEND", **(row | more))
        return key


def clock(**later: float) -> str:
    """The time on the office's wall, as programs write it."""
    return (datetime.now(SEOUL) + timedelta(**later)).strftime("%Y-%m-%d %H:%M:%S")


def month() -> str:
    """How the names of this month's log tables end."""
    return datetime.now(SEOUL).strftime("%Y%m")
