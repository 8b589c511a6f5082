"""Rules at the console: what is shown, who may do what, and the form that makes one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from alimnaru.flow.rule_plan import pin_of, rule_numbered
from alimnaru.store.models import Batch, Occasion, Rule
from tests.cast import make_cast, phone
from tests.flow.conftest import moment as moment
from tests.flow.loans import Loans, with_loans
from tests.flow.moment import Moment
from tests.staff import Staff, browser_of, hire

MONDAY = date(2026, 11, 30)
FORM = {
    "name": "이틀 전에 알림",
    "anchor": "due_date",
    "offsets": "-2, -1",
    "days": "calendar",
    "at": "10:00",
    "catch_up_minutes": "240",
    "grouping": "on",
    "at_most": "0",
    "field_0": "status",
    "op_0": "in",
    "value_0": "대출, 연장",
    "field_1": "phone",
    "op_1": "not_null",
    "from_0": "phone",
    "from_1": "name",
}


@pytest.fixture
def loans(db: None, tmp_path: Path, moment: Moment) -> Loans:
    moment.is_("2026-11-27 15:00")
    return with_loans(make_cast(), f"sqlite:///{tmp_path / 'loans.db'}")


@pytest.fixture
def staff(loans: Loans) -> Staff:
    return hire(loans.cast)


def made(how: dict[str, tuple[str, str, str]], targets: list[str]) -> dict[str, str]:
    """Fields of the form: target → (column, way, text)."""
    typed = {}
    for name, (column, way, text) in how.items():
        number = targets.index(name)
        typed |= {f"from_{number}": column, f"how_{number}": way, f"text_{number}": text}
    return typed


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_a_rule_is_made_rehearsed_and_approved(loans: Loans, staff: Staff) -> None:
    loans.lend(1, phone(), MONDAY)
    writer, approver = browser_of(staff.writer), browser_of(staff.approver)
    first = writer.get(reverse("rule-new"))
    assert "loans/loans" in text_of(first)
    address = reverse("rule-new") + "?notice=lib.due.soon&view=loans%2Floans&kind=date"
    page = writer.get(address)
    names = [name for name, _label, _must in page.context["form"].targets]
    how = {"기한": ("due_date", "earliest", ""), "권수": ("", "count", "")}
    answer = writer.post(address, FORM | made(how, names))
    rule = Rule.objects.get()
    assert answer.headers["Location"] == reverse("rule", args=[rule.code])
    assert rule.offsets == [-2, -1]
    assert rule.grouping == "person"
    assert rule.conditions == [
        {"field": "status", "op": "in", "value": ["대출", "연장"]},
        {"field": "phone", "op": "not_null"},
    ]
    assert rule.fields["권수"] == {"merge": "count"}
    # The form shows what it was told.
    again = writer.get(reverse("rule-change", args=[rule.code])).context["form"]
    assert again.initial["value_0"] == "대출, 연장"
    assert again.initial["offsets"] == "-2, -1"

    writer.post(reverse("rule-rehearse", args=[rule.code]))
    shown = text_of(approver.get(reverse("rule", args=[rule.code])))
    assert "1통" in shown
    assert "김*루" in shown
    assert "저절로 보내도록 승인" in shown
    assert "저절로 보내도록 승인" not in text_of(writer.get(reverse("rule", args=[rule.code])))

    pin = pin_of(rule_numbered(rule.pk))
    late = approver.post(reverse("rule-approve", args=[rule.code]), {"hash": "another"})
    assert late.status_code == 409
    approver.post(reverse("rule-approve", args=[rule.code]), {"hash": pin})
    assert Rule.objects.get().mode == Rule.Mode.LIVE
    writer.post(reverse("rule-pause", args=[rule.code]))
    assert "다시 켜기" in text_of(writer.get(reverse("rule", args=[rule.code])))
    writer.post(reverse("rule-resume", args=[rule.code]))
    assert Rule.objects.get().mode == Rule.Mode.LIVE


def test_an_event_has_no_days(loans: Loans, staff: Staff) -> None:
    writer = browser_of(staff.writer)
    address = reverse("rule-new") + "?notice=lib.due.soon&view=loans%2Fholds&kind=event"
    page = writer.get(address)
    assert "offsets" not in page.context["form"].fields
    names = [name for name, _label, _must in page.context["form"].targets]
    how = {"기한": ("keep_until", "first", ""), "권수": ("", "text", "1")}
    form = {"name": "바로", "from_0": "phone", "from_1": "name", **made(how, names)}
    writer.post(address, form)
    rule = Rule.objects.get()
    assert (rule.kind, rule.offsets, rule.fields["권수"]) == ("event", [], {"text": "1"})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"offsets": "soon"}, "offsets"),
        ({"offsets": " , "}, "offsets"),
        ({"offsets": "1,2,3,4,5,6,7"}, "offsets"),
        ({"offsets": "401"}, "offsets"),
        ({"anchor": ""}, "anchor"),
        ({"from_0": ""}, "from_0"),
        ({"value_0": " "}, "value_0"),
        ({"at": "noon"}, "at"),
        ({"catch_up_minutes": "0"}, "catch_up_minutes"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    loans: Loans, staff: Staff, wrong: dict[str, str], field: str
) -> None:
    address = reverse("rule-new") + "?notice=lib.due.soon&view=loans%2Floans&kind=date"
    answer = browser_of(staff.writer).post(address, FORM | wrong)
    assert field in answer.context["form"].errors
    assert not Rule.objects.exists()


def test_a_source_that_does_not_answer_is_said(loans: Loans, staff: Staff) -> None:
    loans.run("DROP TABLE v_loans")
    address = reverse("rule-new") + "?notice=lib.due.soon&view=loans%2Floans&kind=date"
    assert "c-errbox" in text_of(browser_of(staff.writer).get(address))


def test_the_neighbour_sees_nothing(loans: Loans, staff: Staff) -> None:
    rule = loans.rule(live=False)
    neighbour = browser_of(staff.neighbour)
    assert rule.name not in text_of(neighbour.get(reverse("rules")))
    assert neighbour.get(reverse("rule", args=[rule.code])).status_code == 404
    for act in ("rehearse", "approve", "pause", "resume", "change"):
        answer = neighbour.post(reverse(f"rule-{act}", args=[rule.code]))
        assert answer.status_code == 404


def test_what_did_not_go_and_what_waits_is_shown(
    loans: Loans, staff: Staff, moment: Moment
) -> None:
    rule = loans.rule()
    loans.lend(1, "02-555-0101", MONDAY)
    loans.lend(2, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    Batch.objects.get().chunks.update(setbacks=2)
    Rule.objects.update(error="unreachable", failing_since=moment.now)
    shown = text_of(browser_of(staff.writer).get(reverse("rule", args=[rule.code])))
    assert "일반전화 번호" in shown
    assert "1명에게 보내지 못하고 기다립니다" in shown
    assert "접속할 수 없" in shown
    assert "읽지 못함" in text_of(browser_of(staff.writer).get(reverse("rules")))
    assert set(Occasion.objects.values_list("state", flat=True)) == {"dropped", "sent"}


def test_signed_out_nobody_sees_it(loans: Loans) -> None:
    assert Client().get(reverse("rules")).status_code == 302
