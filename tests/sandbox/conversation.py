"""Talking to a sandbox: a client that signs as SOLAPI asks, and a callback address."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from sandbox.process import Handle

SENDER = "021200000"
GREETING = "KA01TP000000000000000000GREETING"
PASSPORT = "KA01TP000000000000000000PASSPORT"

TEMPLATES = [
    {"template_id": GREETING, "body": "#{이름}님, 안녕하세요.\n기한은 #{기한}까지입니다."},
    {
        "template_id": PASSPORT,
        "body": "#{이름}님, 여권이 나왔습니다.",
        "title": "#{번호} 발급 완료",
        "subtitle": "민원여권과",
        "extra": "※ 신청하신 분께 보내는 안내입니다.",
        "channel": "나루구청",
        "buttons": [
            {"type": "WL", "name": "예약하기", "link_mobile": "https://naru.example/r/#{표}"},
            {"type": "WL", "name": "오시는 길", "link_mobile": "https://naru.example/map"},
        ],
    },
]

BUTTONS = [
    {"buttonType": "WL", "buttonName": "예약하기", "linkMo": "https://naru.example/r/77"},
    {"buttonType": "WL", "buttonName": "오시는 길", "linkMo": "https://naru.example/map"},
]


class Client:
    """Calls the carrier's wire with fresh signatures, and the control API without."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.http = httpx.Client(base_url=handle.url, timeout=20, trust_env=False)

    def authorization(self, *, scheme: str = "HMAC-SHA256", date: str = "", salt: str = "") -> str:
        """A header as the official clients build it."""
        date = date or datetime.now(UTC).isoformat()
        salt = salt or uuid.uuid4().hex
        digest = hashlib.sha256 if scheme == "HMAC-SHA256" else hashlib.md5
        signature = hmac.new(
            self.handle.api_secret.encode(), (date + salt).encode(), digest
        ).hexdigest()
        key = self.handle.api_key
        return f"{scheme} apiKey={key}, date={date}, salt={salt}, signature={signature}"

    def call(self, method: str, path: str, body: object = None, **more: Any) -> httpx.Response:
        """One signed call of the carrier's API."""
        headers = {"Authorization": self.authorization(), **more.pop("headers", {})}
        if body is not None:
            more["content"] = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.request(method, path, headers=headers, **more)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One call of the control API; it must succeed."""
        reply = self.http.request(method, f"/_sandbox/{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def group(self, **options: Any) -> str:
        """Open a group and return its id."""
        reply = self.call("POST", "/messages/v4/groups", options)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["groupId"])

    def add(self, group_id: str, *messages: dict[str, Any]) -> httpx.Response:
        """Put messages into a group."""
        path = f"/messages/v4/groups/{group_id}/messages"
        return self.call("PUT", path, {"messages": list(messages)})

    def fire(self, group_id: str) -> httpx.Response:
        """Send a group."""
        return self.call("POST", f"/messages/v4/groups/{group_id}/send")

    def send(self, *messages: dict[str, Any]) -> str:
        """Open a group, fill it, send it; everything must be accepted."""
        group_id = self.group()
        added = self.add(group_id, *messages)
        assert added.json()["errorCount"] == 0, added.text
        assert self.fire(group_id).status_code == 200
        return group_id

    def alimtalk(self, to: str = "01012345678", ref: str = "1-1", **more: Any) -> dict[str, Any]:
        """A greeting with our own rendering, and the carrier's fallback switched off."""
        options = {"pfId": self.handle.profile, "templateId": GREETING, "disableSms": True}
        return {
            "to": to,
            "from": SENDER,
            "text": "김*루님, 안녕하세요.\n기한은 11. 25.(수)까지입니다.",
            "customFields": {"ref": ref},
            "kakaoOptions": {**options, **more.pop("kakaoOptions", {})},
            **more,
        }

    def statuses(self, group_id: str) -> dict[str, str]:
        """Status codes of a group by recipient."""
        reply = self.call("GET", "/messages/v4/list", params={"groupId": group_id, "limit": 1000})
        return {one["to"]: one["statusCode"] for one in reply.json()["messageList"].values()}

    def close(self) -> None:
        self.http.close()


def sms(
    to: str = "01012345678", ref: str = "1-1", text: str = "안내", **more: Any
) -> dict[str, Any]:
    """A short message."""
    return {"to": to, "from": SENDER, "text": text, "customFields": {"ref": ref}, **more}


class Listener:
    """A callback address that answers as told and keeps what it got."""

    def __init__(self) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self.answers: list[int] = []
        self.headers: list[dict[str, str]] = []
        self.paths: set[str] = set()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.headers.append(dict(self.headers.items()))
                listener.paths.add(self.path)
                listener.batches.append(json.loads(body))
                status = listener.answers.pop(0) if listener.answers else 200
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/callback"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def reports(self) -> list[dict[str, Any]]:
        """All reports in the order they came."""
        return [report for batch in list(self.batches) for report in batch]

    @property
    def refs(self) -> list[str]:
        """Their references."""
        return [report["data"]["customFields"].get("ref", "") for report in self.reports]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def wait_for(reached: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
