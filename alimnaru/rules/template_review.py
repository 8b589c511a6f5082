"""What we ask of a wording before it goes to Kakao, whose reviewers take up to two working days.

Beyond the limits of `template_check`: no offer, nobody's own number, the reason why a resident is
written to, links of ours only, texts that fit an SMS at their longest. A STOP is what Kakao refuses
or what must not reach a resident; a WARN is what a person should look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from alimnaru.rules.advertising import offers
from alimnaru.rules.cell import holds_link, holds_resident_number, narrow
from alimnaru.rules.channel import Channel
from alimnaru.rules.draft import OTHER_CATEGORY, DraftWording, alimtalk_texts, text_messages
from alimnaru.rules.longest import longest_value, shortest_length
from alimnaru.rules.resident_link import CODE, EXAMPLES, LINK, OWN_NAMES
from alimnaru.rules.template import (
    BODY_LIMIT,
    LINK_FIELDS,
    MARK,
    NEW_SENDER_GROWTH,
    Button,
    Emphasis,
    Link,
    Template,
    link_texts,
    marks,
)
from alimnaru.rules.template_check import check_template
from alimnaru.rules.template_faults import TemplateFault, over
from alimnaru.rules.text import (
    LMS_BYTES,
    SMS_BYTES,
    SUBJECT_BYTES,
    outside_ks_x_1001,
    sms_bytes,
    unprintable,
)
from alimnaru.rules.variables import Kind, Variable


class ReviewFault(StrEnum):
    """What is wrong with a wording beside Kakao's limits."""

    ADVERTISING = "advertising"
    ADVERTISING_PERHAPS = "advertising_perhaps"
    RESIDENT_NUMBER = "resident_number"
    MOBILE_NUMBER = "mobile_number"
    EMAIL = "email"
    REASON_MISSING = "reason_missing"
    LINK_NOT_ALLOWED = "link_not_allowed"
    LINK_OPEN = "link_open"
    LINK_PLAIN = "link_plain"
    LINK_IN_TEXT_MESSAGE = "link_in_text_message"
    VARIABLE_UNKNOWN = "variable_unknown"
    VARIABLE_UNUSED = "variable_unused"
    VARIABLE_UNBOUNDED = "variable_unbounded"
    VARIABLE_LOOSE = "variable_loose"
    VARIABLE_RESERVED = "variable_reserved"
    OWN_LINK_IN_TEXT = "own_link_in_text"
    OWN_CODE_IN_LINK = "own_code_in_link"
    VALUE_GROWS = "value_grows"
    VALUE_GROWS_TOO_FAR = "value_grows_too_far"
    TEXT_MESSAGE_TOO_LONG = "text_message_too_long"
    TEXT_MESSAGE_UNPRINTABLE = "text_message_unprintable"
    TEXT_MESSAGE_RISKY = "text_message_risky"
    FALLBACK_MISSING = "fallback_missing"
    CATEGORY_BAD = "category_bad"
    CATEGORY_OTHER = "category_other"


class Severity(StrEnum):
    STOP = "stop"
    WARN = "warn"


_F = ReviewFault
_WARNINGS: Final = frozenset(
    {
        _F.ADVERTISING_PERHAPS,
        _F.LINK_PLAIN,
        _F.VARIABLE_UNUSED,
        _F.VARIABLE_UNBOUNDED,
        _F.VARIABLE_LOOSE,
        _F.VALUE_GROWS,
        _F.TEXT_MESSAGE_RISKY,
        _F.FALLBACK_MISSING,
        _F.CATEGORY_OTHER,
    }
)


@dataclass(frozen=True, slots=True)
class ReviewProblem:
    """One fault. `where` and `detail` as in `template_faults.TemplateProblem`."""

    code: ReviewFault | TemplateFault
    where: str
    detail: str = ""

    @property
    def severity(self) -> Severity:
        """Whether it may go to Kakao all the same."""
        return Severity.WARN if self.code in _WARNINGS else Severity.STOP


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """Under which terms a wording is reviewed.

    `hosts`: whither links may lead, their subdomains included. `body_limit`, `chat_enabled`: as
    `check_template` takes them. `new_profile`: an account that will use it is in its first month.
    `has_picture`: a picture of ours will be put on it. `fallback`: the channel that follows.
    """

    hosts: frozenset[str]
    body_limit: int = BODY_LIMIT
    chat_enabled: bool = True
    new_profile: bool = False
    has_picture: bool = False
    fallback: Channel | None = None


