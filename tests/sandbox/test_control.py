"""The control API, and starting and ending a sandbox."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from sandbox.process import start
from tests.sandbox.conversation import GREETING, Client, sms, wait_for


def test_the_record_of_acceptances(sandbox: Client) -> None:
    sandbox.send(sms("01011110000", "1-1"))
    group_id = sandbox.send({**sms("01022220000"), "customFields": {"ref": "2-1", "x": "y"}})
    first, second = sandbox.control("GET", "accepted")
    assert (first["n"], first["ref"], first["to"], first["type"]) == (
        1,
        "1-1",
        "01011110000",
        "SMS",
    )
    assert (second["n"], second["groupId"]) == (2, group_id)
    assert second["customFields"] == {"ref": "2-1", "x": "y"}
    [only] = sandbox.control("GET", "accepted?to=01022220000&text=1")
    assert (only["n"], only["text"]) == (2, "안내")

    lines = sandbox.http.get("/_sandbox/accepted?format=ndjson").text.splitlines()
    assert [json.loads(line)["ref"] for line in lines] == ["1-1", "2-1"]


def test_the_summary_tells_what_was_accepted_twice(sandbox: Client) -> None:
    sandbox.send(sms("01011110000", "1-1"), sms("01022220000", "2-1"))
    sandbox.send(sms("01011110000", "1-1"), sms("01022220000", "2-2"))
    sandbox.send(sandbox.alimtalk("01022220000", "2-3"), sms("01033330000", "x"))
    summary = sandbox.control("GET", "summary")
    assert summary["accepted"] == {"SMS": 5, "ATA": 1}
    assert summary["accepted_total"] == 6
    assert summary["messages"] == 3
    assert summary["repeated_refs"] == {"1-1": 2}
    assert sorted(summary["repeated_messages"], key=lambda one: str(one["message"])) == [
        {"message": "1", "type": "SMS", "times": 2},
        {"message": "2", "type": "SMS", "times": 2},
    ]


def test_a_reset_forgets_messages_and_keeps_templates(sandbox: Client) -> None:
    sandbox.send(sandbox.alimtalk())
    sandbox.control("POST", "faults", {"kind": "error_500", "path": "list"})
    sandbox.control("POST", "reset")
    assert sandbox.control("GET", "accepted") == []
    assert sandbox.control("GET", "faults") == []
    assert sandbox.control("GET", "summary")["accepted_total"] == 0
    assert GREETING in {one["template_id"] for one in sandbox.control("GET", "templates")}
    sandbox.send(sandbox.alimtalk())


def test_templates_are_merged(sandbox: Client) -> None:
    # Counted over all protocols, in which others have registered some, too.
    count = sandbox.control("PUT", "templates", [])["templates"]
    template = {"template_id": "KA01TPNEW", "body": "새 문안", "unknown": {"key": [1]}}
    assert sandbox.control("PUT", "templates", [template])["templates"] == count + 1
    template["body"] = "고친 문안"
    assert sandbox.control("PUT", "templates", [template])["templates"] == count + 1
    message = sandbox.alimtalk(kakaoOptions={"templateId": "KA01TPNEW"})
    sandbox.send({**message, "text": "고친 문안"})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("templates", {"template_id": "x"}),
        ("templates", [{"template_id": "x"}]),
        ("mix", {"ATA": {"eaten": 1}}),
        ("config", {"colour": "red"}),
        ("config", {"report_delay_ms": "soon"}),
        ("config", {"callback_url": "http://hooks.example/"}),
    ],
)
def test_settings_that_are_refused(sandbox: Client, path: str, body: object) -> None:
    before = sandbox.control("GET", "config")
    reply = sandbox.http.put(f"/_sandbox/{path}", json=body)
    assert (reply.status_code, reply.json()["errorCode"]) == (400, "ValidationError")
    assert sandbox.control("GET", "config") == before


def test_health(sandbox: Client) -> None:
    sandbox.send(sms())
    health = sandbox.control("GET", "health")
    assert health["status"] == "ok"
    assert health["messages"] == 1
    assert health["peak_mib"] > 1


def test_one_json_line_and_nothing_else(spawn: Callable[..., Client]) -> None:
    client = spawn()
    handle = client.handle
    assert handle.url == f"http://127.0.0.1:{handle.port}"
    assert handle.phones == f"{handle.url}/phones"
    assert client.control("GET", "health")["status"] == "ok"
    client.close()
    handle.process.terminate()
    assert handle.process.stdout is not None
    assert handle.process.stdout.read() == b""
    assert handle.stop() == 0


def test_credentials_stay_the_same(spawn: Callable[..., Client]) -> None:
    first, second = (spawn().handle for _ in "ab")
    facts = [(one.api_key, one.api_secret, one.profile) for one in (first, second)]
    assert facts[0] == facts[1]
    assert first.port != second.port


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_while_somebody_is_connected(
    spawn: Callable[..., Client], how: signal.Signals
) -> None:
    client = spawn()
    client.send(sms())
    client.handle.process.send_signal(how)
    assert client.handle.process.wait(10) == 0


def test_a_taken_port_is_said_so(spawn: Callable[..., Client]) -> None:
    taken = spawn().handle.port
    with pytest.raises(RuntimeError, match="exit code 2"):
        start(port=taken, log=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--callback-url", "http://hooks.example/"],
        ["--mix", '{"ATA": {"eaten": 1}}'],
        ["--mix", "not json"],
    ],
)
def test_options_that_make_no_sense(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "sandbox", *arguments]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr


def test_words_for_people() -> None:
    command = [sys.executable, "-m", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _ in range(5)]
        process.terminate()
    assert [line[0] for line in lines] == ["url", "api_key", "api_secret", "profile", "phones"]


def test_a_large_request_does_not_hold_up_others(sandbox: Client) -> None:
    group_id = sandbox.group()
    many = [sms(f"010{n:04d}5000", f"{n}-1") for n in range(10_000)]
    assert sandbox.add(group_id, *many).json()["errorCount"] == 0
    sandbox.fire(group_id)
    wait_for(lambda: sandbox.control("GET", "summary")["statuses"] == {"4000": 10_000})
