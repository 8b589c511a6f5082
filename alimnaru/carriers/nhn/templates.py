"""Templates at NHN Cloud: registered, and with that under review by Kakao.

NHN lets an approved template be changed under its own code, as no other dealer does: the approved
wording keeps sending while the change is under review, and is replaced when that is approved. So a
code may have two standings. `standing` tells that of the change while there is one, with the
wording that it is about in `body`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from alimnaru.carriers.base import NotSent, Rejected, Unsupported
from alimnaru.carriers.nhn import replies, wire
from alimnaru.carriers.nhn.app import App
from alimnaru.carriers.nhn.replies import Header
from alimnaru.carriers.review import Comment, Draft, Profile, ProfileState, Review, Standing
from alimnaru.rules.outcomes import Result

#: Where a template stands at NHN. One that is registered is under review at once.
STANDINGS = {
    "TSC01": Review.IN_REVIEW,  # asked for
    "TSC02": Review.IN_REVIEW,
    "TSC03": Review.APPROVED,
    "TSC04": Review.REJECTED,
}

#: Codes by which NHN says that it has no such template or profile.
NO_TEMPLATE = frozenset({"-3003", "-4016"})
NO_PROFILE = frozenset({"-1006", "-2017", "-4016"})

#: A comment at a moment when NHN takes none: before the review began, or after the approval.
NO_COMMENT_NOW = "-3100"

#: Who wrote a comment, by its kind: INQ is a question of ours, the others are the reviewers'.
OURS = "INQ"

_PAGE = 1_000

#: Kakao's own states of a profile that is on its way out.
_GOING = frozenset({"D", "E"})
_STOPPED = frozenset({"B", "C", "S"})


class WireComment(msgspec.Struct, rename="camel"):
    """A comment as NHN shows it."""

    content: str | None = None
    created_at: str | None = None
    status: str | None = None


class WireTemplate(msgspec.Struct, rename="camel"):
    """A template or a change of one, as NHN shows it. Lists tell neither `block` nor `dormant`."""

    template_code: str
    status: str
    template_name: str | None = None
    template_content: str | None = None
    comments: Sequence[WireComment] | None = None
    block: bool | None = None
    dormant: bool | None = None
    create_date: str | None = None


class OneTemplate(msgspec.Struct):
    """The answer to `GET templates/{code}`: a single one, under a plural."""

    header: Header
    templates: WireTemplate | None = None


class TemplateList(msgspec.Struct, rename="camel"):
    """A page of templates."""

    templates: Sequence[WireTemplate] | None = None
    total_count: int | None = None


class ManyTemplates(msgspec.Struct, rename="camel"):
    """The answer to `GET templates`."""

    header: Header
    template_list_response: TemplateList | None = None


class Changes(msgspec.Struct, rename="camel"):
    """The answer to `GET templates/{code}/modifications`."""

    header: Header
    template_modifications_response: TemplateList | None = None


class Limits(msgspec.Struct, rename="camel"):
    """What a profile may send. 0: as much as it likes."""

    daily_max_count: int | None = None
    sent_count: int | None = None


class WireProfile(msgspec.Struct, rename="camel"):
    """A sender profile. Its states at Kakao are null until its registration is confirmed."""

    sender_key: str
    plus_friend_id: str | None = None
    status: str | None = None
    kakao_status: str | None = None
    kakao_profile_status: str | None = None
    profile_spam_level: str | None = None
    profile_message_spam_level: str | None = None
    alimtalk: Limits | None = None
    dormant: bool | None = None
    block: bool | None = None
    initial_user_restriction: bool | None = None


class OneProfile(msgspec.Struct):
    """The answer to `GET senders/{key}`."""

    header: Header
    sender: WireProfile | None = None


_read_one = msgspec.json.Decoder(OneTemplate).decode
_read_many = msgspec.json.Decoder(ManyTemplates).decode
_read_changes = msgspec.json.Decoder(Changes).decode
_read_profile = msgspec.json.Decoder(OneProfile).decode


class NhnTemplates:
    """The templates of one profile. See `alimnaru.carriers.review.Templates`."""

    def __init__(self, app: App, profile: str) -> None:
        self._app = app
        self._profile = profile

    def register(self, draft: Draft) -> str:
        """Register a wording, which asks for its review; return the code that it was given."""
        body = wire.encode(spell(draft) | {"templateCode": draft.code})
        self._app.ask(replies.read_answer, "POST", self._path(draft.profile), body=body)
        return draft.code

    def revise(self, code: str, draft: Draft) -> str:
        """Change an approved or rejected template (else -3012), one change at a time (-3013)."""
        path = f"{self._path(draft.profile)}/{code}"
        self._app.ask(replies.read_answer, "PUT", path, body=wire.encode(spell(draft)))
        return code

    def request(self, code: str, comment: str = "") -> None:
        """Registering has asked already: see that the template is there. A comment goes to the
        reviewers if they take one now."""
        self._app.ask(replies.read_answer, "GET", f"{self._path()}/{code}")
        if not comment:
            return
        try:
            self.comment(code, comment)
        except Rejected as error:
            if error.code != NO_COMMENT_NOW:
                raise

    def withdraw(self, code: str) -> None:
        """NHN has no such call: a template under review waits for its end."""
        raise Unsupported("withdraw")

    def comment(self, code: str, text: str) -> None:
        """Write to the reviewers. A rejected template is under review again by that."""
        body = wire.encode({"comment": text})
        self._app.ask(replies.read_answer, "POST", f"{self._path()}/{code}/comments", body=body)

    def wake(self, code: str) -> None:
        """NHN has no such call: its support wakes a template, on a written request."""
        raise Unsupported("wake")

    def delete(self, code: str) -> None:
        """Take a template off NHN's list; an approved one only after three days without a send
        (-3034), and Kakao keeps that one."""
        self._app.ask(replies.read_answer, "DELETE", f"{self._path()}/{code}")

    def standing(self, code: str) -> Standing:
        """Where a template stands, or the change of it that waits or was turned down."""
        path = f"{self._path()}/{code}"
        try:
            found = self._app.ask(_read_one, "GET", path).templates
        except Rejected as error:
            if error.code not in NO_TEMPLATE:
                raise
            found = None
        if found is None:
            return Standing(code, Review.GONE)
        if found.block or found.dormant:
            # Whatever is planned for it, it sends nothing now.
            return _standing(found)
        answer = self._app.ask(_read_changes, "GET", f"{path}/modifications")
        return _standing(_open_change(answer) or found)

    def standings(self) -> Iterator[Standing]:
        """All templates of the profile. NHN's list does not tell which sleep or are blocked, so
        approved ones, which alone can, are asked for one by one."""
        seen, number = 0, 1
        while True:
            params: dict[str, str | int] = {"pageNum": number, "pageSize": _PAGE}
            answer = self._app.ask(_read_many, "GET", self._path(), params=params)
            page = answer.template_list_response or TemplateList()
            templates = page.templates or ()
            for template in templates:
                if STANDINGS.get(template.status) is Review.APPROVED:
                    yield self.standing(template.template_code)
                else:
                    yield _standing(template)
            seen += len(templates)
            if not templates or seen >= (page.total_count or 0):
                return
            number += 1

    def profile(self, key: str) -> Profile:
        """Where a sender profile stands, and how much a new one may send in a day."""
        try:
            found = self._app.ask(_read_profile, "GET", f"/senders/{key}").sender
        except Rejected as error:
            if error.code not in NO_PROFILE:
                raise
            found = None
        if found is None:
            return Profile(key, ProfileState.GONE)
        limits = found.alimtalk or Limits()
        facts = {
            "status": found.status,
            "channel": found.profile_spam_level,
            "messages": found.profile_message_spam_level,
            "sent_today": None if limits.sent_count is None else str(limits.sent_count),
            # Values may then be at most 14 characters longer than their marks (-1028).
            "first_user": "yes" if found.initial_user_restriction else None,
        }
        return Profile(
            key,
            _profile_state(found),
            found.plus_friend_id or "",
            limits.daily_max_count or None,
            {name: value for name, value in facts.items() if value},
        )

    def _path(self, profile: str = "") -> str:
        profile = profile or self._profile
        if not profile:
            raise Rejected("ProfileNotSet", result=Result.CHANNEL_REFUSED)
        return f"/senders/{profile}/templates"


def spell(draft: Draft) -> dict[str, object]:
    """A wording in NHN's words; absent parts are left out, because some may not even be empty
    (-3027, -3028)."""
    template = draft.template
    highlight = wire.spell_item(template.highlight)
    parts: dict[str, object] = {
        "templateName": draft.name,
        "templateContent": template.body,
        "templateMessageType": template.message_type.value,
        "templateEmphasizeType": template.emphasis.value,
        "templateExtra": template.extra,
        "templateTitle": template.title,
        "templateSubtitle": template.subtitle,
        "templateHeader": template.header,
        "templateItem": wire.spell_items(template.items, template.summary),
        "templateItemHighlight": highlight,
        "templateRepresentLink": wire.spell_link(template.represent_link),
        "templateImageName": template.image_name,
        "templateImageUrl": template.image_url,
        "buttons": wire.spell_buttons(template.buttons),
        "quickReplies": wire.spell_buttons(template.quick_replies),
    }
    return {
        **{name: part for name, part in parts.items() if part},
        "securityFlag": template.security,
        "categoryCode": draft.category,
    }


def _standing(template: WireTemplate) -> Standing:
    if template.block:
        review = Review.BLOCKED
    elif template.dormant:
        review = Review.DORMANT
    elif template.status in STANDINGS:
        review = STANDINGS[template.status]
    else:
        # Approved is not to be guessed, nor rejected.
        raise NotSent("UnexpectedStatus", template.status[:20])
    return Standing(
        template.template_code,
        review,
        template.template_name or "",
        template.template_content or "",
        tuple(
            Comment(comment.content or "", _moment(comment.created_at), comment.status == OURS)
            for comment in template.comments or ()
        ),
    )


def _open_change(answer: Changes) -> WireTemplate | None:
    """The youngest change, unless it is approved: then it is the template itself."""
    page = answer.template_modifications_response or TemplateList()
    changes = sorted(page.templates or (), key=lambda one: one.create_date or "")
    youngest = changes[-1] if changes else None
    if youngest is None or STANDINGS.get(youngest.status) is Review.APPROVED:
        return None
    return youngest


def _profile_state(found: WireProfile) -> ProfileState:
    if found.kakao_profile_status in _GOING:
        return ProfileState.GONE
    if found.block or {found.kakao_status, found.kakao_profile_status} & _STOPPED:
        return ProfileState.BLOCKED
    if found.dormant:
        return ProfileState.DORMANT
    if found.status == "YSC02":
        # Registered, but nobody has confirmed it yet: it cannot send.
        return ProfileState.BLOCKED
    return ProfileState.ACTIVE


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=wire.SEOUL) if moment.tzinfo is None else moment
