"""A list dropped into a folder, by real workers: read, asked for, sent, and answered beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from alimnaru.office.release import approve
from alimnaru.office.sources import add_folder
from alimnaru.store.models import Batch, DroppedFile
from tests.cast import Cast, phone
from tests.flow.books import check_books
from tests.flow.lists import DAY, people, table
from tests.staff import hire
from tests.stories.conftest import wait_until

LIST = "lib.due.soon/오늘 반납.csv"


def _told(place: Path) -> dict[str, Any]:
    path = place / f"{LIST}.receipt.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def _connect(office: Cast, place: Path) -> None:
    (place / "lib.due.soon").mkdir(parents=True)
    # What is urgent waits for no second thoughts, and goes at any hour.
    office.notice.priority, office.notice.lane, office.notice.approvals = "P1", "urgent", 0
    office.notice.opens, office.notice.closes = time.min, time.max
    office.notice.save()
    add_folder(
        actor=office.librarian,
        code="drop",
        name="도서관 명단",
        department=office.library,
        path=str(place),
        poll_seconds=1,
    )


def _list() -> bytes:
    rows = [*people(20), ("박하늘", "02-123-4567", "나루중앙도서관", DAY), *people(1)]
    rows[3] = (rows[3][0], phone("0001"), *rows[3][2:])  # has no KakaoTalk
    return table(*rows)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_list_is_dropped(office: Cast, working: Callable[..., Any], tmp_path: Path) -> None:
    place, content, approver = tmp_path / "drop", _list(), hire(office).approver
    _connect(office, place)
    with working(2):
        unfinished = place / f"{LIST}.part"
        unfinished.write_bytes(content[:200])
        unfinished.write_bytes(content)
        unfinished.rename(place / LIST)
        # The first list of a wording, and longer than a handful: somebody looks at it.
        wait_until(lambda: _told(place).get("phase") == "requested")
        batch = Batch.objects.get()
        approve(batch, actor=approver, hash=batch.release_hash)
        wait_until(lambda: bool(_told(place).get("final")))
        # The other system's job runs once more.
        (place / LIST).write_bytes(content)
        wait_until(lambda: not (place / LIST).exists(), seconds=60)
    told = _told(place)
    assert told["phase"] == "done"
    assert (told["counts"]["rows"], told["counts"]["refused"]) == (22, 1)
    assert told["counts"]["delivered"] == {"alimtalk": 20, "sms": 1, "lms": 0, "mms": 0}
    assert [(cell["row"], cell["code"]) for cell in told["bad"]] == [(22, "phone_landline")]
    text = (place / f"{LIST}.receipt.txt").read_text(encoding="utf-8-sig")
    assert "합계: 22" in text
    assert (Batch.objects.count(), DroppedFile.objects.count()) == (1, 1)
    check_books(Batch.objects.get())
    # One of them twice: Alimtalk found nobody, and an SMS followed.
    assert len(office.accepted()) == 22
    assert len(list((place / ".done").iterdir())) == 2
