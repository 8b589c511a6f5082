"""Nobody tells what became of some notices: a clerk works through the list, the rule does the rest.

By the commands that the clerk types; the carrier is the sandbox over HTTP.
"""

from __future__ import annotations

import pytest

from alimnaru.flow.sweep import sweep
from alimnaru.rules.unknowns import COUNTED_AS_SENT
from alimnaru.store.models import Batch
from tests.cast import Cast, bring_results, phone, states
from tests.flow.books import check_books
from tests.flow.moment import Moment
from tests.flow.reports import DELIVERED, NUMBER_WRONG, ids, report
from tests.ops.commands import Commands

UNKNOWN = ("unknown", "alimtalk", "timed_out")
COUNTED = ("delivered", "alimtalk", COUNTED_AS_SENT)
ON_KAKAO = ("delivered", "alimtalk", "delivered")
WRONG = ("failed", "alimtalk", "number_wrong")
BY_SMS = ("delivered", "sms", "delivered")


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def a_day_passes(moment: Moment, batch: Batch, days: int = 1) -> None:
    moment.passes(days=days)
    sweep()
    bring_results(batch)
    check_books(batch)


@pytest.fixture
def dark(cast: Cast) -> Batch:
    """Seven sent, about six of which the carrier does not know."""
    cast.notice.on_unknown = "sms"
    cast.notice.ttl_minutes = 7 * 24 * 60
    cast.notice.save()
    batch = cast.send(cast.rows(phone(), *(phone("0009") for _ in range(6))))
    bring_results(batch)
    assert states(batch) == [ON_KAKAO] + [UNKNOWN] * 6
    return batch


def test_the_clerk_sees_what_is_known(dark: Batch, commands: Commands) -> None:
    (found,) = commands.json("unknown").json["batches"]
    assert (found["batch"], found["open"], found["rule"]) == (dark.pk, 6, "sms")
    assert found["allowed"] == ["sent", "sms", "leave"]
    listed = commands.json("unknown", "list", "--batch", dark.pk).json["messages"]
    assert [m["message"] for m in listed] == ids(dark)[1:]


def test_a_clerk_works_through_the_list(
    cast: Cast, moment: Moment, dark: Batch, commands: Commands
) -> None:
    _, called, texted, moved_away, late_yes, late_no, forgotten = ids(dark)
    # One was called and has it; one did not answer the phone; one has moved away.
    for message, how in ((called, "sent"), (texted, "sms"), (moved_away, "leave")):
        said = commands.json("unknown", "decide", "--message", message, "--as", how)
        assert said.json["decided"] == 1
    a_day_passes(moment, dark)
    assert states(dark)[1:4] == [COUNTED, BY_SMS, UNKNOWN]

    # The carrier still has something to say about two that nobody decided about, and about two
    # that somebody did.
    words = {late_yes: DELIVERED, late_no: NUMBER_WRONG, texted: DELIVERED, called: NUMBER_WRONG}
    report(cast, *((f"{message}-1", code) for message, code in words.items()))
    check_books(dark)
    assert states(dark)[1:6] == [COUNTED, BY_SMS, UNKNOWN, ON_KAKAO, WRONG]

    # The last one is forgotten, and the rule sends an SMS when its time has come.
    a_day_passes(moment, dark)
    assert states(dark)[6] == UNKNOWN
    a_day_passes(moment, dark)
    assert states(dark)[6] == BY_SMS
    (found,) = commands.json("unknown").json["batches"]
    assert (found["open"], found["left"], found["deadline"]) == (0, 1, None)
    sms = [ref for ref, kind in cast.accepted() if kind == "SMS"]
    assert sms == [f"{texted}-2", f"{forgotten}-2"]
    status = commands.json("status", dark.pk).json
    assert (status["balances"], status["unknown"], status["both_reached"]) == (True, 1, 1)
