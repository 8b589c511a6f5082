"""Two contracts: the first goes bad, the second takes over, the first comes back."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from django.db import transaction
from django.utils import timezone

from alimnaru.ops.cluster import Cluster
from alimnaru.store.models import Batch, CarrierAccount, Chunk, Message
from sandbox.process import Handle
from tests.cast import Cast, phone
from tests.flow.accounts import second_account, stands
from tests.flow.books import check_books
from tests.stories.conftest import wait_until

Working = Callable[..., AbstractContextManager[Cluster]]

#: What the second account is given to take over, from the first one's first bad moment.
TAKEOVER = 30
#: Results are asked for (no web process runs here), and the first pause is short. How soon trouble
#: is noticed is left as it is.
QUICK = {"POLL_SECONDS": 1, "SWEEP_SECONDS": 1, "BREAKER_SECONDS": 3}


@dataclass
class Story:
    """The office, its two contracts, and everything it has sent."""

    office: Cast
    first: CarrierAccount
    second: CarrierAccount
    sandboxes: list[Handle]
    batches: list[Batch] = field(default_factory=list)

    def send(self) -> Batch:
        """A small list; wait until its chunk is with a carrier, or in doubt, or put off."""
        office = self.office
        batch = office.send(office.rows(*(phone() for _ in range(10))))
        self.batches.append(batch)
        return batch

    def account_of(self, batch: Batch) -> str:
        """The account that took a list; empty as long as none has."""
        found = Chunk.objects.filter(batch=batch, try_no=1, state__in=("sent", "settled")).first()
        return found.account.name if found and found.account else ""

    def takes_over(self) -> float:
        """Send lists until one goes through the second account; return the seconds it took."""
        began = time.monotonic()
        while time.monotonic() - began < 2 * TAKEOVER:
            batch = self.send()
            time.sleep(0.5)
            if self.account_of(batch) == self.second.name:
                break
        return time.monotonic() - began

    def comes_back(self) -> None:
        """Send lists until the first account is given work again."""
        deadline = time.monotonic() + TAKEOVER
        while stands(self.first) != "closed":
            assert time.monotonic() < deadline
            self.send()
            time.sleep(0.5)

    def control(self, number: int, method: str, path: str, body: Any = None) -> Any:
        """Speak to one of the two sandboxes."""
        url = f"{self.sandboxes[number].url}/_sandbox/{path}"
        with httpx.Client(trust_env=False, verify=False) as client:
            answer = client.request(method, url, json=body)
        answer.raise_for_status()
        return answer.json()

    def told(self, number: int) -> list[tuple[str, bool]]:
        """(our reference, whether it arrived) of what a sandbox took."""
        rows = self.control(number, "GET", "accepted")
        return [(row["ref"], row["statusCode"] == "4000") for row in rows]


@pytest.fixture
def story(office: Cast, sandboxes: list[Handle]) -> Story:
    second = second_account(office, sandboxes[1])
    assert office.account is not None
    found = Story(office, office.account, second, sandboxes)
    template = office.control("GET", "templates")
    found.control(1, "PUT", "templates", template)
    return found


# ---- how the first one goes bad, and how it recovers ---------------------------------------------


def fails_calls(story: Story) -> None:
    """Two answers are cut after the carrier took everything; then it answers nothing but 500."""
    faults = [
        {"kind": "cut_after", "path": "send", "times": 2},
        {"kind": "error_500", "path": "create", "times": None, "skip": 2},
    ]
    story.control(0, "POST", "faults", faults)


def answers_again(story: Story) -> None:
    story.control(0, "DELETE", "faults")


def delivers_nothing(story: Story) -> None:
    story.control(0, "PUT", "mix", {"ATA": {"carrier_error": 1.0}})


def delivers_again(story: Story) -> None:
    story.control(0, "PUT", "mix", {})


def tells_nothing(story: Story) -> None:
    story.control(0, "PUT", "config", {"report_delay_ms": 30_000})


def tells_again(story: Story) -> None:
    story.control(0, "PUT", "config", {"report_delay_ms": 0})


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("goes_bad", "recovers", "why"),
    [
        pytest.param(fails_calls, answers_again, "cuts", id="calls fail"),
        pytest.param(delivers_nothing, delivers_again, "results", id="results are bad"),
        pytest.param(tells_nothing, tells_again, "silence", id="results stop"),
    ],
)
def test_the_second_account_takes_over_and_gives_back(
    story: Story,
    working: Working,
    goes_bad: Callable[[Story], None],
    recovers: Callable[[Story], None],
    why: str,
) -> None:
    with working(2, **QUICK):
        batch = story.send()
        wait_until(lambda: not Message.objects.filter(batch=batch, state="pending").exists())
        assert story.account_of(batch) == story.first.name

        goes_bad(story)
        assert story.takes_over() <= TAKEOVER
        breaker = story.first.breaker_set.get()
        assert (breaker.state in {"open", "half"}, breaker.reason) == (True, why)

        recovers(story)
        story.comes_back()
        last = story.send()
        wait_until(lambda: story.account_of(last) == story.first.name)
        wait_until(_nobody_waits, seconds=90)
    _nobody_is_told_twice(story)
    for batch in story.batches:
        check_books(batch)


def _nobody_waits() -> bool:
    # An account that told nothing has been asked ever less often. What a worker holds is left to
    # it: workers lock chunks in an order of their own.
    with transaction.atomic():
        sent = Chunk.objects.filter(state="sent").select_for_update(skip_locked=True)
        free = list(sent.values_list("pk", flat=True))
        Chunk.objects.filter(pk__in=free).update(poll_at=timezone.now())
    return not Message.objects.filter(state="pending").exists()


def _nobody_is_told_twice(story: Story) -> None:
    """Every attempt was taken by one carrier, once; every resident has it once."""
    told = [*story.told(0), *story.told(1)]
    assert max(Counter(ref for ref, _ in told).values()) == 1
    arrived = Counter(int(ref.partition("-")[0]) for ref, there in told if there)
    assert set(arrived.values()) == {1}
    assert set(arrived) == set(Message.objects.values_list("pk", flat=True))
    assert not Message.objects.exclude(state="delivered").exists()
    # What was in doubt is settled where it was.
    here = {ref for ref, _ in story.told(0)}
    for chunk in Chunk.objects.filter(account=story.first, state="settled", token__gt=""):
        assert chunk.sent_ids is not None
        assert {f"{m}-{chunk.try_no}" for m in chunk.sent_ids} <= here
