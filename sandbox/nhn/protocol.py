"""NHN Cloud as one of the sandbox's protocols."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from sandbox.callbacks import Parcel
from sandbox.matching import Template, TemplateSpec
from sandbox.message import Message
from sandbox.nhn import cancelling, handing, lists, profiles, templates, uploads, wire
from sandbox.nhn.codes import KAKAO, PHONE, SECRET_WORDS
from sandbox.nhn.matching import NhnTemplate
from sandbox.nhn.reporting import encode_batch, lane_of
from sandbox.nhn.wire import (
    API_KEY,
    API_SECRET,
    NAME,
    PROFILE,
    SIGNATURE,
    SMS_KEY,
    SMS_SECRET,
    Refusal,
)
from sandbox.protocol import Handler, Post, Protocol
from sandbox.settings import Settings
from sandbox.store import Chunk
from sandbox.wire import WireError

_AT = "/alimtalk/v2.3/appkeys/{app_key}"
_SMS = "/sms/v3.0/appKeys/{app_key}"
_TEMPLATES = f"{_AT}/senders/{{sender_key}}/templates"
_TEMPLATE = f"{_TEMPLATES}/{{code}}"

_TABLE: list[tuple[str, str, Handler]] = [
    ("POST", f"{_AT}/raw-messages", handing.raw),
    ("POST", f"{_AT}/messages", handing.substituted),
    ("GET", f"{_AT}/messages", lists.kakao),
    ("GET", f"{_AT}/messages/{{request_id}}/{{seq}}", lists.kakao_one),
    ("DELETE", f"{_AT}/messages/{{request_id}}", cancelling.kakao),
    ("GET", f"{_AT}/message-results", lists.kakao_updates),
    ("GET", f"{_AT}/message-results/count", lists.kakao_updates_count),
    ("GET", f"{_AT}/template/categories", profiles.categories),
    ("GET", f"{_AT}/senders", profiles.senders),
    ("GET", f"{_AT}/senders/{{sender_key}}", profiles.sender),
    ("POST", _TEMPLATES, templates.register),
    ("GET", _TEMPLATES, templates.show_all),
    ("GET", _TEMPLATE, templates.show),
    ("PUT", _TEMPLATE, templates.change),
    ("DELETE", _TEMPLATE, templates.delete),
    ("POST", f"{_TEMPLATE}/comments", templates.comment),
    ("POST", f"{_TEMPLATE}/comments_file", templates.comment_with_files),
    ("GET", f"{_TEMPLATE}/modifications", templates.changes),
    ("POST", f"{_AT}/template-image", uploads.template),
    ("POST", f"{_AT}/template-image/item-highlight", uploads.template),
    ("POST", f"{_SMS}/sender/sms", handing.sms),
    ("POST", f"{_SMS}/sender/mms", handing.mms),
    ("GET", f"{_SMS}/sender/sms", lists.phone),
    ("GET", f"{_SMS}/sender/mms", lists.phone),
    ("GET", f"{_SMS}/sender/sms/{{request_id}}", lists.phone_one),
    ("GET", f"{_SMS}/sender/mms/{{request_id}}", lists.phone_one),
    ("GET", f"{_SMS}/message-results", lists.phone_updates),
    ("GET", f"{_SMS}/reservations", cancelling.reservations),
    ("PUT", f"{_SMS}/reservations/cancel", cancelling.phone),
    ("POST", f"{_SMS}/attachfile/binaryUpload", uploads.mms),
]

#: What the core refuses, in NHN's numbers.
_CORE = {404: -9998, 405: -9998}


class Nhn(Protocol):
    """Two products: whole requests under a key, and HTTP 200 whatever becomes of them."""

    name = NAME
    # Another carrier's paths begin with /alimtalk/v2/ and /sms/v2/.
    prefixes = ("/alimtalk/v2.3/", "/sms/v3.0/")
    kakao = KAKAO
    phone = PHONE

    @property
    def credentials(self) -> dict[str, str]:
        """Keys and secrets of both apps, the profile, and the text that callbacks show."""
        return {
            "api_key": API_KEY,
            "api_secret": API_SECRET,
            "sms_key": SMS_KEY,
            "sms_secret": SMS_SECRET,
            "callback_secret": SIGNATURE,
            "profile": PROFILE,
        }

    def table(self) -> Sequence[tuple[str, str, Handler]]:
        """Method, path and handler of each call; what they refuse is an answer."""
        return [(verb, path, _answering(run)) for verb, path, run in _TABLE]

    def guard(self, request: Request) -> Response | None:
        """Check app and secret, what is sent, and how fast."""
        try:
            self._check(request)
        except Refusal as problem:
            return wire.refused(problem)
        return None

    def _check(self, request: Request) -> None:
        kakao = request.url.path.startswith("/alimtalk/")
        key, secret = (API_KEY, API_SECRET) if kakao else (SMS_KEY, SMS_SECRET)
        if request.path_params["app_key"] != key:
            raise Refusal(-1000)
        told = request.headers.get("x-secret-key", "").encode()
        if not hmac.compare_digest(told, secret.encode()):
            raise Refusal(-1001, SECRET_WORDS["kakao" if kakao else "phone"])
        said = request.headers.get("content-type", "").lower().startswith("application/json")
        if request.method in ("POST", "PUT") and not said and not _is_form(request):
            raise Refusal(-9996)

    def endpoint_of(self, method: str, path: str) -> tuple[str, ...]:
        """The fault places of a request."""
        rest = path.split("/", 5)[-1]
        if method == "POST" and rest.startswith(("raw-messages", "messages", "sender/")):
            return ("send",)
        if rest.startswith("reservations/cancel") or (method, rest[:9]) == ("DELETE", "messages/"):
            return ("cancel",)
        if rest.startswith(("messages", "message-results", "sender/", "reservations")):
            return ("list",)
        if rest.startswith(("senders", "template")):
            return ("templates",)
        return ("other",)

    def error(self, problem: WireError) -> Response:
        """HTTP 200, and the number in the header."""
        return wire.refused(Refusal(_CORE.get(problem.status, -9997)))

    def messages_of(self, body: bytes, form: str) -> list[Message]:
        """The messages of a stored request."""
        if form in lists.KAKAO_FORMS:
            return wire.kakao_messages(wire.read_kakao(body))
        return wire.phone_messages(wire.read_phone(body), short=form == "sms")

    def template(self, spec: TemplateSpec) -> Template:
        """A registered template, compared in all its parts."""
        return NhnTemplate(spec)

    def lane(self, chunk: Chunk) -> str:
        """Each product reports by itself."""
        return lane_of(chunk)

    def encode(self, parcels: Sequence[Parcel], settings: Settings) -> Post:
        """A callback of one product, with the text that was agreed."""
        signature = settings.callback_secrets.get(NAME) or SIGNATURE
        headers = {
            "Content-Type": "application/json;charset=UTF-8",
            "X-Toast-Webhook-Signature": signature,
        }
        return Post(encode_batch(self.world, parcels), headers)


def _is_form(request: Request) -> bool:
    return "/template-image" in request.url.path


def _answering(run: Handler) -> Handler:
    async def answer(request: Request) -> Response:
        try:
            return await run(request)
        except Refusal as problem:
            return wire.refused(problem)

    return answer
