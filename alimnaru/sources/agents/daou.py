"""Daou: `em_tran` with its detail tables (DBRO), `BIZ_MSG` (BizClient)."""

from __future__ import annotations

from alimnaru.rules.agent_fates import Fate
from alimnaru.sources.agents.layout import Codes, Detail, Kind, Layout

# One character whatever the kind (DBRO, result codes).
_DBRO: Codes = {
    Fate.DELIVERED: "0",
    Fate.TIMEOUT: "1",
    Fate.TOO_OLD: "1",
    Fate.NO_SUBSCRIBER: "2",
    Fate.BUSY: "A",
    Fate.OFF: "C",
    Fate.FULL: "D",
    Fate.SUSPENDED: "a",
    Fate.HANDSET: "b",
    Fate.REFUSED: "c",
    Fate.SPAM: "k",
    Fate.TOO_LONG: "o",
    Fate.NUMBER_MALFORMED: "p",
    Fate.TEXT: "x",
    Fate.SENDER: "v",
    Fate.OTHER: "z",
}

EM_TRAN = Layout(
    table="em_tran",
    key="tran_pr",
    phone="tran_phone",
    callback="tran_callback",
    text="tran_msg",
    due="tran_date",
    status="tran_status",
    waiting="1",
    taken="2",
    done="3",
    result="tran_rslt",
    kind="tran_type",
    kinds=(
        Kind(values=("4", "5"), codes=_DBRO),
        Kind(
            values=("6",),
            codes=_DBRO,
            detail=Detail(
                table="em_tran_mms",
                key="mms_seq",
                link="tran_etc4",
                text="mms_body",
                subject="mms_subject",
            ),
        ),
        Kind(
            values=("7",),
            codes=_DBRO,
            detail=Detail(
                table="em_tran_kko",
                key="kko_seq",
                link="tran_etc4",
                text="message",
                subject="re_subject",
                instead="re_body",
            ),
        ),
    ),
    sent_times=("tran_rsltdate",),
    end_times=("tran_reportdate",),
    carrier=("tran_net", "KKO"),
    log="em_log",
)

_SMS: Codes = {
    Fate.DELIVERED: "4100",
    Fate.OFF: "4401",
    Fate.FULL: "4402",
    Fate.BUSY: "4405",
    Fate.NUMBER_MALFORMED: "9214",
    Fate.NO_SUBSCRIBER: "4410",
    Fate.REFUSED: "4412",
    Fate.SUSPENDED: "4414",
    Fate.TIMEOUT: "4421",
    Fate.SPAM: "4430",
    Fate.SENDER: "4432",
    Fate.TOO_OLD: "9020",
    Fate.OTHER: "4400",
}
_LMS: Codes = {
    Fate.DELIVERED: "6600",
    Fate.TIMEOUT: "6601",
    Fate.BUSY: "6602",
    Fate.OFF: "6604",
    Fate.FULL: "6605",
    Fate.NUMBER_MALFORMED: "9214",
    Fate.NO_SUBSCRIBER: "6606",
    Fate.SUSPENDED: "6607",
    Fate.HANDSET: "6608",
    Fate.REFUSED: "6609",
    Fate.SPAM: "6617",
    Fate.TOO_LONG: "6621",
    Fate.TEXT: "6623",
    Fate.TOO_OLD: "9020",
    Fate.OTHER: "6610",
}
# Kakao's own codes come as 7000 plus; what an SMS in an Alimtalk's place ends in is told here too.
_ALIMTALK: Codes = {**_LMS, Fate.DELIVERED: "7000"}

BIZ_MSG = Layout(
    table="biz_msg",
    key="cmid",
    phone="dest_phone",
    callback="send_phone",
    subject="subject",
    text="msg_body",
    instead="re_body",
    due="send_time",
    status="status",
    waiting="0",
    taken="1",
    done="2",
    result="call_status",
    kind="msg_type",
    kinds=(
        Kind(values=("0",), codes=_SMS),
        Kind(values=("5",), codes=_LMS),
        Kind(values=("6",), codes=_ALIMTALK),
    ),
    end_times=("report_time",),
    carrier=("tel_info", "KKO"),
    log="biz_log",
)
