"""The page of agreements to be served, and the list of them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from alimnaru.store import crypto
from alimnaru.store.models import AccessEntry, AuditEntry, Notice, ServiceConsent
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.staff import Staff


@pytest.fixture
def serving(cast: Cast) -> Cast:
    Notice.objects.filter(pk=cast.notice.pk).update(legal_effect="service")
    cast.notice.refresh_from_db()
    return cast


def form(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "phone": "010-3000-1234",
        "name": "김나루",
        "address": "",
        "notice": cast.notice.code,
        "how": "desk",
        "starts_on": timezone.localdate().isoformat(),
        "ends_on": "",
        "evidence": "동의서 12호",
        **changes,
    }


def test_one_is_entered_found_and_withdrawn(serving: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    assert "기록한 동의가 없습니다" in browser.get("/consents").content.decode()
    page = browser.post("/consents", form(serving), follow=True).content.decode()
    made = ServiceConsent.objects.get()
    assert "동의를 기록했습니다" in page
    assert crypto.phone_hash("01030001234").hex()[:8] in page
    assert "3000-1234" not in page
    assert "김나루" not in page.split('id="list"')[1]
    page = browser.post("/consents/find", {"phone": "010-3000-1234"}).content.decode()
    assert "동의서 12호" in page
    page = browser.post("/consents/find", {"phone": "010-3000-9999"}).content.decode()
    assert "동의서 12호" not in page
    asked = AccessEntry.objects.filter(to_hash=crypto.phone_hash("01030009999"))
    assert asked.count() == 1  # that there is none was told as well
    browser.post(f"/consents/{made.pk}/end", {"note": ""})
    assert ServiceConsent.objects.get().withdrawn_at is None
    page = browser.post(f"/consents/{made.pk}/end", {"note": "창구에서 말함"}, follow=True)
    assert "종이 문서로 송달해" in page.content.decode()
    assert ServiceConsent.objects.get().withdrawn_by == staff.writer
    assert AuditEntry.objects.get(act="consent.withdraw").facts["note"] == "창구에서 말함"
    whose = crypto.phone_hash("01030001234")
    acts = AccessEntry.objects.filter(act="enter.data", to_hash=whose)
    assert acts.count() == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ends_on": "2020-01-01"}, "동의한 날보다 빠릅니다"),
        ({"evidence": "010-3000-1234가 말함"}, "번호를 빼고"),
        ({"phone": "02-555-0101"}, 'id="id_phone_error"'),
        ({"name": ""}, "이름을 적어 주십시오"),
    ],
    ids=["ends before", "number in evidence", "landline", "nobody"],
)
def test_what_is_wrong_is_told(
    change: dict[str, str], told: str, serving: Cast, staff: Staff, sign_in: SignIn
) -> None:
    page = sign_in(staff.writer).post("/consents", form(serving, **change)).content.decode()
    assert told in page
    assert not ServiceConsent.objects.exists()


def test_a_list_is_recorded_row_by_row(serving: Cast, staff: Staff, sign_in: SignIn) -> None:
    text = (
        "전자송달 동의 대장\n성명,휴대전화,동의일,동의서번호,만료일\n"
        "김나루,010-3000-1234,2026-11-02,1호,\n"
        "박가람,02-555-0101,2026-11-02,2호,\n"
        "최다온,010-3000-1235,2026-11-02,,\n"
        "이도담,010-3000-1236,2026-11-02,4호,2027-11-01\n"
    )
    given = {"notice": serving.notice.code, "how": "letter"}
    browser = sign_in(staff.writer)
    for _ in range(2):
        file = SimpleUploadedFile("동의.csv", text.encode())
        page = browser.post("/consents/import", {**given, "file": file}).content.decode()
    assert "일반전화 번호라" in page
    assert "값이 비어" in page or "비어 있습니다" in page
    assert ServiceConsent.objects.count() == 2
    assert set(ServiceConsent.objects.values_list("how", flat=True)) == {"letter"}
    bad = SimpleUploadedFile("동의.csv", "이름,전화번호\n김나루,010-3000-1234\n".encode())
    page = browser.post("/consents/import", {**given, "file": bad}).content.decode()
    assert "필요한 열이 없습니다" in page
    assert "동의일, 근거" in page


def test_there_is_nothing_to_agree_to(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    assert "송달하는 문서가 없습니다" in browser.get("/consents").content.decode()
    browser.post("/consents", form(cast))
    assert not ServiceConsent.objects.exists()
