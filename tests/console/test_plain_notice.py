"""What older systems send as it is, on the console's pages: a notice without any Alimtalk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alimnaru.flow import agents
from alimnaru.flow.gather import gather
from alimnaru.sources.agents.database import engine_for
from alimnaru.store.models import Message, Notice
from tests.cast import Cast, phone
from tests.console.conftest import SignIn
from tests.console.deliveries import text_of
from tests.flow.old_systems import OTHER, connect
from tests.legacy import OldSystem
from tests.staff import Staff

LONG = OTHER + " 책은 반납함에 넣어 주시기 바랍니다." * 5


@pytest.fixture
def sent(cast: Cast, tmp_path: Path) -> Iterator[list[Message]]:
    """A short text and a long one, as the exit finds them."""
    (tmp_path / "old.db").touch()
    old = OldSystem(f"sqlite:///{tmp_path / 'old.db'}")
    old.make("MMS_MSG")
    old.mms_msg(phone(), OTHER, SUBJECT="")
    old.mms_msg(phone(), LONG, SUBJECT="휴관 안내")
    agents.poll(connect(cast, old, "mms_msg"))
    gather(["normal"])
    yield list(Message.objects.order_by("channel"))
    agents._desk.cache_clear()
    engine_for(old.url).dispose()
    engine_for.cache_clear()


def test_it_works(staff: Staff, sign_in: SignIn, sent: list[Message]) -> None:
    browser = sign_in(staff.viewer)
    assert [message.channel for message in sent] == ["lms", "sms"]
    for message in sent:
        for page in (f"/messages/{message.pk}", f"/batches/{message.batch_id}"):
            assert browser.get(page).status_code == 200


def test_a_message_shows_its_text_and_no_alimtalk(
    staff: Staff, sign_in: SignIn, sent: list[Message]
) -> None:
    for message in sent:
        html = text_of(sign_in(staff.viewer), f"/messages/{message.pk}")
        assert "k-talk" not in html
        # Who it is for and what it says is masked until somebody gives a reason.
        assert "18시" not in html


def test_the_wording_is_shown_as_what_it_is(
    cast: Cast, staff: Staff, sign_in: SignIn, sent: list[Message]
) -> None:
    browser = sign_in(staff.manager)
    assert "옛 도서관 시스템 문자" in text_of(browser, "/templates")
    notice = Notice.objects.get(code="plain.old")
    html = text_of(browser, f"/templates/{notice.pk}")
    assert "#{내용}" in html
    # There is nothing about it that Kakao could be asked, or that could follow.
    for part in ('id="reviews"', 'id="fallback"', "/edit", "k-talk"):
        assert part not in html
