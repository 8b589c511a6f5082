"""The proof file of one message: everything that is known, for a reason, as a PDF for everybody."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from django.db import connection

from alimnaru.flow import sealing
from alimnaru.flow.fallback import give_up_waiting
from alimnaru.office.disclosure import DisclosureRefused
from alimnaru.office.pdf import pdf_of
from alimnaru.office.proof import paper, prove
from alimnaru.reads.one_message import Course, course_of
from alimnaru.rules.disclosure import Purpose, Reason
from alimnaru.store.models import AccessEntry, AuditEntry, Batch, Message, Seal
from alimnaru.store.scoping import whole_office
from alimnaru.wording.proof import LEGAL_EFFECTS
from tests.cast import Cast, bring_results, phone, ring
from tests.flow.reports import DELIVERED, PHONE_OFF, ids, report

WHY = Purpose(Reason.COMPLAINT)


def course(cast: Cast) -> Course:
    batch = cast.send(cast.rows(phone("0001")))
    bring_results(batch)
    sealing.seal()
    return again(Message.objects.get(batch=batch).pk)


def again(message: int) -> Course:
    found = course_of(whole_office(), message)
    assert found
    return found


def test_a_message_that_fell_back(cast: Cast) -> None:
    about = course(cast)
    found = prove(about, actor=cast.librarian, reason=WHY)
    assert [one.channel for one in found.tries] == ["alimtalk", "sms"]
    assert all(one.ref and one.handed_at and one.ended_at for one in found.tries)
    assert {one.kind for one in found.seals} == {"content", "outcome"}
    chain = bytes(Seal.objects.get(kind="content").chain).hex()
    assert chain in [one.chain for one in found.seals]
    html = paper(found, LEGAL_EFFECTS[found.legal_effect])
    assert "김나루" in html
    assert all(said in html for _, said in found.texts if "<" not in said)
    entry = AuditEntry.objects.get(act="download.proof")
    assert entry.subject == f"message:{about.message.pk}"
    assert entry.facts["reason"] == "complaint"
    seen = AccessEntry.objects.get(act="take.file")
    assert (seen.subject, seen.clear) == (entry.subject, True)
    assert bytes(seen.to_hash or b"") == bytes(about.message.to_hash)
    assert seen.reason == "complaint"


@pytest.mark.parametrize(
    ("sms", "told"),
    [
        (DELIVERED, [("alimtalk", "delivered"), ("sms", "delivered")]),
        (PHONE_OFF, [("alimtalk", "delivered"), ("sms", "failed")]),
    ],
)
def test_each_try_says_what_became_of_it(cast: Cast, sms: str, told: list[tuple[str, str]]) -> None:
    """Kakao's word came after the SMS had gone: nobody may read that the SMS arrived instead."""
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    give_up_waiting(batch.chunks.get().pk)
    ring()
    message = ids(batch)[0]
    report(cast, (f"{message}-2", sms))
    report(cast, (f"{message}-1", DELIVERED))
    found = prove(again(message), actor=cast.librarian, reason=WHY)
    assert [(one.channel, one.state) for one in found.tries] == told


@pytest.mark.parametrize(
    "change",
    [
        "store_message SET state = 'failed'",
        "store_templateversion SET sms = 'x'",
        "store_chunk SET sent_at = sent_at - interval '1 day'",
    ],
)
def test_what_was_altered_says_so(cast: Cast, change: str) -> None:
    """Who reads the paper sees seals, and cannot compute them."""
    about = course(cast)
    assert not prove(about, actor=cast.librarian, reason=WHY).altered
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {change}")
    found = prove(again(about.message.pk), actor=cast.librarian, reason=WHY)
    assert found.altered
    assert "봉인한 뒤에 바뀌었습니다" in paper(found, LEGAL_EFFECTS[found.legal_effect])


def test_nothing_without_the_right(cast: Cast) -> None:
    about = course(cast)
    cast.librarian.memberships.all().delete()
    with pytest.raises(DisclosureRefused):
        prove(about, actor=cast.librarian, reason=WHY)
    assert not AuditEntry.objects.filter(act="download.proof").exists()


def test_what_is_left_after_destruction(cast: Cast) -> None:
    about = course(cast)
    whole = prove(about, actor=cast.librarian, reason=WHY)
    left = b"\0" + bytes.fromhex(whole.content)
    Message.objects.filter(pk=about.message.pk).update(payload=left)
    Batch.objects.filter(pk=about.batch.pk).update(wrapped_key=None)
    found = prove(again(about.message.pk), actor=cast.librarian, reason=WHY)
    assert found.erased
    assert (found.name, found.phone, found.texts) == ("", "", [])
    assert (found.content, found.seals) == (whole.content, whole.seals)
    html = paper(found, LEGAL_EFFECTS[found.legal_effect])
    assert "김나루" not in html
    assert "보관 기간이 지나" in html


def test_as_a_file_that_a_screen_reader_reads(cast: Cast) -> None:
    found = prove(course(cast), actor=cast.librarian, reason=WHY)
    made = pdf_of(paper(found, LEGAL_EFFECTS[found.legal_effect]))
    with pikepdf.open(BytesIO(made)) as file:
        assert file.Root.MarkInfo.Marked
        assert str(file.Root.Lang) == "ko"
        assert file.open_metadata()["pdfuaid:part"] == "1"
