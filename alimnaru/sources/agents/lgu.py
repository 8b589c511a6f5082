"""LG U+ (formerly Dacom): `SC_TRAN` for SMS, `MMS_MSG` for LMS and MMS."""

from __future__ import annotations

from alimnaru.rules.agent_fates import Fate
from alimnaru.sources.agents.layout import Kind, Layout

SC_TRAN = Layout(
    table="sc_tran",
    key="tr_num",
    phone="tr_phone",
    callback="tr_callback",
    text="tr_msg",
    due="tr_senddate",
    status="tr_sendstat",
    waiting="0",
    taken="1",
    done="2",
    result="tr_rsltstat",
    kinds=(
        Kind(
            codes={
                Fate.DELIVERED: "06",
                Fate.NO_SUBSCRIBER: "07",
                Fate.NUMBER_MALFORMED: "21",
                Fate.SUSPENDED: "07",
                Fate.OFF: "08",
                Fate.FULL: "10",
                Fate.TIMEOUT: "11",
                Fate.TOO_OLD: "11",
                Fate.TEXT: "03",
                Fate.TOO_LONG: "03",
                Fate.SPAM: "26",
                Fate.REFUSED: "40",
                Fate.OTHER: "20",
            },
        ),
    ),
    sent_times=("tr_realsenddate", "tr_modified"),
    end_times=("tr_rsltdate", "tr_modified"),
    log="sc_log",
)

MMS_MSG = Layout(
    table="mms_msg",
    key="msgkey",
    phone="phone",
    callback="callback",
    subject="subject",
    text="msg",
    due="reqdate",
    status="status",
    waiting="0",
    taken="2",
    done="3",
    result="rslt",
    kinds=(
        Kind(
            # Only 1000 is known for sure to programs that read it; the others are those that LG's
            # gateway passes on.
            codes={
                Fate.DELIVERED: "1000",
                Fate.NO_SUBSCRIBER: "1013",
                Fate.NUMBER_MALFORMED: "2107",
                Fate.SUSPENDED: "4307",
                Fate.HANDSET: "4305",
                Fate.REFUSED: "6014",
                Fate.TEXT: "2007",
                Fate.TOO_LONG: "2007",
                Fate.OTHER: "4000",
            },
        ),
    ),
    sent_times=("sentdate",),
    end_times=("rsltdate", "reportdate", "terminateddate"),
    log="mms_log",
)
