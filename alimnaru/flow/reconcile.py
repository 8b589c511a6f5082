"""Reconcile: a copy asks every carrier what it took after the moment until which the copy is whole.

It only reads. What carriers have and the copy does not know is kept by message and attempt
(`Recalled`); where such a message is about to go, its carrier is asked instead
(`standing.give_back`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from alimnaru.carriers.base import CarrierError, Recalls, read_ref
from alimnaru.flow.wire import on_the_line
from alimnaru.store.ledger import standing as ledger
from alimnaru.store.models import CarrierAccount

#: Clocks of carriers and ours differ, and the office notes only every ten seconds that it lives.
EARLIER = timedelta(minutes=5)
#: Tries compared in one statement.
ROUND = 5_000


@dataclass(frozen=True, slots=True)
class Found:
    """What an account told. `asked`: it has a list and answered; else nobody knows.

    `listed`: messages that it took; `recalled`: of those, tries that this copy takes for unsent;
    `strange`: of which the copy has no message at all (accepted after it was made).
    """

    account: int
    name: str
    asked: bool
    listed: int = 0
    recalled: int = 0
    strange: int = 0

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def ask_all(since: datetime, now: datetime) -> list[Found]:
    """Ask every account that could have sent."""
    accounts = CarrierAccount.objects.order_by("pk")
    return [_ask(account, since - EARLIER, now) for account in accounts]


def _ask(account: CarrierAccount, since: datetime, now: datetime) -> Found:
    unknown = Found(account.pk, account.name, asked=False)
    try:
        with on_the_line(account, None) as carrier:
            if not isinstance(carrier, Recalls):
                return unknown
            told = [(*ref, one.token) for one in carrier.taken(since) if (ref := read_ref(one.ref))]
    except CarrierError:
        return unknown
    recalled = strange = 0
    left = iter(told)
    with transaction.atomic():
        while part := list(islice(left, ROUND)):
            some, others = ledger.keep_recalled(account.pk, part, now)
            recalled, strange = recalled + some, strange + others
    return Found(account.pk, account.name, True, len(told), recalled, strange)
