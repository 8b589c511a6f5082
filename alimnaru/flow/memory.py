"""What lists said of people before: the memory by which a column that slid by a row is found.

Only a list that went out is remembered. One that was merely checked may be the very list that
slid, and would agree with itself the second time. So would one that was sent all the same: a first
slice has to have gone well, and what people cancel or correct is forgotten. The right list would
otherwise be refused for being unlike the wrong one. Everything kept is a keyed hash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.wordings import wording
from alimnaru.reads.reach import corrections_of
from alimnaru.rules.roster_rows import squeeze
from alimnaru.rules.shifted import PairWatch, Shift
from alimnaru.rules.variables import Kind, Variable
from alimnaru.store import crypto
from alimnaru.store.ledger import advisory, drafts
from alimnaru.store.models import Batch, Stage
from alimnaru.store.models.batches import SliceState

#: Rows asked about, or written, at once.
BLOCK = 5_000
#: A name is for life and a car for some years; who was told nothing for so long is forgotten.
KEPT = timedelta(days=2 * 365)
#: Until one who found another at the same batch tries again.
_PAUSE = timedelta(seconds=5)
#: The list's own column of names, whether or not the notice has a variable for it.
NAME = "name"
#: What belongs to a person whatever the notice. Codes and dates are the notice's.
PERSONAL = frozenset({Kind.PLATE_TAIL})

_BLANK = bytes(crypto.HASH)


class Pairs:
    """Who stands beside what in a list, as it is read: 16 bytes a value, in the list's order."""

    def __init__(self, variables: Sequence[Variable]) -> None:
        self._places = {v.name: at for at, v in enumerate(variables) if v.kind in PERSONAL}
        self._phones = bytearray()
        self._values = {field: bytearray() for field in (NAME, *self._places)}

    @property
    def fields(self) -> tuple[str, ...]:
        """The name, and the variables that belong to a person."""
        return tuple(self._values)

    def see(self, phone: str, name: str, values: Sequence[str]) -> None:
        """The next row."""
        self._phones += crypto.phone_hash(phone)
        self._values[NAME] += _hashed(NAME, name)
        for field, at in self._places.items():
            self._values[field] += _hashed(field, values[at])

    def blocks(self) -> Iterator[tuple[list[bytes], dict[str, list[bytes]]]]:
        """Phones and values of `BLOCK` rows, again and again."""
        for start in range(0, len(self._phones), BLOCK * crypto.HASH):
            stop = start + BLOCK * crypto.HASH
            cut = {field: _cut(raw[start:stop]) for field, raw in self._values.items()}
            yield _cut(self._phones[start:stop]), cut


def compare(pairs: Pairs) -> dict[str, Shift]:
    """What the memory says of a list, by field."""
    known: dict[str, dict[bytes, set[bytes]]] = {field: defaultdict(set) for field in pairs.fields}
    watches = {field: PairWatch(found) for field, found in known.items()}
    for phones, values in pairs.blocks():
        # A watch keeps what it needs of the rows before: a whole district need not lie in memory.
        for found in known.values():
            found.clear()
        for phone, field, value in drafts.known_values(phones):
            if field in known:
                known[field][phone].add(value)
        for field, watch in watches.items():
            for phone, value in zip(phones, values[field], strict=True):
                watch.see(phone, None if value == _BLANK else value)
    return {field: watch.verdict() for field, watch in watches.items()}


def remember(batch_id: int) -> None:
    """Note what a batch that went out said of its people, or forget it if they were told a mistake.
    May run twice; what is undecided yet is rung for again by who decides."""
    with advisory.held(advisory.MEMORY, batch_id) as mine:
        if mine:
            _remember(batch_id)
            return
    with transaction.atomic():
        # Things may have changed since the other one looked.
        defer(JobName.REMEMBER, batch_id, queue=LISTS, at=timezone.now() + _PAUSE)


def _remember(batch_id: int) -> None:
    batch = Batch.objects.filter(pk=batch_id, stage=Stage.RELEASED).first()
    if batch is None or batch.wrapped_key is None:
        return
    wrong = batch.cancelled_at is not None or corrections_of(batch)
    if not wrong and _is_undecided(batch):
        return
    now = timezone.now()
    # Block by block: lists that share people would wait for each other to the end.
    for phones, values in _pairs_of(batch).blocks():
        for field, found in values.items():
            rows = [(p, v) for p, v in zip(phones, found, strict=True) if v != _BLANK]
            columns = [p for p, _ in rows], [field] * len(rows), [v for _, v in rows]
            if wrong:
                drafts.forget_values(*columns)
            else:
                drafts.remember_values(*columns, now)


def _is_undecided(batch: Batch) -> bool:
    """Whether it may still be taken back, or be found to be a mistake."""
    stopped = batch.stopped_at is not None or batch.slice_state == SliceState.WATCHING
    return stopped or timezone.now() < batch.not_before


def _pairs_of(batch: Batch) -> Pairs:
    pairs = Pairs(wording(batch.version_id).variables)
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    with transaction.atomic():
        for parts in _payloads(batch.pk, key):
            pairs.see(parts[0], parts[1], parts[2:])
    return pairs


def _payloads(batch: int, key: crypto.BatchKey) -> Iterator[list[str]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT id, payload FROM store_message WHERE batch_id = %s", [batch])
        while block := cursor.fetchmany(BLOCK):
            for message, payload in block:
                yield key.open(message, bytes(payload))


def _hashed(field: str, text: str) -> bytes:
    bare = squeeze(text)
    return crypto.value_hash(field, bare) if bare else _BLANK


def _cut(raw: bytearray) -> list[bytes]:
    return [bytes(raw[at : at + crypto.HASH]) for at in range(0, len(raw), crypto.HASH)]
