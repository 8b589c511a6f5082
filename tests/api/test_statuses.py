"""Where messages stand, and taking one back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.flow.gather import gather
from alimnaru.store.models import Accepted, Batch, Chunk, Message, Reference, Tally
from tests.api.asked import balanced, codes, many, row
from tests.api.programs import Program, key_for
from tests.cast import Cast, bring_results, phone, ring


@pytest.fixture
def program(practising: Cast) -> Program:
    return Program(key_for(practising.library)[1])


def one(program: Program, **changed: object) -> str:
    answer = program.post("messages", {"notice": "lib.due.soon", **row(**changed)})
    assert answer.status_code == 202, answer.content
    return str(answer.json()["id"])


def test_a_message_is_followed_from_end_to_end(program: Program) -> None:
    message = one(program, reference="loan-1")
    said = program.get(f"messages/{message}").json()
    assert (said["status"], said["batch"], said["attempts"]) == ("accepted", None, [])
    gather(["normal"])
    said = program.get(f"messages/{message}").json()
    assert (said["status"], said["batch"]) == ("queued", str(Batch.objects.get().pk))
    ring()
    assert program.get(f"messages/{message}").json()["status"] in ("handed_over", "delivered")
    bring_results(Batch.objects.get())
    said = program.get(f"messages/{message}").json()
    assert (said["status"], said["channel"], said["code"]) == ("delivered", "alimtalk", "delivered")
    assert said["attempts"][0]["handed_over_at"] <= said["done_at"]


def test_who_is_not_on_kakao_is_told_by_sms_in_a_second_attempt(program: Program) -> None:
    # The sandbox knows no KakaoTalk user by a number that ends so.
    message = one(program, to=phone("1102"))
    gather(["normal"])
    bring_results(Batch.objects.get())
    said = program.get(f"messages/{message}").json()
    assert said["status"] in ("delivered", "failed")
    assert len(said["attempts"]) >= 1
    assert all(attempt["reason"] for attempt in said["attempts"] if attempt["code"])


def test_no_answer_names_anybody(program: Program) -> None:
    number = phone()
    sent = program.post("messages", {"notice": "lib.due.soon", **row(to=number, reference="r")})
    gather(["normal"])
    bring_results(Batch.objects.get())
    batch = Batch.objects.get().pk
    for path in (f"messages/{sent.json()['id']}", "messages?reference=r", f"batches/{batch}"):
        told = program.get(path).content.decode()
        assert number not in told
        assert "김" not in told


def test_messages_of_a_reference_come_in_pages(program: Program) -> None:
    sent = [one(program, reference="same") for _ in range(3)]
    gather(["normal"])
    sent.append(one(program, reference="same"))
    first = program.get("messages?reference=same&limit=3")
    rest = program.get(f"messages?reference=same&limit=3&cursor={first.json()['next']}")
    assert [m["id"] for m in first.json()["data"] + rest.json()["data"]] == sent
    assert first["Link"].startswith("</api/v1/messages?")
    assert rest.json()["next"] is None


def test_messages_of_a_batch_come_once_each_while_they_travel(program: Program) -> None:
    said = program.post("messages/many", many(*(row() for _ in range(5)))).json()
    first = program.get(f"messages?batch={said['batch']}&limit=2").json()
    bring_results(Batch.objects.get())
    rest = program.get(f"messages?batch={said['batch']}&cursor={first['next']}").json()
    found = [m["id"] for m in first["data"] + rest["data"]]
    assert sorted(found) == sorted(r["id"] for r in said["results"])
    delivered = program.get(f"messages?batch={said['batch']}&state=delivered&limit=500").json()
    assert len(delivered["data"]) == 5
    assert program.get(f"messages?batch={said['batch']}&state=failed").json()["data"] == []


def test_the_queries_of_a_page_do_not_grow_with_it(program: Program) -> None:
    counts = []
    for size in (2, 12):
        said = program.post("messages/many", many(*(row() for _ in range(size)))).json()
        program.get(f"messages?batch={said['batch']}&limit=100")
        with CaptureQueriesContext(
            connection,
        ) as taken:
            program.get(f"messages?batch={said['batch']}&limit=100")
        counts.append(len(taken))
        with CaptureQueriesContext(connection) as taken:
            program.get("batches?limit=100")
        counts.append(len(taken))
    assert counts[0] == counts[2]
    assert counts[1] == counts[3]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("", ("reference", "reference_or_batch")),
        ("?reference=a&batch=1", ("reference", "reference_or_batch")),
        ("?reference=a&state=failed", ("state", "needs_batch")),
        ("?reference=a&cursor=AAAA", ("cursor", "cursor")),
        ("?reference=a&cursor=WyJiYXRjaGVzIiwzXQ", ("cursor", "cursor")),
        ("?batch=x", ("batch", "string_pattern_mismatch")),
        ("?reference=a&limit=501", ("limit", "less_than_equal")),
    ],
)
def test_a_list_says_what_is_wrong(program: Program, query: str, fault: tuple[str, str]) -> None:
    answer = program.get(f"messages{query}")
    assert (answer.status_code, codes(answer)) == (422, [fault])


def test_messages_of_others_are_not_there(practising: Cast, program: Program) -> None:
    message = one(program, reference="r")
    stranger = Program(key_for(practising.health)[1])
    assert stranger.get(f"messages/{message}").status_code == 404
    assert stranger.post(f"messages/{message}/cancel", None).status_code == 404
    assert stranger.get("messages?reference=r").json()["data"] == []
    gather(["normal"])
    batch = Batch.objects.get().pk
    assert stranger.get(f"messages/{message}").status_code == 404
    assert stranger.get(f"messages?batch={batch}").status_code == 404


def test_a_message_that_waits_is_taken_back(program: Program) -> None:
    message = one(program)
    said = program.post(f"messages/{message}/cancel", None)
    assert (said.status_code, said.json()["status"]) == (200, "cancelled")
    assert not Accepted.objects.exists()
    gather(["normal"])
    bring_results(Batch.objects.get())
    batch = program.get(f"batches/{said.json()['batch']}").json()
    assert (batch["cancelled"], batch["pending"]) == (1, 0)
    assert balanced(batch)
    assert Tally.objects.get().outcome == "cancelled"


def test_one_of_several_is_taken_back_and_the_others_go(program: Program) -> None:
    messages = [one(program) for _ in range(3)]
    gather(["normal"])
    assert program.post(f"messages/{messages[1]}/cancel", None).json()["status"] == "cancelled"
    bring_results(Batch.objects.get())
    batch = program.get(f"batches/{Batch.objects.get().pk}").json()
    assert (batch["cancelled"], batch["delivered"]["alimtalk"]) == (1, 2)
    assert balanced(batch)
    assert Chunk.objects.get().state == "settled"


def test_what_was_handed_over_is_not_taken_back(program: Program) -> None:
    message = one(program)
    gather(["normal"])
    bring_results(Batch.objects.get())
    answer = program.post(f"messages/{message}/cancel", None)
    assert (answer.status_code, codes(answer)) == (409, [("message_id", "handed_over")])
    assert program.get(f"messages/{message}").json()["status"] == "delivered"


def test_a_claimed_chunk_is_not_waited_for(program: Program) -> None:
    message = one(program)
    gather(["normal"])
    Chunk.objects.update(state="claimed")
    assert program.post(f"messages/{message}/cancel", None).status_code == 409
    assert Message.objects.get().state == "pending"


def test_what_was_merged_is_told_by_the_message_that_took_it(program: Program) -> None:
    first, second = one(program, reference="a"), one(program, reference="b")
    gather(["normal"])
    Message.objects.filter(pk=int(second)).delete()
    Reference.objects.filter(pk=int(second)).update(merged_into=int(first))
    said = program.get(f"messages/{second}").json()
    assert (said["id"], said["merged_into"], said["reference"]) == (second, first, "b")
    assert said["status"] == "queued"
    named = program.get("messages?reference=b").json()["data"]
    assert [m["id"] for m in named] == [second]
    assert program.post(f"messages/{second}/cancel", None).status_code == 409


def test_a_message_for_later(program: Program) -> None:
    later = timezone.now() + timedelta(days=1)
    message = one(program, send_at=later.isoformat())
    gather(["normal"])
    said = program.get(f"messages/{message}").json()
    assert said["status"] == "accepted"
    assert json.dumps(said["not_before"])[1:20] == later.isoformat()[:19]
