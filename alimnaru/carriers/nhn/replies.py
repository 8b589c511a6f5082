"""NHN Cloud's JSON on the way in: every answer is HTTP 200 with a header that says how it went."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Header(msgspec.Struct, rename="camel"):
    """How a call went."""

    is_successful: bool
    result_code: int
    result_message: str | None = None


class Answer(msgspec.Struct, rename="camel"):
    """An answer of which only the header is of interest."""

    header: Header


class Row(msgspec.Struct, rename="camel", gc=False):
    """The verdict on one message of a hand-over."""

    recipient_seq: int | None = None
    recipient_no: str | None = None
    result_code: int | None = None
    recipient_grouping_key: str | None = None


class KakaoTaken(msgspec.Struct, rename="camel"):
    """What became of a hand-over. `request_id` is null where every message was refused."""

    request_id: str | None = None
    send_results: Sequence[Row] | None = None


class PhoneTaken(msgspec.Struct, rename="camel"):
    """The same of an SMS. Status: 1 being asked for, 2 asked for, 3 failed."""

    request_id: str | None = None
    status_code: str | None = None
    send_result_list: Sequence[Row] | None = None


class PhoneData(msgspec.Struct):
    """What SMS wraps its answers in."""

    data: PhoneTaken | None = None


class KakaoSent(msgspec.Struct):
    """The answer to `POST raw-messages`."""

    header: Header
    message: KakaoTaken | None = None


class PhoneSent(msgspec.Struct):
    """The answer to `POST sender/…`."""

    header: Header
    body: PhoneData | None = None


class Item(msgspec.Struct, rename="camel", gc=False):
    """A message as a list or a callback shows it, of either product.

    `msg_status` and `result_date` are an SMS list's, `message_status` and `receive_date` all
    others', `kakao_message_type` an Alimtalk callback's. `recipient_gropuing_key`: so spelt in the
    example of the SMS callback, and rightly in the table beside it.
    """

    request_id: str | None = None
    recipient_seq: int | None = None
    sender_grouping_key: str | None = None
    recipient_grouping_key: str | None = None
    recipient_gropuing_key: str | None = None
    result_code: str | int | None = None
    message_status: str | None = None
    msg_status: str | None = None
    receive_date: str | None = None
    result_date: str | None = None
    kakao_message_type: str | None = None

    @property
    def ref(self) -> str | None:
        """Our reference."""
        return self.recipient_grouping_key or self.recipient_gropuing_key


class KakaoPage(msgspec.Struct, rename="camel"):
    """A page of `GET messages`."""

    messages: Sequence[Item] | None = None
    total_count: int | None = None


class PhonePage(msgspec.Struct, rename="camel"):
    """A page of `GET sender/…`."""

    data: Sequence[Item] | None = None
    total_count: int | None = None


class Page(msgspec.Struct, rename="camel"):
    """A page of messages of either product."""

    header: Header
    message_search_result_response: KakaoPage | None = None
    body: PhonePage | None = None

    @property
    def items(self) -> Sequence[Item]:
        """The messages of the page."""
        if self.message_search_result_response is not None:
            return self.message_search_result_response.messages or ()
        return (self.body.data or ()) if self.body is not None else ()

    @property
    def total(self) -> int:
        """Messages of all pages."""
        page = self.message_search_result_response or self.body
        return (page.total_count or 0) if page is not None else 0


class UploadedFile(msgspec.Struct, rename="camel"):
    """A picture for an MMS."""

    file_id: int


class UploadedData(msgspec.Struct):
    """What SMS wraps it in."""

    data: UploadedFile


class PhoneUpload(msgspec.Struct):
    """The answer to `POST attachfile/binaryUpload`."""

    header: Header
    body: UploadedData | None = None


class TemplateImage(msgspec.Struct, rename="camel"):
    """A picture for a template."""

    template_image_url: str


class KakaoUpload(msgspec.Struct, rename="camel"):
    """The answer to `POST template-image`."""

    header: Header
    template_image: TemplateImage | None = None


#: What the readers below raise. Its text may quote the body, which names people: what is raised
#: instead is raised `from None`.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

read_answer = msgspec.json.Decoder(Answer).decode
read_kakao_sent = msgspec.json.Decoder(KakaoSent).decode
read_phone_sent = msgspec.json.Decoder(PhoneSent).decode
read_page = msgspec.json.Decoder(Page).decode
read_phone_upload = msgspec.json.Decoder(PhoneUpload).decode
read_kakao_upload = msgspec.json.Decoder(KakaoUpload).decode
