"""The phones as residents see them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from sandbox.pages import number_words
from tests.sandbox.conversation import BUTTONS, PASSPORT, Client, sms, wait_for


class Outline(HTMLParser):
    """Landmarks, headings, labels and addresses of a page; refuses tags that do not close."""

    _VOID = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(sandbox: Client, path: str) -> str:
    reply = sandbox.http.get(path)
    assert reply.status_code == 200
    return reply.text


def words(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def settled(sandbox: Client) -> None:
    wait_for(lambda: "3000" not in sandbox.control("GET", "summary")["statuses"])


def test_an_alimtalk(sandbox: Client) -> None:
    options = {"templateId": PASSPORT, "title": "M1234 발급 완료", "buttons": BUTTONS}
    message = sandbox.alimtalk("01012345678", kakaoOptions=options)
    sandbox.send({**message, "text": "김*루님, 여권이 나왔습니다."})
    settled(sandbox)
    html = page(sandbox, "/phones/01012345678")
    for expected in (
        "010-1234-5678",
        "나루구청",
        "알림톡 도착",
        "민원여권과",
        "M1234 발급 완료",
        "김*루님, 여권이 나왔습니다.",
        "※ 신청하신 분께 보내는 안내입니다.",
        "예약하기",
        "https://naru.example/r/77",
    ):
        assert expected in words(html)
    assert "모의 발송 환경" in html


def test_item_lists_are_filled_from_the_text(sandbox: Client) -> None:
    template = {
        "template_id": "KA01TPITEMS",
        "header": "반납예정일 안내",
        "highlight": {"title": "#{책}", "description": "반납 #{기한}"},
        "items": [{"title": "도서관", "description": "나루도서관"}],
        "summary": {"title": "연체료", "description": "0원"},
        "body": "#{책}을 #{기한}까지 돌려주십시오.",
        "buttons": [{"type": "WL", "name": "연장하기", "link_mobile": "https://naru.example"}],
    }
    sandbox.control("PUT", "templates", [template])
    buttons = [{"buttonType": "WL", "buttonName": "연장하기", "linkMo": "https://naru.example"}]
    message = sandbox.alimtalk(kakaoOptions={"templateId": "KA01TPITEMS", "buttons": buttons})
    sandbox.send({**message, "text": "나루터 이야기을 내일까지 돌려주십시오."})
    settled(sandbox)
    text = words(page(sandbox, "/phones/01012345678"))
    for expected in ("반납예정일 안내", "나루터 이야기 ", "반납 내일", "나루도서관", "연체료"):
        assert expected in text


def test_variables_are_put_in(sandbox: Client) -> None:
    options = {"variables": {"#{이름}": "김<루>", "#{기한}": "내일"}}
    sandbox.send({**sandbox.alimtalk(kakaoOptions=options), "text": None})
    settled(sandbox)
    assert "김&lt;루&gt;님, 안녕하세요." in page(sandbox, "/phones/01012345678")


def test_texts_by_sender(sandbox: Client) -> None:
    sandbox.send(sms(text="첫 안내"))
    sandbox.send({**sms(text="긴 안내 " * 20, subject="자동차세"), "from": "15881234"})
    settled(sandbox)
    html = page(sandbox, "/phones/01012345678")
    for expected in ("02-120-0000", "1588-1234", "첫 안내", "자동차세", "· 문자", "· 장문 문자"):
        assert expected in html


def test_pictures_are_named(sandbox: Client) -> None:
    body = {"file": "/9j/", "type": "MMS", "name": "행사<1>.jpg"}
    image = sandbox.call("POST", "/storage/v1/files", body).json()["fileId"]
    sandbox.send({**sms(text="행사 안내"), "type": "MMS", "imageId": image})
    template = {"template_id": "KA01TPPICTURE", "body": "행사 안내", "image": "ST01FLEVENT"}
    sandbox.control("PUT", "templates", [template])
    options = {"templateId": "KA01TPPICTURE"}
    sandbox.send({**sandbox.alimtalk(ref="2-1", kakaoOptions=options), "text": "행사 안내"})
    settled(sandbox)
    html = page(sandbox, "/phones/01012345678")
    assert "사진: 행사&lt;1&gt;.jpg" in html
    assert "사진: ST01FLEVENT" in html
    assert "사진 문자" in html


def test_what_did_not_arrive_is_not_on_the_screen(sandbox: Client) -> None:
    sandbox.send(sandbox.alimtalk("01012340001"))
    settled(sandbox)
    html = page(sandbox, "/phones/01012340001")
    assert "이 전화기에 도착한 메시지가 없습니다." in html
    assert "카카오톡 미사용자 (3104)" in html
    assert "안녕하세요" not in html


def test_a_fallback_of_the_carrier_shows_as_both(sandbox: Client) -> None:
    sandbox.send(sandbox.alimtalk("01012340001", kakaoOptions={"disableSms": False}))
    settled(sandbox)
    html = page(sandbox, "/phones/01012340001")
    assert "카카오톡 미사용자 (3104)" in html
    assert 'class="phone sms"' in html


def test_a_waiting_message_is_not_on_the_screen(sandbox: Client) -> None:
    sandbox.send(sandbox.alimtalk("01012340006"))
    html = page(sandbox, "/phones/01012340006")
    assert "알림톡 결과 대기" in html
    assert "안녕하세요" not in html


def test_the_list_is_latest_first_and_paged(sandbox: Client) -> None:
    for start in (0, 25):
        sandbox.send(*[sms(f"0101111{n:04d}", f"{n}-1") for n in range(5000 + start, 5025 + start)])
    sandbox.send(sms("01011115003", "99-1"))
    pages = [page(sandbox, "/phones")]
    while older := re.search(r'href="(/phones\?before=\d+-\d+)"', pages[-1]):
        pages.append(page(sandbox, older[1]))
    shown = [re.findall(r'href="/phones/(\d+)"', html) for html in pages]
    assert [len(numbers) for numbers in shown] == [20, 20, 10]
    everybody = [number for numbers in shown for number in numbers]
    assert everybody[:2] == ["01011115003", "01011115049"]
    assert len(set(everybody)) == 50
    assert "모두 2건" in pages[0]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("5678", ["01012345678"]),
        ("1234-5678", ["01012345678"]),
        ("0001", []),
        ("없음", ["01099990000", "01012345678"]),
    ],
)
def test_a_search_by_last_digits(sandbox: Client, query: str, shown: list[str]) -> None:
    sandbox.send(sms("01012345678", "1-1"), sms("01099990000", "2-1"))
    html = sandbox.http.get("/phones", params={"q": query}).text
    assert re.findall(r'href="/phones/(\d+)"', html) == shown


def test_an_empty_list_says_what_to_do(sandbox: Client) -> None:
    assert "아직 보낸 메시지가 없습니다." in page(sandbox, "/phones")


@pytest.mark.parametrize("path", ["/phones", "/phones/01012345678"])
def test_pages_can_be_read_by_everybody(sandbox: Client, path: str) -> None:
    sandbox.send(sms(), sandbox.alimtalk("01098765432", "2-1"))
    settled(sandbox)
    outline = Outline(page(sandbox, path))
    assert outline.named("html")[0]["lang"] == "ko"
    assert len(outline.named("main")) == len(outline.named("h1")) == 1
    assert outline.named("main")[0]["id"] == "main"
    assert outline.named("a")[0]["href"] == "#main"
    labels = {attributes["for"] for attributes in outline.named("label")}
    assert {attributes["id"] for attributes in outline.named("input")} == labels
    assert outline.named("script") == outline.named("img") == []


def test_nothing_comes_from_elsewhere(sandbox: Client) -> None:
    reply = sandbox.http.get("/phones")
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    assert "//" not in sandbox.http.get("/phones/style.css").text
    assert not re.search(r'(?:src|href)="(?!/|#|data:,)', reply.text)
    assert sandbox.http.get("/").headers["location"] == "/phones"


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("01012345678", "010-1234-5678"),
        ("0212345678", "02-1234-5678"),
        ("021234567", "02-123-4567"),
        ("0311234567", "031-123-4567"),
        ("15881234", "1588-1234"),
        ("114", "114"),
    ],
)
def test_numbers_are_written_as_people_do(digits: str, shown: str) -> None:
    assert number_words(digits) == shown
