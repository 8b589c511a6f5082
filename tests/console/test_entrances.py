"""From where the console may be used: who is let in, and that nobody shuts themselves out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory
from django.utils import timezone

from alimnaru.console.entrance import FOR_EVERYBODY
from alimnaru.console.urls import urlpatterns
from alimnaru.office import entrances
from alimnaru.rules.entrances import EntranceFault
from alimnaru.rules.forwarded import read_proxies
from alimnaru.store.models import AllowedNetwork, AuditEntry
from tests.console.conftest import SignIn
from tests.console.doors import DOORS
from tests.staff import Staff

INSIDE, OUTSIDE = "10.20.3.4", "203.0.113.9"


@pytest.fixture
def office_only(staff: Staff) -> None:
    """Only the district's own network."""
    AllowedNetwork.objects.create(
        network="10.20.0.0/16", added_at=timezone.now(), added_by=staff.system
    )


def test_what_is_for_everybody_is_known() -> None:
    public = {name for name, door in DOORS.items() if door.public}
    sign_in = {name for name in public if name.startswith(("sign-", "oidc"))}
    here = {str(p.name) for p in urlpatterns}
    assert FOR_EVERYBODY & here == public - sign_in


@pytest.mark.usefixtures("office_only")
def test_a_session_is_worth_nothing_elsewhere(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.viewer)
    assert browser.get("/", REMOTE_ADDR=INSIDE).status_code == 200
    outside = browser.get("/", REMOTE_ADDR=OUTSIDE)
    assert outside.status_code == 403
    assert OUTSIDE in outside.content.decode()


@pytest.mark.usefixtures("office_only")
def test_who_tries_from_elsewhere_is_noted_once() -> None:
    client = Client(REMOTE_ADDR=OUTSIDE)
    for _ in range(3):
        assert client.post("/sign-in", {"username": "viewer", "password": "x"}).status_code == 403
    entry = AuditEntry.objects.get(act=entrances.TURNED_AWAY)
    assert (entry.address, entry.facts) == (OUTSIDE, {})


@pytest.mark.usefixtures("office_only")
def test_residents_and_programs_come_from_everywhere() -> None:
    client = Client(REMOTE_ADDR=OUTSIDE)
    assert client.get("/check").status_code == 200
    assert client.get("/r/none").status_code == 404
    assert client.get("/readyz").status_code == 200
    assert client.get("/api/v1/me").status_code == 401


def test_nobody_shuts_themselves_out(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)
    answer = browser.post("/entrances", {"network": "10.20.0.0/16"})
    assert "들어올 수 없게" in answer.content.decode()
    assert not AllowedNetwork.objects.exists()
    for network in ("127.0.0.0/8", "10.20.0.0/16"):
        assert browser.post("/entrances", {"network": network}).status_code == 302
    own = AllowedNetwork.objects.get(network="127.0.0.0/8")
    browser.post(f"/entrances/{own.pk}/remove")
    assert AllowedNetwork.objects.count() == 2
    other = AllowedNetwork.objects.get(network="10.20.0.0/16")
    browser.post(f"/entrances/{other.pk}/remove")
    assert list(AllowedNetwork.objects.values_list("network", flat=True)) == ["127.0.0.0/8"]
    acts = AuditEntry.objects.order_by("pk").values_list("act", "facts")
    assert list(acts)[-1] == ("entrance.forbid", {"network": "10.20.0.0/16"})


def test_odd_networks_are_refused(staff: Staff) -> None:
    def refusal(text: str) -> EntranceFault:
        with pytest.raises(entrances.EntranceRefused) as caught:
            entrances.add_network(actor=staff.system, text=text, address=None)
        return caught.value.code

    assert refusal("구청") is EntranceFault.UNREADABLE
    entrances.add_network(actor=staff.system, text="10.0.0.0/16", address=None)
    assert refusal("10.0.9.9/16") is EntranceFault.KNOWN
    AllowedNetwork.objects.bulk_create(
        AllowedNetwork(network=f"10.{n}.0.0/16", added_at=timezone.now(), added_by=staff.system)
        for n in range(1, 50)
    )
    assert refusal("10.99.0.0/16") is EntranceFault.TOO_MANY
    # Whoever sits at the machine opens it again.
    assert entrances.open_everywhere(actor=staff.system) == 50
    assert not AllowedNetwork.objects.exists()


@pytest.mark.usefixtures("office_only")
@pytest.mark.parametrize(("forwarded", "status"), [(INSIDE, "302"), (OUTSIDE, "403")])
def test_our_own_proxies_say_who_calls(settings: Any, forwarded: str, status: str) -> None:
    # Not at the top: its import reads the key ring.
    from alimnaru.wsgi import application

    settings.PROXIES = read_proxies(["127.0.0.1"])
    request_started.disconnect(close_old_connections)
    told: list[str] = []
    environ = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}).environ
    try:
        application(environ, lambda status, headers: told.append(status))
    finally:
        request_started.connect(close_old_connections)
    assert told[0].startswith(status)
