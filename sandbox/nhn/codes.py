"""NHN's codes: what became of a message, and what was wrong with a request or one of its rows."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.statuses import INDEX, NAMES

_COMMON = {"accepted": "", "waiting": "", "delivered": "1000", "cancelled": ""}

#: Results of Alimtalks: Kakao's own codes, success apart.
KAKAO: Mapping[str, str] = {
    **_COMMON,
    "not_user": "3019",
    "blocked": "3020",
    "inactive": "3018",
    "unreachable": "3018",
    "old_version": "3021",
    "bad_number": "3008",
    "template_mismatch": "3016",
    "template_missing": "3015",
    "channel_refused": "1021",
    "profile_failed": "1003",
    "carrier_error": "9999",
    "queue_full": "9998",
    "may_arrive": "3005",
    "timeout": "3005",
    "unknown": "3999",
}

#: Results of SMS, LMS and MMS.
PHONE: Mapping[str, str] = {
    **_COMMON,
    "bad_number": "3003",
    "bad_sender": "3019",
    "carrier_error": "E900",
    "queue_full": "3011",
    "undeliverable": "3000",
    "not_subscribed": "3001",
    "timeout": "2000",
    "busy": "3005",
    "shadow": "2005",
    "power_off": "2003",
    "full": "2004",
    "suspended": "3004",
    "handset": "3008",
    "refused": "3006",
    "no_sms_service": "3010",
    "spam": "3012",
    "radio": "2001",
    "route_lost": "3015",
    "no_route": "3015",
    "unknown": "9000",
}

SUCCESS = "SUCCESS"

#: Codes and words of failures that a header tells.
WORDS: Mapping[int, str] = {
    4: "Parameter validation failed.",
    -1000: "Invalid appKey.",
    -1005: "The same 'X-NC-API-IDEMPOTENCY-KEY' was used within the last 10 minute.",
    -1014: "Not active status plus friend.",
    -1016: "It is not found any messages responding with that requestId or recipientSeq.",
    -1027: "The sender is blocked status.",
    -1031: "All of receivers are failed to send.",
    -2000: "Too long, or no date.",
    -2001: "A field must not be blank.",
    -2002: "Invalid attach file name.",
    -2003: "Attach file required jpg or jpeg.",
    -2004: "File is expired or does not exist.",
    -2005: "The file size must be greater than 0 and less than 300KB.",
    -2011: "RequestId or start/endRequestDate or start/endCreateDate is required.",
    -2014: "Title and body can not be empty.",
    -2016: "The max recipient size is 1000.",
    -2017: "Not exist plus friend.",
    -2022: "RequestDate is not before currentDate.",
    -2025: "You can not send messages on past dates. Please check `requestDate` again.",
    -2026: "You can not send messages after 60 days. Please check `requestDate` again.",
    -2027: "The 'requestDate' has invalid format.",
    -2029: "All of your messages to cancel are not found or do not meet conditions to cancel.",
    -2312: "Not regist sendno.",
    -3001: "Already exist templateCode or templateName.",
    -3003: "Template does not exist.",
    -3005: "Please check template status.",
    -3012: "Only templates with TSC03(APPROVE)/TSC04(REJECT) can be modified.",
    -3013: "There are templates already being modified.",
    -3016: "An emphasizeType TEXT must have templateTitle, templateSubtitle.",
    -3018: "A messageType EX must have templateExtra.",
    -3020: "A messageType MI must have templateExtra.",
    -3024: "The button of AC type can using only templateMessageType (AD/MI).",
    -3025: "AC type buttons should be located alone or on top.",
    -3027: "An emphasizeType NONE can't have templateTitle, templateSubtitle.",
    -3028: "A messageType BA can't have templateExtra.",
    -3030: "A messageType AD can't have templateExtra.",
    -3032: "An emphasizeType IMAGE must have templateImageName, templateImageUrl.",
    -3034: "The template could not be deleted because recently sent message.",
    -3050: "The templateMessageType (AD/MI) must have button of AC type.",
    -3100: "Could not add comment on registered/completed template status.",
    -4000: "Search is possible within one month.",
    -4003: "Search is possible within 31 days.",
    -4007: "The file size is too large.",
    -4009: "Check the file extension.",
    -4103: "RequestId or startRequestDate/endRequestDate is invalid.",
    -9993: "Required request part is not present.",
    -9996: "Only application/json Content-type is supported.",
    -9997: "Client Error.",
    -9998: "Not exist API.",
}

#: Of an app whose secret is wrong: the two products tell it in different words.
SECRET_WORDS = {"kakao": "Invalid secretKey.", "phone": "Service is not exist."}

#: What a row of an Alimtalk is refused with, by why.
_KAKAO_ROWS = {
    "no_template": (-3003, "Template does not exist."),
    "not_approved": (-3005, "Please check template status."),
    "variables_differ": (-3049, "The template parameter is not matched to template."),
    "mismatch": (-3010, "The contents are not matched to template."),
    "header_differs": (-3042, "The templateHeader are not matched to template."),
    "items_differ": (-3043, "The templateItem is not matched to template."),
    "button_differs": (-3011, "The buttons or quickReplies are not matched to template."),
    "link_differs": (-3011, "The buttons or quickReplies are not matched to template."),
    "button_order": (-3011, "The buttons or quickReplies are not matched to template."),
    "buttons_missing": (-3011, "The buttons or quickReplies are not matched to template."),
    "buttons_unregistered": (-3033, "The button or quickReply is not exist in template."),
    "too_many_buttons": (-2018, "Button parameter is invalid."),
    "button_name_too_long": (-2018, "Button parameter is invalid."),
    "link_too_long": (-2018, "Button parameter is invalid."),
    "too_long": (-2019, "The content can not exceed 1,300 characters."),
    "missing_field": (-5000, "RecipientNo is invalid."),
    "bad_format": (-5000, "RecipientNo is invalid."),
}

#: The same of a text.
_PHONE_ROWS = {
    "missing_field": (-2018, "RecipientNo can not be empty."),
    "bad_format": (-2019, "RecipientNo is invalid."),
    "foreign_country": (-2024, "LMS/MMS Type is not sent to outside of Korea."),
    "too_long": (-2015, "Title or Body exceed maximum byte."),
    "foreign_character": (-2023, "Unacceptable characters in title and body."),
    "control_character": (-2023, "Unacceptable characters in title and body."),
}


def _by_status(rows: Mapping[str, tuple[int, str]]) -> dict[int, tuple[int, str]]:
    found = {INDEX[name]: told for name, told in rows.items()}
    return {number: found.get(number, (4, WORDS[4])) for number in range(len(NAMES))} | {
        INDEX["accepted"]: (0, SUCCESS)
    }


KAKAO_ROWS = _by_status(_KAKAO_ROWS)
PHONE_ROWS = _by_status(_PHONE_ROWS)
