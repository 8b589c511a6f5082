"""What Kakao asks of buttons, quick replies and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from alimnaru.rules.template import (
    LINK_FIELDS,
    MARK,
    Button,
    ButtonKind,
    Link,
    MessageType,
    Template,
    link_texts,
)
from alimnaru.rules.template_faults import TemplateFault, TemplateProblem

NAME_LIMIT: Final = 14
LINK_LIMIT: Final = 500
PLUGIN_ID_LIMIT: Final = 24

_K = ButtonKind
_F = TemplateFault
_NEEDED: Final = {
    _K.WL: ("link_mobile",),
    _K.BF: ("biz_form_id",),
    _K.P1: ("plugin_id",),
    _K.P2: ("plugin_id",),
    _K.P3: ("plugin_id",),
    _K.TN: ("tel",),
}
_ALLOWED: Final = {
    _K.WL: ("link_mobile", "link_pc", "outside"),
    _K.AL: LINK_FIELDS,
    _K.BC: ("chat_extra",),
    _K.BT: ("chat_extra", "chat_event"),
}
#: Kinds whose name Kakao decides.
NAMES: Final = {
    _K.AC: ("채널 추가",),
    _K.BF: ("톡에서 예약하기", "톡에서 설문하기", "톡에서 응모하기"),
    _K.TN: ("전화 연결", "고객센터 연결", "상담원 연결"),
}
_FIRST: Final = (_K.AC, _K.BF)
_NEED_CHAT: Final = (_K.BK, _K.MD, _K.BC, _K.BT)
# One carrier takes MD as a quick reply too; the others do not.
QUICK_REPLIES: Final = (_K.WL, _K.AL, _K.BK, _K.BC, _K.BT, _K.BF)
_APP_LINKS_LEAST: Final = 2

_WEB: Final = re.compile(r"https?://\S+")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*")
_TEL: Final = re.compile(r"[0-9-]{1,14}")


def fields_of(kind: ButtonKind) -> tuple[str, ...]:
    """The fields beside its name that a button of this kind may have."""
    return _ALLOWED.get(kind, _NEEDED.get(kind, ()))


def check_taps(template: Template, *, chat_enabled: bool) -> Iterator[TemplateProblem]:
    """Yield the faults of everything to tap, and of the image's address."""
    for at, button in enumerate(template.buttons):
        where = f"buttons[{at}]"
        yield from _check_place(button, at, template)
        yield from _check_button(button, where, chat_enabled=chat_enabled)
    if template.quick_replies and not chat_enabled:
        yield TemplateProblem(_F.CHAT_NOT_ENABLED, "quick_replies")
    for at, reply in enumerate(template.quick_replies):
        where = f"quick_replies[{at}]"
        if reply.kind not in QUICK_REPLIES:
            yield TemplateProblem(_F.QUICK_REPLY_KIND, where, reply.kind)
        yield from _check_button(reply, where, chat_enabled=chat_enabled)
    if template.represent_link:
        yield from _check_links(template.represent_link, "represent_link")
    if template.image_url and not _leads(template.image_url, _WEB):
        yield TemplateProblem(_F.LINK_BAD, "image.url")


def _check_place(button: Button, at: int, template: Template) -> Iterator[TemplateProblem]:
    where = f"buttons[{at}]"
    if button.kind is _K.AC and template.message_type in (MessageType.BA, MessageType.EX):
        yield TemplateProblem(_F.CHANNEL_BUTTON_FORBIDDEN, where)
    if at and button.kind in _FIRST:
        yield TemplateProblem(_F.BUTTON_NOT_FIRST, where)


def _check_button(button: Button, where: str, *, chat_enabled: bool) -> Iterator[TemplateProblem]:
    kind = button.kind
    names = NAMES.get(kind)
    if names and button.name not in names:
        yield TemplateProblem(_F.NAME_FIXED, f"{where}.name", " · ".join(names))
    if kind in _NEED_CHAT and not chat_enabled:
        yield TemplateProblem(_F.CHAT_NOT_ENABLED, where)
    needed = _NEEDED.get(kind, ())
    allowed = fields_of(kind)
    for name, value in list(button._asdict().items())[2:]:
        given = bool(value)
        if name in needed and not given:
            yield TemplateProblem(_F.FIELD_MISSING, f"{where}.{name}")
        if given and name not in allowed:
            yield TemplateProblem(_F.FIELD_FORBIDDEN, f"{where}.{name}")
    apps = (button.link_mobile, button.scheme_android, button.scheme_ios)
    if kind is _K.AL and sum(map(bool, apps)) < _APP_LINKS_LEAST:
        yield TemplateProblem(_F.APP_LINKS_TOO_FEW, where)
    if button.tel and not _TEL.fullmatch(button.tel):
        yield TemplateProblem(_F.TEL_BAD, f"{where}.tel")
    yield from _check_links(button, where)


def _check_links(link: Button | Link, where: str) -> Iterator[TemplateProblem]:
    forms = (_WEB, _WEB, _SCHEME, _SCHEME)
    for field, text, form in zip(LINK_FIELDS, link_texts(link), forms, strict=True):
        if text and not _leads(text, form):
            yield TemplateProblem(_F.LINK_BAD, f"{where}.{field}")


def _leads(text: str, form: re.Pattern[str]) -> bool:
    """Whether it is an address, with marks behind its scheme at most, or one mark alone."""
    return bool(MARK.fullmatch(text) or form.fullmatch(MARK.sub("x", text)))
