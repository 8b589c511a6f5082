"""Bizgo's codes, in our words.

An answer is judged in two layers: the gateway's `common.authCode`, then the service's `data.code`;
a send has a third, the `code` of each recipient, which is of the service's kind. The same code
means different things in different layers: `A401` is a wrong key to the gateway and a wrong billing
code to the service.

Source: developers.bizgo.io, error codes (2026-09-23), as the official SDKs 1.2.0 carry them.
"""

from __future__ import annotations

from enum import Enum, auto

from alimnaru.rules.outcomes import Result

_R = Result

ACCEPTED = "A000"
#: This recipient, or this whole request, was taken under the same idempotency key before.
TAKEN_BEFORE = "A301"
#: The account hears of results by webhook: it must not poll.
NO_POLLING = "A801"
#: Somebody else has acknowledged that page of reports.
UNKNOWN_REPORT = "A802"
NOT_THERE = "A820"
#: A reservation that is past the point where it can be cancelled.
WRONG_STATE = "A824"


class Fault(Enum):
    """What an error says about the request rather than about a message."""

    LATER = auto()  # it was turned away before anything was done
    DOUBT = auto()  # something went wrong while it was being done
    TAKEN = auto()  # it was done before


GATEWAY: dict[str, Result | Fault] = {
    "A100": Fault.DOUBT,  # "failed", without a reason
    # Redirections: the address of the account is not Bizgo's.
    "A301": _R.REQUEST_WRONG,
    "A302": _R.REQUEST_WRONG,
    "A303": _R.REQUEST_WRONG,
    "A304": _R.REQUEST_WRONG,
    "A307": _R.REQUEST_WRONG,
    "A308": _R.REQUEST_WRONG,
    "A400": _R.REQUEST_WRONG,
    "A401": _R.ACCOUNT_REFUSED,  # the key, or the address that we call from is not registered
    "A403": _R.ACCOUNT_REFUSED,
    "A404": _R.REQUEST_WRONG,
    "A405": _R.REQUEST_WRONG,
    "A406": _R.REQUEST_WRONG,
    "A407": _R.ACCOUNT_REFUSED,
    "A413": _R.REQUEST_WRONG,
    "A414": _R.REQUEST_WRONG,
    "A415": _R.REQUEST_WRONG,
    "A500": Fault.DOUBT,
    "A501": _R.REQUEST_WRONG,
    "A502": Fault.DOUBT,
    "A503": Fault.DOUBT,
    "A504": Fault.DOUBT,
    "A511": _R.ACCOUNT_REFUSED,
}

