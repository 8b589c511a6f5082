"""NHN Cloud as a carrier: KakaoTalk Bizmessage v2.3 and SMS v3.0, two products of one contract.

A hand-over is one request, under a token that NHN hears twice: as the key that it takes once in
ten minutes (Alimtalk only), and as the grouping key by which it can be asked what it has. So an
interrupted Alimtalk may simply go again under the same token: the second copy is refused (-1005).
An SMS may not: it waits until nothing of it can be on its way any more, and is then looked for.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex

from alimnaru.carriers.base import (
    CarrierError,
    Found,
    InDoubt,
    NotSent,
    Others,
    Parcel,
    Picture,
    PictureUse,
    Receipt,
    Refused,
    Rejected,
    Sent,
    Shipment,
    Taken,
    Templates,
    Uploaded,
)
from alimnaru.carriers.nhn import callback, lists, replies, tokens, wire
from alimnaru.carriers.nhn.app import App
from alimnaru.carriers.nhn.codes import TAKEN_BACK, result_of, result_of_row
from alimnaru.carriers.nhn.templates import NhnTemplates
from alimnaru.carriers.nhn.tokens import Fence
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result

#: NHN: the key under which a repeat is refused.
KEY_HEADER = "X-NC-API-IDEMPOTENCY-KEY"

#: Every message of a request was refused: the rows say why.
ALL_REFUSED = -1031

#: Nothing there that could be taken back: it went, or it was taken back before.
NOTHING_TO_CANCEL = -2029

#: Where texts go, and where they are listed.
PHONE_PATHS = {Channel.SMS: "/sender/sms", Channel.LMS: "/sender/mms", Channel.MMS: "/sender/mms"}
KAKAO_LIST = "/messages"

IMAGE_PATHS = {
    PictureUse.TEMPLATE: "/template-image",
    PictureUse.HIGHLIGHT: "/template-image/item-highlight",
}


class Nhn:
    """One contract. `phone` is None where the office has no SMS app. See `base.Carrier`."""

    #: NHN takes no more recipients in a request.
    max_messages = 1_000

    def __init__(
        self,
        kakao: App,
        phone: App | None,
        *,
        profile: str,
        fences: tuple[Fence, Fence],
        sms_template: str | None = None,
        lms_template: str | None = None,
    ) -> None:
        self._kakao = kakao
        self._phone_or_none = phone
        self._kakao_fence, self._phone_fence = fences
        self._text_templates = {Channel.SMS: sms_template}
        self._text_templates |= dict.fromkeys((Channel.LMS, Channel.MMS), lms_template)
        self._templates = NhnTemplates(kakao, profile)
        self._texted: deque[str] = deque(maxlen=100)

    @property
    def templates(self) -> Templates:
        """The wordings of the account's profile."""
        return self._templates

    def prepare(self, reference: str) -> str:
        """Make a token; nothing is asked."""
        return tokens.make_token(reference)

    def send(self, token: str, shipment: Shipment) -> Sent:
        """Hand the shipment over in one request. Raises `NotSent`, `Rejected` or `InDoubt`."""
        if shipment.channel is Channel.ALIMTALK:
            return self._send_kakao(token, shipment)
        return self._send_phone(token, shipment)

    def find(self, token: str, shipment: Shipment | None, others: Others) -> Found:
        """Ask for what NHN lists under the token. Raises `InDoubt` while more may come of it."""
        del others  # the token names no other chunk
        try:
            # Before the look-up: what arrives while it is made must count as still to come.
            age = tokens.age_of(token)
            sides = self._sides(shipment)
            items = [item for side in sides for item in self._listed(side, token)]
        except (ValueError, NotSent) as error:
            code = error.code if isinstance(error, CarrierError) else "ForeignToken"
            raise InDoubt(code) from error
        settled = age >= max(side.fence.settles for side in sides)
        if items:
            sent = _sent_of(items)
            known = sent.accepted.keys() | sent.refused.keys()
            whole = shipment is not None and all(one.ref in known for one in shipment.messages)
            if whole or settled:
                return Found(sent)
            raise InDoubt("ListIncomplete", f"{len(known)}")
        if settled:
            return Found(None)
        if (
            shipment is not None
            and shipment.channel is Channel.ALIMTALK
            and age < self._kakao_fence.leaves
        ):
            # Not listed does not mean not taken; but of a repeat NHN takes one copy.
            return Found(None, same_token=True)
        raise InDoubt("NotListedYet")

    def results(self, parcel: Parcel) -> Iterator[bytes]:
        """Yield what NHN lists of a parcel, a page at a time. Raises `NotSent`."""
        side = self._side(parcel.channel)
        for params in lists.searches(side, parcel):
            for raw, _ in side.app.pages(side.path, params):
                yield raw

    def taken(self, since: datetime) -> Iterator[Taken]:
        """Yield all messages of the apps from `since` on. Raises `NotSent`."""
        now = datetime.now(UTC)
        for side in self._sides(None):
            yield from lists.taken(side, since, now)

    def read_receipts(self, raw: bytes) -> list[Receipt]:
        """Read a webhook body or a page of `results`. Raises `ValueError` for what is neither."""
        return callback.read_receipts(raw)

    def cancel(self, parcel: Parcel) -> bool:
        """Take back what NHN holds for later. Raises `NotSent`.

        Whether it is taken back is read in the list afterwards: NHN's answer to an Alimtalk's
        cancellation does not say of which messages it came too late.
        """
        side = self._side(parcel.channel)
        items = self._items(side, parcel)
        if parcel.channel is Channel.ALIMTALK:
            for request in sorted({item.request_id or "" for item in items}):
                self._kakao.ask(
                    replies.read_answer,
                    "DELETE",
                    f"{KAKAO_LIST}/{request}",
                    despite=(NOTHING_TO_CANCEL,),
                )
        else:
            reservations = [
                {"requestId": item.request_id, "recipientSeq": item.recipient_seq} for item in items
            ]
            body = wire.encode({"reservationList": reservations, "updateUser": "alimnaru"})
            side.app.ask(replies.read_answer, "PUT", "/reservations/cancel", body=body)
        items = self._items(side, parcel)
        return bool(items) and all(lists.state_of(item) in TAKEN_BACK for item in items)

    def upload(self, picture: Picture, use: PictureUse) -> Uploaded:
        """Register a picture: for an MMS its number, for a template its address.

        An MMS takes JPEG only, up to 300 KB and 1,000 x 1,000 points. How long NHN keeps one is not
        said (-2004 when it is gone). Raises `NotSent` or `Rejected`.
        """
        if use is PictureUse.MMS:
            return self._upload_mms(picture)
        body, content_type = _multipart(picture)
        answer = self._kakao.ask(
            replies.read_kakao_upload,
            "POST",
            IMAGE_PATHS[use],
            body=body,
            headers={"Content-Type": content_type},
        )
        if answer.template_image is None:
            raise NotSent("UnreadableReply", "no image")
        return Uploaded(answer.template_image.template_image_url)

    def balance(self) -> int | None:
        """None: NHN bills afterwards and tells no balance."""
        return None

    def close(self) -> None:
        """Give the connections back."""
        self._kakao.close()
        if self._phone_or_none is not None:
            self._phone_or_none.close()

    # ---- handing over ----------------------------------------------------------------------

    def _send_kakao(self, token: str, shipment: Shipment) -> Sent:
        answer = self._kakao.ask(
            replies.read_kakao_sent,
            "POST",
            "/raw-messages",
            body=wire.encode_kakao(token, shipment),
            headers={KEY_HEADER: token},
            guard=lambda: _refuse_late(token, self._kakao_fence),
            fires=True,
            despite=(ALL_REFUSED,),
        )
        taken = answer.message
        rows = taken.send_results if taken is not None else None
        if not answer.header.is_successful and not rows:
            code = str(answer.header.result_code)
            raise Rejected(code, "every message", result=Result.REQUEST_WRONG)
        request = taken.request_id if taken is not None else None
        return _verdicts(shipment, request, rows or (), self._kakao)

    def _send_phone(self, token: str, shipment: Shipment) -> Sent:
        refused = {
            one.ref: Refused("MarkInText", Result.TEXT_REFUSED)
            for one in shipment.messages
            if wire.has_mark(one)
        }
        if refused:
            left = [one for one in shipment.messages if one.ref not in refused]
            if not left:
                return Sent({}, refused)
            shipment = replace(shipment, messages=left)
        app = self._phone
        if token in self._texted:
            # No key tells NHN that it has these already.
            raise InDoubt("TokenUsed")
        self._texted.append(token)
        answer = app.ask(
            replies.read_phone_sent,
            "POST",
            PHONE_PATHS[shipment.channel],
            body=wire.encode_phone(token, shipment, self._text_templates[shipment.channel]),
            guard=lambda: _refuse_late(token, self._phone_fence),
            fires=True,
        )
        taken = answer.body.data if answer.body is not None else None
        if taken is None or taken.status_code == "3":
            raise InDoubt("RequestFailed" if taken else "UnreadableReply")
        sent = _verdicts(shipment, taken.request_id, taken.send_result_list or (), app)
        return Sent(sent.accepted, {**sent.refused, **refused}) if refused else sent

    # ---- asking ----------------------------------------------------------------------------

    @property
    def _phone(self) -> App:
        if self._phone_or_none is None:
            raise Rejected("SmsKeyNotSet", result=Result.ACCOUNT_REFUSED)
        return self._phone_or_none

    def _side(self, channel: Channel) -> lists.Side:
        if channel is Channel.ALIMTALK:
            return lists.Side(self._kakao, KAKAO_LIST, self._kakao_fence, "%Y-%m-%d %H:%M")
        path = PHONE_PATHS[channel]
        return lists.Side(self._phone, path, self._phone_fence, "%Y-%m-%d %H:%M:%S")

    def _sides(self, shipment: Shipment | None) -> list[lists.Side]:
        """Where a token may have been used: a shipment that can be read no more may be anywhere."""
        if shipment is not None:
            return [self._side(shipment.channel)]
        sides = [self._side(Channel.ALIMTALK)]
        if self._phone_or_none is not None:
            sides += [self._side(Channel.SMS), self._side(Channel.LMS)]
        return sides

    def _listed(self, side: lists.Side, token: str) -> list[replies.Item]:
        pages = side.app.pages(side.path, lists.by_token(side, token))
        return [item for _, page in pages for item in page.items]

    def _items(self, side: lists.Side, parcel: Parcel) -> list[replies.Item]:
        return [
            item
            for params in lists.searches(side, parcel)
            for _, page in side.app.pages(side.path, params)
            for item in page.items
        ]

    def _upload_mms(self, picture: Picture) -> Uploaded:
        body = wire.encode(
            {
                "fileName": picture.name,
                "createUser": "alimnaru",
                "fileBody": base64.b64encode(picture.content).decode("ascii"),
            }
        )
        path = "/attachfile/binaryUpload"
        answer = self._phone.ask(replies.read_phone_upload, "POST", path, body=body)
        if answer.body is None:
            raise NotSent("UnreadableReply", "no file")
        return Uploaded(str(answer.body.data.file_id))


