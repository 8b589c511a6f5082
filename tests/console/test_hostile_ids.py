"""Ids in forms: naming what is another's does not get it, and nobody raises themselves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.test import Client

from alimnaru.office.corrections import CORRECTION
from alimnaru.store.models import (
    Batch,
    Department,
    ListUpload,
    Membership,
    Notice,
    Preference,
    SavedList,
    UnknownDecision,
    Vote,
)
from tests.console import test_every_url as every
from tests.e2e.world import World

pytestmark = pytest.mark.django_db
#: The whole office, and everybody's browser.
world, browsers = every.world, every.browsers
Browsers = Mapping[str, Client]


@pytest.fixture(autouse=True)
def _nothing_stays(world: World) -> object:
    with every.undone():
        yield


@pytest.fixture
def health(world: World) -> Department:
    return world.staff.neighbour.memberships.get().department


@pytest.fixture
def theirs(world: World) -> Notice:
    """A notice that the library does not own."""
    own = world.staff.writer.memberships.values("department")
    found = Notice.objects.exclude(department__in=own).exclude(code=CORRECTION)
    return found.order_by("code")[:1].get()


def test_a_saved_list_of_another_department(
    world: World, browsers: Browsers, health: Department
) -> None:
    saved = SavedList.objects.get(pk=world.ids["saved_list"])
    SavedList.objects.filter(pk=saved.pk).update(department=health, audience="residents")
    notice, before = world.ids["lib.due.soon"], ListUpload.objects.count()
    answer = browsers["writer"].post(f"/send/{notice}/list", {"saved": saved.pk})
    assert (answer.status_code, ListUpload.objects.count()) == (404, before)
    assert saved.name not in browsers["writer"].get(f"/send?saved={saved.pk}").content.decode()


def test_nothing_is_saved_for_another_department(
    world: World, browsers: Browsers, health: Department
) -> None:
    before = SavedList.objects.count()
    given = {"name": "남의 명단", "audience": "members", "department": health.pk}
    browsers["writer"].post("/saved-lists", given)
    assert SavedList.objects.count() == before


def test_the_upload_of_a_colleague_is_not_given_up(world: World, browsers: Browsers) -> None:
    upload, notice = world.ids["upload"], world.ids["lib.due.soon"]
    browsers["approver"].post(f"/send/{notice}/list", {"instead": upload})
    assert ListUpload.objects.get(pk=upload).state == "ready"


def test_messages_of_another_batch_are_not_decided_about(world: World, browsers: Browsers) -> None:
    own, other = world.batch("done"), world.message("unknown", "unknown")
    before = UnknownDecision.objects.count()
    browsers["writer"].post(f"/unknown/{own}/decide", {"choice": "resend", "message": other})
    browsers["writer"].post(f"/unknown/{own}/decide", {"choice": "leave", "message": other})
    assert UnknownDecision.objects.count() == before


def test_a_correction_in_words_of_another_department(
    world: World, browsers: Browsers, theirs: Notice
) -> None:
    """Nor in some other words instead: those would go out with what was typed for these."""
    batch = world.batch("stopped")
    for address in ("correct", "correct/preview"):
        answer = browsers["writer"].post(f"/batches/{batch}/{address}", {"notice": theirs.code})
        assert answer.status_code == 404
    assert not Batch.objects.filter(corrects=batch, notice=theirs).exists()


def test_choices_of_residents_only_for_own_notices(
    world: World, browsers: Browsers, theirs: Notice
) -> None:
    browser = browsers["writer"]
    found = browser.post("/opt-outs/find", {"phone": "010-7777-1234"}).headers["Location"]
    before = Preference.objects.count()
    given = {"choice": "stop", "notice": theirs.code, "provenance": "phone", "note": ""}
    assert browser.post(found, given).status_code == 200
    assert Preference.objects.count() == before
    # The key stands in this person's session, and opens nothing in anybody else's.
    assert browsers["approver"].get(found).status_code == 302


@pytest.mark.parametrize("filters", ["audit?department={pk}", "statistics?department={pk}"])
def test_no_figures_of_another_department(
    browsers: Browsers, health: Department, filters: str
) -> None:
    page = browsers["manager"].get("/" + filters.format(pk=health.pk)).content.decode()
    assert health.name not in page


GIVES = [
    ("manager", "manager", "lib-jungang", "approver"),
    ("manager", "writer", "lib-jungang", "system_manager"),
    ("manager", "writer", "lib-jungang", "auditor"),
    ("manager", "writer", "health", "writer"),
    ("manager", "writer", "root", "department_manager"),
    ("system", "system", "root", "department_manager"),
    ("system", "system", "lib-jungang", "writer"),
]


@pytest.mark.parametrize(("who", "to", "place", "role"), GIVES)
def test_nobody_gives_more_than_they_may(  # noqa: PLR0917 - a table of four columns
    world: World, browsers: Browsers, health: Department, who: str, to: str, place: str, role: str
) -> None:
    root = health.parent.code if health.parent else ""
    code = {"health": health.code, "root": root}.get(place, place)
    before = Membership.objects.count()
    member = getattr(world.staff, to)
    answer = browsers[who].post(
        f"/people/{member.pk}/give", {"give-department": code, "give-role": role}
    )
    assert answer.status_code in {200, 302, 404}
    assert Membership.objects.count() == before


@pytest.mark.parametrize("act", ["shut", "password", "second-factor"])
@pytest.mark.parametrize("whom", ["system", "auditor", "neighbour", "manager"])
def test_a_manager_takes_over_nobody_above(
    world: World, browsers: Browsers, act: str, whom: str
) -> None:
    member = getattr(world.staff, whom)
    before = (member.password, True)
    answer = browsers["manager"].post(f"/people/{member.pk}/{act}")
    member.refresh_from_db()
    assert answer.status_code in {302, 404}
    assert (member.password, member.is_active) == before


def test_somebody_with_a_role_elsewhere_too_is_not_the_managers(
    world: World, browsers: Browsers, health: Department
) -> None:
    """With a new password of theirs one would get into the other department."""
    writer = world.staff.writer
    Membership.objects.create(member=writer, department=health, role="viewer")
    browsers["manager"].post(f"/people/{writer.pk}/second-factor")
    before = writer.password
    writer.refresh_from_db()
    assert writer.password == before


def test_no_number_of_a_resident_in_the_reason_of_a_return(
    world: World, browsers: Browsers
) -> None:
    batch = Batch.objects.get(pk=world.batch("requested"))
    given = {"hash": batch.release_hash, "reason": "3행 010-1234-5678 번호가 틀립니다"}
    assert browsers["approver"].post(f"/approvals/{batch.pk}/return", given).status_code == 422
    assert not Vote.objects.filter(batch=batch, decision="return").exists()
