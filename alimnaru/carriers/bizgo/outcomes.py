"""Bizgo's report codes: what became of a message.

The first digit tells who speaks: 1 success, 2 the networks about an SMS, 3 the same networks about
an LMS or MMS, 6 Kakao (6 and Kakao's own code), 9 Bizgo itself. 331xx, 4 and 5 are about RCS and 7
about Naver TalkTalk, which we never send; no message of ours can end in one.

Source: developers.bizgo.io, error codes, reports (2026-09-23), as the official SDKs 1.2.0 carry
them.
"""

from __future__ import annotations

from alimnaru.carriers.kakao_codes import RESULTS as KAKAO
from alimnaru.rules.outcomes import Result

_R = Result

DELIVERED = "10000"

_NETWORKS: dict[str, Result] = {
    "2000": _R.TIMED_OUT,
    "2001": _R.CARRIER_DOWN,  # radio
    "2002": _R.CARRIER_DOWN,  # radio, the last stretch to the handset
    "2003": _R.HANDSET_OFF,
    "2004": _R.HANDSET_FULL,
    "2005": _R.HANDSET_OFF,  # no coverage
    "2006": _R.CARRIER_DOWN,  # deleted on the network's server
    "2007": _R.HANDSET_BUSY,
    "3000": _R.NUMBER_WRONG,
    "3001": _R.NUMBER_WRONG,  # nobody has this number
    "3002": _R.HANDSET_CANNOT,  # adult check
    "3003": _R.NUMBER_WRONG,
    "3004": _R.NUMBER_SUSPENDED,
    "3005": _R.HANDSET_BUSY,
    "3006": _R.REFUSED_BY_RESIDENT,
    "3008": _R.HANDSET_CANNOT,
    "3009": _R.REQUEST_WRONG,
    "3010": _R.HANDSET_CANNOT,  # no MMS
    "3011": _R.CARRIER_DOWN,
    "3012": _R.SPAM_BLOCKED,
    # "Service refused": by the network, as far as anybody says; not by the resident.
    "3013": _R.HANDSET_CANNOT,
    "3014": _R.CARRIER_DOWN,  # other
    "3015": _R.NO_ROUTE,
    "3016": _R.REQUEST_WRONG,  # attachment too large
    "3018": _R.SENDER_REFUSED,  # its owner forbids its use as a sender
    "3019": _R.SENDER_REFUSED,  # blocked by KISA
    "3022": _R.TEXT_REFUSED,  # a character that no network carries
    "3023": _R.SENDER_REFUSED,  # not registered
    "3025": _R.DUPLICATE,  # the same within 24 hours
    "3029": _R.REQUEST_WRONG,  # an advertisement at night
    # Bizgo's own fallback, which is never asked for.
    "3030": _R.REQUEST_WRONG,
    "3031": _R.REQUEST_WRONG,
    "3032": _R.ACCOUNT_REFUSED,
    "3033": _R.REQUEST_WRONG,
    "3034": _R.REQUEST_WRONG,  # no such picture
    "3035": _R.CARRIER_DOWN,  # the network is switched off at Bizgo
    "3036": _R.SENDER_REFUSED,  # the code of the first sender
    "3037": _R.SENDER_REFUSED,
    "3040": _R.SPAM_BLOCKED,
    "3041": _R.SPAM_BLOCKED,  # KISA holds a link for smishing
}

_BIZGO_ABOUT_KAKAO: dict[str, Result] = {
    # Asked by polling, Kakao heard nothing from the phone in time.
    "6ME09": _R.MAY_ARRIVE_LATER,
    "60162": _R.SENDER_REFUSED,
    "60400": _R.ACCOUNT_REFUSED,
    "60500": _R.ACCOUNT_REFUSED,
    "60600": _R.CARRIER_DOWN,
    "61026": _R.REQUEST_WRONG,  # response method against message type
    "61028": _R.REQUEST_WRONG,
    # What Kakao holds against the serial number is Bizgo's to repair: Bizgo makes it.
    "62004": _R.CARRIER_DOWN,
    "62006": _R.CARRIER_DOWN,
    "63012": _R.DUPLICATE,  # that serial number is known: a message went under it
    "64008": _R.ACCOUNT_REFUSED,
    "64009": _R.ACCOUNT_REFUSED,
    "64010": _R.ACCOUNT_REFUSED,
    "65000": _R.CHANNEL_REFUSED,  # a test by somebody who may not
    "65001": _R.CHANNEL_REFUSED,  # too many tests in a day
    "67011": _R.CARRIER_DOWN,
    "67014": _R.CARRIER_DOWN,  # too old when Bizgo came to it
    "68512": _R.REQUEST_WRONG,
    "68514": _R.REQUEST_WRONG,
    "68520": _R.REQUEST_WRONG,
    "68521": _R.REQUEST_WRONG,
    "68522": _R.REQUEST_WRONG,
    "68523": _R.REQUEST_WRONG,
    "68530": _R.REQUEST_WRONG,
    "68999": _R.CARRIER_DOWN,
}

RESULTS: dict[str, Result] = {
    DELIVERED: _R.DELIVERED,
    "90000": _R.CARRIER_DOWN,  # failed on the way inside Bizgo
    "99999": _R.UNRECOGNISED,  # Bizgo itself does not know
    **{f"2{code}": result for code, result in _NETWORKS.items()},
    **{f"3{code}": result for code, result in _NETWORKS.items()},
    "33100": _R.TIMED_OUT,  # the networks gave up trying
    "33114": _R.DUPLICATE,  # the networks have it already
    **{f"6{code}": result for code, result in KAKAO.items()},
    **_BIZGO_ABOUT_KAKAO,
}


def result_for(code: str) -> Result:
    """What a report code says became of an attempt."""
    return RESULTS.get(code, Result.UNRECOGNISED)