def _refuse_late(token: str, fence: Fence) -> None:
    """Keep a hand-over here that would set out so late that `find` may have given it up."""
    try:
        age = tokens.age_of(token)
    except ValueError:
        raise NotSent("ForeignToken") from None
    if age > fence.leaves:
        raise NotSent("TokenTooOld", f"{age:.0f} s")


def _verdicts(
    shipment: Shipment, request: str | None, rows: Sequence[replies.Row], app: App
) -> Sent:
    refs = {one.ref for one in shipment.messages}
    accepted: dict[str, str] = {}
    refused: dict[str, Refused] = {}
    by_number: dict[str, str] = {}
    for row in rows:
        ref = row.recipient_grouping_key
        if ref is None or ref not in refs:
            # A shipment never holds a number twice, so the number tells as well.
            by_number = by_number or {one.to: one.ref for one in shipment.messages}
            ref = by_number.get((row.recipient_no or "").replace("-", ""))
        code = row.result_code
        if ref is None or code is None:
            continue
        if code == 0 and request:
            accepted[ref] = f"{request}:{row.recipient_seq}"
        else:
            refused[ref] = Refused(str(code), result_of_row(code, app.errors))
    if len(accepted) + len(refused) != len(refs):
        # Taken, but not all of it is told: the list will know.
        raise InDoubt("SendResultsIncomplete", f"{len(accepted) + len(refused)}/{len(refs)}")
    return Sent(accepted, refused)


def _sent_of(items: Sequence[replies.Item]) -> Sent:
    """What a list says was taken. Whether it arrived is for a receipt to say."""
    accepted: dict[str, str] = {}
    refused: dict[str, Refused] = {}
    for item in items:
        if item.ref is None or item.request_id is None:
            raise InDoubt("ListUnreadable")
        code = str(item.result_code or "")
        if code.startswith("-"):
            # Below zero are codes of requests: this one was never on its way.
            kakao = item.msg_status is None
            refused[item.ref] = Refused(code, result_of(code, kakao=kakao))
        else:
            accepted[item.ref] = f"{item.request_id}:{item.recipient_seq}"
    return Sent(accepted, refused)


def _multipart(picture: Picture) -> tuple[bytes, str]:
    """A form with one file, `file`, and its content type."""
    kind = "image/png" if picture.name.lower().endswith(".png") else "image/jpeg"
    boundary = token_hex(16)
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{picture.name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    body = head.encode("ascii") + picture.content + f"\r\n--{boundary}--\r\n".encode("ascii")
    return body, f"multipart/form-data; boundary={boundary}"
