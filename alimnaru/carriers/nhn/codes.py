"""What NHN Cloud's codes mean. Tables, not branches: a new code is a new line.

Two products, two lists, and the same number means other things in each: -1005 is a repeated key of
an Alimtalk and an odd search of an SMS; result 1001 is broken JSON at Kakao and a busy server at a
telco. Whoever looks a code up has to know which product spoke.

Source: NHN Cloud, KakaoTalk Bizmessage and SMS, result codes (2026-06). Codes that only
Friendtalk, brand messages, statistics, tags or sending abroad end in are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from alimnaru.carriers import kakao_codes
from alimnaru.rules.outcomes import Result

_R = Result

#: A message that has no result yet, in our word: NHN shows an empty one.
WAITING = "WAITING"


class Verdict(Enum):
    """What a refusal says about our request where it is none of the request's fault."""

    DOUBT = auto()  # it may have been obeyed all the same
    LATER = auto()  # it was not; it may be made again


Meaning = Result | Verdict

# ---- what became of a message -----------------------------------------------------------------

#: NHN's own words for where a message stands, told where it names no result.
_STATES: dict[str, Result] = {
    WAITING: _R.IN_TRANSIT,
    "FAILED": _R.CARRIER_DOWN,
    # Taken back while it waited, by us or at NHN's console.
    "CANCEL": _R.REQUEST_WRONG,
    "DUPLICATED": _R.DUPLICATE,
    "FAILED_AD": _R.REQUEST_WRONG,  # night limit of advertisements: none of ours is one
}

KAKAO: dict[str, Result] = {
    **kakao_codes.RESULTS,
    **_STATES,
    "1000": _R.DELIVERED,
    # Groups of results, which lists are filtered by.
    "MRC01": _R.DELIVERED,
    "MRC02": _R.CARRIER_DOWN,
}

PHONE: dict[str, Result] = {
    **_STATES,
    "1000": _R.DELIVERED,
    "1001": _R.CARRIER_DOWN,  # busy
    "1002": _R.NUMBER_WRONG,
    "1003": _R.SENDER_REFUSED,
    "1019": _R.TIMED_OUT,  # its time to live
    # 25 hours (SMS) or 80 (LMS, MMS) without a word from the telco.
    "2000": _R.TIMED_OUT,
    "2001": _R.CARRIER_DOWN,  # radio
    "2002": _R.CARRIER_DOWN,  # radio to handset
    "2003": _R.HANDSET_OFF,
    "2004": _R.HANDSET_FULL,
    "2005": _R.HANDSET_OFF,  # no coverage
    "2006": _R.CARRIER_DOWN,  # deleted on the way
    "2007": _R.HANDSET_BUSY,
    "3000": _R.NUMBER_WRONG,
    "3001": _R.NUMBER_WRONG,
    "3002": _R.HANDSET_CANNOT,  # adult check
    "3003": _R.NUMBER_WRONG,
    "3004": _R.NUMBER_SUSPENDED,
    "3005": _R.HANDSET_BUSY,
    "3006": _R.REFUSED_BY_RESIDENT,
    "3007": _R.HANDSET_CANNOT,
    "3008": _R.HANDSET_CANNOT,
    "3009": _R.REQUEST_WRONG,
    "3010": _R.HANDSET_CANNOT,  # no MMS
    "3011": _R.CARRIER_DOWN,
    "3012": _R.SPAM_BLOCKED,
    "3013": _R.REFUSED_BY_RESIDENT,
    "3014": _R.CARRIER_DOWN,
    "3015": _R.NO_ROUTE,
    "3016": _R.REQUEST_WRONG,  # picture too large
    "3017": _R.SENDER_REFUSED,
    "3018": _R.SENDER_REFUSED,  # its owner lets nobody send under it
    "3019": _R.SENDER_REFUSED,  # blocked for everybody by KISA
    "E900": _R.CARRIER_DOWN,
    "E911": _R.REQUEST_WRONG,
    "E913": _R.REQUEST_WRONG,
    "E915": _R.DUPLICATE,
    "E919": _R.REQUEST_WRONG,
    "E999": _R.CARRIER_DOWN,
}

