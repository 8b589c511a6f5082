"""Chaos: processes are killed, stopped and cut at random while lists go out; nothing may be lost
and nothing may be accepted twice.

The sandbox keeps every acceptance in a journal that survives its own death; it is the witness.
Lists follow one another until the wanted number of faults has struck; each carrier's protocol has
a run of its own.
"""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from alimnaru.home import home
from alimnaru.ops.chaos_faults import LEASE, Fault, Injector
from alimnaru.ops.chaos_proof import Proof, prove
from alimnaru.ops.demo import NOTICE, fresh
from alimnaru.ops.example_list import write_example_csv
from alimnaru.ops.lines import LINES, Line
from alimnaru.ops.screens import console
from alimnaru.ops.stack import Stack

if TYPE_CHECKING:
    from alimnaru.reads.deliveries import BatchReport

#: Rows of a list.
ROWS = 20_000
#: Seconds between faults: shorter than a recovery, so that faults also hit recoveries.
PAUSE = (0.2, 1.6)
#: A list of which nothing ended for so long has lost something. Not a time for all of it: how fast
#: it goes is the machine's affair, and the benchmark's.
PATIENCE_SECONDS = 120.0
MIX = {"ATA": {"not_user": 0.06, "blocked": 0.02}, "SMS": {"bad_number": 0.02}}
ENV = {
    # Small chunks, short leases and short tempers: as many dangerous moments a second as can be.
    "ALIMNARU_CHUNK_SIZE": "200",
    "ALIMNARU_LEASE_SECONDS": str(LEASE),
    "ALIMNARU_CARRIER_TIMEOUT": "1.5",
    "ALIMNARU_SWEEP_SECONDS": "0.5",
    "ALIMNARU_POLL_SECONDS": "2",
    # Cuts open breakers here as well; with one carrier all wait for it, and a list has its time.
    "ALIMNARU_BREAKER_SECONDS": "0.5",
}


@dataclass(slots=True)
class Outcome:
    """What the faults did and what was proved after each list."""

    faults: list[Fault] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return sum(p.lost for p in self.proofs)

    @property
    def repeated(self) -> int:
        return sum(p.repeated for p in self.proofs)

    @property
    def balances(self) -> bool:
        return all(p.balances for p in self.proofs)

    @property
    def is_clean(self) -> bool:
        return self.balances and not self.lost and not self.repeated


def run(
    faults: int,
    as_json: bool,
    *,
    carriers: Sequence[str] = tuple(LINES),
    rows: int = ROWS,
    seed: int | None = None,
) -> int:
    """Strike `faults` times at each carrier's protocol and prove. 0 only if nothing was lost or
    repeated and all adds up."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    if len(carriers) > 1:
        return _each_alone(carriers, faults, as_json, rows=rows, seed=seed)
    out = console(quiet=as_json)
    (carrier,) = carriers
    out.print(f"[bold]{carrier}[/], seed {seed}")
    # A home for each: what one run left behind tells what happened in it.
    where = home() / "chaos" / carrier
    outcome = strike(where, LINES[carrier], faults, rows=rows, seed=seed, out=out)
    _show(out, outcome)
    if as_json:
        sys.stdout.write(json.dumps(_summary({carrier: _of(outcome)})) + "\n")
    out.print(
        f"{carrier}: faults: {len(outcome.faults)}, lost: {outcome.lost},"
        f" repeated: {outcome.repeated}"
    )
    return 0 if outcome.is_clean else 1


def _each_alone(
    carriers: Sequence[str], faults: int, as_json: bool, *, rows: int, seed: int
) -> int:
    """One process a carrier: each run has a database of its own, and Django knows one for life."""
    worst = 0
    each: dict[str, dict[str, Any]] = {}
    for number, carrier in enumerate(carriers):
        command = [
            *(sys.executable, "-m", "alimnaru.ops.cli", "chaos", "--carrier", carrier),
            *("--faults", str(faults), "--rows", str(rows)),
            # One seed for all would strike the same blows four times.
            *("--seed", str(seed + number)),
            *(["--json"] if as_json else []),
        ]
        ran = subprocess.run(
            command, stdout=subprocess.PIPE if as_json else None, text=True, check=False
        )
        worst = max(worst, ran.returncode)
        if as_json and ran.stdout:
            each |= json.loads(ran.stdout)["carriers"]
    if as_json:
        sys.stdout.write(json.dumps(_summary(each)) + "\n")
    return worst


def _show(out: Console, outcome: Outcome) -> None:
    out.print(_table(outcome))
    for proof in outcome.proofs:
        for line in proof.doubts:
            out.print(line)


def _of(outcome: Outcome) -> dict[str, Any]:
    return {
        "kinds": Counter(f"{f.what} {f.whom.partition('-')[0]}" for f in outcome.faults),
        "faults": len(outcome.faults),
        "lost": outcome.lost,
        "repeated": outcome.repeated,
        "balances": outcome.balances,
    }


def _summary(each: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    """The sums over all carriers, and each carrier's own."""
    sums = {key: sum(e[key] for e in each.values()) for key in ("faults", "lost", "repeated")}
    kinds: Counter[str] = Counter()
    for one in each.values():
        kinds.update(one["kinds"])
    balances = all(e["balances"] for e in each.values())
    return {**sums, "kinds": dict(sorted(kinds.items())), "balances": balances, "carriers": each}


