"""Infobank EMMA and BizTalk: `em_smt_tran` (SMS), `em_mmt_tran` (LMS), `ata_mmt_tran` (Alimtalk).

An agent takes only rows whose `emma_id` (or `ata_id`) nobody has filled in.
"""

from __future__ import annotations

from dataclasses import replace

from alimnaru.rules.agent_fates import Fate
from alimnaru.sources.agents.layout import Kind, Layout

_CODES = Kind(
    codes={
        Fate.DELIVERED: "1000",
        Fate.TIMEOUT: "2000",
        Fate.TOO_OLD: "2000",
        Fate.OFF: "2003",
        Fate.FULL: "2004",
        Fate.NO_SUBSCRIBER: "3001",
        Fate.NUMBER_MALFORMED: "3003",
        Fate.SUSPENDED: "3004",
        Fate.BUSY: "3005",
        Fate.REFUSED: "3006",
        Fate.HANDSET: "3008",
        Fate.TEXT: "3009",
        Fate.TOO_LONG: "3009",
        Fate.SPAM: "3012",
        Fate.SENDER: "3017",
        Fate.OTHER: "3014",
    },
)

EM_SMT_TRAN = Layout(
    table="em_smt_tran",
    key="mt_pr",
    phone="recipient_num",
    callback="callback",
    text="content",
    due="date_client_req",
    status="msg_status",
    waiting="1",
    taken="2",
    done="3",
    result="mt_report_code_ib",
    kinds=(_CODES,),
    only_blank="emma_id",
    sent_times=("date_mt_sent",),
    end_times=("date_rslt", "date_mt_report"),
    log="em_smt_log",
)

EM_MMT_TRAN = replace(EM_SMT_TRAN, table="em_mmt_tran", subject="subject", log="em_mmt_log")

ATA_MMT_TRAN = replace(EM_MMT_TRAN, table="ata_mmt_tran", only_blank="ata_id", log="ata_mmt_log")
