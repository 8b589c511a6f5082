"""Procrastinate's side of the jobs: call the stage, nothing else."""

from __future__ import annotations

from procrastinate.contrib.django import app

from alimnaru.flow import dispatch as dispatching
from alimnaru.flow import drafts, holds, listing, memory, months, slices, unknowns, verifying
from alimnaru.flow import fallback as falling_back
from alimnaru.flow import outage as going_round
from alimnaru.flow import receive as receiving
from alimnaru.flow import reviews as reviewing
from alimnaru.flow.jobs import JobName


@app.task(name=f"alimnaru.{JobName.DISPATCH}")
def dispatch(key: int) -> None:
    dispatching.dispatch(key)


@app.task(name=f"alimnaru.{JobName.RECEIVE}")
def receive(key: int) -> None:
    receiving.drain()


@app.task(name=f"alimnaru.{JobName.POLL}")
def poll(key: int) -> None:
    receiving.poll(key)


@app.task(name=f"alimnaru.{JobName.FALLBACK}")
def fallback(key: int) -> None:
    falling_back.fall_back(key)


@app.task(name=f"alimnaru.{JobName.SILENCE}")
def silence(key: int) -> None:
    falling_back.give_up_waiting(key)


@app.task(name=f"alimnaru.{JobName.REVIEW}")
def review(key: int) -> None:
    reviewing.ask(key)


@app.task(name=f"alimnaru.{JobName.OUTAGE}")
def outage(key: int) -> None:
    going_round.go_round(key)


@app.task(name=f"alimnaru.{JobName.UNKNOWN}")
def unknown(key: int) -> None:
    unknowns.apply_rule(key)


@app.task(name=f"alimnaru.{JobName.SLICE}")
def slice(key: int) -> None:  # noqa: A001 - as the job is called
    slices.watch(key)


@app.task(name=f"alimnaru.{JobName.CHECK_LIST}")
def check_list(key: int) -> None:
    listing.check(key)


@app.task(name=f"alimnaru.{JobName.REMEMBER}")
def remember(key: int) -> None:
    memory.remember(key)


@app.task(name=f"alimnaru.{JobName.ERASE}")
def erase(key: int) -> None:
    drafts.erase(key)


@app.task(name=f"alimnaru.{JobName.COUNT_MONTH}")
def count_month(key: int) -> None:
    months.count(key)


@app.task(name=f"alimnaru.{JobName.VERIFY}")
def verify(key: int) -> None:
    verifying.carry_out(key)


@app.task(name=f"alimnaru.{JobName.HOLD}")
def hold(key: int) -> None:
    holds.copy(key)
