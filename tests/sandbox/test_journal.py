"""What a killed sandbox still knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.journal import Journal, Record
from tests.sandbox.conversation import TEMPLATES, Client, Listener, sms, wait_for


class Lives:
    """One sandbox after another on the same journal and port."""

    def __init__(self, spawn: Callable[..., Client], journal: Path) -> None:
        self._spawn = spawn
        self._journal = journal
        self._last: Client | None = None

    def next(self, *arguments: str) -> Client:
        """Kill the one that runs, if one does, and start another."""
        port = 0
        if self._last is not None:
            port = self._last.handle.port
            self._last.handle.kill()
        self._last = self._spawn(port=port, journal=self._journal, arguments=arguments)
        return self._last


@pytest.fixture
def lives(spawn: Callable[..., Client], tmp_path: Path) -> Lives:
    return Lives(spawn, tmp_path / "folder" / "sandbox.journal")


def test_acceptances_survive_a_kill(lives: Lives) -> None:
    client = lives.next("--report-delay-ms", "0")
    client.control("PUT", "templates", TEMPLATES)
    client.control("PUT", "mix", {"ATA": {"not_user": 0.5}})
    group_id = client.send(*[client.alimtalk(f"010{n:04d}5000", f"{n}-1") for n in range(50)])
    open_group = client.group()
    client.add(open_group, sms("01011110000", "100-1"), sms("01022220000", "101-1"))
    client.call("POST", "/messages/v4/send", {"message": sms("01033330000", "102-1")})
    wait_for(lambda: "3000" not in client.control("GET", "summary")["statuses"])
    before = client.control("GET", "accepted?text=1")

    again = lives.next("--report-delay-ms", "0")
    assert again.control("GET", "accepted?text=1") == before
    assert again.control("GET", "config")["mix"] == {"ATA": {"not_user": 0.5}}
    # An open group is as it was: a number in it is taken, and it can be sent once.
    assert again.add(open_group, sms("01011110000")).json()["errorCount"] == 1
    assert again.fire(open_group).json()["count"]["sentTotal"] == 2
    assert again.fire(group_id).json()["errorCode"] == "AlreadySent"
    assert len({row["messageId"] for row in again.control("GET", "accepted")}) == 53
    assert again.handle.stop() == 0


def test_what_was_taken_back_stays_taken_back(lives: Lives) -> None:
    client = lives.next()
    deleted, kept, cancelled = client.group(), client.group(), client.group()
    client.add(deleted, sms())
    client.call("DELETE", f"/messages/v4/groups/{deleted}")
    reply = client.add(kept, sms("01011110000"), sms("01022220000")).json()
    gone = reply["resultList"][0]["messageId"]
    client.call("DELETE", f"/messages/v4/groups/{kept}/messages", {"messageIds": [gone]})
    client.add(cancelled, sms())
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    schedule = f"/messages/v4/groups/{cancelled}/schedule"
    client.call("POST", schedule, {"scheduledDate": later})
    client.call("DELETE", schedule)
    client.call("POST", "/messages/v4/send", {"message": sms("nobody")})

    again = lives.next()
    assert again.fire(deleted).json()["errorCode"] == "DeletedGroup"
    assert again.fire(cancelled).json()["errorCode"] == "FailedGroup"
    assert again.fire(kept).json()["count"]["sentTotal"] == 1


def test_a_schedule_survives(lives: Lives) -> None:
    client = lives.next()
    group_id = client.group()
    client.add(group_id, sms())
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    path = f"/messages/v4/groups/{group_id}/schedule"
    client.call("POST", path, {"scheduledDate": soon})
    again = lives.next()
    wait_for(lambda: again.control("GET", "accepted"))


def test_reports_not_yet_told_are_told_after_a_restart(lives: Lives, listener: Listener) -> None:
    arguments = ["--callback-url", listener.url, "--report-delay-ms", "0"]
    client = lives.next(*arguments)
    client.send(sms("01011110000", "1-1"))
    wait_for(lambda: client.control("GET", "summary")["callbacks"]["sent"] == 1)
    client.control("PUT", "config", {"report_delay_ms": 600_000})
    client.send(sms("01022220000", "2-1"))
    client.control("PUT", "config", {"report_delay_ms": 0})

    again = lives.next(*arguments)
    wait_for(lambda: "2-1" in listener.refs)
    assert again.control("GET", "summary")["statuses"] == {"4000": 2}
    assert listener.refs == ["1-1", "2-1"]


def test_new_options_win_and_old_changes_stay(lives: Lives) -> None:
    client = lives.next("--seed", "1", "--latency-ms", "0")
    client.control("PUT", "config", {"seed": 5, "latency_ms": 3})
    same = lives.next("--seed", "1", "--latency-ms", "0")
    assert (config := same.control("GET", "config"))["seed"] == 5
    assert config["latency_ms"] == 3
    other = lives.next("--seed", "2", "--latency-ms", "0")
    assert (config := other.control("GET", "config"))["seed"] == 2
    assert config["latency_ms"] == 3


def test_a_reset_is_remembered(lives: Lives) -> None:
    client = lives.next()
    client.control("PUT", "templates", TEMPLATES)
    client.send(sms())
    [old] = client.control("GET", "accepted")
    client.control("POST", "reset")
    again = lives.next()
    assert again.control("GET", "accepted") == []
    again.send(again.alimtalk())
    [new] = again.control("GET", "accepted")
    # Numbering goes on: an id is never given twice.
    assert new["messageId"][24:] > old["messageId"][24:]


def test_a_journal_from_before_there_were_several_protocols(lives: Lives, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "sandbox.journal"
    path.parent.mkdir()
    journal = Journal(path)
    head = {"t": 1_764_000_000.0, "dup": False, "strict": True, "app": None, "custom": {}}
    group = "G4V20251124160000SANDBOX00000001"
    body = json.dumps({"message": sms()}).encode()
    added = {"g": group, "t": head["t"], "b": 1, "n": 1, "one": True, "f": {}}
    journal.append(
        Record(b"G", head),
        Record(b"A", added, (b"\0", body)),
        Record(b"F", {"g": group, "t": head["t"]}, (b"\0",)),
    )
    journal.close()
    [row] = lives.next().control("GET", "accepted?text=1")
    assert (row["groupId"], row["ref"], row["text"]) == (group, "1-1", "안내")


def records(journal: Journal) -> list[tuple[bytes, object, bytes]]:
    return [(record.kind, record.head, record.body) for record in journal.replay()]


def test_records_come_back(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path)
    places = journal.append(Record(b"A", {"n": 1}, (b"one", b"two")), Record(b"B", {"n": 2}))
    assert journal.read((places[0], 6)) == b"onetwo"
    journal.close()
    again = Journal(path)
    assert records(again) == [(b"A", {"n": 1}, b"onetwo"), (b"B", {"n": 2}, b"")]
    again.close()


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_torn_record_is_dropped_and_written_over(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "j"
    journal = Journal(path)
    journal.append(Record(b"A", {"n": 1}, (b"body",)))
    whole = path.stat().st_size
    journal.append(Record(b"B", {"name": "second"}, (b"0123456789",)))
    journal.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - cut)

    again = Journal(path)
    assert records(again) == [(b"A", {"n": 1}, b"body")]
    assert path.stat().st_size == whole
    again.append(Record(b"C", {}))
    assert [kind for kind, *_ in records(again)] == [b"A", b"C"]
    again.close()


def test_nonsense_at_the_end_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path)
    journal.append(Record(b"A", {"n": 1}))
    journal.close()
    with path.open("ab") as file:
        file.write(b"\x00" * 64)
    again = Journal(path)
    assert [kind for kind, *_ in records(again)] == [b"A"]
    again.close()


def test_more_records_than_one_write_takes(tmp_path: Path) -> None:
    """A system call takes 1,024 pieces; a reset keeps every template that was registered."""
    journal = Journal(tmp_path / "many.journal")
    written = [Record(b"N", {"message": number, "group": 1}) for number in range(1_500)]
    journal.append(*written)
    journal.close()
    again = Journal(tmp_path / "many.journal")
    assert [record.head["message"] for record in again.replay()] == list(range(1_500))
    again.close()