def strike(where: Path, line: Line, faults: int, *, rows: int, seed: int, out: Console) -> Outcome:
    """Run lists under faults until `faults` have struck; prove after each list."""
    rng = random.Random(seed)  # noqa: S311 - to repeat a run, not to guard anything
    outcome = Outcome()
    with (
        fresh(where),
        Stack(
            where,
            env=ENV,
            sandbox_args=_sandbox_args(where, seed),
            carrier=line.kind,
            account_options=line.options,
        ) as stack,
    ):
        if stack.sandbox is not None and line.config:
            stack.sandbox.control("PUT", "config", dict(line.config))
        injector = Injector(stack, rng, line.places)
        number = 0
        while len(outcome.faults) < faults:
            number += 1
            path = where / f"list-{number}.csv"
            write_example_csv(path, rows, dirt=False, seed=rng.randrange(10**6))
            batch = _one_list(injector, path, outcome, faults, number)
            injector.rest()
            report = _wait(stack, batch)
            proof = prove(stack, batch, report, by_refs=line.tells_refs)
            outcome.proofs.append(proof)
            out.print(f"list {number}: {proof.sentence()}")
    return outcome


def _sandbox_args(where: Path, seed: int) -> list[str]:
    return [
        *("--journal", str(where / "sandbox.journal"), "--mix", json.dumps(MIX)),
        *("--seed", str(seed), "--latency-ms", "120", "--report-delay-ms", "300"),
        "--no-patterns",
    ]


def _one_list(injector: Injector, path: Path, outcome: Outcome, faults: int, number: int) -> int:
    """Send a list while faults strike; return its batch."""
    stack = injector.stack
    batch = None
    sender: subprocess.Popen[bytes] | None = stack.send(path, NOTICE)
    while True:
        if sender is not None and sender.poll() is not None:
            batch = _batch_of(stack, sender)
            # Killed before its commit, a sender leaves nothing behind: the clerk sends again.
            sender = stack.send(path, NOTICE) if batch is None else None
        if len(outcome.faults) < faults:
            outcome.faults.append(injector.strike(number, sender))
        if batch is not None and (len(outcome.faults) >= faults or _is_done(batch)):
            return batch
        _watch_for(stack, injector.rng.uniform(*PAUSE))


def _watch_for(stack: Stack, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        stack.watch()
        time.sleep(0.05)


def _batch_of(stack: Stack, sender: subprocess.Popen[bytes]) -> int | None:
    """The batch that a sender reported, or the newest it left behind without a word."""
    text = sender.stdout.read() if sender.stdout else b""
    if sender.returncode == 0 and text:
        return int(json.loads(text)["batch"])
    gone, deadline = time.time(), time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        stack.watch()
        with suppress(_NotYet):
            return _newest_unproved(gone)
        time.sleep(0.1)
    raise TimeoutError("the database did not say what became of a sender")


_proved: set[int] = set()


class _NotYet(Exception):  # noqa: N818 - no error: it is asked again
    """The database is away, or may still commit what a killed sender asked of it."""


def _newest_unproved(gone: float) -> int | None:
    """The batch of a sender that was gone at that unix time.

    A clerk who sends again before that is known sends the list twice, as the office is asked to.
    """
    from django.db import DatabaseError, connection

    from alimnaru.store.models import Batch

    older = """
        SELECT count(*) FROM pg_stat_activity
        WHERE xact_start < to_timestamp(%s) AND pid <> pg_backend_pid()
          AND backend_type = 'client backend'
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(older, [gone])
            if cursor.fetchone() != (0,):
                raise _NotYet
        found = Batch.objects.exclude(pk__in=_proved).order_by("-pk").first()
    except DatabaseError as error:
        connection.close()
        raise _NotYet from error
    return found.pk if found else None


def _report(batch: int) -> BatchReport | None:
    from django.db import DatabaseError, connection

    from alimnaru.reads.deliveries import batch_report
    from alimnaru.store.scoping import whole_office

    try:
        return batch_report(whole_office(), batch)
    except DatabaseError:
        connection.close()  # the server was struck: ask again on a new connection
        return None


def _is_done(batch: int) -> bool:
    report = _report(batch)
    return report is not None and report.pending == 0


def _wait(stack: Stack, batch: int) -> BatchReport:
    least, deadline = math.inf, time.monotonic() + PATIENCE_SECONDS
    while True:
        stack.watch()
        report = _report(batch)
        if report is not None and report.pending < least:
            least, deadline = report.pending, time.monotonic() + PATIENCE_SECONDS
        if report is not None and (report.pending == 0 or time.monotonic() > deadline):
            _proved.add(batch)
            return report
        time.sleep(0.1)


def _table(outcome: Outcome) -> Table:
    table = Table(title="faults")
    for name in ("#", "list", "s", "what", "whom", "for"):
        table.add_column(name, justify="right" if name in "#s" else "left")
    for number, fault in enumerate(outcome.faults, 1):
        table.add_row(
            str(number), str(fault.run), f"{fault.at:.1f}", fault.what, fault.whom, fault.detail
        )
    counts = Counter(f"{f.what} {f.whom}" for f in outcome.faults)
    table.caption = ", ".join(f"{name}: {n}" for name, n in sorted(counts.items()))
    return table
