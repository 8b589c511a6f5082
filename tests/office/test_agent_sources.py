"""Legacy SMS tables are connected, each with a notice that says what none of the others says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from alimnaru.flow.sources import secrets_of
from alimnaru.flow.wordings import wording
from alimnaru.office.agent_sources import add_agent, change_agent
from alimnaru.office.sources import SourceRefused, add_table, remove
from alimnaru.reads.sendable import why_not
from alimnaru.rules.audience import AudienceFault
from alimnaru.rules.channel import Channel
from alimnaru.rules.source_faults import SourceFault
from alimnaru.rules.source_refusals import SourceRefusal
from alimnaru.store.models import AuditEntry, Department, Notice, Source
from tests.cast import Cast, make_cast

URL = "mysql://sender:hidden-word@127.0.0.1:1/sms"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def agent(cast: Cast, **more: object) -> Source:
    given = {
        "code": "old",
        "name": "옛 도서관 시스템",
        "url": URL,
        "tables": {"sc_tran": ""},
        "notices": [cast.notice.code],
        "department": cast.library,
    }
    return add_agent(actor=cast.librarian, **(given | more))  # type: ignore[arg-type]


def refused(act: Callable[[], object]) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        act()
    return caught.value


def test_it_works(cast: Cast) -> None:
    source = agent(cast)
    assert (source.kind, source.poll_seconds, source.department) == ("agent", 1, cast.library)
    assert secrets_of(source) == {"url": URL}
    assert source.settings == {
        "tables": {"sc_tran": ""},
        "notices": ["lib.due.soon"],
        "plain_notice": "plain.old",
        "schema": "",
        "log": True,
    }
    acts = AuditEntry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["source.add", "notice.plain"]
    assert "hidden-word" not in str(list(AuditEntry.objects.values()))


def test_the_plain_notice_says_what_it_is_given_and_never_by_kakao(cast: Cast) -> None:
    agent(cast)
    notice = Notice.objects.get(code="plain.old")
    sms, lms = (wording(v.pk) for v in notice.versions.order_by("number"))
    assert (sms.first, lms.first) == (Channel.SMS, Channel.LMS)
    assert not sms.speaks(Channel.ALIMTALK)
    assert not lms.speaks(Channel.ALIMTALK)
    assert sms.render(Channel.SMS, ["오늘 휴관"]).text == "오늘 휴관"
    rendered = lms.render(Channel.LMS, ["오늘 휴관", "안내"])
    assert (rendered.text, rendered.subject) == ("오늘 휴관", "안내")
    # It goes when it comes, as it did before, and nobody chooses its people.
    assert notice.window.next_opening(timezone.localtime()) is None
    assert why_not(notice) is AudienceFault.NOT_BY_HAND
    assert notice.fallback == ""


def test_connected_anew_it_keeps_its_notice(cast: Cast) -> None:
    remove(agent(cast), actor=cast.librarian)
    agent(cast)
    assert Notice.objects.get(code="plain.old").versions.count() == 2


def test_notices_from_above_and_below_may_be_recognised(cast: Cast) -> None:
    below = Department.objects.create(
        code="branch", name="물빛도서관", parent=cast.library, path="/gu/lib/branch/"
    )
    root = Department.objects.get(code="gu")
    for code, department in (("below", below), ("above", root), ("beside", cast.health)):
        Notice.objects.create(code=code, name=code, department=department)
    assert agent(cast, notices=["below", "above"]).settings["notices"] == ["below", "above"]
    for code in ("beside", "nothing"):
        found = refused(lambda code=code: agent(cast, code="new", notices=[code]))  # type: ignore[misc]
        assert (found.code, found.facts) == (SourceRefusal.NOTICE_NOT_ITS, {"code": code})


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"tables": {}}, SourceRefusal.TABLE_UNKNOWN),
        ({"tables": {"msg": ""}}, SourceRefusal.TABLE_UNKNOWN),
        ({"url": "nonsense"}, SourceFault.ADDRESS),
        ({"code": "Old"}, SourceRefusal.CODE_WRONG),
    ],
)
def test_what_is_refused(cast: Cast, wrong: dict[str, object], code: str) -> None:
    assert refused(lambda: agent(cast, **wrong)).code == code
    assert not Source.objects.exists()
    assert not Notice.objects.filter(code__startswith="plain.").exists()


def test_it_is_changed(cast: Cast) -> None:
    source = agent(cast)
    other = URL.replace("sms", "other")
    changed = change_agent(source, actor=cast.librarian, url=other)
    assert secrets_of(changed) == {"url": other}
    assert changed.settings == source.settings
    changed = change_agent(source, actor=cast.librarian, notices=[])
    assert changed.settings["notices"] == []
    assert secrets_of(changed) == {"url": other}
    entry = AuditEntry.objects.latest("id")
    assert (entry.act, entry.facts) == (
        "source.change",
        {"code": "old", "address": False, "notices": []},
    )


def test_what_may_not_be_changed(cast: Cast) -> None:
    source = agent(cast)
    act = cast.librarian
    assert refused(lambda: change_agent(source, actor=act, url="x")).code is SourceFault.ADDRESS
    found = refused(lambda: change_agent(source, actor=act, notices=["nothing"]))
    assert found.code is SourceRefusal.NOTICE_NOT_ITS
    table = add_table(
        actor=act, code="t", name="대출", department=cast.library, url=URL, views=["a=b,c"]
    )
    assert refused(lambda: change_agent(table, actor=act)).code is SourceRefusal.KIND_OTHER
