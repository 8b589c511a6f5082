"""NHN's JSON: requests as they come, answers under a header that says how it went."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.responses import Response

from sandbox.admission import LMS_BYTES, SMS_BYTES
from sandbox.message import Message
from sandbox.nhn.codes import SUCCESS, WORDS
from sandbox.wire import encode

NAME = "nhn"

API_KEY = "SANDBOXALIMTALK1"
API_SECRET = "SANDBOXSECRET001"  # noqa: S105 - a simulator keeps no secret
SMS_KEY = "SANDBOXSMS000001"
SMS_SECRET = "SANDBOXSECRET002"  # noqa: S105
SIGNATURE = "sandbox-signature"
PROFILE = "5a6e8d000000000000000000000000000sandbox"

MAX_RECIPIENTS = 1_000
MAX_PAGE = 1_000
#: What is stored of a text; what a phone is sent is cut at `SMS_BYTES` and `LMS_BYTES`.
STORED = {"SMS": 255, "LMS": 4_000, "MMS": 4_000}

SEOUL = ZoneInfo("Asia/Seoul")

_MARK = re.compile(r"##([^#\s]+)##")


class Refusal(Exception):  # noqa: N818 - an answer like any other, under HTTP 200
    """A failure that a header tells."""

    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(str(code))
        self.code = code
        self.words = words or WORDS.get(code, "")


def header(code: int = 0, words: str = SUCCESS) -> dict[str, Any]:
    """How a call went."""
    return {"resultCode": code, "resultMessage": words, "isSuccessful": code == 0}


def answer(**parts: Any) -> Response:
    """A call that went well."""
    return Response(encode({"header": header(), **parts}), media_type="application/json")


def refused(problem: Refusal, **parts: Any) -> Response:
    """A call that did not: HTTP 200 all the same."""
    body = {"header": header(problem.code, problem.words), **parts}
    return Response(encode(body), media_type="application/json")


# ---- requests --------------------------------------------------------------------------------


class Button(msgspec.Struct, gc=False):
    """A button or quick reply, under the names that the core compares by."""

    type: str | None = None
    name: str | None = None
    link_mo: str | None = msgspec.field(default=None, name="linkMo")
    link_pc: str | None = msgspec.field(default=None, name="linkPc")
    link_and: str | None = msgspec.field(default=None, name="schemeAndroid")
    link_ios: str | None = msgspec.field(default=None, name="schemeIos")


class Item(msgspec.Struct, gc=False):
    """A row of an item list, its summary or the highlight."""

    title: str = ""
    description: str = ""


class Items(msgspec.Struct):
    """An item list."""

    list: Sequence[Item] = ()
    summary: Item | None = None


class Resend(msgspec.Struct, rename="camel", gc=False):
    """NHN's own fallback. Without a word it follows the console, where it is on."""

    is_resend: bool | None = None


class KakaoRow(msgspec.Struct, rename="camel", gc=False):
    """A recipient of `raw-messages` or `messages`."""

    recipient_no: str = ""
    content: str | None = None
    template_parameter: dict[str, Any] | None = None
    template_title: str | None = None
    template_header: str | None = None
    template_item: Items | None = None
    template_item_highlight: Item | None = None
    buttons: Sequence[Button] | None = None
    quick_replies: Sequence[Button] | None = None
    resend_parameter: Resend | None = None
    recipient_grouping_key: str | None = None


class KakaoRequest(msgspec.Struct, rename="camel"):
    """`POST raw-messages` and `POST messages`."""

    sender_key: str = ""
    template_code: str = ""
    request_date: str | None = None
    sender_grouping_key: str | None = None
    recipient_list: list[KakaoRow] = []


class PhoneRow(msgspec.Struct, rename="camel", gc=False):
    """A recipient of `sender/…`."""

    recipient_no: str = ""
    international_recipient_no: str | None = None
    country_code: str | None = None
    template_parameter: dict[str, Any] | None = None
    recipient_grouping_key: str | None = None


class PhoneRequest(msgspec.Struct, rename="camel"):
    """`POST sender/sms` and `POST sender/mms`."""

    body: str = ""
    title: str | None = None
    send_no: str = ""
    request_date: str | None = None
    sender_grouping_key: str | None = None
    attach_file_id_list: list[int] | None = None
    recipient_list: list[PhoneRow] = []


read_kakao = msgspec.json.Decoder(KakaoRequest).decode
read_phone = msgspec.json.Decoder(PhoneRequest).decode


def kakao_messages(request: KakaoRequest) -> list[Message]:
    """What a request says, in the core's words."""
    found = []
    for row in request.recipient_list:
        values = row.template_parameter
        resend = row.resend_parameter
        found.append(
            Message(
                to=row.recipient_no,
                kind="ATA",
                text=row.content,
                profile=request.sender_key,
                template=request.template_code,
                variables=values and {f"#{{{name}}}": value for name, value in values.items()},
                title=row.template_title,
                buttons=row.buttons,
                custom=row.recipient_grouping_key or "",
                own_fallback=resend is None or resend.is_resend is not False,
            )
        )
    return found


def phone_messages(request: PhoneRequest, *, short: bool, cut: bool = True) -> list[Message]:
    """What a request says; `cut`: as much of it as the networks carry."""
    kind = "SMS" if short else "MMS" if request.attach_file_id_list else "LMS"
    image = str(request.attach_file_id_list[0]) if request.attach_file_id_list else None
    bare = "##" not in request.body and "##" not in (request.title or "")
    most = SMS_BYTES if short else LMS_BYTES
    whole = _cut(request.body, most) if cut else request.body
    found = []
    for row in request.recipient_list:
        text, title = whole, request.title
        if not bare:
            values = row.template_parameter or {}
            text = fill(request.body, values)
            title = fill(title, values) if title else title
            text = _cut(text, most) if cut else text
        found.append(
            Message(
                to=row.recipient_no or (row.international_recipient_no or ""),
                kind=kind,
                sender=request.send_no,
                text=text,
                subject=None if short else title,
                image=image,
                custom=row.recipient_grouping_key or "",
                country=row.country_code or "82",
            )
        )
    return found


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Put values in place of `##names##`, once; a name without a value stays."""
    return _MARK.sub(lambda mark: str(values.get(mark[1], mark[0])), text)


def _cut(text: str, most: int) -> str:
    """The beginning of a text that the network carries, whole characters only."""
    if 2 * len(text) <= most:
        return text
    return text.encode("cp949", "replace")[:most].decode("cp949", "ignore")


# ---- moments ---------------------------------------------------------------------------------


def clock(at: float | None, form: str = "%Y-%m-%d %H:%M:%S.0") -> str | None:
    """A moment as NHN writes it: Korean time, no offset."""
    return None if at is None else datetime.fromtimestamp(at, SEOUL).strftime(form)


def read_clock(text: str) -> float:
    """Seconds since the epoch of a moment in Korean time. Raises `ValueError`."""
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL).timestamp()
