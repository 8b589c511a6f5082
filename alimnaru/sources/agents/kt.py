"""KT: `SDK_SMS_SEND`, `SDK_MMS_SEND`. A row has up to 100 recipients; a finished one is moved to
`…_REPORT`, with a row for each of them in `…_REPORT_DETAIL`."""

from __future__ import annotations

from dataclasses import replace

from alimnaru.rules.agent_fates import Fate
from alimnaru.sources.agents.layout import Codes, Kind, Layout, Reports

# RESULT is what the old SDK told, of which programs know the 2; TCS_RESULT says more.
_OK, _FAILED = "2", "3"
_ACK = Kind(codes={Fate.DELIVERED: _OK, Fate.OTHER: _FAILED})
_TCS: Codes = {
    Fate.DELIVERED: "0",
    Fate.TEXT: "91",
    Fate.TOO_LONG: "91",
    Fate.SPAM: "103",
    Fate.TIMEOUT: "112",
    Fate.TOO_OLD: "16",
    Fate.SENDER: "115",
    Fate.BUSY: "200",
    Fate.NO_SUBSCRIBER: "202",
    Fate.SUSPENDED: "203",
    Fate.OFF: "204",
    Fate.FULL: "206",
    Fate.HANDSET: "207",
    Fate.REFUSED: "103",
    Fate.NUMBER_MALFORMED: "227",
    Fate.OTHER: "1",
}


def _reports(name: str) -> Reports:
    return Reports(
        table=f"{name}_report",
        succeeded="succ_count",
        failed="fail_count",
        detail=f"{name}_report_detail",
        number="subjob_id",
        name="dest_name",
        phone="phone_number",
        result="result",
        result_ok=_OK,
        result_failed=_FAILED,
        code="tcs_result",
        codes=_TCS,
        at="deliver_date",
    )


SDK_SMS_SEND = Layout(
    table="sdk_sms_send",
    key="msg_id",
    people="dest_info",
    callback="callback",
    text="sms_msg",
    due="send_date",
    status="send_status",
    waiting="0",
    taken="1",
    done="3",
    result="send_result",
    kinds=(_ACK,),
    sent_times=("send_proc_time",),
    reports=_reports("sdk_sms"),
)

SDK_MMS_SEND = replace(
    SDK_SMS_SEND,
    table="sdk_mms_send",
    subject="subject",
    text="mms_msg",
    reports=_reports("sdk_mms"),
)