#: `msgStatus` of an SMS list: its numbers, in the words that its callbacks use.
PHONE_STATES = {
    "0": "FAILED",
    "1": WAITING,
    "2": WAITING,
    "3": "COMPLETED",
    "4": "CANCEL",
    "5": "DUPLICATED",
    "6": "FAILED_AD",
    "7": WAITING,
}

#: States after which nothing of a message leaves NHN any more, and nothing of it has left.
TAKEN_BACK = frozenset({"CANCEL"})

# ---- what was wrong with a request, or with one of its messages -------------------------------

KAKAO_ERRORS: dict[int, Meaning] = {
    4: _R.REQUEST_WRONG,
    # Who we are.
    -1000: _R.ACCOUNT_REFUSED,
    -1001: _R.ACCOUNT_REFUSED,
    -1002: _R.ACCOUNT_REFUSED,  # the SMS app behind NHN's own fallback
    -1003: _R.SENDER_REFUSED,
    # The key of this request was seen in the last ten minutes: the first copy may have been taken.
    -1005: Verdict.DOUBT,
    -1006: _R.CHANNEL_REFUSED,
    -1014: _R.CHANNEL_REFUSED,
    -1016: _R.REQUEST_WRONG,  # no such message
    -1019: _R.REQUEST_WRONG,
    -1020: _R.REQUEST_WRONG,
    -1024: _R.CHANNEL_REFUSED,  # a group of profiles cannot send
    -1027: _R.CHANNEL_REFUSED,
    -1028: _R.TEXT_REFUSED,  # a new profile's value grew by more than 14 characters
    -1030: _R.ACCOUNT_REFUSED,
    -1031: _R.REQUEST_WRONG,  # every message was refused; each row says why
    -4004: _R.ACCOUNT_REFUSED,
    -4005: _R.ACCOUNT_REFUSED,
    # What we said.
    -2000: _R.REQUEST_WRONG,
    -2001: _R.REQUEST_WRONG,
    -2002: _R.REQUEST_WRONG,
    -2003: _R.REQUEST_WRONG,
    -2004: _R.REQUEST_WRONG,
    -2005: _R.REQUEST_WRONG,
    -2017: _R.CHANNEL_REFUSED,
    -2018: _R.TEMPLATE_MISMATCH,
    -2019: _R.TEXT_REFUSED,
    -2025: _R.REQUEST_WRONG,
    -2026: _R.REQUEST_WRONG,
    -2027: _R.REQUEST_WRONG,
    -2028: _R.REQUEST_WRONG,
    -2029: _R.REQUEST_WRONG,  # nothing to take back
    -2032: _R.TEXT_REFUSED,
    -2033: _R.TEMPLATE_MISMATCH,
    -2034: _R.TEMPLATE_MISMATCH,
    -2035: _R.TEXT_REFUSED,
    -2036: _R.TEMPLATE_MISMATCH,
    -2037: _R.TEXT_REFUSED,
    -2501: _R.REQUEST_WRONG,
    -2502: _R.REQUEST_WRONG,
    -2504: _R.TEMPLATE_MISMATCH,
    -2505: _R.TEMPLATE_MISMATCH,
    -3000: _R.TEMPLATE_MISMATCH,
    -3002: _R.REQUEST_WRONG,
    -3003: _R.TEMPLATE_MISSING,
    -3004: _R.TEMPLATE_MISMATCH,
    -3005: _R.TEMPLATE_MISSING,  # not approved yet
    -3006: _R.TEMPLATE_MISMATCH,
    -3007: _R.TEMPLATE_MISMATCH,
    -3008: _R.TEMPLATE_MISMATCH,
    -3009: _R.TEMPLATE_MISMATCH,
    -3010: _R.TEMPLATE_MISMATCH,
    -3011: _R.TEMPLATE_MISMATCH,
    -3026: _R.TEMPLATE_MISMATCH,
    -3033: _R.TEMPLATE_MISMATCH,
    -3038: _R.TEMPLATE_MISMATCH,
    -3039: _R.TEMPLATE_MISMATCH,
    -3040: _R.TEXT_REFUSED,
    -3041: _R.TEMPLATE_MISMATCH,
    -3042: _R.TEMPLATE_MISMATCH,
    -3043: _R.TEMPLATE_MISMATCH,
    -3044: _R.TEMPLATE_MISMATCH,
    -3045: _R.TEMPLATE_MISMATCH,
    -3046: _R.TEMPLATE_MISMATCH,
    -3048: _R.TEXT_REFUSED,
    -3049: _R.TEMPLATE_MISMATCH,
    -3051: _R.TEMPLATE_MISMATCH,
    -3052: _R.TEMPLATE_MISMATCH,
    -3053: _R.TEMPLATE_MISMATCH,
    -3101: _R.TEMPLATE_MISMATCH,
    -3102: _R.TEMPLATE_MISMATCH,
    -3300: _R.REQUEST_WRONG,
    -3301: _R.REFUSED_BY_RESIDENT,
    -3303: _R.REQUEST_WRONG,
    -3304: _R.REQUEST_WRONG,
    -4000: _R.REQUEST_WRONG,
    -4003: _R.REQUEST_WRONG,  # a look-up over more than a month
    -4016: _R.REQUEST_WRONG,
    -4017: _R.REQUEST_WRONG,  # older than 90 days
    -4019: _R.NUMBER_WRONG,
    -4103: _R.REQUEST_WRONG,
    -4104: _R.REQUEST_WRONG,
    -4200: _R.REQUEST_WRONG,
    -5000: _R.NUMBER_WRONG,
    -8006: _R.TEXT_REFUSED,
    -8008: _R.TEXT_REFUSED,  # a forbidden word
    # What we wanted of a template.
    -3001: _R.REQUEST_WRONG,  # that code or name is taken
    -3012: _R.REQUEST_WRONG,  # only approved and rejected ones can be changed
    -3013: _R.REQUEST_WRONG,  # a change is waiting already
    -3016: _R.REQUEST_WRONG,
    -3017: _R.REQUEST_WRONG,
    -3018: _R.REQUEST_WRONG,
    -3020: _R.REQUEST_WRONG,
    -3021: _R.REQUEST_WRONG,
    -3024: _R.REQUEST_WRONG,
    -3025: _R.REQUEST_WRONG,
    -3027: _R.REQUEST_WRONG,
    -3028: _R.REQUEST_WRONG,
    -3030: _R.REQUEST_WRONG,
    -3032: _R.REQUEST_WRONG,
    -3034: _R.REQUEST_WRONG,  # sent within three days
    -3035: _R.REQUEST_WRONG,
    -3036: _R.REQUEST_WRONG,
    -3037: _R.REQUEST_WRONG,
    -3047: _R.REQUEST_WRONG,
    -3050: _R.REQUEST_WRONG,
    -3100: _R.REQUEST_WRONG,  # no comment while it is requested or approved
    -3103: _R.REQUEST_WRONG,
    -4024: _R.REQUEST_WRONG,
    -4027: _R.REQUEST_WRONG,
    -4028: _R.REQUEST_WRONG,
    # What we sent along.
    -4007: _R.REQUEST_WRONG,
    -4009: _R.REQUEST_WRONG,
    -4010: _R.REQUEST_WRONG,
    -4018: Verdict.LATER,
    -4020: _R.REQUEST_WRONG,
    -4021: _R.REQUEST_WRONG,
    -8001: _R.REQUEST_WRONG,
    -8005: _R.CHANNEL_REFUSED,
    -8010: Verdict.LATER,
    # How we asked, and how NHN is.
    -7000: Verdict.DOUBT,  # its own call to Kakao failed
    -9993: _R.REQUEST_WRONG,
    -9994: _R.REQUEST_WRONG,
    -9996: _R.REQUEST_WRONG,
    -9997: _R.REQUEST_WRONG,
    -9998: _R.REQUEST_WRONG,
    -9999: Verdict.DOUBT,
}

