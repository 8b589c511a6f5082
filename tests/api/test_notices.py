"""What a key may send, what that needs, and how it reads."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alimnaru.store.models import Notice, TemplateVersion
from tests.api.asked import VARIABLES, codes
from tests.api.programs import Program, key_for
from tests.cast import Cast


@pytest.fixture
def program(practising: Cast) -> Program:
    return Program(key_for(practising.library)[1])


def test_notices_say_whether_they_can_be_sent(practising: Cast, program: Program) -> None:
    Notice.objects.create(code="lib.new", name="새 알림", department=practising.library)
    Notice.objects.create(
        code="lib.old", name="옛 알림", department=practising.library, is_active=False
    )
    Notice.objects.create(code="health.x", name="남의 알림", department=practising.health)
    found = {n["code"]: n["why_not"] for n in program.get("notices").json()["data"]}
    assert found == {
        "lib.due.soon": None,
        "lib.new": "notice_no_wording",
        "lib.old": "notice_inactive",
    }


def test_the_queries_of_the_list_do_not_grow(practising: Cast, program: Program) -> None:
    counts = []
    for number in range(2):
        for more in range(5):
            Notice.objects.create(
                code=f"lib.{number}{more}", name="알림", department=practising.library
            )
        program.get("notices")
        with CaptureQueriesContext(connection) as taken:
            program.get("notices")
        counts.append(len(taken))
    assert counts[0] == counts[1]


def test_a_notice_names_its_variables(program: Program) -> None:
    said = program.get("notices/lib.due.soon").json()
    kinds = {v["name"]: (v["kind"], v["required"]) for v in said["variables"]}
    assert kinds == {
        "도서관": ("enum", False),
        "성명": ("person", True),
        "기한": ("date_long", True),
    }
    assert (said["fallback"], said["opens"], said["sendable"]) == ("sms", "08:00", True)


def test_wordings_are_shown_and_drafts_are_not(practising: Cast, program: Program) -> None:
    TemplateVersion.objects.create(
        notice=practising.notice, number=2, template={"body": "초안"}, variables=[], sha256="0" * 64
    )
    (only,) = program.get("notices/lib.due.soon/templates").json()["data"]
    assert (only["number"], only["sends"], only["status"]) == (1, True, "approved")
    assert "#{기한}" in only["body"]


def test_a_preview_reads_as_the_resident_would_read_it(program: Program) -> None:
    said = program.post("notices/lib.due.soon/preview", {"variables": VARIABLES}).json()
    assert "2026. 12. 1.(화)" in said["alimtalk"]["text"]
    assert said["sms"]["bytes"] == len(said["sms"]["text"].encode("cp949"))
    assert said["lms"] is None
    assert said["alimtalk"]["buttons"][0]["link"] == "https://lib.example/m"


def test_a_preview_refuses_what_a_message_would_be_refused_for(program: Program) -> None:
    bad = {**VARIABLES, "기한": "내일쯤"}
    answer = program.post("notices/lib.due.soon/preview", {"variables": bad})
    assert (answer.status_code, codes(answer)) == (422, [("variables.기한", "value_not_a_date")])
    answer = program.post("notices/lib.due.soon/preview", {"variables": {"날": "x"}})
    assert codes(answer) == [("variables.날", "unknown")]


def test_notices_of_others_are_not_there(practising: Cast) -> None:
    stranger = Program(key_for(practising.health)[1])
    assert stranger.get("notices").json()["data"] == []
    for path in ("", "/templates"):
        assert stranger.get(f"notices/lib.due.soon{path}").status_code == 404
    assert stranger.post("notices/lib.due.soon/preview", {}).status_code == 404
