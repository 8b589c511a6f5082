"""What becomes of messages: number patterns, the mix, and the carrier's own fallback."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.outcomes import ENDINGS, PATTERNS, Outcomes, read_mix
from tests.sandbox.conversation import Client, sms, wait_for

# What the README promises: last four digits, Alimtalk, SMS.
TABLE = [
    ("0001", "3104", "4000"),
    ("0002", "3107", "4000"),
    ("0003", "3107", "4000"),
    ("0004", "3010", "3010"),
    ("0005", "4000", "4000"),
    ("0006", "3000", "4000"),
    ("0007", "3104", "3043"),
    ("0008", "3000", "4000"),
    ("0009", "3040", "4000"),
    ("0010", "3024", "4000"),
    ("0011", "3103", "4000"),
    ("0012", "3104", "3032"),
    ("0013", "3104", "3000"),
    ("0014", "3104", "4000"),
    ("0015", "3104", "3024"),
    ("5678", "4000", "4000"),
]


def test_patterns(sandbox: Client) -> None:
    kakao = sandbox.send(*[sandbox.alimtalk(f"0101234{tail}", f"{tail}-1") for tail, *_ in TABLE])
    phone = sandbox.send(*[sms(f"0101234{tail}", f"{tail}-2") for tail, *_ in TABLE])
    expected = {f"0101234{tail}": code for tail, code, _ in TABLE}
    wait_for(lambda: sandbox.statuses(kakao) == expected)
    expected = {f"0101234{tail}": code for tail, _, code in TABLE}
    wait_for(lambda: sandbox.statuses(phone) == expected)


def test_the_table_is_whole() -> None:
    assert {tail for tail, *_ in TABLE} - {"5678"} == set(PATTERNS)


def test_patterns_can_be_switched_off(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"patterns": False})
    group_id = sandbox.send(sandbox.alimtalk("01012340001"))
    wait_for(lambda: sandbox.statuses(group_id) == {"01012340001": "4000"})


def test_a_slow_answer_comes_later(sandbox: Client) -> None:
    group_id = sandbox.send(sandbox.alimtalk("01012340005"), sandbox.alimtalk("01012345678", "2-1"))
    wait_for(lambda: sandbox.statuses(group_id)["01012345678"] == "4000")
    assert sandbox.statuses(group_id)["01012340005"] == "3000"
    wait_for(lambda: sandbox.statuses(group_id)["01012340005"] == "4000")


def test_the_carrier_falls_back_by_itself_unless_told_not_to(sandbox: Client) -> None:
    on = sandbox.alimtalk("01012340001", "1-1", kakaoOptions={"disableSms": False})
    off = sandbox.alimtalk("01012340002", "2-1")
    missing = sandbox.alimtalk("01012340012", "3-1")
    del missing["kakaoOptions"]["disableSms"]
    sandbox.send(on, off, missing)

    rows = sandbox.control("GET", "accepted")
    assert [(row["ref"], row["type"]) for row in rows if row.get("replacement")] == [
        ("1-1", "SMS"),
        ("3-1", "SMS"),
    ]
    summary = sandbox.control("GET", "summary")
    assert summary["replacements"] == {"SMS": 2}
    assert summary["repeated_refs"] == {"1-1": 2, "3-1": 2}


def test_a_replaced_message_ends_as_the_sms_did(sandbox: Client) -> None:
    group_id = sandbox.send(
        sandbox.alimtalk("01012340001", "1-1", kakaoOptions={"disableSms": False}),
        sandbox.alimtalk("01012340012", "2-1", kakaoOptions={"disableSms": False}),
    )
    wait_for(lambda: sandbox.statuses(group_id) == {"01012340001": "4000", "01012340012": "3032"})
    listed = sandbox.call("GET", f"/messages/v4/groups/{group_id}/messages").json()
    assert {(one["type"], one["replacement"]) for one in listed["messageList"].values()} == {
        ("SMS", True)
    }


def test_silence_is_not_replaced(sandbox: Client) -> None:
    sandbox.send(sandbox.alimtalk("01012340006", kakaoOptions={"disableSms": False}))
    assert sandbox.control("GET", "summary")["replacements"] == {}


def test_a_mix(sandbox: Client) -> None:
    sandbox.control("PUT", "mix", {"ATA": {"not_user": 0.3, "blocked": 0.2}})
    messages = [sandbox.alimtalk(f"010{n:04d}5000", f"{n}-1") for n in range(2000)]
    group_id = sandbox.send(*messages)
    wait_for(lambda: sandbox.control("GET", "summary")["groups"] == {"COMPLETE": 1})
    counts = Counter(sandbox.control("GET", "summary")["statuses"])
    assert abs(counts["3104"] - 600) < 100
    assert abs(counts["3107"] - 400) < 100
    assert counts.total() == 2000
    assert group_id


@pytest.mark.parametrize(
    "mix",
    [
        {"PIGEON": {"not_user": 0.1}},
        {"ATA": {"eaten": 0.1}},
        {"ATA": {"not_user": 1.1}},
        {"ATA": {"not_user": -0.1}},
        {"ATA": {"not_user": 0.6, "blocked": 0.6}},
        {"ATA": {"not_user": float("nan")}},
    ],
)
def test_mixes_that_make_no_sense(mix: dict[str, dict[str, float]]) -> None:
    with pytest.raises(ValueError, match=r"unknown|probabilit"):
        read_mix(mix)


@given(st.integers(), st.from_regex(r"010[0-9]{8}", fullmatch=True), st.text(max_size=12))
def test_the_same_seed_ends_alike(seed: int, to: str, ref: str) -> None:
    mix = {"ATA": {"not_user": 0.5}}
    first, second = (Outcomes(mix, seed=seed, patterns=False).draw("ATA", to, ref) for _ in "ab")
    assert first == second
    assert ENDINGS[first].name in {"delivered", "not_user"}
