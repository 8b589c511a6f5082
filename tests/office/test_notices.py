"""By which text those are told whom Kakao does not reach."""

from __future__ import annotations

import pytest

from alimnaru.flow.wordings import wording
from alimnaru.office.notices import FallbackRefused, choose_fallback
from alimnaru.rules.channel import Channel
from alimnaru.store.models import AuditEntry, Notice
from tests.cast import Cast, make_cast


@pytest.fixture
def office(db: None) -> Cast:
    wording.cache_clear()
    return make_cast()


@pytest.mark.parametrize(("channel", "kept"), [(Channel.SMS, "sms"), (None, "")])
def test_it_works(office: Cast, channel: Channel | None, kept: str) -> None:
    choose_fallback(actor=office.librarian, notice=office.notice, channel=channel)
    assert Notice.objects.get().fallback == kept
    entry = AuditEntry.objects.get(act="notice.fallback")
    assert entry.facts == {"before": "sms", "after": kept}


@pytest.mark.parametrize("channel", [Channel.LMS, Channel.MMS])
def test_a_text_that_is_not_there_cannot_be_chosen(office: Cast, channel: Channel) -> None:
    with pytest.raises(FallbackRefused):
        choose_fallback(actor=office.librarian, notice=office.notice, channel=channel)
    assert Notice.objects.get().fallback == "sms"
    assert not AuditEntry.objects.filter(act="notice.fallback").exists()
