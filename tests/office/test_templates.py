"""What people do with wordings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from alimnaru.carriers.base import NotSent, Rejected, Unsupported
from alimnaru.carriers.review import Comment, Review
from alimnaru.flow import reviews
from alimnaru.office import templates
from alimnaru.office.accounts import register_wordings
from alimnaru.office.catalogue import load_catalogue
from alimnaru.office.lists import newest_wording
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import parse_template
from alimnaru.rules.template_review import ReviewFault
from alimnaru.store.models import (
    AuditEntry,
    CarrierAccount,
    Notice,
    Picture,
    TemplateRegistration,
    TemplateVersion,
)
from tests.cast import Cast
from tests.office.desk import Desk
from tests.office.words import BODY, BODY_2, BODY_3

_S = TemplateRegistration.State


def edit(office: Cast, body: str = BODY_2) -> TemplateVersion:
    """The next version of the notice, with another body."""
    newest = office.notice.versions.order_by("-number").first()
    assert newest is not None
    wording = templates.wording_of(newest)
    return templates.draft_version(
        actor=office.librarian,
        notice=office.notice,
        wording=replace(wording, template=replace(wording.template, body=body)),
    )


def submit(
    office: Cast, version: TemplateVersion, *accounts: CarrierAccount
) -> list[TemplateRegistration]:
    """Submitted without a fault."""
    submission = templates.submit(actor=office.librarian, version=version, accounts=accounts)
    assert submission.failures == []
    return submission.registrations


def decide(desk: Desk, registration: TemplateRegistration, review: Review) -> None:
    """The reviewers decide, and we hear of it."""
    desk.reviews[registration.code] = review
    reviews.look_at(registration)


def state(version: TemplateVersion, account: CarrierAccount) -> str:
    return TemplateRegistration.objects.get(version=version, account=account).state


def acts() -> list[str]:
    found = AuditEntry.objects.filter(act__startswith="template.").order_by("pk")
    return list(found.values_list("act", flat=True))


# ---- drafts --------------------------------------------------------------------------------------


def test_an_edit_is_the_next_version(office: Cast) -> None:
    version = edit(office)
    assert (version.number, version.status) == (2, "draft")
    assert version.sha256 == version.fingerprint() != office.version.sha256
    assert parse_template(version.template).body == BODY_2
    assert version.drafted_by == office.librarian
    entry = AuditEntry.objects.get(act="template.draft")
    assert entry.facts == {"notice": "lib.due.soon", "version": 2}


def test_an_edit_without_a_difference_is_none(office: Cast) -> None:
    assert edit(office, BODY) == office.version
    assert acts() == []


def test_an_edit_changes_nothing_of_what_is_sent(office: Cast, account: CarrierAccount) -> None:
    register_wordings(actor=office.librarian, account=account, codes={"lib.due.soon": "T1"})
    edit(office)
    assert newest_wording(office.notice) == office.version


def test_loading_the_catalogue_again_does_not_undo_an_edit(office: Cast) -> None:
    load_catalogue(actor=office.librarian, office_file="")
    notice = Notice.objects.get(code="lib.overdue")
    wording = templates.wording_of(notice.versions.get())
    edited = replace(wording, sms="[나루구] 연체 안내입니다")
    templates.draft_version(actor=office.librarian, notice=notice, wording=edited)
    loaded = load_catalogue(actor=office.librarian, office_file="")
    assert loaded.versions == 0
    assert notice.versions.count() == 2


# ---- our own review ------------------------------------------------------------------------------


def test_a_wording_with_a_fault_goes_nowhere(
    office: Cast, accounts: list[CarrierAccount], desk: Desk
) -> None:
    version = edit(office, f"봄맞이 할인!\n{BODY}")
    with pytest.raises(templates.WordingStopped) as stopped:
        templates.submit(actor=office.librarian, version=version, accounts=accounts)
    assert [p.code for p in stopped.value.problems if p.severity == "stop"] == [
        ReviewFault.ADVERTISING
    ]
    assert desk.calls == []
    assert not TemplateRegistration.objects.exists()


def test_links_may_lead_where_the_office_says(
    office: Cast, accounts: list[CarrierAccount], settings: Settings
) -> None:
    assert templates.allowed_hosts() == {"alim.naru.example"}
    version = edit(office, f"{BODY}\nhttps://lib.example/a")
    codes = {p.code for p in templates.examine(version, accounts)}
    assert ReviewFault.LINK_NOT_ALLOWED in codes
    settings.LINK_HOSTS = ["lib.example"]
    codes = {p.code for p in templates.examine(version, accounts)}
    assert ReviewFault.LINK_NOT_ALLOWED not in codes


def test_a_new_profile_makes_the_terms_strict(
    office: Cast, version: TemplateVersion, accounts: list[CarrierAccount]
) -> None:
    assert not templates.terms_for(version, accounts).new_profile
    accounts[1].profile_is_new = True
    assert templates.terms_for(version, accounts).new_profile


# ---- submitting ----------------------------------------------------------------------------------


def test_a_wording_is_registered_and_its_review_asked_for(
    office: Cast, version: TemplateVersion, accounts: list[CarrierAccount], desks: tuple[Desk, Desk]
) -> None:
    first, second = submit(office, version, *accounts)
    for desk, registration in zip(desks, (first, second), strict=True):
        code = f"AN{office.notice.pk}V1"
        assert desk.calls == [f"register {code}", f"request {code}"]
        assert (registration.code, registration.state) == (code, "in_review")
        assert registration.submitted_at is not None
        draft = desk.drafts[code]
        assert draft.profile == registration.account.profile
        assert draft.template.body == BODY
        assert draft.category == "004001"
        assert "반납예정일 안내 1판" in draft.name
    assert acts() == ["template.submit"] * 2


def test_a_comment_goes_with_the_request(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    templates.submit(
        actor=office.librarian, version=version, accounts=[account], comment="급합니다"
    )
    assert desk.calls[-1].endswith(" 급합니다")


def test_what_is_under_review_is_not_submitted_twice(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    submit(office, version, account)
    before = list(desk.calls)
    submit(office, version, account)
    assert desk.calls == before


def test_one_refusal_keeps_no_other_account_from_it(
    office: Cast, version: TemplateVersion, accounts: list[CarrierAccount], desk: Desk
) -> None:
    desk.fail["register"] = Rejected("-3000", result=Result.REQUEST_WRONG)
    submission = templates.submit(actor=office.librarian, version=version, accounts=accounts)
    assert [(a.name, e.code) for a, e in submission.failures] == [("desk1", "-3000")]
    assert [r.account.name for r in submission.registrations] == ["desk2"]


def test_a_registration_that_was_cut_is_found_again(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    desk.cut["register"] = NotSent("timeout")
    submission = templates.submit(actor=office.librarian, version=version, accounts=[account])
    assert [e.code for _, e in submission.failures] == ["timeout"]
    assert state(version, account) == "draft"
    submit(office, version, account)
    assert sum(call.startswith("register") for call in desk.calls) == 1
    assert state(version, account) == "in_review"


def test_a_request_that_was_cut_is_made_again(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    desk.fail["request"] = NotSent("timeout")
    templates.submit(actor=office.librarian, version=version, accounts=[account])
    submit(office, version, account)
    assert [call.partition(" ")[0] for call in desk.calls] == [*("register", "request", "request")]


def test_a_carrier_without_a_list_is_registered_with_again(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    desk.fail |= {"register": NotSent("timeout"), "standings": Unsupported("standings")}
    templates.submit(actor=office.librarian, version=version, accounts=[account])
    submit(office, version, account)
    assert state(version, account) == "in_review"


def test_where_nothing_can_be_registered_a_person_has_entered_it(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    desk.fail["register"] = Unsupported("register")
    submission = templates.submit(actor=office.librarian, version=version, accounts=[account])
    assert [e.code for _, e in submission.failures] == ["register"]
    desk.drafts["T9"] = replace(_draft_of(version), name="사람이 지은 이름")
    desk.reviews["T9"] = Review.APPROVED
    desk.fail |= {"register": Unsupported("register"), "request": Unsupported("request")}
    (registration,) = submit(office, version, account)
    registration.refresh_from_db()
    assert (registration.code, registration.state) == ("T9", "approved")


def test_a_picture_goes_before_the_wording_and_only_once(
    office: Cast, account: CarrierAccount, desk: Desk
) -> None:
    picture = Picture.objects.create(
        name="a.png", content=b"png", sha256="0" * 64, width=800, height=400
    )
    template = {**office.version.template, "emphasis": "IMAGE"}
    TemplateVersion.objects.update(template=template, picture=picture)
    version = TemplateVersion.objects.get()
    submit(office, version, account)
    draft = desk.drafts[f"AN{office.notice.pk}V1"]
    assert (draft.template.image_name, draft.template.image_url) == (
        "a.png", "https://desk.example/1.png",
    )  # fmt: skip
    submit(office, edit(office), account)
    assert [p.content for p in desk.pictures] == [b"png"]


def test_a_picture_that_will_be_forgotten_is_given_again(
    office: Cast, account: CarrierAccount, desk: Desk
) -> None:
    picture = Picture.objects.create(
        name="a.png", content=b"png", sha256="0" * 64, width=800, height=400
    )
    until = timezone.now() + timedelta(hours=1)
    picture.pictureatcarrier_set.create(account=account, use="template", ref="old", until=until)
    template = {**office.version.template, "emphasis": "IMAGE"}
    TemplateVersion.objects.update(template=template, picture=picture)
    submit(office, TemplateVersion.objects.get(), account)
    assert len(desk.pictures) == 1
    assert picture.pictureatcarrier_set.get().ref == "https://desk.example/1.png"


# ---- after a decision ----------------------------------------------------------------------------


def test_an_approval_makes_it_the_wording_that_goes(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    register_wordings(actor=office.librarian, account=account, codes={"lib.due.soon": "T1"})
    new = edit(office)
    (registration,) = submit(office, new, account)
    assert newest_wording(office.notice) == version
    decide(desk, registration, Review.APPROVED)
    assert newest_wording(office.notice) == new
    new.refresh_from_db()
    assert new.status == "approved"
    # What is on its way in the old wording goes on.
    assert state(version, account) == "approved"


def test_a_rejected_one_is_revised_by_the_next(
    office: Cast, account: CarrierAccount, desk: Desk
) -> None:
    second = edit(office)
    (registration,) = submit(office, second, account)
    desk.comments[registration.code] = [Comment("광고로 보입니다")]
    decide(desk, registration, Review.REJECTED)
    assert [c["text"] for c in registration.comments] == ["광고로 보입니다"]
    third = edit(office, BODY_3)
    desk.calls.clear()
    (again,) = submit(office, third, account)
    assert desk.calls == [
        f"revise {registration.code}",
        f"request {registration.code}",
    ]
    assert again.code == registration.code
    assert (state(second, account), state(third, account)) == ("gone", "in_review")


def test_a_revision_under_another_code_leaves_the_rejected_one(
    office: Cast, account: CarrierAccount, desk: Desk
) -> None:
    desk.keeps_codes = False
    second = edit(office)
    (registration,) = submit(office, second, account)
    decide(desk, registration, Review.REJECTED)
    (again,) = submit(office, edit(office, BODY_3), account)
    assert again.code == f"{registration.code}b"
    assert state(second, account) == "rejected"


def test_where_nothing_can_be_revised_it_is_registered_anew(
    office: Cast, account: CarrierAccount, desk: Desk
) -> None:
    (registration,) = submit(office, edit(office), account)
    decide(desk, registration, Review.REJECTED)
    desk.fail["revise"] = Unsupported("revise")
    (again,) = submit(office, edit(office, BODY_3), account)
    assert again.code == f"AN{office.notice.pk}V3"


def test_what_is_approved_is_never_revised(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    (registration,) = submit(office, version, account)
    decide(desk, registration, Review.APPROVED)
    submit(office, edit(office), account)
    assert not any(call.startswith("revise") for call in desk.calls)
    assert state(version, account) == "approved"


def test_one_that_is_gone_is_registered_under_a_fresh_code(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    (registration,) = submit(office, version, account)
    desk.reviews.clear()
    desk.drafts.clear()
    reviews.look_at(registration)
    assert registration.state == "gone"
    (again,) = submit(office, version, account)
    assert again.code.startswith(f"AN{office.notice.pk}V1R")
    assert again.state == "in_review"


# ---- an edit that keeps its code -----------------------------------------------------------------


@pytest.fixture
def shared(office: Cast, account: CarrierAccount, desk: Desk) -> TemplateRegistration:
    """An edit under the code of the approved wording, as NHN makes it: it is under review."""
    register_wordings(actor=office.librarian, account=account, codes={"lib.due.soon": "T1"})
    new = edit(office)
    desk.reviews["T1"] = Review.IN_REVIEW
    return TemplateRegistration.objects.create(
        version=new, account=account, code="T1", state=_S.IN_REVIEW
    )


@pytest.mark.parametrize("review", [Review.IN_REVIEW, Review.REJECTED])
def test_the_old_wording_goes_on_while_its_edit_is_under_review(
    office: Cast,
    account: CarrierAccount,
    desk: Desk,
    shared: TemplateRegistration,
    review: Review,
) -> None:
    decide(desk, shared, review)
    old = TemplateRegistration.objects.get(version=office.version, account=account)
    reviews.look_at(old)
    assert (old.state, state(shared.version, account)) == ("approved", review.value)
    assert newest_wording(office.notice) == office.version


def test_the_old_wording_ends_when_its_edit_is_approved(
    office: Cast, account: CarrierAccount, desk: Desk, shared: TemplateRegistration
) -> None:
    decide(desk, shared, Review.APPROVED)
    assert (state(office.version, account), shared.state) == ("gone", "approved")
    assert newest_wording(office.notice) == shared.version


def test_a_word_about_the_old_wording_is_none_about_its_edit(
    office: Cast,
    version: TemplateVersion,
    account: CarrierAccount,
    desk: Desk,
    shared: TemplateRegistration,
) -> None:
    # A carrier may answer with what it sends now, not with what it reviews.
    (other,) = submit(office, version, CarrierAccount.objects.get(name="desk2"))
    desk.drafts["T1"] = replace(_draft_of(version), template=parse_template(version.template))
    assert other.state == "in_review"
    decide(desk, shared, Review.APPROVED)
    assert (state(version, account), shared.state) == ("approved", "in_review")


def _draft_of(version: TemplateVersion) -> templates.Draft:
    return templates.Draft("", "T1", parse_template(version.template), "P1")


@pytest.mark.parametrize("review", [Review.DORMANT, Review.BLOCKED, Review.GONE])
def test_what_becomes_of_a_code_becomes_of_both(
    office: Cast,
    account: CarrierAccount,
    desk: Desk,
    shared: TemplateRegistration,
    review: Review,
) -> None:
    decide(desk, shared, review)
    assert {state(office.version, account), shared.state} == {review.value}


def test_linking_a_code_anew_ends_the_wording_before(
    office: Cast, account: CarrierAccount, shared: TemplateRegistration
) -> None:
    register_wordings(actor=office.librarian, account=account, codes={"lib.due.soon": "T1"})
    assert (state(office.version, account), state(shared.version, account)) == ("gone", "approved")
    shared.version.refresh_from_db()
    assert shared.version.status == "approved"


def test_an_older_wording_can_be_linked(office: Cast, account: CarrierAccount) -> None:
    edit(office)
    register_wordings(
        actor=office.librarian,
        account=account,
        codes={"lib.due.soon": "T1"},
        numbers={"lib.due.soon": 1},
    )
    assert newest_wording(office.notice) == office.version


# ---- under review --------------------------------------------------------------------------------


def test_a_request_is_taken_back(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    (registration,) = submit(office, version, account)
    templates.withdraw(actor=office.librarian, registration=registration)
    assert (registration.state, registration.submitted_at) == ("draft", None)
    assert acts()[-1] == "template.withdraw"
    submit(office, version, account)
    assert desk.calls[-1] == f"request {registration.code}"


def test_a_comment_is_kept_and_may_begin_a_new_review(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    (registration,) = submit(office, version, account)
    decide(desk, registration, Review.REJECTED)
    desk.reviews[registration.code] = Review.IN_REVIEW  # as NHN has it
    templates.comment(actor=office.librarian, registration=registration, text="고쳤습니다")
    assert registration.state == "in_review"
    assert [(c["text"], c["ours"]) for c in registration.comments] == [("고쳤습니다", True)]
    assert acts()[-1] == "template.comment"


def test_a_sleeping_one_is_woken(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    (registration,) = submit(office, version, account)
    decide(desk, registration, Review.DORMANT)
    templates.wake(actor=office.librarian, registration=registration)
    assert registration.state == "approved"
    assert acts()[-1] == "template.wake"


def test_a_look_is_taken_at_once(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    (registration,) = submit(office, version, account)
    desk.reviews[registration.code] = Review.APPROVED
    templates.refresh(actor=office.librarian, registration=registration)
    assert registration.state == "approved"
    assert acts()[-1] == "template.refresh"


def test_an_act_that_the_carrier_refuses_changes_nothing(
    office: Cast, version: TemplateVersion, account: CarrierAccount, desk: Desk
) -> None:
    (registration,) = submit(office, version, account)
    desk.fail["withdraw"] = Rejected("InvalidStatus", result=Result.REQUEST_WRONG)
    with pytest.raises(Rejected):
        templates.withdraw(actor=office.librarian, registration=registration)
    assert state(version, account) == "in_review"
    assert "template.withdraw" not in acts()
