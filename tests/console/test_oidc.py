"""Signing in by the office's own sign-in: a real provider, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from django_otp.oath import TOTP
from oidc_provider_mock import User, run_server_in_thread

from alimnaru.office.identities import bind
from alimnaru.office.members import shut_account
from alimnaru.sources.oidc import Begun, Issuer, OidcFailed
from alimnaru.store.models import AuditEntry, Authenticator, Identity, Member
from tests.console.conftest import SignIn
from tests.staff import Staff

# The provider's own libraries warn of each other's ends of life; none of them runs in an office.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib")

WHO = "a1b2-박열람"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    users = [User(sub=WHO, claims={"acr": "urn:two"}), User(sub="weak", claims={"acr": "urn:one"})]
    with run_server_in_thread(user_claims=users, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def issuer(provider: str, settings: Any) -> str:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider, "alimnaru"
    settings.OIDC_CLIENT_SECRET = "s e+c"
    settings.OIDC_STRONG = ["urn:two"]
    return provider


def _there(address: str, sub: str) -> str:
    """What somebody does at the issuer; returns the address to which it sends them back."""
    answer = httpx.post(address, data={"sub": sub}, trust_env=False)
    assert answer.status_code == 302
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def _sign_in(client: Client, sub: str, page: str = "/help") -> object:
    left = client.get(f"/sign-in/office?next={page}")
    return client.get(_there(left.headers["Location"], sub))


def _is_in(client: Client) -> bool:
    return client.get("/help").status_code == 200


def test_it_works(issuer: str, staff: Staff) -> None:
    bind(staff.viewer, issuer=issuer, subject=WHO)
    client = Client()
    assert "기관 계정으로 로그인" in client.get("/sign-in").content.decode()
    left = client.get("/sign-in/office?next=/help")
    asked = parse_qs(urlsplit(left.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid"]
    before = client.session.session_key
    back = client.get(_there(left.headers["Location"], WHO))
    assert back.headers["Location"] == "/help"
    assert _is_in(client)
    assert client.session.session_key != before
    entry = AuditEntry.objects.get(act="member.sign_in")
    assert (entry.actor, entry.facts) == (staff.viewer, {"with": "oidc"})


def test_an_act_that_matters_still_asks_for_our_code(issuer: str, staff: Staff) -> None:
    Authenticator.objects.create(user=staff.system, confirmed=True)
    bind(staff.system, issuer=issuer, subject=WHO)
    client = Client()
    _sign_in(client, WHO)
    asked = client.post("/policies/undo_seconds", {"value": "90"})
    assert 'name="step_up_code"' in asked.content.decode()


def test_without_a_second_thing_there_ours_is_asked(issuer: str, staff: Staff) -> None:
    device = Authenticator.objects.create(user=staff.viewer, confirmed=True)
    bind(staff.viewer, issuer=issuer, subject="weak")
    client = Client()
    answer = _sign_in(client, "weak")
    assert answer.headers["Location"] == "/sign-in/code?next=%2Fhelp"  # type: ignore[attr-defined]
    assert not _is_in(client)
    code = TOTP(device.bin_key, device.step, device.t0, device.digits).token()
    client.post("/sign-in/code", {"code": f"{code:06d}"})
    assert _is_in(client)


def test_nobody_comes_to_be_by_signing_in(issuer: str, staff: Staff) -> None:
    before = Member.objects.count()
    client = Client()
    assert _sign_in(client, "stranger").status_code == 403  # type: ignore[attr-defined]
    assert not _is_in(client)
    assert Member.objects.count() == before


def test_a_shut_account_stays_shut(issuer: str, staff: Staff) -> None:
    bind(staff.viewer, issuer=issuer, subject=WHO)
    shut_account(staff.viewer, actor=staff.system)
    assert _sign_in(Client(), WHO).status_code == 403  # type: ignore[attr-defined]


def test_another_issuers_subject_is_nobody(issuer: str, staff: Staff) -> None:
    bind(staff.viewer, issuer="https://other.example", subject=WHO)
    assert _sign_in(Client(), WHO).status_code == 403  # type: ignore[attr-defined]


def test_an_account_is_bound_by_its_owner(issuer: str, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.viewer)
    page = browser.post("/account/identity")
    assert 'href="/sign-in/office"' in page.content.decode()
    assert _sign_in(browser, WHO).headers["Location"] == "/account"  # type: ignore[attr-defined]
    assert Identity.objects.get().member == staff.viewer
    # A colleague who has the same account there gets no second one here.
    other = sign_in(staff.writer)
    other.post("/account/identity")
    _sign_in(other, WHO)
    assert Identity.objects.get().member == staff.viewer
    browser.post("/account/identity", {"unbind": "1"})
    assert not Identity.objects.exists()


def test_answers_that_nobody_waited_for(issuer: str, staff: Staff) -> None:
    bind(staff.viewer, issuer=issuer, subject=WHO)
    left = Client().get("/sign-in/office")
    back = _there(left.headers["Location"], WHO)
    # Another browser's: the code was stolen on its way.
    assert Client().get(back).status_code == 502
    own = Client()
    own.get("/sign-in/office")
    assert own.get(back).status_code == 502
    assert not _is_in(own)


def test_tokens_that_do_not_hold(provider: str) -> None:
    """Another nonce, another client and another name of the issuer each end it."""
    begun = Begun.new()
    back = "http://testserver/sign-in/office/back"

    def answer(own: Issuer) -> dict[str, str]:
        query = urlsplit(_there(own.address(begun, back), WHO)).query
        return {name: values[0] for name, values in parse_qs(query).items()}

    own = Issuer(provider, "alimnaru", "secret")
    assert own.finish(begun, answer(own), back).subject == WHO
    other = Begun(begun.state, Begun.new().nonce, begun.verifier)
    with pytest.raises(OidcFailed, match="nonce"):
        own.finish(other, answer(own), back)
    stranger = Issuer(provider, "alimnaru", "secret")
    stranger._said, stranger._until = own._said, own._until
    said = answer(own)
    stranger.url = "http://localhost:1"
    with pytest.raises(OidcFailed, match="InvalidIssuerError"):
        stranger.finish(begun, said, back)
    with pytest.raises(OidcFailed, match="another issuer"):
        own.finish(begun, {**answer(own), "iss": "https://other.example"}, back)


def test_an_issuer_that_is_away(settings: Any, db: None) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = "http://127.0.0.1:9", "alimnaru"
    answer = Client().get("/sign-in/office")
    assert answer.status_code == 502
    assert "아이디와 비밀번호로" in answer.content.decode()
