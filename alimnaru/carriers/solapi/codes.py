"""What SOLAPI's codes mean. Tables, not branches: a new code is a new line.

The first digit of a status code: 1 refused at registration, 2 refused by the platform (2000:
accepted), 3 refused by the network or Kakao (3000: handed over), 4 finished. 4000 stands for a
delivered Alimtalk and for a delivered SMS alike.
"""

from __future__ import annotations

from enum import Enum, auto

from alimnaru.carriers.review import Review
from alimnaru.rules.outcomes import Result

_R = Result

RESULTS: dict[str, Result] = {
    "2000": _R.ACCEPTED,
    "3000": _R.IN_TRANSIT,
    "4000": _R.DELIVERED,
    # Refused at registration.
    "1010": _R.REQUEST_WRONG,  # a field is missing
    "1011": _R.REQUEST_WRONG,  # format
    "1013": _R.REQUEST_WRONG,  # subject on an SMS
    "1014": _R.REQUEST_WRONG,  # subject over 40 bytes
    "1020": _R.ACCOUNT_REFUSED,
    "1021": _R.REQUEST_WRONG,  # no such message
    "1022": _R.REQUEST_WRONG,  # no such group
    "1023": _R.REQUEST_WRONG,  # no such image
    "1024": _R.CARRIER_DOWN,
    "1025": _R.REQUEST_WRONG,  # type
    "1026": _R.DUPLICATE,
    "1027": _R.REQUEST_WRONG,  # not UTF-8
    "1028": _R.TEXT_REFUSED,  # unprintable characters
    "1029": _R.TEXT_REFUSED,  # outside EUC-KR
    "1030": _R.BALANCE_EMPTY,
    "1031": _R.TEXT_REFUSED,  # too long
    "1032": _R.REQUEST_WRONG,  # custom field
    "1033": _R.REQUEST_WRONG,  # Kakao options on another type
    "1034": _R.REQUEST_WRONG,  # image
    "1041": _R.CHANNEL_REFUSED,
    "1042": _R.TEMPLATE_MISSING,
    "1043": _R.TEMPLATE_MISMATCH,
    "1044": _R.TEMPLATE_MISMATCH,  # button
    "1045": _R.TEMPLATE_MISMATCH,  # button address
    "1046": _R.TEMPLATE_MISMATCH,  # buttons missing
    "1047": _R.TEMPLATE_MISMATCH,  # buttons too many
    "1048": _R.TEMPLATE_MISMATCH,  # button address over 100
    "1049": _R.TEMPLATE_MISMATCH,  # button name over 14
    "1050": _R.TEMPLATE_MISMATCH,  # over 5 buttons
    "1051": _R.REQUEST_WRONG,  # Friendtalk image
    "1052": _R.TEMPLATE_MISMATCH,  # order of buttons
    "1053": _R.REQUEST_WRONG,  # Friendtalk button
    "1058": _R.NO_ROUTE,
    "1060": _R.REFUSED_BY_RESIDENT,
    "1061": _R.REFUSED_BY_RESIDENT,  # by the 080 number
    "1062": _R.SENDER_REFUSED,
    "1064": _R.SPAM_BLOCKED,
    # Refused by the platform after it was accepted.
    "2011": _R.REQUEST_WRONG,
    "2024": _R.CARRIER_DOWN,
    "2060": _R.REFUSED_BY_RESIDENT,
    "2061": _R.REFUSED_BY_RESIDENT,
    "2062": _R.SENDER_REFUSED,
    "2063": _R.ACCOUNT_REFUSED,
    "2064": _R.SPAM_BLOCKED,
    "2230": _R.BALANCE_EMPTY,
    "2254": _R.SPAM_BLOCKED,
    # What the networks say.
    "3010": _R.NUMBER_WRONG,
    "3011": _R.REQUEST_WRONG,
    "3012": _R.CARRIER_DOWN,
    "3013": _R.SENDER_REFUSED,
    "3014": _R.MAY_ARRIVE_LATER,  # the network does not know either
    "3024": _R.CARRIER_DOWN,
    "3031": _R.NUMBER_WRONG,
    "3032": _R.NUMBER_WRONG,
    "3040": _R.TIMED_OUT,
    "3041": _R.HANDSET_BUSY,
    "3042": _R.HANDSET_OFF,  # no coverage
    "3043": _R.HANDSET_OFF,
    "3044": _R.HANDSET_FULL,
    "3045": _R.NUMBER_SUSPENDED,
    "3046": _R.HANDSET_CANNOT,
    "3047": _R.REFUSED_BY_RESIDENT,
    # "Unknown code": SOLAPI itself could not tell, so neither can we say that it failed.
    "3048": _R.UNRECOGNISED,
    "3050": _R.HANDSET_CANNOT,
    "3051": _R.HANDSET_OFF,
    "3052": _R.CARRIER_DOWN,  # taken off the network's server by its operator
    "3053": _R.CARRIER_DOWN,  # queue full
    "3054": _R.SPAM_BLOCKED,
    "3055": _R.SPAM_BLOCKED,
    "3056": _R.CARRIER_DOWN,  # radio
    "3057": _R.CARRIER_DOWN,  # radio
    "3058": _R.NO_ROUTE,
    "3059": _R.SENDER_REFUSED,
    "3060": _R.HANDSET_CANNOT,  # adult check
    # What Kakao says.
    "3101": _R.CHANNEL_REFUSED,
    "3102": _R.CHANNEL_REFUSED,
    "3103": _R.TEMPLATE_MISMATCH,
    "3104": _R.NOT_A_USER,
    "3105": _R.TEMPLATE_MISSING,
    "3106": _R.CHANNEL_REFUSED,
    # One code for "not active lately" and for "blocked this channel".
    "3107": _R.UNREACHABLE_ON_KAKAO,
    "3108": _R.REQUEST_WRONG,  # outside hours: never for an Alimtalk
}


