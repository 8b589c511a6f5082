"""Bizgo's codes, by the statuses that no carrier owns.

What is refused when it is handed over has an A-code; what became of a message has a report code: 1
success, 2 a network about an SMS, 3 a network about an LMS or MMS, 6 Kakao.
"""

from __future__ import annotations

#: The verdict on one recipient of a hand-over.
REGISTRATION = {
    "accepted": "A000",
    "waiting": "A000",
    "delivered": "A000",
    "missing_field": "A303",
    "bad_format": "A306",
    "control_character": "A303",
    "foreign_character": "A303",
    "too_long": "A328",
    "no_image": "A217",
    "bad_sender": "A327",
    "no_template": "A505",
    "no_profile": "A502",
    "no_money": "A320",
    "repeated": "A301",
}
ANY_REFUSAL = "A300"

KAKAO = {
    "unknown": "63000",
    "waiting": "",
    "accepted": "",
    "delivered": "10000",
    "not_user": "63019",
    "blocked": "63020",
    "inactive": "63018",
    "bad_number": "63008",
    "template_mismatch": "63016",
    "template_missing": "63015",
    "channel_refused": "61007",
    "profile_failed": "61003",
    "timeout": "6ME09",
    "carrier_error": "69999",
    "may_arrive": "63005",
    "old_version": "63021",
    "cancelled": "90000",
}

PHONE = {
    "unknown": "99999",
    "waiting": "",
    "accepted": "",
    "delivered": "10000",
    "bad_number": "23003",
    "carrier_error": "23011",
    "timeout": "22000",
    "busy": "23005",
    "shadow": "22005",
    "power_off": "22003",
    "full": "22004",
    "suspended": "23004",
    "not_subscribed": "23001",
    "refused": "23006",
    "no_sms_service": "23013",
    "queue_full": "23011",
    "spam": "23012",
    "handset": "23008",
    "radio": "22001",
    "no_route": "23015",
    "cancelled": "90000",
}

#: Documented HTTP statuses of the service's refusals; 400 for all others.
HTTP = {
    "A001": 401,
    "A002": 403,
    "A100": 401,
    "A110": 403,
    "A111": 403,
    "A113": 403,
    "A802": 403,
    "A020": 429,
    "A910": 500,
    "A920": 503,
    "A999": 500,
    "A214": 500,
    "A215": 500,
}

RESULTS = {
    "A010": "Cannot parse JSON",
    "A011": "Cannot mapping JSON",
    "A020": "Number of 'Ratelimit' exceeded",
    "A200": "Oversize attached file",
    "A204": "Missing file in the request",
    "A205": "Invalid MediaType",
    "A213": "Wrong request",
    "A217": "Invaild fileKey",
    "A300": "Wrong request",
    "A301": "Duplicate idempotencyKey",
    "A303": "Invalid or empty 'text'",
    "A306": "Invalid or empty 'to'",
    "A307": "Missing required destination field(to, appUserId, userKey)",
    "A308": "Invalid or empty 'idempotencyKey'",
    "A309": "Invalid or empty 'idempotencyTtl'",
    "A315": "Invalid or empty 'resvSendTime'",
    "A316": "Too early 'resvSendTime'",
    "A318": "Too many destinations",
    "A319": "Too many 'fileKey'",
    "A320": "Message limit exceeded",
    "A327": "Unregistered sender number",
    "A328": "Overlength 'text'",
    "A331": "'resvSendTime' beyond a year",
    "A502": "Invalid or empty 'senderKey'",
    "A505": "Invalid or empty 'templateCode'",
    "A523": "Invalid or empty 'msgType'",
    "A571": "Invalid or empty 'sendType'",
    "A801": "No permission to POLLING API",
    "A802": "Invalid Report ID",
    "A820": "No data",
    "A824": "Wrong reservation status",
    "A910": "Internal server error",
}
