"""What SENS's codes mean. Tables, not branches: a new code is a new line.

Alimtalk tells two things of a message: whether SENS took it (`requestStatusCode`, A000) and what
Kakao said (`messageStatusCode`, 0000 or one of Kakao's own). No list of the request codes is
published. SMS, LMS and MMS have one code (`statusCode`) of three makers: the phone network's
report (0, 2xxx, 3xxx), the relay's answer (1xxx, Sxxx) and the agent's (Exxx); the same numbers
mean other things there than at Kakao. Source: SENS API, SMS list and result, 2026.
"""

from __future__ import annotations

from alimnaru.carriers import kakao_codes
from alimnaru.rules.outcomes import Result

_R = Result

ACCEPTED = "A000"

#: `requestStatusCode` and `messageStatusCode` of an Alimtalk.
ALIMTALK: dict[str, Result] = {
    **kakao_codes.RESULTS,
    ACCEPTED: _R.ACCEPTED,
    "0000": _R.DELIVERED,
    # `messageStatusName`, where there is no code (yet).
    "processing": _R.IN_TRANSIT,
    "success": _R.DELIVERED,
}

#: `statusCode` of an SMS, LMS or MMS, and `status` while there is none yet.
SMS: dict[str, Result] = {
    "READY": _R.ACCEPTED,
    "PROCESSING": _R.IN_TRANSIT,
    "0": _R.DELIVERED,
    "success": _R.DELIVERED,  # `statusName`, should there be no code
    # What the network reports.
    "2000": _R.TIMED_OUT,
    "2001": _R.CARRIER_DOWN,  # radio
    "2002": _R.CARRIER_DOWN,  # radio to handset
    "2003": _R.HANDSET_OFF,
    "2004": _R.HANDSET_FULL,
    "2005": _R.HANDSET_OFF,  # no coverage
    "2006": _R.CARRIER_DOWN,  # deleted at the network
    "2007": _R.HANDSET_BUSY,  # passing fault of the handset
    "3000": _R.NUMBER_WRONG,  # cannot be delivered
    "3001": _R.NUMBER_WRONG,  # no subscriber
    "3002": _R.HANDSET_CANNOT,  # adult check
    "3003": _R.NUMBER_WRONG,  # format
    "3004": _R.NUMBER_SUSPENDED,
    "3005": _R.HANDSET_BUSY,  # in a call
    "3006": _R.REFUSED_BY_RESIDENT,
    "3007": _R.HANDSET_CANNOT,  # no callback address
    "3008": _R.HANDSET_CANNOT,
    "3009": _R.REQUEST_WRONG,  # form of the message
    "3010": _R.HANDSET_CANNOT,  # no MMS
    "3011": _R.CARRIER_DOWN,
    "3012": _R.SPAM_BLOCKED,
    "3013": _R.REFUSED_BY_RESIDENT,  # service refused
    "3014": _R.CARRIER_DOWN,
    "3015": _R.NO_ROUTE,
    "3016": _R.REQUEST_WRONG,  # attachment too large
    "3017": _R.SENDER_REFUSED,  # rules against forged numbers
    "3018": _R.SENDER_REFUSED,  # its owner has had it protected from being used
    "3019": _R.SENDER_REFUSED,  # blocked by KISA
    "3022": _R.TEXT_REFUSED,  # characters
    "3023": _R.SENDER_REFUSED,  # not registered
    # What the relay answers.
    "1001": _R.CARRIER_DOWN,
    "1002": _R.NUMBER_WRONG,
    "1003": _R.SENDER_REFUSED,
    "1004": _R.SPAM_BLOCKED,
    "1005": _R.BALANCE_EMPTY,  # more than was contracted
    "1006": _R.REQUEST_WRONG,
    "1007": _R.REQUEST_WRONG,
    "1008": _R.CARRIER_DOWN,  # attachment not stored
    "1009": _R.REQUEST_WRONG,
    "1010": _R.TEXT_REFUSED,  # empty
    "1011": _R.SENDER_REFUSED,  # none
    "1012": _R.REQUEST_WRONG,
    "1013": _R.REQUEST_WRONG,
    "1014": _R.REQUEST_WRONG,
    "1015": _R.REQUEST_WRONG,
    "1016": _R.REQUEST_WRONG,
    "1017": _R.REQUEST_WRONG,
    "1018": _R.ACCOUNT_REFUSED,
    "1019": _R.TIMED_OUT,
    "1020": _R.TEXT_REFUSED,  # characters
    "S000": _R.CARRIER_DOWN,
    "S001": _R.CARRIER_DOWN,
    "S002": _R.REQUEST_WRONG,
    "S003": _R.SPAM_BLOCKED,
    "S004": _R.BALANCE_EMPTY,  # quota
    "S005": _R.REQUEST_WRONG,  # picture: form
    "S006": _R.REQUEST_WRONG,  # picture: not found
    "S007": _R.REQUEST_WRONG,  # picture: forgotten
    "S008": _R.REQUEST_WRONG,  # picture: too large
    "S009": _R.REQUEST_WRONG,  # picture: too many pixels
    "S010": _R.REQUEST_WRONG,  # picture: quota
    "S011": _R.CARRIER_DOWN,  # picture: upload
    "S012": _R.SENDER_REFUSED,
    "S998": _R.CARRIER_DOWN,
    "S999": _R.CARRIER_DOWN,
    # What the agent finds wrong before it sends anything.
    **{f"E{number}": _R.REQUEST_WRONG for number in range(900, 915)},
    "E904": _R.TEXT_REFUSED,  # empty
    "E905": _R.SENDER_REFUSED,  # none
    "E915": _R.DUPLICATE,
    "E916": _R.SPAM_BLOCKED,  # number blocked by the authority's list
    "E917": _R.REFUSED_BY_RESIDENT,  # number on our own list of refusals (080)
    "E918": _R.REQUEST_WRONG,
    "E919": _R.REQUEST_WRONG,  # outside the hours of advertising
    "E920": _R.REQUEST_WRONG,
    "E921": _R.REQUEST_WRONG,
    "E922": _R.REQUEST_WRONG,
    "E999": _R.CARRIER_DOWN,
}

#: What an error means by HTTP status, and that nothing was accepted with it. Any other one may
#: come from behind the gateway (500, 503 "endpoint error", 504 "endpoint timeout").
STATUSES: dict[int, Result] = {
    400: _R.REQUEST_WRONG,
    401: _R.ACCOUNT_REFUSED,  # keys, signature or time
    402: _R.BALANCE_EMPTY,
    403: _R.ACCOUNT_REFUSED,  # not our service
    404: _R.ACCOUNT_REFUSED,  # no such service
    405: _R.REQUEST_WRONG,
    413: _R.REQUEST_WRONG,
    415: _R.REQUEST_WRONG,
    422: _R.REQUEST_WRONG,
}

#: Too many calls: the gateway lets none of these through.
LATER = frozenset({429})


def alimtalk_result(code: str) -> Result:
    """What a code of an Alimtalk says became of it."""
    return ALIMTALK.get(code, Result.UNRECOGNISED)


def sms_result(code: str) -> Result:
    """What a code of an SMS, LMS or MMS says became of it."""
    return SMS.get(code, Result.UNRECOGNISED)