def review(draft: DraftWording, terms: ReviewTerms) -> list[ReviewProblem]:
    """Everything that is wrong with a wording, in reading order."""
    return [
        *_limits(draft, terms),
        *_words(draft, terms),
        *_reason(draft.template),
        *_links(draft, terms),
        *_variables(draft, terms),
        *_text_messages(draft, terms),
        *_category(draft.category),
    ]


# ---- Kakao's limits ------------------------------------------------------------------------------


def _limits(draft: DraftWording, terms: ReviewTerms) -> Iterator[ReviewProblem]:
    template = draft.template
    if terms.has_picture and template.emphasis in (Emphasis.IMAGE, Emphasis.ITEM_LIST):
        # The carrier gives its address when it is uploaded, after this.
        template = replace(template, image_name="picture", image_url="https://picture.invalid/")
    longest = {name: len(value) for name, value in longest_values(draft.variables).items()}
    problems = check_template(
        template, limit=terms.body_limit, longest=longest, chat_enabled=terms.chat_enabled
    )
    for problem in problems:
        yield ReviewProblem(problem.code, problem.where, problem.detail)


def longest_values(variables: tuple[Variable, ...]) -> dict[str, str]:
    """The heaviest value by variable, for those that have one, and of the marks that are ours."""
    found = dict(EXAMPLES)
    for variable in variables:
        try:
            found[variable.name] = longest_value(variable, sms_bytes)
        except ValueError:
            continue  # VARIABLE_UNBOUNDED says so; each row is checked when a list is read
    return found


# ---- words ---------------------------------------------------------------------------------------

