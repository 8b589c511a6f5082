"""The link and the code that Alimnaru puts into each message itself, at every carrier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from alimnaru.flow import wire
from alimnaru.flow.shipping import shipment_again
from alimnaru.flow.wordings import wording
from alimnaru.rules.channel import Channel
from alimnaru.rules.resident_link import CODE, EXAMPLES, LINK
from alimnaru.store import crypto
from alimnaru.store.ledger import chunks
from alimnaru.store.models import Chunk, Message, TemplateVersion
from sandbox.process import Handle
from tests import cast as casting
from tests.cast import BODY, TEMPLATE, VALUES, Cast, bring_results, make_cast, phone, with_sandbox

ADDRESS = "https://lib.example/r/#{알림번호}"
OURS = {
    **TEMPLATE,
    "body": f"{BODY}\n확인코드 #{{확인코드}}",
    "buttons": [
        {"type": "WL", "name": "내 안내가 아니에요", "link_mobile": ADDRESS, "link_pc": ADDRESS}
    ],
}


@pytest.fixture(params=["solapi", "nhn", "bizgo", "sens"])
def ours(
    request: pytest.FixtureRequest,
    db: None,
    sandbox_process: Handle,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cast]:
    """The office at each carrier, with a wording whose variables name neither mark."""
    monkeypatch.setattr(casting, "TEMPLATE", OURS)
    office = make_cast()
    TemplateVersion.objects.filter(pk=office.version.pk).update(
        sms="[#{도서관}] 반납 #{기한} #{확인코드}"
    )
    yield with_sandbox(office, sandbox_process, kind=request.param)
    wire.hang_up()


def on_the_phone(office: Cast, number: str) -> str:
    """What the sandbox's page of a phone shows."""
    assert office.sandbox is not None
    url = f"{office.sandbox.url}/phones/{number}"
    return httpx.get(url, trust_env=False, verify=False).text


def test_each_message_has_its_own(ours: Cast) -> None:
    numbers = [phone(), phone()]
    batch = ours.send(ours.rows(*numbers))
    bring_results(batch)
    signer = crypto.resident_signer()
    for message, number in zip(Message.objects.order_by("row_no"), numbers, strict=True):
        assert message.state == "delivered"
        shown = on_the_phone(ours, number)
        assert re.findall(r"lib\.example/r/([\w-]+)", shown)[0] == signer.link(message.pk)
        assert f"확인코드 {signer.code(message.pk)}" in shown


def test_the_text_message_that_follows_has_the_same_code(ours: Cast) -> None:
    number = phone("0001")
    batch = ours.send(ours.rows(number))
    bring_results(batch)
    message = Message.objects.get(batch=batch)
    sent = ours.control("GET", f"accepted?text=1&to={number}")
    code = crypto.resident_signer().code(message.pk)
    assert {one["type"] for one in sent} == {"ATA", "SMS"}
    assert all(code in one["text"] for one in sent)


def test_what_is_asked_back_is_what_went(ours: Cast) -> None:
    batch = ours.send(ours.rows(phone(), phone()))
    now = timezone.now()
    claim = chunks.claim_ready(Chunk.objects.get(batch=batch).pk, now, now + timedelta(hours=1))
    assert claim is not None
    assert ours.account is not None
    again = shipment_again(claim, ours.account)
    assert again is not None
    words = wording(ours.version.pk)
    for one in again.messages:
        number = int(one.ref.partition("-")[0])
        assert one.rendered == words.render(Channel.ALIMTALK, VALUES, number)
        assert crypto.resident_signer().link(number) in str(one.rendered.buttons[0].link_mobile)


def test_a_preview_shows_examples_of_the_same_length(ours: Cast) -> None:
    words = wording(ours.version.pk)
    assert [v.name for v in words.variables] == ["도서관", "성명", "기한"]
    preview = words.render(Channel.ALIMTALK, VALUES)
    real = words.render(Channel.ALIMTALK, VALUES, 4711)
    assert EXAMPLES[CODE] in preview.text
    assert EXAMPLES[LINK] in str(preview.buttons[0].link_pc)
    assert len(preview.text) == len(real.text)
