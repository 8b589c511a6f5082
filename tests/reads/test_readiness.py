"""What a clerk is told before a list goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from alimnaru.reads.readiness import before_send, of_accounts
from alimnaru.reads.reviews import sending_version, stands
from alimnaru.store.models import Batch, CarrierAccount, Chunk, Notice, TemplateRegistration
from alimnaru.store.models import TemplateVersion as Version
from tests.cast import Cast, make_cast

NOW = timezone.now()
_S = TemplateRegistration.State


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def contract(name: str, **more: object) -> CarrierAccount:
    return CarrierAccount.objects.create(
        name=name, kind="solapi", secret=b"", profile="P", callback_token=name, **more
    )


@pytest.fixture
def main(cast: Cast) -> CarrierAccount:
    return contract("main", priority=1)


def register(
    version: Version, account: CarrierAccount, state: str = _S.APPROVED, **more: object
) -> TemplateRegistration:
    return TemplateRegistration.objects.create(
        version=version, account=account, code=f"T{version.number}", state=state, **more
    )


def newer(cast: Cast, number: int = 2) -> Version:
    return Version.objects.create(
        notice=cast.notice, number=number, template=cast.version.template, variables=[], sha256="2"
    )


def told(cast: Cast, *, rows: int = 1, grown: int = 0, now: datetime = NOW) -> list[str]:
    found = before_send(cast.version, rows=rows, grown=grown, now=now)
    return [warning.code.value for warning in found]


# ---- templates -----------------------------------------------------------------------------------


def test_nothing_is_said_where_all_is_well(cast: Cast, main: CarrierAccount) -> None:
    register(cast.version, main, decided_at=NOW)
    assert told(cast) == []
    assert of_accounts(NOW) == []


def test_without_an_account_the_doctor_has_said_it(cast: Cast) -> None:
    assert told(cast) == []


def test_a_wording_that_nobody_approved_is_told(cast: Cast, main: CarrierAccount) -> None:
    assert told(cast) == ["template_unapproved"]
    register(cast.version, main, _S.IN_REVIEW)
    assert told(cast) == ["template_unapproved"]


@pytest.mark.parametrize("state", [_S.DORMANT, _S.BLOCKED, _S.GONE])
def test_a_wording_that_was_stopped_is_told(cast: Cast, main: CarrierAccount, state: str) -> None:
    register(cast.version, main, state)
    assert told(cast) == [f"template_{state}"]


@pytest.mark.parametrize(("days", "left"), [(334, None), (335, 30), (364, 1), (365, 0), (400, 0)])
def test_a_wording_that_will_sleep_is_told_a_month_before(
    cast: Cast, main: CarrierAccount, days: int, left: int | None
) -> None:
    long_ago = NOW - timedelta(days=900)
    register(
        cast.version, main, decided_at=long_ago, submitted_at=long_ago,
        last_sent_at=NOW - timedelta(days=days),
    )  # fmt: skip
    found = before_send(cast.version, rows=1, grown=0, now=NOW)
    expected = [] if left is None else [("template_sleepy", {"account": "main", "days": left})]
    assert [(w.code.value, w.facts) for w in found] == expected
    doctors = [(w.code.value, w.facts.get("notice")) for w in of_accounts(NOW)]
    assert doctors == ([] if left is None else [("template_sleepy", "반납예정일 안내")])


def test_a_template_whose_past_is_not_known_is_not_called_sleepy(
    cast: Cast, main: CarrierAccount
) -> None:
    register(cast.version, main)
    assert told(cast) == []


def test_one_account_of_two_is_told(cast: Cast, main: CarrierAccount) -> None:
    other = contract("other")
    register(cast.version, main, decided_at=NOW)
    assert told(cast) == ["template_one_account"]
    register(cast.version, other, decided_at=NOW)
    assert told(cast) == []


def test_an_account_for_text_messages_needs_no_wording(cast: Cast, main: CarrierAccount) -> None:
    contract("texts", channels="sms,lms")
    register(cast.version, main, decided_at=NOW)
    assert told(cast) == []


@pytest.mark.parametrize(
    ("state", "code"),
    [(_S.IN_REVIEW, ["template_newer_waits"]), (_S.REJECTED, ["template_newer_rejected"])],
)
def test_that_the_old_wording_goes_is_told(
    cast: Cast, main: CarrierAccount, state: str, code: list[str]
) -> None:
    register(cast.version, main, decided_at=NOW)
    edit = newer(cast)
    assert told(cast) == []  # a draft that nobody submitted is nobody's expectation
    register(edit, main, state)
    assert told(cast) == code


# ---- profiles ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["dormant", "blocked", "gone"])
def test_a_profile_that_cannot_send_is_told(cast: Cast, main: CarrierAccount, state: str) -> None:
    register(cast.version, main, decided_at=NOW)
    main.profile_state = state
    main.save()
    assert told(cast) == [f"profile_{state}"]
    assert [w.code.value for w in of_accounts(NOW)] == [f"profile_{state}"]


def chunk(cast: Cast, account: CarrierAccount | None, **more: object) -> None:
    batch = Batch.objects.create(
        notice=cast.notice, department=cast.library, version=cast.version, member=cast.librarian,
        lane="normal", created_at=NOW, not_before=NOW, expires_at=NOW,
    )  # fmt: skip
    fields = {"channel": "alimtalk", "lane": "normal", "not_before": NOW, **more}
    Chunk.objects.create(batch=batch, account=account, **fields)


def test_the_day_of_a_new_profile_is_counted(cast: Cast, main: CarrierAccount) -> None:
    register(cast.version, main, decided_at=NOW)
    midnight = timezone.localtime(NOW).replace(hour=0, minute=0, second=0, microsecond=0)
    chunk(cast, main, state="settled", size=3, sent_at=NOW, sent_ids=[1, 2, 3])
    chunk(cast, None, state="ready", size=4)
    # Yesterday's, tomorrow's, another account's, and text messages are not of this day.
    chunk(cast, main, state="settled", sent_at=midnight - timedelta(seconds=1), sent_ids=[4])
    chunk(cast, None, state="ready", size=9, not_before=midnight + timedelta(days=1))
    chunk(cast, contract("off", is_active=False), state="settled", sent_at=NOW, sent_ids=[5])
    chunk(cast, main, state="settled", channel="sms", sent_at=NOW, sent_ids=[6])
    assert told(cast, rows=994) == []
    main.profile_is_new = True
    main.save()
    assert told(cast, rows=993) == []
    found = before_send(cast.version, rows=994, grown=0, now=NOW)
    assert [(w.code.value, w.facts) for w in found] == [
        ("profile_cap", {"account": "main", "cap": 1000, "sent": 3, "waiting": 998})
    ]
    main.profile_daily_cap = 6
    main.save()
    assert [w.code.value for w in of_accounts(NOW)] == ["profile_cap"]


def test_rows_that_a_new_profile_cannot_carry_are_told(cast: Cast, main: CarrierAccount) -> None:
    register(cast.version, main, decided_at=NOW)
    main.profile_is_new = True
    main.save()
    assert told(cast, grown=0) == []
    assert told(cast, grown=2) == ["profile_growth"]


# ---- which wording goes --------------------------------------------------------------------------


def test_the_newest_approved_wording_goes(cast: Cast, main: CarrierAccount) -> None:
    assert sending_version(cast.notice) is None
    register(cast.version, main)
    edit = newer(cast)
    register(edit, main, _S.IN_REVIEW)
    assert sending_version(cast.notice) == cast.version
    TemplateRegistration.objects.update(state=_S.APPROVED)
    assert sending_version(cast.notice) == edit
    edit.status = Version.Status.RETIRED
    edit.save()
    assert sending_version(cast.notice) == cast.version


def test_an_approval_at_an_account_that_is_off_does_not_count(
    cast: Cast, main: CarrierAccount
) -> None:
    register(cast.version, main)
    register(newer(cast), contract("off", is_active=False))
    assert sending_version(cast.notice) == cast.version


def test_a_sandbox_beside_a_contract_has_its_own_wordings(cast: Cast, main: CarrierAccount) -> None:
    edit = newer(cast)
    register(cast.version, main)
    register(edit, contract("play", is_sandbox=True))
    assert sending_version(cast.notice) == cast.version
    assert sending_version(cast.notice, hours_waived=True) == edit


def test_stands_name_every_version_in_few_queries(
    cast: Cast, main: CarrierAccount, django_assert_num_queries: object
) -> None:
    register(cast.version, main)
    newer(cast)
    other = Notice.objects.create(code="a.b", name="다른 알림", department=cast.library)
    Version.objects.create(notice=other, number=1, template={}, variables=[], sha256="3")
    with django_assert_num_queries(5):  # type: ignore[operator]  # pytest-django's, untyped
        found = stands(Notice.objects.order_by("code"))
    assert [
        (s.notice.code, s.version.number, s.registration and s.registration.state, s.sending)
        for s in found
    ] == [
        ("a.b", 1, None, False),
        ("lib.due.soon", 2, None, False),
        ("lib.due.soon", 1, "approved", True),
    ]
