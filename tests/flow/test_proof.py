"""The proof file of one message: everything that is known, for a reason, as a PDF for everybody."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from alimnaru.flow import sealing
from alimnaru.office.disclosure import DisclosureRefused
from alimnaru.office.pdf import pdf_of
from alimnaru.office.proof import paper, prove
from alimnaru.reads.one_message import Course, course_of
from alimnaru.rules.disclosure import Purpose, Reason
from alimnaru.store.models import AccessEntry, AuditEntry, Batch, Message, Seal
from alimnaru.store.scoping import whole_office
from alimnaru.wording.proof import LEGAL_EFFECTS
from tests.cast import Cast, bring_results, phone

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
