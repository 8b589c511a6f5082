"""Limits hold over every process together, and each answer says what is left."""

from __future__ import annotations

import pytest

from alimnaru.api.limits import DAY, MINUTE, Limits
from alimnaru.api.principal import Principal
from alimnaru.api.problems import Refused
from alimnaru.store.models import ApiKey, ApiUse
from tests.api.programs import Program, key_for
from tests.api.test_messages import asked
from tests.cast import Cast


def who(key: ApiKey) -> Principal:
    return Principal(key, key.department, key.member, frozenset(key.scopes), 0.0)


def spent_until_refused(processes: list[Limits], key: ApiKey, window: str) -> int:
    """How many calls go through when processes take turns until none has anything left."""
    through, left = 0, list(processes)
    while left:
        for process in list(left):
            try:
                process.spend(who(key), window)
                through += 1
            except Refused:
                left.remove(process)
    return through


@pytest.mark.parametrize(("limit", "processes"), [(1, 2), (7, 3), (250, 4), (1_000, 2)])
@pytest.mark.parametrize("window", [MINUTE, DAY])
def test_the_limit_is_met_exactly(
    practising: Cast, limit: int, processes: int, window: str
) -> None:
    key, _ = key_for(practising.library, per_minute=limit, per_day=limit)
    assert spent_until_refused([Limits() for _ in range(processes)], key, window) == limit


def test_many_at_once_are_taken_whole_or_not_at_all(practising: Cast) -> None:
    key, _ = key_for(practising.library, per_day=100)
    limits = Limits()
    limits.spend(who(key), DAY, 60)
    with pytest.raises(Refused):
        limits.spend(who(key), DAY, 60)
    limits.spend(who(key), DAY, 40)
    assert ApiUse.objects.get(window=DAY).taken == 100


def test_an_answer_says_what_is_left(practising: Cast) -> None:
    program = Program(key_for(practising.library, per_minute=2)[1])
    first = program.post("messages", asked())
    assert first.status_code == 202
    assert first["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert first["RateLimit"].startswith('"minute";r=1;t=')


def test_too_many_calls_are_told_when_to_come_again(practising: Cast) -> None:
    program = Program(key_for(practising.library, per_minute=1)[1])
    answers = [program.post("messages", asked()) for _ in range(3)]  # over a minute's end at most
    refused = [a for a in answers if a.status_code == 429]
    assert refused
    assert refused[0].json()["code"] == "rate_limited"
    assert 1 <= int(refused[0]["Retry-After"]) <= 60
    assert refused[0]["Content-Type"] == "application/problem+json"


def test_what_did_not_come_about_is_no_part_of_the_day(practising: Cast) -> None:
    _, text = key_for(practising.library, per_day=3)
    program = Program(text)
    body = asked()
    for _ in range(5):
        assert program.post("messages", body, Idempotency_Key="a1").status_code == 202
    for _ in range(2):
        assert program.post("messages", asked()).status_code == 202
    assert program.post("messages", asked()).status_code == 429
    # And what was answered is answered again, even then.
    assert program.post("messages", body, Idempotency_Key="a1").status_code == 202
