"""What holds for every carrier's templates, from the draft to the day they are stopped."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from alimnaru.carriers.base import Carrier, NotSent, Rejected, Unsupported
from alimnaru.carriers.review import Draft, ProfileState, Review
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Button, ButtonKind, Emphasis, MessageType, Template
from tests.carriers.suite import DUE, Bench, fates, phones

REASON = "광고로 보이는 표현이 있습니다."


@pytest.fixture
def carrier(bench: Bench) -> Carrier:
    return bench.open()


def draft(bench: Bench, code: str = "", body: str = "") -> Draft:
    # A carrier that takes our code for a template takes it once.
    code = code or f"SUITE-{uuid4().hex[:10].upper()}"
    template = Template(
        # Only these two may carry a button that adds the channel.
        MessageType.AD,
        Emphasis.TEXT,
        body or "#{이름} 님, #{기한}까지 책을 돌려주십시오.",
        title="#{도서관} 반납 안내",
        subtitle="반납예정일",
        buttons=(
            Button(ButtonKind.AC, "채널 추가"),
            Button(ButtonKind.WL, "대출 조회", "https://lib.example/#{번호}"),
        ),
    )
    return Draft(f"반납 안내 {code}", code, template, bench.profile)


def cannot(bench: Bench, call: str) -> bool:
    return bench.lacks(f"templates.{call}")


def decide(bench: Bench, code: str, **what: Any) -> None:
    bench.control("POST", f"templates/{code}/decide", {"protocol": bench.rig.name, **what})


def age(bench: Bench, code: str, **what: Any) -> None:
    bench.control("POST", f"templates/{code}/age", {"protocol": bench.rig.name, **what})


def send(bench: Bench, carrier: Carrier, code: str) -> set[Result]:
    """How an Alimtalk by this template ends."""
    bench.control("POST", "reset")
    return set(fates(bench, carrier, bench.alimtalk(*phones(1), code=code)).values())


def in_review(bench: Bench, carrier: Carrier, **more: str) -> str:
    """A template that waits for its review; its code."""
    code = carrier.templates.register(draft(bench, **more))
    carrier.templates.request(code)
    assert carrier.templates.standing(code).review is Review.IN_REVIEW
    return code


def test_a_template_is_rejected_fixed_and_approved(bench: Bench, carrier: Carrier) -> None:
    if cannot(bench, "register"):
        with pytest.raises(Unsupported):
            carrier.templates.register(draft(bench))
        return
    templates = carrier.templates
    code = templates.register(draft(bench))
    standing = templates.standing(code)
    asked = bench.rig.registering_asks
    assert standing.review is (Review.IN_REVIEW if asked else Review.DRAFT)
    assert standing.body == draft(bench).template.body
    assert standing.name.startswith("반납 안내")
    templates.request(code)
    assert templates.standing(code).review is Review.IN_REVIEW
    decide(bench, code, status="inspecting")
    assert templates.standing(code).review is Review.IN_REVIEW
    assert send(bench, carrier, code) <= {Result.TEMPLATE_MISSING, Result.TEMPLATE_MISMATCH}

    decide(bench, code, status="rejected", comment=REASON)
    standing = templates.standing(code)
    assert standing.review is Review.REJECTED
    assert [(c.text, c.ours) for c in standing.comments] == [(REASON, False)]

    fixed = draft(bench, body="#{이름} 님, #{기한}까지 책을 돌려주세요.")
    again = templates.revise(code, fixed)
    templates.request(again)
    assert templates.standing(again).review is Review.IN_REVIEW
    assert templates.standing(again).body == fixed.template.body
    decide(bench, again, status="approved")
    assert templates.standing(again).review is Review.APPROVED
    bench.control("POST", "reset")
    shipment = bench.alimtalk(
        *phones(1), code=again, text="주민 님, 11. 25.(수)까지 책을 돌려주세요."
    )
    assert set(fates(bench, carrier, shipment).values()) == {Result.DELIVERED}


def test_an_approved_template_sends_until_its_successor_is_approved(
    bench: Bench, carrier: Carrier
) -> None:
    if cannot(bench, "register"):
        return
    code = in_review(bench, carrier)
    decide(bench, code, status="approved")
    fixed = draft(bench, body="#{이름} 님, #{기한}까지 꼭 돌려주십시오.")
    successor = carrier.templates.revise(code, fixed)
    carrier.templates.request(successor)
    assert (successor != code) is bench.rig.revising_approved_makes_another
    assert send(bench, carrier, code) == {Result.DELIVERED}
    decide(bench, successor, status="approved")
    bench.control("POST", "reset")
    text = "주민 님, 11. 25.(수)까지 꼭 돌려주십시오."
    shipment = bench.alimtalk(*phones(1), code=successor, text=text)
    assert set(fates(bench, carrier, shipment).values()) == {Result.DELIVERED}


def test_a_request_is_taken_back(bench: Bench, carrier: Carrier) -> None:
    if cannot(bench, "withdraw"):
        with pytest.raises(Unsupported):
            carrier.templates.withdraw(DUE)
        return
    code = in_review(bench, carrier)
    carrier.templates.withdraw(code)
    assert carrier.templates.standing(code).review in {Review.DRAFT, Review.GONE}


def test_a_comment_reaches_the_reviewers(bench: Bench, carrier: Carrier) -> None:
    if cannot(bench, "comment"):
        with pytest.raises(Unsupported):
            carrier.templates.comment(DUE, "확인 부탁드립니다.")
        return
    code = in_review(bench, carrier)
    decide(bench, code, status="rejected", comment=REASON)
    carrier.templates.comment(code, "사실 안내입니다. 다시 보아 주십시오.")
    said = [(c.text, c.ours) for c in carrier.templates.standing(code).comments]
    assert said == [(REASON, False), ("사실 안내입니다. 다시 보아 주십시오.", True)]
    assert all(c.at is None or c.at.tzinfo for c in carrier.templates.standing(code).comments)


def test_a_dormant_template_is_woken(bench: Bench, carrier: Carrier) -> None:
    age(bench, DUE, dormant=True)
    if not cannot(bench, "dormant"):
        assert carrier.templates.standing(DUE).review is Review.DORMANT
    assert send(bench, carrier, DUE) <= {Result.TEMPLATE_MISSING, Result.TEMPLATE_MISMATCH}
    if cannot(bench, "wake"):
        with pytest.raises(Unsupported):
            carrier.templates.wake(DUE)
        return
    carrier.templates.wake(DUE)
    assert carrier.templates.standing(DUE).review is Review.APPROVED
    assert send(bench, carrier, DUE) == {Result.DELIVERED}


def test_a_blocked_template_is_seen(bench: Bench, carrier: Carrier) -> None:
    age(bench, DUE, blocked=True)
    if not cannot(bench, "blocked"):
        assert carrier.templates.standing(DUE).review is Review.BLOCKED
    assert send(bench, carrier, DUE) <= {Result.TEMPLATE_MISSING, Result.TEMPLATE_MISMATCH}


def test_a_template_is_taken_off_the_list(bench: Bench, carrier: Carrier) -> None:
    if cannot(bench, "delete"):
        with pytest.raises(Unsupported):
            carrier.templates.delete(DUE)
        return
    code = in_review(bench, carrier)
    decide(bench, code, status="rejected", comment=REASON)
    carrier.templates.delete(code)
    assert carrier.templates.standing(code).review is Review.GONE
    with pytest.raises(NotSent):
        carrier.templates.request(code)


def test_a_template_nobody_knows_is_gone(bench: Bench, carrier: Carrier) -> None:
    assert carrier.templates.standing("SUITE-NOWHERE").review is Review.GONE


def test_all_of_them_are_listed(bench: Bench, carrier: Carrier) -> None:
    many = [{"template_id": f"SUITE-{n:03d}", "body": f"{n}번 안내"} for n in range(120)]
    bench.control("PUT", "templates", {"templates": many, "protocol": bench.rig.name})
    age(bench, "SUITE-001", blocked=True)
    listed = list(carrier.templates.standings())
    found = {one.code: one for one in listed}
    assert len(found) == len(listed)
    assert {one["template_id"] for one in many} | {DUE} <= set(found)
    assert found[DUE].review is Review.APPROVED
    assert found["SUITE-002"].body == "2번 안내"
    if not cannot(bench, "blocked"):
        assert found["SUITE-001"].review is Review.BLOCKED


@pytest.mark.parametrize("state", ["active", "dormant", "blocked"])
def test_the_profile(bench: Bench, carrier: Carrier, state: str) -> None:
    if cannot(bench, "profile"):
        with pytest.raises(Unsupported):
            carrier.templates.profile(bench.profile)
        return
    bench.control("PUT", "config", {"profile_states": {bench.rig.name: state}})
    profile = carrier.templates.profile(bench.profile)
    assert profile.key == bench.profile
    expected = ProfileState(state)
    if cannot(bench, f"profile.{state}"):
        expected = ProfileState.ACTIVE
    assert profile.state is expected


def test_a_profile_nobody_has_is_gone(bench: Bench, carrier: Carrier) -> None:
    if cannot(bench, "profile"):
        return
    assert carrier.templates.profile("NOBODYS").state is ProfileState.GONE
    bench.control("PUT", "config", {"profile_states": {bench.rig.name: "gone"}})
    assert carrier.templates.profile(bench.profile).state is ProfileState.GONE


@pytest.mark.parametrize("kind", ["cut_before", "error_503", "too_many"])
def test_a_call_that_was_cut_may_be_made_again(bench: Bench, carrier: Carrier, kind: str) -> None:
    bench.fault(kind=kind, path="templates")
    with pytest.raises(NotSent) as caught:
        carrier.templates.standing(DUE)
    assert not isinstance(caught.value, Rejected)
    assert carrier.templates.standing(DUE).review is Review.APPROVED


def test_wrong_keys_are_told_apart_from_a_template_that_is_gone(bench: Bench) -> None:
    key = bench.rig.keys[0]
    stranger = bench.open(**{key: bench.settings[key][:-1] + "~"})
    with pytest.raises(Rejected) as caught:
        stranger.templates.standing(DUE)
    assert caught.value.result is Result.ACCOUNT_REFUSED