PHONE_ERRORS: dict[int, Meaning] = {
    4: _R.REQUEST_WRONG,
    -1000: _R.ACCOUNT_REFUSED,
    -1001: _R.ACCOUNT_REFUSED,
    -1002: _R.ACCOUNT_REFUSED,
    -1003: _R.ACCOUNT_REFUSED,
    -1004: _R.ACCOUNT_REFUSED,  # address not on the list
    -1005: _R.REQUEST_WRONG,  # search conditions: not what this number says of an Alimtalk
    -1006: _R.REQUEST_WRONG,
    -1007: _R.ACCOUNT_REFUSED,
    -1008: _R.ACCOUNT_REFUSED,
    -2000: _R.REQUEST_WRONG,
    -2001: _R.REQUEST_WRONG,
    -2002: _R.REQUEST_WRONG,
    -2003: _R.REQUEST_WRONG,
    -2004: _R.REQUEST_WRONG,  # picture gone
    -2005: _R.REQUEST_WRONG,
    -2006: _R.REQUEST_WRONG,
    -2008: _R.REQUEST_WRONG,
    -2009: Verdict.LATER,
    -2010: Verdict.LATER,
    -2011: _R.REQUEST_WRONG,
    -2012: _R.REQUEST_WRONG,
    -2014: _R.TEXT_REFUSED,
    -2015: _R.TEXT_REFUSED,
    -2016: _R.REQUEST_WRONG,
    -2018: _R.NUMBER_WRONG,
    -2019: _R.NUMBER_WRONG,
    -2021: Verdict.DOUBT,  # not put into its queue, or not all of it
    -2022: _R.REQUEST_WRONG,
    -2023: _R.TEXT_REFUSED,
    -2024: _R.NUMBER_WRONG,  # abroad
    -2044: _R.NUMBER_WRONG,
    -2045: _R.NUMBER_WRONG,
    -2046: _R.NUMBER_WRONG,
    -2047: _R.ACCOUNT_REFUSED,
    -2052: _R.ACCOUNT_REFUSED,  # the month's quota; a new organisation has 5,000
    -2110: _R.REQUEST_WRONG,
    -2111: _R.REQUEST_WRONG,
    -2114: _R.TEXT_REFUSED,
    -2312: _R.SENDER_REFUSED,
    -2313: _R.SENDER_REFUSED,
    -4000: _R.REQUEST_WRONG,
    -6001: _R.REFUSED_BY_RESIDENT,
    -6003: _R.TEXT_REFUSED,
    -8000: _R.TEXT_REFUSED,
    -9995: _R.REQUEST_WRONG,
    -9996: _R.REQUEST_WRONG,
    -9997: _R.REQUEST_WRONG,
    -9998: _R.REQUEST_WRONG,
    -9999: Verdict.DOUBT,
}

#: What an answer without a code of NHN's means, by HTTP status: it came from a gateway.
STATUSES: dict[int, Meaning] = {
    401: _R.ACCOUNT_REFUSED,
    403: _R.ACCOUNT_REFUSED,
    408: Verdict.DOUBT,
    425: Verdict.LATER,
    429: Verdict.LATER,
}


def result_of_row(code: int, errors: Mapping[int, Meaning]) -> Result:
    """What the refusal of one message of a request means for it."""
    meaning = errors.get(code)
    if isinstance(meaning, Result):
        return meaning
    # Refused, says NHN; but a row of which its own system does not know is no reason to go again.
    return _R.CARRIER_DOWN if meaning is Verdict.LATER else _R.UNRECOGNISED


def result_of(code: str, *, kakao: bool) -> Result:
    """What a result says became of a message. One below zero was refused with its request."""
    results, errors = (KAKAO, KAKAO_ERRORS) if kakao else (PHONE, PHONE_ERRORS)
    found = results.get(code)
    if found is not None:
        return found
    if code.startswith("-") and code[1:].isdecimal() and code.isascii() and len(code) < 8:
        return result_of_row(int(code), errors)
    return _R.UNRECOGNISED
