"""The witness of the chaos run must be able to accuse: a proof that cannot fail proves nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from alimnaru.ops.chaos_proof import Numbers, Proof, compare, message_of

KAKAO, SMS = "alimtalk", "sms"


@dataclass
class Report:
    """As much of a batch's report as the proof reads."""

    rows: int = 1
    delivered: dict[str, int] = field(default_factory=lambda: {KAKAO: 1, SMS: 0, "lms": 0})
    failed: int = 0
    unknown: int = 0
    pending: int = 0
    balances: bool = True


def proof_of(
    messages: dict[int, tuple[str, str]],
    accepted: dict[tuple[int, str], int],
    report: Report | None = None,
    counted: dict[str, int] | None = None,
) -> Proof:
    return compare(
        messages, Counter(accepted), report or Report(), counted or {"delivered": 1}  # type: ignore[arg-type]  # what the proof reads of it
    )  # fmt: skip


def test_a_message_that_was_accepted_once_and_delivered_is_fine() -> None:
    proof = proof_of({1: ("delivered", KAKAO)}, {(1, KAKAO): 1})
    assert (proof.lost, proof.repeated, proof.balances, proof.doubts) == (0, 0, True, [])


def test_kakao_and_then_sms_is_no_repetition() -> None:
    proof = proof_of({1: ("delivered", SMS)}, {(1, KAKAO): 1, (1, SMS): 1})
    assert (proof.lost, proof.repeated) == (0, 0)


@pytest.mark.parametrize("times", [2, 5])
def test_an_acceptance_more_than_one_on_a_channel_is_repeated(times: int) -> None:
    proof = proof_of({1: ("delivered", KAKAO)}, {(1, KAKAO): times})
    assert proof.repeated == times - 1
    assert proof.doubts == [f"repeated: message 1 on {KAKAO}: {times}"]


@pytest.mark.parametrize(
    ("message", "accepted"),
    [
        (("delivered", KAKAO), {}),  # counted, but nobody ever accepted it
        (("delivered", SMS), {(1, KAKAO): 1}),  # counted on a channel that never had it
        (("pending", KAKAO), {(1, KAKAO): 1}),  # accepted, and nobody knows what became of it
        (("failed", KAKAO), {}),  # given up without having been sent
    ],
)
def test_lost(message: tuple[str, str], accepted: dict[tuple[int, str], int]) -> None:
    assert proof_of({1: message}, accepted).lost == 1


@pytest.mark.parametrize(
    ("report", "counted"),
    [
        (Report(balances=False), {"delivered": 1}),
        (Report(), {"delivered": 0, "failed": 1}),
        (Report(pending=1), {"delivered": 1}),
    ],
)
def test_counters_that_differ_from_the_rows_do_not_add_up(
    report: Report, counted: dict[str, int]
) -> None:
    proof = proof_of({1: ("delivered", KAKAO)}, {(1, KAKAO): 1}, report, counted)
    assert not proof.balances
    assert "DOES NOT ADD UP" in proof.sentence()


NUMBERS = Numbers({"01020001000": 7}, "2026-11-27T01:00:00")


@pytest.mark.parametrize(
    ("entry", "ours", "message"),
    [
        ({"ref": "7-1"}, {7}, 7),
        ({"ref": "8-1"}, {7}, None),  # another list's
        ({"ref": "", "to": "01020001000", "at": "2026-11-27T01:00:01.5Z"}, NUMBERS, 7),
        ({"ref": "", "to": "01020001000", "at": "2026-11-27T00:59:59.9Z"}, NUMBERS, None),
        ({"ref": "", "to": "01020001001", "at": "2026-11-27T01:00:01.5Z"}, NUMBERS, None),
    ],
)
def test_whose_an_acceptance_is(
    entry: dict[str, str], ours: set[int] | Numbers, message: int | None
) -> None:
    assert message_of(entry, ours) == message
