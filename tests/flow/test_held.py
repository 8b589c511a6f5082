"""What was held for a person's act goes on when the act is done."""

from __future__ import annotations

import pytest

from alimnaru.carriers.review import Review, Standing
from alimnaru.flow.reviews import learn
from alimnaru.office.accounts import AccountBusy, add_account, register_wordings, switch_account
from alimnaru.office.batches import resume_batch, stop_batch
from alimnaru.store.models import Batch, CarrierAccount, Chunk, TemplateRegistration
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books

ON_KAKAO = ("delivered", "alimtalk", "delivered")


def held(cast: Cast, code: str) -> Batch:
    batch = cast.send(cast.rows(phone()))
    ring()
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.hold_code) == ("held", code)
    return batch


def goes(batch: Batch) -> None:
    bring_results(batch)
    assert states(batch) == [ON_KAKAO]
    check_books(batch)


def test_an_approval_frees_what_waited_for_it(cast: Cast) -> None:
    TemplateRegistration.objects.update(state="in_review")
    batch = held(cast, "template_not_approved")
    registration = TemplateRegistration.objects.get()
    learn(registration, Standing(registration.code, Review.APPROVED))
    goes(batch)


def test_so_does_a_wording_that_a_person_links(cast: Cast) -> None:
    registration = TemplateRegistration.objects.get()
    registration.delete()
    batch = held(cast, "template_not_approved")
    assert cast.account is not None
    codes = {cast.notice.code: registration.code}
    register_wordings(actor=cast.librarian, account=cast.account, codes=codes)
    goes(batch)


def test_an_account_that_is_switched_on_frees_what_had_none(cast: Cast) -> None:
    assert cast.account is not None
    switch_account(cast.account, actor=cast.librarian, on=False)
    batch = held(cast, "no_account")
    switch_account(cast.account, actor=cast.librarian, on=True)
    goes(batch)


def test_a_stopped_batch_waits_for_its_own_word(cast: Cast) -> None:
    assert cast.account is not None
    switch_account(cast.account, actor=cast.librarian, on=False)
    batch = held(cast, "no_account")
    stop_batch(batch, actor=cast.librarian)
    switch_account(cast.account, actor=cast.librarian, on=True)
    ring()
    assert Chunk.objects.get().state == "held"
    batch.refresh_from_db()
    resume_batch(batch, actor=cast.librarian)
    goes(batch)


def test_an_account_with_hand_overs_stays_with_its_carrier(cast: Cast) -> None:
    """Another carrier would be asked about tokens that it never gave."""
    cast.send(cast.rows(phone("0006")))
    ring()

    def change(kind: str) -> None:
        add_account(
            actor=cast.librarian, kind=kind, name="sandbox", base_url="http://127.0.0.1:9",
            api_key="KEY", secret="SECRET", profile="P", is_sandbox=True,
        )  # fmt: skip

    with pytest.raises(AccountBusy):
        change("nhn")
    assert CarrierAccount.objects.get().kind == "solapi"
    Chunk.objects.update(state="settled")
    change("nhn")
    assert CarrierAccount.objects.get().kind == "nhn"