# A mobile number is a person's; an office number (02-…, 120) is what residents should call.
_MOBILE: Final = re.compile(
    r"(?<![0-9])(?:\+?82[\s.-]?|0)1[016789][\s.)-]*[0-9]{3,4}[\s.-]*[0-9]{4}(?![0-9])"
)
_EMAIL: Final = re.compile(r"[\w.+-]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
#: Stands for a value, so that what is before and behind it does not become one word.
_GAP: Final = "\N{WHITE SQUARE}"


def _words(draft: DraftWording, terms: ReviewTerms) -> Iterator[ReviewProblem]:
    for where, text in (*alimtalk_texts(draft.template), *text_messages(draft)):
        fixed = MARK.sub(_GAP, text)
        for offer in offers(fixed):
            code = _F.ADVERTISING if offer.sure else _F.ADVERTISING_PERHAPS
            yield ReviewProblem(code, where, offer.word)
        if holds_resident_number(fixed):
            yield ReviewProblem(_F.RESIDENT_NUMBER, where)
        if _MOBILE.search(narrow(fixed)):
            yield ReviewProblem(_F.MOBILE_NUMBER, where)
        if any(not _is_ours(mail[1], terms.hosts) for mail in _EMAIL.finditer(narrow(fixed))):
            yield ReviewProblem(_F.EMAIL, where)


# Kakao's guide: the fixed text must say why this person is written to. The catalogue says
# "※ 대출하신 분께 보내는 안내입니다."; offices also write "…에게 발송되는", "동의하셔서 …".
_REASONS: Final = re.compile(
    r"(?:께|에게|한테|업소에|세대에|가구에|기관에)\s*(?:만\s*)?(?:보내|발송|안내|드리|알려)"
    r"|(?:요청|신청|동의|예약|등록|가입|접수|대출|이용)(?:하셔서|하셨기에|하신\s*내역에\s*따라|에\s*따라|에\s*의해)"
    r"|필요한\s*(?:안내|통지|알림)입니다"
)


def _reason(template: Template) -> Iterator[ReviewProblem]:
    told = f"{template.body}\n{template.extra or ''}"
    if not any(_REASONS.search(MARK.sub(_GAP, line)) for line in told.splitlines()):
        yield ReviewProblem(_F.REASON_MISSING, "body")


# ---- links ---------------------------------------------------------------------------------------

_SCHEME: Final = re.compile(r"^https?://", re.IGNORECASE)
_WRITTEN: Final = re.compile(
    r"https?://[^\s)\]>」』”’'\"]*|(?<![\w@.-])(?:[\w-]+\.)+[a-z가-힣]{2,}(?![\w@])[^\s)\]>」』”’'\"]*",
    re.IGNORECASE,
)


def _links(draft: DraftWording, terms: ReviewTerms) -> Iterator[ReviewProblem]:
    template = draft.template
    for where, text in alimtalk_texts(template):
        for link in _written(text):
            yield from _link(where, link, terms.hosts)
    for name, buttons in (("buttons", template.buttons), ("quick_replies", template.quick_replies)):
        for at, button in enumerate(buttons):
            yield from _addresses(f"{name}[{at}]", button, terms.hosts)
    if template.represent_link:
        yield from _addresses("represent_link", template.represent_link, terms.hosts)
    for where, text in text_messages(draft):
        # A text message with a link is what swindlers send; ours never carries one.
        if _written(text):
            yield ReviewProblem(_F.LINK_IN_TEXT_MESSAGE, where)


def _written(text: str) -> list[str]:
    """What a phone would make a link of."""
    plain = narrow(text)
    return [found[0] for found in _WRITTEN.finditer(plain) if holds_link(found[0])]


def _addresses(where: str, part: Button | Link, hosts: frozenset[str]) -> Iterator[ReviewProblem]:
    pairs = dict(zip(LINK_FIELDS, link_texts(part), strict=True))
    for field in ("link_mobile", "link_pc"):
        if address := pairs[field]:
            yield from _link(f"{where}.{field}", address, hosts)


def _link(where: str, address: str, hosts: frozenset[str]) -> Iterator[ReviewProblem]:
    netloc = re.split(r"[/?#]", _SCHEME.sub("", MARK.sub(_GAP, address)), maxsplit=1)[0]
    # 'ours.example@theirs.example' leads to theirs.
    host = netloc.rpartition("@")[2].partition(":")[0]
    if _GAP in host:
        yield ReviewProblem(_F.LINK_OPEN, where)
    elif not _is_ours(host, hosts):
        yield ReviewProblem(_F.LINK_NOT_ALLOWED, where, host)
    elif address.lower().startswith("http://"):
        yield ReviewProblem(_F.LINK_PLAIN, where)


def _is_ours(host: str, hosts: frozenset[str]) -> bool:
    name = host.lower().rstrip(".")
    return any(name == known or name.endswith(f".{known}") for known in hosts)


# ---- variables -----------------------------------------------------------------------------------

#: Reviewers refuse a free text that could say anything.
_LOOSE: Final = 40


def _variables(draft: DraftWording, terms: ReviewTerms) -> Iterator[ReviewProblem]:
    known = {variable.name: variable for variable in draft.variables}
    in_alimtalk = draft.template.variables
    used = dict.fromkeys(in_alimtalk)
    used |= dict.fromkeys(name for _, text in text_messages(draft) for name in marks(text))
    for name in used:
        if name not in known and name not in OWN_NAMES:
            yield ReviewProblem(_F.VARIABLE_UNKNOWN, "variables", name)
    longest = longest_values(draft.variables)
    sources = {variable.source for variable in draft.variables}
    for name, variable in known.items():
        if name not in used:
            if name not in sources:
                yield ReviewProblem(_F.VARIABLE_UNUSED, "variables", name)
        elif name not in longest:
            yield ReviewProblem(_F.VARIABLE_UNBOUNDED, "variables", name)
        elif variable.kind is Kind.TEXT and len(longest[name]) > _LOOSE:
            yield ReviewProblem(_F.VARIABLE_LOOSE, "variables", name)
    yield from _growth(draft, longest, terms)
    yield from _own_marks(draft)


def _own_marks(draft: DraftWording) -> Iterator[ReviewProblem]:
    """A link's mark makes sense in an address alone, and a code's only where people read it."""
    template = draft.template
    for variable in draft.variables:
        if variable.name in OWN_NAMES:
            yield ReviewProblem(_F.VARIABLE_RESERVED, "variables", variable.name)
    for where, text in (*alimtalk_texts(template), *text_messages(draft)):
        if LINK in marks(text):
            yield ReviewProblem(_F.OWN_LINK_IN_TEXT, where)
    taps = [("buttons", template.buttons), ("quick_replies", template.quick_replies)]
    links = [(f"{name}[{at}]", tap) for name, all_ in taps for at, tap in enumerate(all_)]
    for where, tap in (*links, ("represent_link", template.represent_link)):
        if tap and any(CODE in marks(text) for text in link_texts(tap)):
            yield ReviewProblem(_F.OWN_CODE_IN_LINK, where)


def _growth(
    draft: DraftWording, longest: Mapping[str, str], terms: ReviewTerms
) -> Iterator[ReviewProblem]:
    """A name may be long and seldom is; a span of dates is long in every message."""
    shortest = {variable.name: shortest_length(variable) for variable in draft.variables}
    surely, perhaps = [], []
    for name in draft.template.variables:
        room = room_of_new_sender(name)
        if terms.new_profile and shortest.get(name, 0) > room:
            surely.append(name)
        elif len(longest.get(name, "")) > room:
            perhaps.append(name)
    if surely:
        yield ReviewProblem(_F.VALUE_GROWS_TOO_FAR, "variables", ", ".join(surely))
    if perhaps:
        yield ReviewProblem(_F.VALUE_GROWS, "variables", ", ".join(perhaps))


def room_of_new_sender(name: str) -> int:
    """How long a value may be while its sender profile is new (NHN -1028)."""
    return len("#{}") + len(name) + NEW_SENDER_GROWTH


# ---- text messages -------------------------------------------------------------------------------

#: By the parts of `draft.text_messages`.
TEXT_BYTES: Final[Mapping[str, int]] = {
    "sms": SMS_BYTES,
    "lms_subject": SUBJECT_BYTES,
    "lms": LMS_BYTES,
}


def _text_messages(draft: DraftWording, terms: ReviewTerms) -> Iterator[ReviewProblem]:
    longest = longest_values(draft.variables)
    for where, text in text_messages(draft):
        size = heaviest(text, longest)
        if size > TEXT_BYTES[where]:
            yield ReviewProblem(_F.TEXT_MESSAGE_TOO_LONG, where, over(size, TEXT_BYTES[where]))
        if lost := unprintable(text):
            yield ReviewProblem(_F.TEXT_MESSAGE_UNPRINTABLE, where, "".join(lost))
        elif odd := outside_ks_x_1001(text):
            yield ReviewProblem(_F.TEXT_MESSAGE_RISKY, where, "".join(odd))
    spoken = {Channel.SMS: draft.sms, Channel.LMS: draft.lms, Channel.MMS: draft.lms}
    if terms.fallback in spoken and not spoken[terms.fallback]:
        yield ReviewProblem(_F.FALLBACK_MISSING, terms.fallback.value)


def heaviest(text: str, longest: Mapping[str, str]) -> int:
    """Bytes of a text message whose marks hold their longest values; without one, the mark's."""
    return sms_bytes(MARK.sub(lambda mark: longest.get(mark[1], mark[0]), text))


# ---- category ------------------------------------------------------------------------------------


def _category(category: str) -> Iterator[ReviewProblem]:
    if not re.fullmatch(r"[0-9]{6}", category):
        yield ReviewProblem(_F.CATEGORY_BAD, "category", category)
    elif category == OTHER_CATEGORY:
        yield ReviewProblem(_F.CATEGORY_OTHER, "category")
