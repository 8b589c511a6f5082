"""The office's own sign-in by OpenID Connect: the wire, and nothing of who is who here.

Authorization code flow with PKCE (RFC 7636, S256), state and nonce; the ID token's signature,
issuer, audience and times are checked, as OpenID Connect Core 1.0 §3.1.3.7 lists them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import jwt

from alimnaru.rules.entrances import is_safe

#: Asymmetric ones only: with `none` or a shared secret anybody who reads our settings signs in.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
#: Seconds that the clocks of two machines may differ.
LEEWAY: Final = 60
#: Seconds for one answer of the issuer's: somebody waits before the screen.
TIMEOUT: Final = 10.0
#: Seconds for which what the issuer says of itself is believed.
BELIEVED: Final = 600.0
_MOST: Final = 1 << 20


class OidcFailed(Exception):  # noqa: N818
    """The issuer does not answer, or what it says does not hold. The text names no token."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What the session keeps between leaving for the issuer and coming back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Begun:
        """256 bits each."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the issuer means, and how they showed it there."""

    subject: str
    acr: str
    amr: tuple[str, ...]


@dataclass(slots=True)
class Issuer:
    """One issuer and our contract with it. `secret` may be empty: PKCE then stands alone."""

    url: str
    client_id: str
    secret: str = field(default="", repr=False)
    _said: dict[str, Any] = field(default_factory=dict, repr=False)
    _until: float = field(default=0.0, repr=False)

    def address(self, begun: Begun, redirect_uri: str) -> str:
        """Where the browser goes to sign in. Raises `OidcFailed`."""
        challenge = hashlib.sha256(begun.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return _with(self._endpoint("authorization_endpoint"), asked)

    def sign_out_address(self, back: str) -> str:
        """Where a browser ends its session at the issuer too; empty where it cannot."""
        self._discover()
        if "end_session_endpoint" not in self._said:
            return ""
        asked = {"client_id": self.client_id, "post_logout_redirect_uri": back}
        return _with(self._endpoint("end_session_endpoint"), asked)

    def finish(self, begun: Begun, answer: Mapping[str, str], redirect_uri: str) -> Told:
        """Whom the browser's answer means. Raises `OidcFailed`."""
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise OidcFailed("the state is another")
        # RFC 9207: an answer of another issuer, given to us as this one's.
        if answer.get("iss", self.url) != self.url:
            raise OidcFailed("the answer is another issuer's")
        if not answer.get("code"):
            raise OidcFailed("no code came back")
        given = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": redirect_uri,
            "client_id": self.client_id,
            "code_verifier": begun.verifier,
        }
        endpoint = self._endpoint("token_endpoint")
        token = _json("POST", endpoint, data=given, auth=self._auth(given)).get("id_token")
        return self._read(str(token), begun.nonce)

    def _auth(self, given: dict[str, str]) -> tuple[str, str] | None:
        """The secret as the issuer takes it: in the head, which is what counts where it says
        nothing (OpenID Connect Discovery 1.0 §3), or in the body."""
        if not self.secret:
            return None
        if "client_secret_post" in self._said.get("token_endpoint_auth_methods_supported", ()):
            given["client_secret"] = self.secret
            return None
        return quote(self.client_id, safe=""), quote(self.secret, safe="")

    def _read(self, token: str, nonce: str) -> Told:
        try:
            head = jwt.get_unverified_header(token)
            claims = jwt.decode(
                token,
                self._key(head),
                algorithms=list(ALGORITHMS),
                audience=self.client_id,
                issuer=self.url,
                leeway=LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise OidcFailed(f"the ID token does not hold: {type(error).__name__}") from None
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise OidcFailed("the nonce is another")
        # §3.1.3.7 (3): made for another program too, which may have handed it on.
        if claims["aud"] not in (self.client_id, [self.client_id]):
            raise OidcFailed("the ID token was made for others as well")
        if claims.get("azp", self.client_id) != self.client_id:
            raise OidcFailed("the ID token was made for another client")
        amr = claims.get("amr")
        return Told(
            subject=str(claims["sub"]),
            acr=str(claims.get("acr", "")),
            amr=tuple(map(str, amr)) if isinstance(amr, list) else (),
        )

    def _key(self, head: Mapping[str, Any]) -> jwt.PyJWK:
        keys = jwt.PyJWKSet.from_dict(_json("GET", self._endpoint("jwks_uri"))).keys
        fit = [key for key in keys if "kid" not in head or key.key_id == head["kid"]]
        if len(fit) != 1:
            raise OidcFailed("no key of the issuer's fits the ID token")
        return fit[0]

    def _endpoint(self, name: str) -> str:
        self._discover()
        address = str(self._said.get(name, ""))
        if not is_safe(address):
            raise OidcFailed(f"the issuer's {name} is no https address")
        return address

    def _discover(self) -> None:
        if self._until > time.monotonic():
            return
        said = _json("GET", f"{self.url.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != self.url:
            raise OidcFailed("the issuer calls itself otherwise")
        self._said, self._until = said, time.monotonic() + BELIEVED


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _json(method: str, address: str, **more: Any) -> dict[str, Any]:
    try:
        with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
            answer = client.request(method, address, **more)
        if answer.status_code != httpx.codes.OK or len(answer.content) > _MOST:
            raise OidcFailed(f"the issuer answered {answer.status_code}")
        said = answer.json()
    except httpx.HTTPError as error:
        raise OidcFailed(f"the issuer does not answer: {type(error).__name__}") from None
    except ValueError:
        raise OidcFailed("the issuer's answer is no JSON") from None
    if not isinstance(said, dict):
        raise OidcFailed("the issuer's answer is no object")
    return said
