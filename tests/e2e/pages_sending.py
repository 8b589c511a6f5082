"""Looks at sending: lists, batches, messages, approvals, what residents asked for, the records."""

from __future__ import annotations

from tests.e2e.acts import attach, choose, fill, first, press, tick, with_old_form
from tests.e2e.look import EMPTY, ERROR, FULL, Args, Look, of, of_batch
from tests.e2e.residents import phone_of
from tests.e2e.world import World

_NOTICE = of("lib.due.soon", "notice_id")
_REASON = choose("사유", "민원 답변")


def _upload(name: str = "upload") -> Args:
    return lambda world: {"upload_id": world.ids[name]}


def _message(batch: str, state: str = "delivered") -> Args:
    return lambda world: {"message_id": world.message(batch, state)}


SENDING = (
    Look("choose-notice"),
    Look("choose-notice", note="nothing-found", query="?q=없는+알림", states=(FULL,)),
    Look("send-list", args=_NOTICE, states=(FULL, EMPTY)),
    Look("send-list", args=_NOTICE, query="?too-large", states=(ERROR,)),
    Look("upload", args=_upload("upload_reading"), states=(FULL,)),
    *(
        Look("upload", args=_upload(f"upload_{kind}"), note=kind, states=(ERROR,))
        for kind in ("refused", "sheets", "columns", "nobody")
    ),
    Look("list-errors", args=_upload(), states=(FULL, ERROR)),
    Look(
        "list-errors",
        args=_upload(),
        note="reason",
        states=(FULL,),
        act=press("오류 행만 엑셀로 받기"),
    ),
    Look(
        "download-errors",
        args=_upload(),
        start="list-errors",
        states=(ERROR,),
        act=first(press("오류 행만 엑셀로 받기"), press("엑셀로 받기", "dialog[open]")),
    ),
    Look("check-list", args=_upload("upload_good"), states=(FULL,)),
    Look(
        "check-list",
        args=_upload(),
        states=(ERROR,),
        act=first(tick("예약"), press("승인 요청|에게 보내기")),
    ),
    Look("send-one", args=_NOTICE, states=(FULL, EMPTY)),
    Look("send-one", args=_NOTICE, states=(ERROR,), act=press("승인 요청|보내기")),
    Look("saved-lists", states=(FULL, EMPTY)),
    Look("saved-lists", states=(ERROR,), act=fill("명단 이름", " ", "저장")),
)
_FIRST_BATCHES = ("done", "sending", "requested", "undo", "stopped", "unknown")
_MORE_BATCHES = (
    "all_good", "one", "erased", "capped", "cancelled", "draft", "returned", "scheduled", "watched",
)  # fmt: skip
DELIVERIES = (
    Look("batches"),
    Look("batches", note="nothing-found", query="?q=999999", states=(FULL,)),
    *(
        Look("batch", args=of_batch(name), note=name.replace("_", "-"), states=(FULL,))
        for name in (*_FIRST_BATCHES, *_MORE_BATCHES)
    ),
    Look("batch", args=of_batch("capped"), states=(ERROR,)),
    Look("batch", note="reader", who="viewer", args=of_batch("done"), states=(FULL,)),
    Look("batch", note="not-there", args=lambda _: {"batch_id": 10**9}, status=404),
    Look("batch-unreached", args=of_batch("done"), states=(FULL,)),
    Look("batch-unreached", args=of_batch("done"), states=(ERROR,), act=press("사유를 남기고")),
    Look(
        "batch-unreached",
        args=of_batch("done"),
        note="password",
        states=(FULL,),
        act=first(choose("사유", "민원 답변"), press("사유를 남기고")),
    ),
    Look("message", args=_message("done"), states=(FULL,)),
    Look("message", args=_message("done", "failed"), note="failed", states=(FULL,)),
    Look("message", args=_message("erased"), note="erased", states=(FULL,)),
    Look("message-unmask", args=_message("done"), states=(FULL,)),
    Look("message-proof", args=_message("done"), states=(FULL,)),
    Look("message-unmask", args=_message("done"), states=(ERROR,), act=press("사유를 남기고")),
    Look(
        "message-unmask",
        args=_message("done"),
        note="clear",
        states=(FULL,),
        act=first(_REASON, press("사유를 남기고")),
    ),
    Look("find-by-phone", states=(FULL,)),
    Look("find-by-phone", states=(ERROR,), act=fill("휴대전화 번호", "02-555-0100", "찾기")),
    Look(
        "find-by-phone",
        note="found",
        states=(FULL,),
        act=first(_REASON, fill("휴대전화 번호", phone_of(1), "찾기")),
    ),
    Look("unreached"),
    Look("unreached-done", args=of_batch("done"), states=(FULL,)),
    Look("unreached-done", args=of_batch("done"), states=(ERROR,), act=press("처리함으로 표시")),
    Look("unknown"),
    Look("unknown-batch", args=of_batch("unknown"), states=(FULL,)),
    Look(
        "unknown-batch",
        args=of_batch("unknown"),
        states=(ERROR,),
        act=press("그대로 두기", "form:has(table)"),
    ),
)
RELEASE = (
    Look("approvals", "approver"),
    Look("approval", "approver", args=of_batch("requested"), states=(FULL,)),
    Look("approval", "approver", args=of_batch("own_request"), note="own", states=(FULL,)),
    Look("approval", "approver", args=of_batch("returned"), note="handled", states=(FULL,)),
    Look(
        "approval",
        "approver",
        args=of_batch("requested"),
        states=(ERROR,),
        act=press("돌려보내기", "form[action$=return]"),
    ),
    Look("scheduled"),
    Look("scheduled-change", args=of_batch("scheduled"), states=(FULL,)),
    Look(
        "scheduled-change",
        args=of_batch("scheduled"),
        states=(ERROR,),
        act=fill("보낼 시각", "", "시각 바꾸기"),
    ),
    Look("stop-and-correct", args=of_batch("sending"), states=(FULL,)),
    Look("stop-and-correct", args=of_batch("stopped"), note="stopped", states=(FULL,)),
    Look("correct", args=of_batch("stopped"), states=(FULL,)),
    Look("correct", args=of_batch("stopped"), states=(ERROR,), act=press("정정 안내 보내기")),
)
_FIND = "휴대전화 번호"
_LIST_080 = "휴대전화,신청일\n010-3000-1700,2026-11-02\n010-12,2026-11-02\n"
RESIDENTS = (
    Look("guardians", states=(FULL, EMPTY)),
    Look("guardians", states=(ERROR,), act=press("등록하고 바로 적용")),
    Look("consents", states=(FULL, EMPTY, ERROR)),
    Look("consents-import", states=(FULL,)),
    Look("consents-import", states=(ERROR,), act=press("올리고 바로 적용")),
    Look("opt-outs", states=(FULL, EMPTY)),
    Look("opt-outs", states=(ERROR,), act=fill(_FIND, "010-12", "찾기")),
    Look(
        "opt-out-number", start="opt-outs", states=(FULL,), act=fill(_FIND, phone_of(700), "찾기")
    ),
    Look("opt-out-number", start="opt-outs", states=(EMPTY,), act=fill(_FIND, phone_of(1), "찾기")),
    Look(
        "opt-out-number",
        start="opt-outs",
        states=(ERROR,),
        act=first(fill(_FIND, phone_of(690), "찾기"), press("저장하고 바로 적용")),
    ),
    Look("opt-outs-import", states=(FULL,)),
    Look("opt-outs-import", states=(ERROR,), act=press("올리고 바로 적용")),
    Look(
        "opt-outs-imported",
        start="opt-outs-import",
        states=(FULL,),
        act=first(attach("080.csv", _LIST_080), press("올리고 바로 적용")),
    ),
)


def _subject(world: World) -> dict[str, int | str]:
    return {"subject": f"batch:{world.batch('done')}"}


AUDIT = (
    Look("audit", "auditor", states=(FULL, EMPTY)),
    Look("audit", "auditor", query="?start=2026-11-02&end=2026-11-01", states=(ERROR,)),
    Look("audit", "auditor", note="nothing-found", query="?person=없는이", states=(FULL,)),
    Look("audit-of", "auditor", args=_subject, states=(FULL,)),
    Look(
        "audit-file",
        "auditor",
        start="audit",
        states=(FULL,),
        act=first(press("엑셀로 받기"), press("사유를 남기고 받기", "dialog[open]")),
    ),
    # What everybody meets who has no right to a page, or whose form has grown too old.
    Look("audit", "writer", note="no-right", states=(FULL,), status=403),
    Look(
        "account-mobile",
        note="too-old",
        states=(ERROR,),
        act=with_old_form("저장"),
        status=403,
    ),
)