class Group(Enum):
    """What an error says about the group rather than about our request."""

    GONE = auto()  # it will never send anything
    MOVED_ON = auto()  # it is, or may be, past the point where we thought it was


ERRORS: dict[str, Result | Group] = {
    # Who we are (HTTP 403).
    "InvalidAPIKey": _R.ACCOUNT_REFUSED,
    "SignatureDoesNotMatch": _R.ACCOUNT_REFUSED,
    "RequestTimeTooSkewed": _R.ACCOUNT_REFUSED,
    "Forbidden": _R.ACCOUNT_REFUSED,
    "Unauthorized": _R.ACCOUNT_REFUSED,
    "InvalidAccountId": _R.ACCOUNT_REFUSED,
    "InvalidAppId": _R.ACCOUNT_REFUSED,
    "BlockedApp": _R.ACCOUNT_REFUSED,
    "InactiveApp": _R.ACCOUNT_REFUSED,
    "InDevelopment": _R.ACCOUNT_REFUSED,
    # What is left (HTTP 402).
    "NotEnoughBalance": _R.BALANCE_EMPTY,
    "BalanceInsufficient": _R.BALANCE_EMPTY,
    # What we said (HTTP 400).
    "ValidationError": _R.REQUEST_WRONG,
    "RecipientsTooMany": _R.REQUEST_WRONG,
    "InvalidStatusCode": _R.REQUEST_WRONG,
    # Where the group stands (HTTP 400, 404, 409).
    "ResourceNotFound": Group.GONE,
    "DeletedGroup": Group.GONE,
    "FailedGroup": Group.GONE,
    "MessagesNotFound": Group.GONE,
    "InvalidStatus": Group.MOVED_ON,
    "InvalidGroupStatus": Group.MOVED_ON,
    "NotOperationalStatus": Group.MOVED_ON,
    "GroupInProcessing": Group.MOVED_ON,
    "ScheduledGroup": Group.MOVED_ON,
    "AlreadySent": Group.MOVED_ON,
    # We sign each request once. One that SOLAPI has seen before was repeated on the way (a proxy
    # does that), so the first copy may have been obeyed.
    "DuplicatedSignature": Group.MOVED_ON,
}

#: What an error code that is in no table means, by HTTP status.
STATUSES: dict[int, Result] = {
    401: _R.ACCOUNT_REFUSED,
    402: _R.BALANCE_EMPTY,
    403: _R.ACCOUNT_REFUSED,
}


#: What an error of a template's call says about the template or the channel that it names.
TEMPLATE_ERRORS: dict[str, Result] = {
    "ResourceNotFound": _R.TEMPLATE_MISSING,
    "InvalidStatus": _R.REQUEST_WRONG,
}

STATES: dict[str, Review] = {
    "PENDING": Review.DRAFT,
    "INSPECTING": Review.IN_REVIEW,
    "APPROVED": Review.APPROVED,
    "REJECTED": Review.REJECTED,
}

#: Statuses that say "later" rather than "no".
LATER = frozenset({408, 409, 425, 429})


def result_for(code: str) -> Result:
    """What a status code says became of an attempt."""
    return RESULTS.get(code, Result.UNRECOGNISED)
