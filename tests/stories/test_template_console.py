"""A wording from its first draft to the residents who read it, all of it in the console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from alimnaru.console.template_sheet import Sheet
from alimnaru.flow import wire
from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.sweep import sweep
from alimnaru.flow.wordings import wording
from alimnaru.office.templates import wording_of
from alimnaru.reads.reviews import sending_version
from alimnaru.store.models import AuditEntry, TemplateRegistration
from sandbox.process import Handle, start
from tests.cast import Cast, bring_results, make_cast, phone, ring, states, with_sandbox
from tests.staff import browser_of, hire

REASON = "※ 대출하신 분께 보내는 안내입니다."
LINK = "https://alim.naru.example/library/loans"


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture(params=["solapi", "nhn"])
def cast(
    request: pytest.FixtureRequest, db: None, sandbox_process: Handle, settings: Settings
) -> Iterator[Cast]:
    wording.cache_clear()
    settings.REVIEW_SECONDS = 0  # every sweep asks
    cast = with_sandbox(make_cast(), sandbox_process, request.param)
    cast.control("PUT", "config", {"review_delay_ms": None})  # reviewers decide when told to
    yield cast
    wire.hang_up()


class Desk:
    """Who keeps the wordings, in a browser, and the reviewers at the other end."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.browser: Client = browser_of(hire(cast).manager)
        self.page = f"/templates/{cast.notice.pk}"

    def edits(self, sentence: str) -> str:
        """Save another body; return the page that it leads to."""
        newest = self.cast.notice.versions.latest("number")
        sent = Sheet.of(wording_of(newest)).flat() | {
            "begun_at": str(newest.number),
            "body": f"[#{{도서관}}] 반납예정일 안내\r\n\r\n#{{성명}}님, {sentence}\r\n\r\n{REASON}",
            "category": "006001",
            "buttons-0-link_mobile": LINK,
            "do": "save",
        }
        return self.does("/edit", sent)

    def submits(self) -> str:
        assert self.cast.account is not None
        newest = self.cast.notice.versions.latest("number")
        sent = {"version": str(newest.number), "account": str(self.cast.account.pk)}
        return self.does("/submit", sent)

    def does(self, path: str, sent: dict[str, str]) -> str:
        answer = self.browser.post(f"{self.page}{path}", sent, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    def registration(self) -> TemplateRegistration:
        return TemplateRegistration.objects.latest("version__number")

    def decide(self, status: str, comment: str = "") -> None:
        """The reviewers decide; the watch hears of it by itself."""
        path = f"templates/{self.registration().code}/decide"
        self.cast.control("POST", path, {"status": status, "comment": comment})
        sweep()
        ring()

    def sees(self) -> str:
        return self.browser.get(self.page).content.decode()


def test_a_wording_is_rejected_mended_and_approved(cast: Cast) -> None:
    desk = Desk(cast)
    # Our own review stops what Kakao's would: there is no button to submit it with.
    assert "쿠폰" in desk.edits("반납하시면 쓸 할인 쿠폰을 드립니다. 기한은 #{기한}입니다.")
    assert "2판 심사 요청" not in desk.sees()
    assert "카카오에 내지 않았습니다" in desk.submits()
    # Mended, it is submitted; the old wording goes on meanwhile.
    assert "3판 심사 요청" in desk.edits("돌려주실 날은 #{기한}입니다. 즐거운 책 축제에도 오세요.")
    assert "심사를 요청했습니다" in desk.submits()
    assert "검수 중" in desk.sees()
    assert sending_version(cast.notice, hours_waived=True) == cast.version
    # Rejected with a comment, which stands on the page and above the editor's fields.
    desk.decide("rejected", "행사 안내가 섞여 있습니다.")
    assert "행사 안내가 섞여 있습니다." in desk.sees()
    editor = desk.browser.get(f"{desk.page}/edit").content.decode()
    assert "sandbox에서 돌려보낸 까닭: 행사 안내가 섞여 있습니다." in editor
    _is_mended(desk)


def _is_mended(desk: Desk) -> None:
    html = desk.edits("돌려주실 날은 #{기한}입니다.")
    assert "1판과 4판의 차이" in html
    assert "#{성명}님, 돌려주실 날은 #{기한}입니다.</ins>" in html
    desk.submits()
    row = desk.registration()
    assert "물어보았습니다" in desk.does(f"/at/{row.pk}/refresh", {})
    comment = desk.does(f"/at/{row.pk}/comment", {"text": "행사를 뺐습니다."})
    withdrawn = desk.does(f"/at/{row.pk}/withdraw", {})
    if row.account.kind == "solapi":
        assert "의견을 보냈습니다." in comment
        assert "행사를 뺐습니다." in desk.sees()
        assert "거두어들였습니다" in withdrawn
        assert "심사를 요청했습니다" in desk.submits()
    else:
        # NHN takes neither while a review waits, and the clerk is told so in words.
        assert "sandbox: 발송 사업자가 거절했습니다(-3100)." in comment
        assert "sandbox: 이 발송 사업자에는 그 기능이 없습니다." in withdrawn
    _goes_out(desk)


def _goes_out(desk: Desk) -> None:
    cast = desk.cast
    desk.decide("approved")
    assert "지금 나감" in desk.sees()
    # What goes out from now on is what was approved.
    sending = sending_version(cast.notice, hours_waived=True)
    assert sending is not None
    assert sending.number == 4
    order = Order(
        notice=cast.notice,
        version=sending,
        department=cast.library,
        member=cast.librarian,
        chunk_size=10,
        not_before=None,
        hours_waived=True,
    )
    batch = take_in(order, cast.rows(phone()))
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]
    text = cast.control("GET", "accepted?text=1")[-1]["text"]
    assert "돌려주실 날은 2026. 11. 25.(수)입니다." in text
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert acts >= {f"template.{a}" for a in ("draft", "submit", "refresh")}
