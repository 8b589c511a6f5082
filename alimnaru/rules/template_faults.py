"""The faults of a template, as codes; NHN's code for a fault stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TemplateFault(StrEnum):
    """What Kakao or a carrier would refuse. `where` of the problem names the part."""

    # Any text.
    TOO_LONG = "too_long"  # -2032, -2035, -2037, -3040
    HAS_VARIABLE = "has_variable"  # -3008, -3017, -3021, -3037, -3038, -3102
    MARK_MALFORMED = "mark_malformed"
    VARIABLE_NAME_BAD = "variable_name_bad"  # -3347
    CONTROL_CHARACTER = "control_character"
    VARIABLES_TOO_MANY = "variables_too_many"

    # Message type and emphasis.
    BODY_MISSING = "body_missing"
    BODY_ONLY_VARIABLES = "body_only_variables"
    EXTRA_MISSING = "extra_missing"  # -3018, -3020
    EXTRA_FORBIDDEN = "extra_forbidden"  # -3028, -3030
    TITLE_MISSING = "title_missing"  # -3016
    TITLE_FORBIDDEN = "title_forbidden"  # -3027
    SUBTITLE_MISSING = "subtitle_missing"  # -3016
    SUBTITLE_FORBIDDEN = "subtitle_forbidden"  # -3027
    STRIKE_IN_TEMPLATE = "strike_in_template"  # -3047
    IMAGE_MISSING = "image_missing"  # -3032
    IMAGE_FORBIDDEN = "image_forbidden"
    IMAGE_INCOMPLETE = "image_incomplete"  # -3032

    # Item list.
    ITEM_LIST_EMPTY = "item_list_empty"  # -3035
    ITEM_LIST_FORBIDDEN = "item_list_forbidden"
    ITEM_LIST_SECURITY = "item_list_security"  # -3036
    HIGHLIGHT_INCOMPLETE = "highlight_incomplete"  # -2034
    ITEMS_TOO_FEW = "items_too_few"  # -2033
    ITEMS_TOO_MANY = "items_too_many"  # -2033
    ITEM_INCOMPLETE = "item_incomplete"  # -2033
    SUMMARY_WITHOUT_ITEMS = "summary_without_items"  # -3039
    SUMMARY_INCOMPLETE = "summary_incomplete"  # -2033
    SUMMARY_NOT_AN_AMOUNT = "summary_not_an_amount"

    # Buttons and quick replies.
    BUTTONS_TOO_MANY = "buttons_too_many"
    BUTTONS_WITH_QUICK_REPLIES = "buttons_with_quick_replies"  # -2505
    QUICK_REPLIES_TOO_MANY = "quick_replies_too_many"
    QUICK_REPLY_KIND = "quick_reply_kind"  # -2504
    NAME_MISSING = "name_missing"  # -3009, -3101
    NAME_FIXED = "name_fixed"  # -3026, -3045, -3051
    CHANNEL_BUTTON_MISSING = "channel_button_missing"  # -3050
    CHANNEL_BUTTON_FORBIDDEN = "channel_button_forbidden"  # -3024
    BUTTON_NOT_FIRST = "button_not_first"  # -3025, -3044
    CHAT_NOT_ENABLED = "chat_not_enabled"
    FIELD_MISSING = "field_missing"  # -3000, -3052
    FIELD_FORBIDDEN = "field_forbidden"
    APP_LINKS_TOO_FEW = "app_links_too_few"  # -3007
    LINK_BAD = "link_bad"  # -3006, -3041
    TEL_BAD = "tel_bad"  # -3053


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One fault.

    `where` is a path such as `buttons[0].link_mobile`; `detail` is what broke the rule: `18 > 16`,
    a variable's name, the names that Kakao allows.
    """

    code: TemplateFault
    where: str
    detail: str = ""


def over(count: int, most: int) -> str:
    """Return the detail of a fault of size."""
    return f"{count} > {most}"