SERVICE: dict[str, Result | Fault] = {
    ACCEPTED: _R.ACCEPTED,
    # Who we are.
    "A001": _R.ACCOUNT_REFUSED,
    "A002": _R.ACCOUNT_REFUSED,
    "A100": _R.ACCOUNT_REFUSED,
    "A110": _R.ACCOUNT_REFUSED,
    "A111": _R.ACCOUNT_REFUSED,
    "A113": _R.ACCOUNT_REFUSED,
    # How the service is.
    "A010": _R.REQUEST_WRONG,
    "A011": _R.REQUEST_WRONG,
    "A020": Fault.LATER,  # 200 recipients a second, 5 other requests
    "A910": Fault.DOUBT,
    "A920": Fault.DOUBT,
    "A999": Fault.DOUBT,
    # Files.
    "A200": _R.REQUEST_WRONG,
    "A201": _R.REQUEST_WRONG,
    "A202": _R.REQUEST_WRONG,
    "A203": _R.REQUEST_WRONG,
    "A204": _R.REQUEST_WRONG,
    "A205": _R.REQUEST_WRONG,
    "A206": _R.REQUEST_WRONG,
    "A207": _R.REQUEST_WRONG,
    "A208": _R.REQUEST_WRONG,
    "A213": _R.REQUEST_WRONG,
    "A214": Fault.DOUBT,
    "A215": Fault.DOUBT,
    "A217": _R.REQUEST_WRONG,  # no such picture, or it has expired
    "A219": _R.REQUEST_WRONG,
    "A220": _R.REQUEST_WRONG,
    "A250": _R.REQUEST_WRONG,
    # Reports.
    NO_POLLING: _R.REQUEST_WRONG,
    UNKNOWN_REPORT: _R.REQUEST_WRONG,
    # What we said.
    "A300": _R.REQUEST_WRONG,
    TAKEN_BEFORE: Fault.TAKEN,
    "A302": _R.SENDER_REFUSED,
    "A303": _R.TEXT_REFUSED,
    "A304": _R.REQUEST_WRONG,
    "A305": _R.REQUEST_WRONG,
    "A306": _R.NUMBER_WRONG,
    "A307": _R.REQUEST_WRONG,
    "A308": _R.REQUEST_WRONG,
    "A309": _R.REQUEST_WRONG,
    "A310": _R.REQUEST_WRONG,
    "A311": _R.REQUEST_WRONG,
    "A312": _R.REQUEST_WRONG,
    "A313": _R.REQUEST_WRONG,
    "A314": _R.REQUEST_WRONG,
    "A315": _R.REQUEST_WRONG,
    "A316": _R.REQUEST_WRONG,  # reserved for less than ten minutes from now
    "A317": _R.REQUEST_WRONG,
    "A318": _R.REQUEST_WRONG,  # over 200 recipients
    "A319": _R.REQUEST_WRONG,
    "A320": _R.BALANCE_EMPTY,  # the messages that the contract allows are used up
    "A321": _R.REQUEST_WRONG,
    "A322": _R.SPAM_BLOCKED,  # by its text
    "A323": _R.SENDER_REFUSED,  # blocked as a sender of spam
    "A324": _R.SPAM_BLOCKED,  # by the recipient's number
    "A325": _R.ACCOUNT_REFUSED,  # this channel is not in the contract
    "A326": _R.ACCOUNT_REFUSED,
    "A327": _R.SENDER_REFUSED,
    "A328": _R.TEXT_REFUSED,
    "A329": _R.TEXT_REFUSED,
    "A330": _R.REQUEST_WRONG,  # an advertisement reserved for the night, 20:00 to 08:00
    "A331": _R.REQUEST_WRONG,  # reserved for more than a year from now
    "A332": _R.REQUEST_WRONG,
    NOT_THERE: _R.REQUEST_WRONG,
    "A821": _R.REQUEST_WRONG,
    "A823": _R.REQUEST_WRONG,
    WRONG_STATE: _R.REQUEST_WRONG,
    "A401": _R.REQUEST_WRONG,
    "A402": _R.REQUEST_WRONG,
    "A403": _R.REQUEST_WRONG,
    # Alimtalk.
    "A501": _R.REQUEST_WRONG,
    "A502": _R.CHANNEL_REFUSED,
    "A503": _R.TEMPLATE_MISMATCH,
    "A505": _R.TEMPLATE_MISSING,
    "A506": _R.REQUEST_WRONG,
    "A513": _R.TEMPLATE_MISMATCH,
    "A521": _R.TEMPLATE_MISMATCH,
    "A523": _R.TEMPLATE_MISMATCH,
    "A524": _R.TEMPLATE_MISMATCH,
    "A525": _R.TEMPLATE_MISMATCH,
    "A526": _R.REQUEST_WRONG,
    "A559": _R.REQUEST_WRONG,
    "A560": _R.TEMPLATE_MISMATCH,
    "A561": _R.TEMPLATE_MISMATCH,
    "A562": _R.TEMPLATE_MISMATCH,
    "A563": _R.TEMPLATE_MISMATCH,
    "A564": _R.TEMPLATE_MISMATCH,
    "A565": _R.TEMPLATE_MISMATCH,
    "A572": _R.REQUEST_WRONG,
    "A573": _R.REQUEST_WRONG,
    # RCS, brand messages and Naver TalkTalk, which we never send: if one comes, it is our request.
    **dict.fromkeys(
        (
            *("A404", "A406", "A407", "A408", "A409", "A411", "A412", "A413", "A415", "A417"),
            *("A418", "A419", "A420", "A424", "A425", "A426", "A427", "A428", "A429", "A430"),
            *("A431", "A432", "A433", "A434", "A567", "A568", "A569", "A570", "A571", "A601"),
            *("A602", "A603", "A604", "A605", "A606", "A607", "A608", "A609"),
        ),
        _R.REQUEST_WRONG,
    ),
}

#: What an answer without a code that we know means, by HTTP status.
STATUSES: dict[int, Result | Fault] = {
    401: _R.ACCOUNT_REFUSED,
    403: _R.ACCOUNT_REFUSED,
    408: Fault.DOUBT,
    425: Fault.LATER,
    # The gateway says this before it hands a request on.
    429: Fault.LATER,
}


def recipient_result(code: str) -> Result:
    """What the code of one recipient says. Anything but `A000` and `A301` was not accepted."""
    meaning = SERVICE.get(code, Result.UNRECOGNISED)
    if meaning is Fault.LATER:
        return Result.CARRIER_DOWN
    return meaning if isinstance(meaning, Result) else Result.UNRECOGNISED
