"""Locks of PostgreSQL's that end with the connection: no killed process leaves one behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alimnaru.store.ledger.base import rows

#: The first half of a lock's key, one for each use.
LIST = 0x6C697374  # "list": the upload that is being read
PLACE = 0x706C6163  # "plac": one of the places for lists that are read at the same time
MEMORY = 0x6D656D6F  # "memo": the batch that is being remembered or forgotten
CORRECT = 0x636F7272  # "corr": the batch that somebody corrects
SAME = 0x73616D65  # "same": the rows that somebody asks for
SOURCE = 0x736F7572  # "sour": the connected system that is being asked
RULE = 0x72756C65  # "rule": the rule that is looking for what is due
GATHER = 0x67617468  # "gath": the lane whose single messages are being gathered
HOOK = 0x686F6F6B  # "hook": the webhook that is being called
CANARY = 0x63616E61  # "cana": the canaries, sent by one worker at a time
SEAL = 0x7365616C  # "seal": what was written since the last seal
MONTH = 0x6D6F6E74  # "mont": what is done about a month, one thing at a time
PRICES = 0x70726963  # "pric": prices are entered, or a month is closed on them
VERIFY = 0x76657269  # "veri": the verification of the night is begun
PRIVACY = 0x70726976  # "priv": what privacy asks for by the clock

#: PostgreSQL takes two signed numbers of four bytes.
_MOST = 1 << 31


@contextmanager
def held(space: int, key: int) -> Iterator[bool]:
    """Hold a lock for a while, over any number of transactions; False if somebody else has it."""
    pair = [space, key % _MOST]
    got = bool(rows("SELECT pg_try_advisory_lock(%s::int4, %s::int4)", pair)[0][0])
    try:
        yield got
    finally:
        if got:
            rows("SELECT pg_advisory_unlock(%s::int4, %s::int4)", pair)


def wait_for(space: int, key: int) -> None:
    """Wait for a lock and hold it until the transaction ends. Keys are cut to 31 bits: two that
    meet by chance wait for each other, and that is all."""
    rows("SELECT pg_advisory_xact_lock(%s::int4, %s::int4)", [space, key % _MOST])


def alone(space: int, key: int) -> bool:
    """Hold a lock until the caller's transaction ends; False if somebody else has it."""
    pair = [space, key % _MOST]
    return bool(rows("SELECT pg_try_advisory_xact_lock(%s::int4, %s::int4)", pair)[0][0])
