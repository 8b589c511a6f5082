"""What Kakao's own result codes mean, for the carriers that relay them unchanged.

Source: NHN Cloud, KakaoTalk Bizmessage, error codes (2026-06). Kakao spells success `0000`, which
SENS relays as it is and NHN shows as `1000`: each carrier adds its own word for it. Codes of
Friendtalk and brand messages alone are left out: no Alimtalk ends in one.
"""

from __future__ import annotations

from alimnaru.rules.outcomes import Result

_R = Result

RESULTS: dict[str, Result] = {
    # What was asked, and by whom.
    "1001": _R.REQUEST_WRONG,  # not JSON
    "1002": _R.CARRIER_DOWN,  # the dealer's key at Kakao: theirs to repair
    "1003": _R.CHANNEL_REFUSED,  # no such sender profile
    "1004": _R.REQUEST_WRONG,  # a name is missing in the JSON
    "1006": _R.CHANNEL_REFUSED,  # profile deleted
    "1007": _R.CHANNEL_REFUSED,  # profile blocked
    "1011": _R.ACCOUNT_REFUSED,  # no contract
    "1012": _R.REQUEST_WRONG,  # user key
    "1013": _R.REQUEST_WRONG,  # app link
    "1014": _R.REQUEST_WRONG,  # business number
    "1015": _R.REQUEST_WRONG,  # app user id
    "1016": _R.REQUEST_WRONG,  # business number of another
    # "Number or app user id wrong or missing": unlike 3008 it may well be our request's fault.
    "1020": _R.REQUEST_WRONG,
    "1021": _R.CHANNEL_REFUSED,  # channel blocked
    "1022": _R.CHANNEL_REFUSED,  # channel closed
    "1023": _R.CHANNEL_REFUSED,  # channel deleted
    "1024": _R.CHANNEL_REFUSED,  # channel to be deleted
    "1025": _R.CHANNEL_REFUSED,  # channel under sanctions
    "1027": _R.CHANNEL_REFUSED,  # its messages under sanctions
    "1030": _R.REQUEST_WRONG,
    "1033": _R.TEMPLATE_MISMATCH,  # message type against the template's
    "2001": _R.CARRIER_DOWN,
    "2003": _R.CHANNEL_REFUSED,  # test server: the resident has not added the channel
    "2005": _R.CARRIER_DOWN,  # Kakao could not read its own picture
    # What became of it.
    "3000": _R.CARRIER_DOWN,
    # Sent, receipt not confirmed: Kakao keeps it for three days, in which it may still arrive.
    "3005": _R.MAY_ARRIVE_LATER,
    "3006": _R.CARRIER_DOWN,
    "3008": _R.NUMBER_WRONG,
    "3010": _R.CARRIER_DOWN,
    # "No such message": about a look-up, so the message itself may be on its way.
    "3011": _R.MAY_ARRIVE_LATER,
    "3012": _R.CARRIER_DOWN,
    "3013": _R.TEXT_REFUSED,  # empty
    "3014": _R.TEXT_REFUSED,  # too long
    "3015": _R.TEMPLATE_MISSING,
    "3016": _R.TEMPLATE_MISMATCH,
    # Other SIM than KakaoTalk's number, nobody active within seven days, or under sanctions. Until
    # 2025-01 this one code stood for 3018 to 3021.
    "3018": _R.UNREACHABLE_ON_KAKAO,
    "3019": _R.NOT_A_USER,
    "3020": _R.BLOCKED,
    "3021": _R.KAKAO_TOO_OLD,
    "3022": _R.REQUEST_WRONG,  # outside hours: never for an Alimtalk
    "3023": _R.REQUEST_WRONG,  # not JSON
    "3024": _R.TEMPLATE_MISMATCH,  # picture
    "3025": _R.TEXT_REFUSED,  # a value too long for its place
    "3026": _R.TEMPLATE_MISMATCH,  # what a bot button carries is too long
    "3027": _R.TEMPLATE_MISMATCH,  # button or quick reply
    "3028": _R.TEMPLATE_MISMATCH,  # emphasised title
    "3029": _R.TEXT_REFUSED,  # emphasised title over 50
    "3030": _R.TEMPLATE_MISMATCH,  # text type for a picture template, or the reverse
    "3031": _R.TEMPLATE_MISMATCH,  # header
    "3032": _R.TEXT_REFUSED,  # header over 16
    "3033": _R.TEMPLATE_MISMATCH,  # highlight
    "3034": _R.TEXT_REFUSED,  # highlight title
    "3035": _R.TEXT_REFUSED,  # highlight description
    "3036": _R.TEMPLATE_MISMATCH,  # item list
    "3037": _R.TEXT_REFUSED,  # item description over 23
    "3038": _R.TEMPLATE_MISMATCH,  # summary
    "3039": _R.TEXT_REFUSED,  # summary over 14
    "3040": _R.TEXT_REFUSED,  # summary with other than an amount
    "3042": _R.TEMPLATE_MISMATCH,  # representative link
    "3043": _R.TEMPLATE_MISMATCH,  # pictures by variable
    "3046": _R.TEXT_REFUSED,  # additional text too long
    # About a look-up or a request at Kakao, not about the resident.
    "4000": _R.MAY_ARRIVE_LATER,  # no result found
    "4001": _R.MAY_ARRIVE_LATER,  # state unknown
    "4100": _R.REQUEST_WRONG,
    "4101": _R.REQUEST_WRONG,
    "4102": _R.REQUEST_WRONG,
    "4103": _R.CARRIER_DOWN,  # the dealer's key at Kakao
    "4104": _R.CHANNEL_REFUSED,
    "4110": _R.TEMPLATE_MISMATCH,  # message type against the template's
    "4120": _R.REQUEST_WRONG,
    "4121": _R.REQUEST_WRONG,
    "4122": _R.MAY_ARRIVE_LATER,  # the result could not be asked for
    "4130": _R.REQUEST_WRONG,
    "4131": _R.DUPLICATE,  # that request is there already
    "4132": _R.TEMPLATE_MISMATCH,
    "4133": _R.TEMPLATE_MISSING,  # stopped
    "4134": _R.TEMPLATE_MISMATCH,  # changed meanwhile
    "4137": _R.CARRIER_DOWN,
    "4139": _R.CARRIER_DOWN,
    "4140": _R.CARRIER_DOWN,
    "4141": _R.CARRIER_DOWN,
    "4142": _R.CARRIER_DOWN,
    "4143": _R.CARRIER_DOWN,  # expired before it was sent
    "4144": _R.TEXT_REFUSED,  # over 30 KB
    "4156": _R.CARRIER_DOWN,  # more than may be sent just now
    "4161": _R.MAY_ARRIVE_LATER,  # being processed
    "9998": _R.CARRIER_DOWN,
    "9999": _R.CARRIER_DOWN,
}
