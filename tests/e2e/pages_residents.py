"""What residents see on their own page, and what departments have to do because of it."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.store import crypto
from alimnaru.store.models import Message
from tests.e2e.acts import fill, press
from tests.e2e.look import ALL, EMPTY, ERROR, FULL, Args, Look, of, own
from tests.e2e.world import World


def _link(batch: str, at: int) -> Args:
    """The link of a delivered message, by its place among those of the batch."""

    def args(world: World) -> Mapping[str, int | str]:
        found = Message.objects.filter(batch=world.batches[batch], state="delivered")
        number = found.order_by("row_no").values_list("pk", flat=True)[at]
        return {"token": crypto.resident_signer().link(number)}

    return args


#: Somebody has said of the first that it is not theirs.
_DISOWNED, _OWN = _link("done", 0), _link("done", 1)
_GONE = own(token="A" * 20)
_CODE = "안내에 적힌 확인코드"

PUBLIC = (
    Look("resident", "", args=_OWN, states=(FULL,)),
    Look("resident", "", args=_DISOWNED, note="disowned", states=(FULL,)),
    Look("resident", "", args=_GONE, note="gone", states=(EMPTY,), status=404),
    Look("resident-choices", "", args=_OWN, states=(FULL,)),
    Look(
        "resident-saved",
        "",
        start="resident-choices",
        args=_OWN,
        states=(FULL,),
        act=press("저장하기"),
    ),
    Look("resident-history", "", args=_OWN, states=(FULL,)),
    Look("resident-not-mine", "", args=_OWN, states=(FULL,)),
    Look("resident-not-mine", "", args=_DISOWNED, note="said", states=(FULL,)),
    Look("service-status", "", states=(FULL, EMPTY)),
    Look("public-kinds", "", states=(FULL,)),
    Look("check-code", "", states=(FULL, EMPTY)),
    Look("check-code", "", states=(ERROR,), act=fill(_CODE, "7K3QM-XW9RT", "확인하기")),
)
TASKS = (
    Look("tasks", states=ALL),
    Look("tasks", note="done", query="?done=1", states=(FULL,)),
    Look("task-done", args=of("task", "task_id"), states=(FULL,)),
    Look("task-done", args=of("task", "task_id"), states=(ERROR,), act=press("처리함으로 표시")),
)
