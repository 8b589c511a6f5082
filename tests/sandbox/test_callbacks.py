"""Results on their way to us: batches, retries, repeated, overtaken and lost reports."""

from __future__ import annotations

import pytest

from tests.sandbox.conversation import GREETING, Client, Listener, sms, wait_for


def counts(sandbox: Client) -> dict[str, int]:
    found: dict[str, int] = sandbox.control("GET", "summary")["callbacks"]
    return found


def test_a_report_is_whole(sandbox: Client, listener: Listener) -> None:
    sandbox.control("PUT", "callback", {"url": listener.url})
    group_id = sandbox.send(sandbox.alimtalk("01012340001", "9-2"))
    wait_for(lambda: listener.reports)
    [report] = listener.reports
    data = report["data"]
    assert report["retryCount"] == 0
    assert report["eventDataId"].endswith(data["messageId"][3:])
    assert data["groupId"] == group_id
    assert (data["type"], data["to"], data["from"]) == ("ATA", "01012340001", "021200000")
    assert (data["statusCode"], data["statusMessage"]) == ("3104", "카카오톡 미사용자")
    assert data["customFields"] == {"ref": "9-2"}
    assert data["kakaoOptions"]["templateId"] == GREETING
    assert data["dateReceived"].endswith("Z")


def test_reports_come_in_batches_and_all_of_them(sandbox: Client, listener: Listener) -> None:
    sandbox.control("PUT", "callback", {"url": listener.url, "batch": 100})
    messages = [sms(f"010{n:04d}5000", f"{n}-1") for n in range(1234)]
    sandbox.send(*messages)
    wait_for(lambda: len(listener.reports) >= 1234)
    assert max(map(len, listener.batches)) <= 100
    assert sorted(listener.refs) == sorted(f"{n}-1" for n in range(1234))
    wait_for(lambda: counts(sandbox)["sent"] == 1234)
    assert counts(sandbox)["pending"] == 0


def test_custom_fields_come_back_as_they_went(sandbox: Client, listener: Listener) -> None:
    sandbox.control("PUT", "callback", {"url": listener.url})
    fields = {"ref": '따옴표 "1"', "묶음": "a\\b"}
    sandbox.send({**sms(), "customFields": fields})
    wait_for(lambda: listener.reports)
    assert listener.reports[0]["data"]["customFields"] == fields


def test_a_refused_report_comes_again_up_to_five_times(sandbox: Client, listener: Listener) -> None:
    sandbox.control("PUT", "config", {"retry_ms": [10]})
    sandbox.control("PUT", "callback", {"url": listener.url})
    listener.answers = [500, 302, 404]
    sandbox.send(sms(ref="1-1"))
    wait_for(lambda: counts(sandbox)["sent"] == 1)
    assert [report["retryCount"] for report in listener.reports] == [0, 1, 2, 3]

    listener.answers = [500] * 5
    sandbox.send(sms(ref="2-1"))
    wait_for(lambda: counts(sandbox)["given_up"] == 1)
    assert listener.refs.count("2-1") == 5
    assert counts(sandbox)["pending"] == 0


def test_nobody_listening(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"retry_ms": [10]})
    sandbox.control("PUT", "callback", {"url": "http://127.0.0.1:9/nobody"})
    group_id = sandbox.send(sms())
    wait_for(lambda: counts(sandbox)["given_up"] == 1)
    # The result can still be asked for.
    assert sandbox.statuses(group_id) == {"01012345678": "4000"}


def test_without_an_address_results_wait_to_be_asked_for(sandbox: Client) -> None:
    group_id = sandbox.send(sms())
    wait_for(lambda: sandbox.statuses(group_id) == {"01012345678": "4000"})
    assert counts(sandbox)["unaddressed"] == 1


def test_lost_reports(sandbox: Client, listener: Listener) -> None:
    sandbox.control("PUT", "callback", {"url": listener.url, "lost": 0.5})
    sandbox.send(*[sms(f"010{n:04d}5000", f"{n}-1") for n in range(200)])
    wait_for(lambda: counts(sandbox)["pending"] == 0)
    lost = counts(sandbox)["lost"]
    assert 60 < lost < 140
    assert len(listener.reports) == 200 - lost


def test_repeated_reports(sandbox: Client, listener: Listener) -> None:
    sandbox.control("PUT", "callback", {"url": listener.url, "duplicate": 1})
    sandbox.send(*[sms(f"010{n:04d}5000", f"{n}-1") for n in range(10)])
    wait_for(lambda: len(listener.reports) == 20)
    assert all(listener.refs.count(ref) == 2 for ref in listener.refs)
    assert counts(sandbox)["duplicated"] == 10


def test_overtaken_reports(sandbox: Client, listener: Listener) -> None:
    sandbox.control("PUT", "callback", {"url": listener.url, "reorder": 0.5})
    refs = [f"{n}-1" for n in range(40)]
    sandbox.send(*[sms(f"010{n:04d}5000", ref) for n, ref in enumerate(refs)])
    wait_for(lambda: len(listener.reports) == 40)
    assert sorted(listener.refs) == sorted(refs)
    assert listener.refs != refs


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://hooks.example/callback"},
        {"url": "http://10.0.0.1/callback"},
        {"url": "ftp://127.0.0.1/callback"},
        {"url": "http://127.0.0.1.hooks.example/"},
        {"lost": 2},
        {"batch": 501},
        {"batch": 0},
        {"colour": "red"},
    ],
)
def test_callback_settings_that_are_refused(sandbox: Client, change: dict[str, object]) -> None:
    reply = sandbox.http.put("/_sandbox/callback", json=change)
    assert (reply.status_code, reply.json()["errorCode"]) == (400, "ValidationError")
