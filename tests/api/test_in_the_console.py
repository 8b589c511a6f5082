"""What programs ask for is seen by the people of the department."""

from __future__ import annotations

from alimnaru.store.models import Batch
from tests.api.asked import row
from tests.api.programs import Program, key_for
from tests.cast import Cast
from tests.staff import browser_of, hire


def test_an_approver_sees_a_list_grow_and_lets_it_go(practising: Cast) -> None:
    staff = hire(practising)
    program = Program(key_for(practising.library, is_sandbox=False)[1])
    batch = program.post("batches", {"notice": "lib.due.soon"}).json()["id"]
    browser = browser_of(staff.approver)
    assert browser.get(f"/batches/{batch}").status_code == 200
    program.post(f"batches/{batch}/rows", {"rows": [row() for _ in range(120)]})
    for address in (f"/batches/{batch}", "/batches", "/"):
        assert browser.get(address).status_code == 200
    assert program.post(f"batches/{batch}/close", {}).json()["stage"] == "requested"
    listed = browser.get("/approvals")
    assert f"/approvals/{batch}" in listed.content.decode()
    page = browser.get(f"/approvals/{batch}")
    assert page.status_code == 200
    assert "반납예정일" in page.content.decode()
    seen = Batch.objects.get().release_hash
    browser.post(f"/approvals/{batch}/approve", {"hash": seen})
    assert program.get(f"batches/{batch}").json()["stage"] == "released"
