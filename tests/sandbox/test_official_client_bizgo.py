"""Bizgo's own Python client, unchanged but for its address."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import bizgo
import pytest
from bizgo import AlimtalkMessage, Bizgo, Destination, MmsMessage, SmsMessage
from bizgo.webhooks import WebhookReceiver
from PIL import Image

from sandbox.process import Handle, start
from tests.sandbox.conversation import SENDER, Client, wait_for

SECRET = "WEBHOOKSECRET00000000000000000001"
DUE = "TPDUESOON"
BODY = "#{이름} 님, #{기한}까지 책을 돌려주십시오."


def picture(kind: str = "JPEG") -> bytes:
    kept = BytesIO()
    Image.new("RGB", (64, 32), "white").save(kept, kind)
    return kept.getvalue()


class Desk:
    """The client, its account and the control API."""

    def __init__(self, handle: Handle, sandbox: Client) -> None:
        self.control = sandbox.control
        found = handle.protocols["bizgo"]
        self.key, self.profile, self.url = found["api_secret"], found["profile"], handle.url
        self.opened: list[Bizgo] = []
        self.client = self.open()

    def open(self, key: str = "", **more: Any) -> Bizgo:
        # Its own pace of 5 calls a second would make this file slow.
        opened = Bizgo(key or self.key, base_url=self.url, rate_limit=None, **more)
        self.opened.append(opened)
        return opened

    def close(self) -> None:
        for opened in self.opened:
            opened.close()

    def due(self, text: str = BODY, **more: Any) -> AlimtalkMessage:
        wanted = {"msg_type": "AT", "text": text, **more}
        return AlimtalkMessage(sender_key=self.profile, template_code=DUE, **wanted)

    def accepted(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", "accepted?protocol=bizgo&text=1")
        return found

    def template(self, code: str, **more: Any) -> dict[str, Any]:
        return {
            "alimtalk": {
                "senderKey": self.profile,
                "templateName": "반납예정일 안내",
                "templateCode": code,
                "templateMessageType": "BA",
                "templateEmphasizeType": "NONE",
                "text": BODY,
                **more,
            }
        }


@pytest.fixture
def desk(handle: Handle, sandbox: Client) -> Iterator[Desk]:
    sandbox.control("PUT", "templates", [{"template_id": DUE, "body": BODY}])
    made = Desk(handle, sandbox)
    yield made
    made.close()


class Office(ThreadingHTTPServer):
    """A webhook address. It answers as Bizgo wants, once it has run out of other answers."""

    daemon_threads = True

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.wrong_answers: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Answering)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/callback"
        threading.Thread(target=self.serve_forever, args=(0.02,)).start()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        office = self.server
        assert isinstance(office, Office)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        office.posts.append((dict(self.headers), body))
        key = json.loads(body)["msgKey"]
        answer = json.dumps({"msgKey": key}).encode()
        if office.wrong_answers:
            answer = office.wrong_answers.pop()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def office() -> Iterator[Office]:
    listening = Office()
    yield listening
    listening.shutdown()
    listening.server_close()


# ---- sending ---------------------------------------------------------------------------------


def test_it_works(desk: Desk) -> None:
    result = desk.client.send.sms(to="01012345678", from_=SENDER, text="안내", ref="1-1")
    assert result.ref == "1-1"
    assert result.tracking_id
    [one] = result.succeeded
    assert (one.to, one.code) == ("01012345678", "A000")
    [sent] = desk.accepted()
    assert (sent["type"], sent["ref"], sent["text"]) == ("SMS", "1-1", "안내")


def test_each_recipient_has_words_and_a_reference(desk: Desk) -> None:
    words = [{"이름": "김*루", "기한": "11. 25.(수)"}, {"이름": "이*루", "기한": "11. 26.(목)"}]
    result = desk.client.send.omni(
        to=[
            Destination(to=f"0101234555{n}", replace_words=one, ref=f"{n}-1")
            for n, one in enumerate(words)
        ],
        messages=[desk.due()],
    )
    assert len(result.msg_keys) == 2
    assert {key[:-3] for key in result.msg_keys} == {result.msg_keys[0][:-3]}
    assert [(one["ref"], one["text"]) for one in desk.accepted()] == [
        ("0-1", "김*루 님, 11. 25.(수)까지 책을 돌려주십시오."),
        ("1-1", "이*루 님, 11. 26.(목)까지 책을 돌려주십시오."),
    ]


def test_bizgo_renders_by_itself_too(desk: Desk) -> None:
    to = Destination(to="01012345678", replace_words={"이름": "김*루", "기한": "오늘"})
    step = AlimtalkMessage(sender_key=desk.profile, template_code=DUE, send_type="template")
    assert desk.client.send.omni(to=to, messages=[step]).msg_keys
    assert [one["text"] for one in desk.accepted()] == ["김*루 님, 오늘까지 책을 돌려주십시오."]
    unknown = AlimtalkMessage(sender_key=desk.profile, template_code="NONE", send_type="template")
    [failed] = desk.client.send.omni(to=to, messages=[unknown]).failed
    assert failed.code == "A505"


def test_lms_and_mms(desk: Desk) -> None:
    desk.client.send.lms(to="01012345678", from_=SENDER, text="긴 안내", title="나루구청")
    key = desk.client.files.upload_mms(picture()).file_key
    assert key is not None
    desk.client.send.mms(to="01012345678", from_=SENDER, text="지도", file_keys=[key])
    [failed] = desk.client.send.mms(
        to="01012345678", from_=SENDER, text="지도", file_keys=["UNKNOWN"]
    ).failed
    assert failed.code == "A217"
    assert [one["type"] for one in desk.accepted()] == ["LMS", "MMS"]


@pytest.mark.parametrize(
    ("to", "message", "code"),
    [
        ("0101234567x", SmsMessage(from_=SENDER, text="안내"), "A306"),
        ("01012345678", SmsMessage(from_="123", text="안내"), "A327"),
        ("01012345678", MmsMessage(from_=SENDER, text="\x01"), "A303"),
    ],
)
def test_one_recipient_may_be_refused(desk: Desk, to: str, message: Any, code: str) -> None:
    result = desk.client.send.omni(to=to, messages=[message])
    assert [one.code for one in result.failed] == [code]
    assert desk.accepted() == []


def test_more_words_than_an_sms_holds(desk: Desk) -> None:
    to = Destination(to="01012345678", replace_words={"본문": "가" * 46})
    result = desk.client.send.omni(to=to, messages=[SmsMessage(from_=SENDER, text="#{본문}")])
    assert [one.code for one in result.failed] == ["A328"]


def test_a_key_sends_once(desk: Desk) -> None:
    def send(**more: Any) -> bizgo.SendResult:
        return desk.client.send.omni(
            to=["01012345678", "01012345679"],
            messages=[SmsMessage(from_=SENDER, text="안내")],
            idempotency_key="chunk-1",
            **more,
        )

    assert len(send().succeeded) == 2
    again = send()
    assert (again.succeeded, again.failed) == ([], [])
    assert [one.to for one in again.duplicates] == ["01012345678", "01012345679"]
    assert len(desk.accepted()) == 2

    desk.control("PUT", "config", {"bizgo_key_seconds": 0.0})
    assert len(send().succeeded) == 2


def test_a_key_needs_its_time_to_live(desk: Desk) -> None:
    with pytest.raises(bizgo.BadRequestError) as caught:
        desk.client._transport.request(
            "POST",
            "/api/comm/v1/send/omni",
            retry=bizgo._transport.Retry.RATE_LIMIT_ONLY,
            operation="sendOmni",
            json={
                "destinations": [{"to": "01012345678"}],
                "messageFlow": [{"sms": {"from": SENDER, "text": "안내"}}],
                "idempotencyKey": "chunk-1",
            },
        )
    assert caught.value.code == "A309"


def test_bulk(desk: Desk) -> None:
    to = [f"0101234{n:04d}" for n in range(1000, 1450)]
    result = desk.client.send.bulk(
        to=to,
        messages=[SmsMessage(from_=SENDER, text="안내")],
        concurrency=2,
        idempotency_key_prefix="run-1",
    )
    assert result.ok
    assert len(result.msg_keys) == 450
    assert desk.control("GET", "summary?protocol=bizgo")["by_protocol"] == {"bizgo": 450}


def test_its_own_fallback_is_seen(desk: Desk) -> None:
    text = "김*루 님, 오늘까지 책을 돌려주십시오."
    desk.client.send.omni(
        to="01055550001", messages=[desk.due(text), SmsMessage(from_=SENDER, text="안내")]
    )
    assert desk.control("GET", "summary?protocol=bizgo")["replacements"] == {"SMS": 1}


# ---- what becomes of it ----------------------------------------------------------------------


def test_reports_by_polling(desk: Desk) -> None:
    text = "김*루 님, 오늘까지 책을 돌려주십시오."
    for n, to in enumerate(("01055551234", "01055550001", "01055550002", "01055550009")):
        desk.client.send.omni(to=Destination(to=to, ref=f"{n}-1"), messages=[desk.due(text)])
    wait_for(lambda: len(desk.client.reports.poll().reports) > 0)
    told: dict[str | None, str | None] = {}

    def keep(reports: list[bizgo.models.Report]) -> None:
        told.update({one.ref: one.report_code for one in reports})

    wait_for(lambda: desk.client.reports.consume(keep) is not None and len(told) == 4)
    assert told == {"0-1": "10000", "1-1": "63019", "2-1": "63020", "3-1": "6ME09"}
    assert desk.client.reports.poll().empty
    with pytest.raises(bizgo.PermissionDeniedError) as caught:
        desk.client.reports.ack("1-1")
    assert caught.value.code == "A802"


def test_a_page_stays_until_it_is_acknowledged(desk: Desk) -> None:
    desk.client.send.sms(to="01012345678", from_=SENDER, text="안내")
    wait_for(lambda: not desk.client.reports.poll().empty)
    first, again = desk.client.reports.poll(), desk.client.reports.poll()
    assert first.report_id == again.report_id
    desk.client.reports.ack(first.report_id)
    assert desk.client.reports.poll().empty


def test_a_page_holds_so_many(desk: Desk) -> None:
    to = [f"0101234{n:04d}" for n in range(1000, 1600)]
    desk.client.send.bulk(to=to, messages=[SmsMessage(from_=SENDER, text="안내")])
    wait_for(lambda: desk.control("GET", "summary?protocol=bizgo")["statuses"] == {"10000": 600})
    sizes = []
    desk.client.reports.consume(lambda reports: sizes.append(len(reports)))
    assert sizes == [500, 100]


def test_look_ups(desk: Desk) -> None:
    start_ = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    sent = desk.client.send.omni(
        to=[Destination(to="01055551234", ref="1-1"), Destination(to="0101234567x", ref="2-1")],
        messages=[SmsMessage(from_=SENDER, text="안내")],
        group_key="chunk-1",
    )
    desk.client.send.lms(to="01055550012", from_=SENDER, text="안내")
    [key] = sent.msg_keys
    wait_for(lambda: desk.client.reports.inquiry(key))
    [report] = desk.client.reports.inquiry(key)
    assert (report.service_type, report.msg_type, report.report_code) == ("SMS", "SM", "10000")

    [status] = desk.client.messages.status(key)
    assert (status.to, status.response_code, status.ref) == ("01055551234", "A000", "1-1")
    whole = desk.client.messages.status_by_request_id(key[:-3])
    assert [one.response_code for one in whole] == ["A000", "A306"]

    history = list(desk.client.messages.iter_history(start_, limit=1))
    assert [one.ref for one in history] == ["1-1", "2-1", ""]
    group = desk.client.messages.history(start_, group_key="chunk-1").messages
    assert [one.ref for one in group] == ["1-1", "2-1"]
    texts = desk.client.messages.history(start_, service_type=["MMS"]).messages
    assert [one.msg_type for one in texts] == ["LM"]
    assert desk.client.messages.status("20260101000000000SBX000000001000") == []


def test_webhooks_are_signed_and_tried_again(desk: Desk, office: Office) -> None:
    desk.control("PUT", "callback", {"url": office.url, "protocol": "bizgo", "secret": SECRET})
    desk.control("PUT", "config", {"retry_ms": [10, 10, 10]})
    office.wrong_answers = [b"ok", b'{"msgKey": "another"}']
    desk.client.send.sms(to="01012345678", from_=SENDER, text="안내", ref="1-1")
    wait_for(lambda: len(office.posts) == 3)
    receiver = WebhookReceiver(SECRET)
    reports = [receiver.report(headers, body) for headers, body in office.posts]
    assert {(one.ref, one.report_code, one.service_type) for one in reports} == {
        ("1-1", "10000", "SMS")
    }
    with pytest.raises(bizgo.WebhookVerificationError):
        WebhookReceiver("another").report(*office.posts[0])
    # An account that hears by webhook does not poll.
    with pytest.raises(bizgo.BadRequestError) as caught:
        desk.client.reports.poll()
    assert caught.value.code == "A801"


# ---- errors ----------------------------------------------------------------------------------


def test_a_wrong_key(desk: Desk) -> None:
    for key in ("WRONG", f"Bearer{desk.key}"):
        with pytest.raises(bizgo.AuthenticationError) as caught:
            desk.open(key).send.sms(to="01012345678", from_=SENDER, text="안내")
        assert (caught.value.layer, caught.value.code) == ("gateway", "A401")


def test_too_many_at_once(desk: Desk) -> None:
    desk.control("PUT", "config", {"rate_limits": {"bizgo": 1}})
    impatient = desk.open(max_retries=0)
    desk.client.send.sms(to="01012345678", from_=SENDER, text="안내")
    with pytest.raises(bizgo.RateLimitError) as caught:
        impatient.send.sms(to="01012345678", from_=SENDER, text="안내")
    assert (caught.value.http_status, caught.value.code) == (429, "A020")


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("too_many", bizgo.RateLimitError, "A020"),
        ("error_500", bizgo.InternalServerError, "A500"),
        ("error_503", bizgo.InternalServerError, "A503"),
        ("cut_after", bizgo.APIConnectionError, None),
    ],
)
def test_bad_days(desk: Desk, kind: str, error: type[Exception], code: str | None) -> None:
    desk.control("POST", "faults", {"kind": kind, "path": "send", "protocol": "bizgo"})
    with pytest.raises(error) as caught:
        desk.open(max_retries=0).send.sms(to="01012345678", from_=SENDER, text="안내")
    assert getattr(caught.value, "code", None) == code


def test_its_retry_after_a_cut_tells_nobody_twice(desk: Desk) -> None:
    desk.control("POST", "faults", {"kind": "cut_after", "path": "send", "protocol": "bizgo"})
    result = desk.client.send.sms(
        to="01012345678", from_=SENDER, text="안내", idempotency_key="once"
    )
    assert [one.code for one in result.destinations] == ["A301"]
    assert len(desk.accepted()) == 1


def test_an_unknown_call(desk: Desk) -> None:
    with pytest.raises(bizgo.NotFoundError) as caught:
        desk.client.kakao.categories.list()
    assert (caught.value.layer, caught.value.code) == ("gateway", "A404")


# ---- reservations ----------------------------------------------------------------------------


def test_a_reservation_and_its_end(desk: Desk) -> None:
    at = dt.datetime.now(dt.timezone(dt.timedelta(hours=9))) + dt.timedelta(hours=1)
    wanted = {
        "destinations": [{"to": "01012345678", "ref": "1-1"}, {"to": "0101234567x", "ref": "2-1"}],
        "messageFlow": [{"sms": {"from": SENDER, "text": "안내"}}],
        "resvSendTime": f"{at:%Y-%m-%d %H:%M:%S}",
        "resvName": "chunk-1",
    }
    made = desk.client.reservations.create(wanted)
    assert made.resv_key
    assert made.data is not None
    assert [one.code for one in made.data.destinations or []] == ["A000", "A306"]
    assert desk.client.reservations.get(made.resv_key).status == "PENDING"
    listed = list(desk.client.reservations.iter_list(resv_send_time=at.replace(tzinfo=None)))
    assert [(one.resv_key, one.resv_name) for one in listed] == [(made.resv_key, "chunk-1")]
    recipients = list(desk.client.reservations.recipients.iter_list(made.resv_key, limit=1))
    assert [one.response_code for one in recipients] == ["A000", "A306"]
    assert desk.client.reservations.cancel(made.resv_key).status == "CANCELLED"
    with pytest.raises(bizgo.BadRequestError) as caught:
        desk.client.reservations.cancel(made.resv_key)
    assert caught.value.code == "A824"
    assert desk.accepted() == []


@pytest.mark.parametrize(("minutes", "code"), [(9, "A316"), (370 * 24 * 60, "A331")])
def test_when_it_may_be_reserved_for(desk: Desk, minutes: int, code: str) -> None:
    at = dt.datetime.now(dt.timezone(dt.timedelta(hours=9))) + dt.timedelta(minutes=minutes)
    with pytest.raises(bizgo.BadRequestError) as caught:
        desk.client.reservations.create(
            {
                "destinations": [{"to": "01012345678"}],
                "messageFlow": [{"sms": {"from": SENDER, "text": "안내"}}],
                "resvSendTime": f"{at:%Y-%m-%d %H:%M:%S}",
            }
        )
    assert caught.value.code == code


# ---- templates and pictures ------------------------------------------------------------------


def test_the_life_of_a_template(desk: Desk) -> None:
    desk.control("PUT", "config", {"review_reject": "경품"})
    templates = desk.client.alimtalk.templates
    made = templates.create(desk.template("TPNEW", text="경품을 드립니다."))
    assert (made.inspection_status, made.msg_type) == ("REG", "AT")
    key = {"alimtalk": {"senderKey": desk.profile, "templateCode": "TPNEW"}}
    templates.request_inspection(key)
    found = templates.get(sender_key=desk.profile, template_code="TPNEW")
    assert found.inspection_status == "REJ"
    assert [one.status for one in found.comments or []] == ["REJ"]

    templates.update(desk.template("TPNEW"))
    desk.control("PUT", "config", {"review_delay_ms": None})
    templates.request_inspection_with_files(
        sender_key=desk.profile,
        template_code="TPNEW",
        comment="다시 보아 주십시오.",
        attachment=[picture()],
    )
    templates.cancel_inspection(key)
    assert templates.get(sender_key=desk.profile, template_code="TPNEW").inspection_status == "REG"
    templates.request_inspection(key)
    desk.control("POST", "templates/TPNEW/decide", {"status": "approved", "protocol": "bizgo"})
    listed = {
        one.template_code: one.inspection_status
        for one in templates.iter_list(sender_key=desk.profile, limit=1)
    }
    assert listed["TPNEW"] == "APR"
    approved = templates.list(sender_key=desk.profile, inspection_status="REJ")
    assert approved == []
    with pytest.raises(bizgo.BadRequestError):
        templates.delete(desk.profile, "TPNEW")


def test_a_template_is_deleted(desk: Desk) -> None:
    templates = desk.client.alimtalk.templates
    templates.create(desk.template("TPGONE"))
    with pytest.raises(bizgo.BadRequestError):
        templates.create(desk.template("TPGONE"))
    templates.delete(desk.profile, "TPGONE")
    with pytest.raises(bizgo.BadRequestError) as caught:
        templates.get(sender_key=desk.profile, template_code="TPGONE")
    assert caught.value.code == "A820"


def test_pictures(desk: Desk) -> None:
    files = desk.client.files
    assert files.upload_alimtalk_template_image(picture("PNG"), filename="a.png").img_url
    assert files.upload_alimtalk_item_highlight_image(picture()).img_url
    assert files.upload_mms(picture()).expired
    for content, name, code in (
        (picture("PNG"), "a.png", "A206"),
        (picture("PNG"), "a.jpg", "A205"),
    ):
        with pytest.raises(bizgo.BadRequestError) as caught:
            files.upload_mms(content, filename=name)
        assert caught.value.code == code


def test_the_sender_profile(desk: Desk) -> None:
    assert desk.client.kakao.senders.get(sender_key=desk.profile).block is False
    desk.control("PUT", "config", {"profile_states": {"bizgo": "dormant"}})
    assert desk.client.kakao.senders.get(sender_key=desk.profile).dormant is True
    with pytest.raises(bizgo.BadRequestError):
        desk.client.kakao.senders.get(sender_key="another")


# ---- after a kill ----------------------------------------------------------------------------


def test_a_kill_forgets_nothing(tmp_path: Any) -> None:
    journal = tmp_path / "journal"
    handle = start(journal=journal, arguments=["--report-delay-ms", "0"])
    key = handle.protocols["bizgo"]["api_secret"]

    def send(url: str) -> bizgo.SendResult:
        with Bizgo(key, base_url=url, rate_limit=None) as client:
            return client.send.sms(
                to="01012345678", from_=SENDER, text="안내", ref="1-1", idempotency_key="once"
            )

    [first] = send(handle.url).msg_keys
    with Bizgo(key, base_url=handle.url, rate_limit=None) as client:
        wait_for(lambda: not client.reports.poll().empty)
    handle.kill()
    handle = start(journal=journal, port=handle.port)
    try:
        assert len(send(handle.url).duplicates) == 1
        with Bizgo(key, base_url=handle.url, rate_limit=None) as client:
            wait_for(lambda: not client.reports.poll().empty)
            page = client.reports.poll()
            assert [one.msg_key for one in page.reports] == [first]
            client.reports.ack(page.report_id)
        handle.kill()
        handle = start(journal=journal, port=handle.port)
        with Bizgo(key, base_url=handle.url, rate_limit=None) as client:
            assert client.reports.inquiry(first)[0].report_code == "10000"
            assert client.reports.poll().empty
    finally:
        handle.stop()
