"""People decide about rules: no maker lets a rule go, and what was approved is what goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from alimnaru.flow.rule_plan import pin_of, rule_numbered
from alimnaru.office import rules as office
from alimnaru.office.rule_seeds import SEEDS, seed_rules
from alimnaru.office.rules import RuleRefused, Said
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.store.models import AuditEntry, Member, Notice, Occasion, Rule, Source
from alimnaru.wording.rules import RULE_MODES
from tests.cast import make_cast, phone
from tests.flow.loans import DUE_FIELDS, HOLD_FIELDS, ON_LOAN, Loans, with_loans
from tests.flow.moment import Moment
from tests.staff import Staff, hire

MONDAY = date(2026, 11, 30)
OFF = Rule.Mode.OFF


@pytest.fixture
def loans(db: None, tmp_path: Path, moment: Moment) -> Loans:
    moment.is_("2026-11-27 15:00")
    return with_loans(make_cast(), f"sqlite:///{tmp_path / 'loans.db'}")


@pytest.fixture
def staff(loans: Loans) -> Staff:
    return hire(loans.cast)


def said(loans: Loans, **more: object) -> Said:
    return Said(
        **{
            "name": "이틀 전",
            "notice": loans.cast.notice,
            "source": loans.source,
            "view": "loans",
            "conditions": ON_LOAN,
            "anchor": "due_date",
            "offsets": [-2],
            "fields": DUE_FIELDS,
            **more,
        }
    )  # type: ignore[arg-type]  # a table of columns


def refusal(act: Callable[[], object]) -> RuleFault:
    with pytest.raises(RuleRefused) as refused:
        act()
    return refused.value.code


def live(loans: Loans, staff: Staff) -> Rule:
    rule = office.make_rule(actor=staff.writer, code="due", said=said(loans))
    office.rehearse(rule, actor=staff.writer)
    pin = pin_of(rule_numbered(rule.pk))
    return office.approve(rule, actor=staff.approver, hash=pin)


def test_the_way_of_a_rule(loans: Loans, staff: Staff) -> None:
    loans.lend(1, phone(), MONDAY)
    rule = live(loans, staff)
    assert (rule.mode, rule.approved_by, rule.approved_size) == ("live", staff.approver, 1)
    office.pause(rule, actor=staff.writer)
    resumed = office.resume(rule, actor=staff.approver)
    assert resumed.mode == Rule.Mode.LIVE
    acts = list(AuditEntry.objects.filter(subject="rule:due").values_list("act", flat=True))
    assert sorted(acts) == sorted(
        ["rule.make", "rule.rehearse", "rule.approve", "rule.pause", "rule.resume"]
    )


def test_a_rehearsal_finds_the_next_day_with_something(loans: Loans, staff: Staff) -> None:
    loans.lend(1, phone(), date(2026, 12, 3))
    rule = office.make_rule(actor=staff.writer, code="due", said=said(loans))
    at = office.rehearse(rule, actor=staff.writer)
    assert f"{at:%m-%d %H:%M}" == "12-01 10:00"
    assert Occasion.objects.get().state == "rehearsed"


def test_who_made_it_does_not_approve(loans: Loans, staff: Staff) -> None:
    rule = office.make_rule(actor=staff.approver, code="due", said=said(loans))
    office.rehearse(rule, actor=staff.approver)
    pin = pin_of(rule_numbered(rule.pk))
    assert refusal(lambda: office.approve(rule, actor=staff.approver, hash=pin)) == "rule_own"
    assert refusal(lambda: office.approve(rule, actor=staff.writer, hash=pin)) == "rule_not_allowed"
    assert refusal(lambda: office.approve(rule, actor=staff.manager, hash="x")) == "rule_changed"
    program = Member.objects.create(login="cli", name="명령줄", is_program=True)
    approved = office.approve(rule, actor=staff.manager, hash=pin, by=program)
    assert approved.mode == Rule.Mode.LIVE
    assert AuditEntry.objects.get(act="rule.approve").facts["with"] == "cli"


def test_the_neighbour_has_no_say(loans: Loans, staff: Staff) -> None:
    other = staff.neighbour
    make = lambda: office.make_rule(actor=other, code="due", said=said(loans))  # noqa: E731
    assert refusal(make) == "rule_not_allowed"
    rule = live(loans, staff)
    for act in (office.pause, office.rehearse, office.resume):
        assert refusal(lambda act=act: act(rule, actor=other)) == "rule_not_allowed"  # type: ignore[misc]


def test_a_change_takes_the_approval(loans: Loans, staff: Staff) -> None:
    rule = live(loans, staff)
    same = office.change_rule(rule, actor=staff.manager, said=said(loans))
    assert same.mode == Rule.Mode.LIVE
    changed = office.change_rule(rule, actor=staff.manager, said=said(loans, offsets=[-1]))
    assert (changed.mode, changed.approved_hash, changed.made_by) == (
        "rehearsal",
        "",
        staff.manager,
    )
    assert AuditEntry.objects.get(act="rule.change").facts == {"columns": ["offsets"]}


def test_what_is_asked_out_of_turn(loans: Loans, staff: Staff) -> None:
    rule = office.make_rule(actor=staff.writer, code="due", said=said(loans))
    pin = pin_of(rule_numbered(rule.pk))
    approve = lambda: office.approve(rule, actor=staff.approver, hash=pin)  # noqa: E731
    assert refusal(approve) == "rule_not_rehearsed"
    assert refusal(lambda: office.resume(rule, actor=staff.writer)) == "rule_not_rehearsed"
    assert refusal(lambda: office.pause(rule, actor=staff.writer)) == "rule_same"
    office.rehearse(rule, actor=staff.writer)
    assert refusal(lambda: office.resume(rule, actor=staff.writer)) == "rule_not_off"
    approve()
    assert refusal(lambda: office.rehearse(rule, actor=staff.writer)) == "rule_not_off"
    again = lambda: office.make_rule(actor=staff.writer, code="due", said=said(loans))  # noqa: E731
    assert refusal(again) == "rule_code_taken"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"offsets": [401]}, "rule_field_wrong"),
        ({"days": "lunar"}, "rule_field_wrong"),
        ({"catch_up_minutes": 0}, "rule_field_wrong"),
        ({"offsets": []}, "rule_wrong"),
        ({"anchor": ""}, "rule_wrong"),
        ({"fields": {"name": "name"}}, "rule_wrong"),
        ({"fields": {"phone": {"merge": "sideways"}}}, "rule_wrong"),
        ({"conditions": [{"field": "status", "op": "like", "value": "x"}]}, "rule_wrong"),
        ({"view": "nothing"}, "rule_no_view"),
        ({"kind": "event", "offsets": []}, "rule_no_mark"),
    ],
)
def test_what_cannot_be_carried_out(
    loans: Loans, staff: Staff, more: dict[str, object], code: str
) -> None:
    make = lambda: office.make_rule(actor=staff.writer, code="due", said=said(loans, **more))  # noqa: E731
    assert refusal(make) == code
    assert not Rule.objects.exists()


def test_a_source_that_does_not_answer(loans: Loans, staff: Staff) -> None:
    rule = office.make_rule(actor=staff.writer, code="due", said=said(loans))
    loans.run("ALTER TABLE v_loans RENAME TO gone")
    assert refusal(lambda: office.rehearse(rule, actor=staff.writer)) == "rule_source_failed"
    rule.refresh_from_db()
    assert (rule.mode, rule.error) == ("off", "no_such_table")
    Source.objects.update(is_active=False)
    assert refusal(lambda: office.rehearse(rule, actor=staff.writer)) == "rule_source_paused"


def test_an_event_begins_at_its_approval(loans: Loans, staff: Staff, moment: Moment) -> None:
    kind = {"kind": "event", "view": "holds", "conditions": [], "offsets": [], "anchor": ""}
    loans.hold(1, phone(), MONDAY, moment.now.replace(tzinfo=None))
    rule = office.make_rule(
        actor=staff.writer, code="hold", said=said(loans, fields=HOLD_FIELDS, **kind)
    )
    office.rehearse(rule, actor=staff.writer)
    office.approve(rule, actor=staff.approver, hash=pin_of(rule_numbered(rule.pk)))
    loans.tend(rule)
    assert set(Occasion.objects.values_list("state", flat=True)) == {"rehearsed"}


def test_the_catalogue_brings_rules_that_are_off(loans: Loans) -> None:
    Rule.objects.create(
        code="lib-overdue",
        name="우리가 고친 규칙",
        notice=Notice.objects.create(
            code="lib.overdue", name="연체 안내", department=loans.cast.library
        ),
        created_at=loans.source.created_at,
        at=time(11),
    )
    # Of the catalogue's notices this office has two.
    assert seed_rules() == 1
    assert seed_rules() == 0
    assert Rule.objects.get(code="lib-overdue").at == time(11)
    seeded = Rule.objects.get(code="lib-due-soon")
    assert (seeded.mode, seeded.source, seeded.offsets) == (OFF, None, [-2, -1])


def test_seeds_have_codes_of_their_own() -> None:
    assert len({seed.code for seed in SEEDS}) == len(SEEDS)
    assert set(RULE_MODES) == set(Rule.Mode)
