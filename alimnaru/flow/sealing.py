"""Sealing: once an hour, what was written since the last seal is signed and chained to it.

The last seals of a day are the day's. Beside the table, the newest one is written into a file that
only grows (`SEALS_FILE`): who prints or mails its last line has something that no database
administrator can take back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.reads.seals import line_of
from alimnaru.rules.seals import NOTHING_BEFORE, Header, Kind, digest_of
from alimnaru.store import signing
from alimnaru.store.ledger import advisory, sealing
from alimnaru.store.models import Seal

EVERY = timedelta(hours=1)
#: Seconds that writers are waited for; whoever writes longer is sealed the next time.
PATIENCE = 5.0
SEALS_FILE = "seals.txt"


def tend() -> bool:
    """Seal if it is time: an hour after the last seal, and as soon as a day is over."""
    now = timezone.now()
    last = Seal.objects.order_by("-number").values_list("made_at", "day").first()
    if last and now - last[0] < EVERY and last[1] == timezone.localdate(now):
        return False
    return seal(now) > 0


def seal(now: datetime | None = None) -> int:
    """Seal what was written since the last seal; return how many seals that made. One process at a
    time: 0 also if another one is at it."""
    at = now or timezone.now()
    with advisory.held(advisory.SEAL, 0) as mine:
        if not mine:
            return 0
        # One whose wording somebody has removed stays; what else there is must be sealed.
        while (batches := sealing.through(at)) and sealing.note_contents(batches, at):
            pass
        made = sum(_seal_kind(kind, at) for kind in Kind)
        if made:
            _publish()
    return made


def _seal_kind(kind: Kind, at: datetime) -> int:
    until = sealing.finished_up_to(kind, PATIENCE)
    if until is None:
        return 0
    made = 0
    after = sealing.last_sealed(kind)
    while after < until:
        part = sealing.stretch(kind, after, until)
        if not part.ids:
            break
        after = part.ids[-1]
        _write(kind, part, at)
        made += 1
    return made


@transaction.atomic
def _write(kind: Kind, part: sealing.Stretch, at: datetime) -> None:
    # A worker's commits do not wait for the disk. This one must: what is published and then lost
    # by a crash would say for ever that somebody has cut the chain.
    sealing.wait_for_disk()
    last = Seal.objects.order_by("-number").values_list("number", "chain").first()
    header = Header(
        number=last[0] + 1 if last else 1,
        kind=kind.value,
        made_at=at,
        first_id=part.ids[0],
        last_id=part.ids[-1],
        rows=len(part.ids),
        digest=digest_of(part.leaves),
        previous=bytes(last[1]) if last else NOTHING_BEFORE,
    )
    chain = header.chain()
    Seal.objects.create(
        number=header.number,
        kind=header.kind,
        made_at=at,
        day=timezone.localdate(at),
        first_id=header.first_id,
        last_id=header.last_id,
        ids=part.ids,
        leaves=part.leaves,
        digest=header.digest,
        previous=header.previous,
        chain=chain,
        signature=signing.sign(chain),
        public_key=signing.public_key(),
    )


def _publish() -> None:
    """Append the newest seal to the file. Another host writes its own; both can be compared."""
    newest = Seal.objects.order_by("-number").only("number", "made_at", "chain").first()
    if newest is None:
        return
    with seals_file().open("a", encoding="ascii") as file:
        file.write(line_of(newest) + "\n")


def seals_file() -> Path:
    """Where this host publishes."""
    return Path(settings.HOME) / SEALS_FILE
