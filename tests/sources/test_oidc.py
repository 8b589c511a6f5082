"""ID tokens that somebody else has made, or for somebody else: none signs anybody in."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from alimnaru.sources.oidc import Issuer, OidcFailed


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def issuer(key: RSAPrivateKey) -> Iterator[Issuer]:
    """An issuer of one key, which says no more than where its keys are."""

    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = f"http://127.0.0.1:{self.server.server_address[1]}"
            said: dict[str, Any] = {"issuer": url, "jwks_uri": f"{url}/keys"}
            if self.path == "/keys":
                own = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
                said = {"keys": [{**own, "kid": "one"}]}
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    server = HTTPServer(("127.0.0.1", 0), Says)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Issuer(f"http://127.0.0.1:{server.server_address[1]}", "alimnaru")
    server.shutdown()
    server.server_close()
    thread.join()


def claims(issuer: Issuer, **other: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {"iss": issuer.url, "sub": "kim", "aud": "alimnaru", "iat": now, "exp": now + 60}
    return {**told, "nonce": "n", **other}


def signed(key: RSAPrivateKey, said: dict[str, Any], kid: str = "one") -> str:
    return jwt.encode(said, key, algorithm="RS256", headers={"kid": kid})


def test_its_own_hold(issuer: Issuer, key: RSAPrivateKey) -> None:
    assert issuer._read(signed(key, claims(issuer)), "n").subject == "kim"
    assert issuer._read(signed(key, claims(issuer, aud=["alimnaru"])), "n").subject == "kim"


@pytest.mark.parametrize(
    "other",
    [
        {"nonce": "m"},
        {"nonce": None},
        {"aud": "mail"},
        {"aud": ["alimnaru", "mail"]},
        {"azp": "mail"},
        {"iss": "https://other.example"},
        {"exp": 1_000_000},
        {"sub": None},
    ],
)
def test_what_says_something_else(
    issuer: Issuer, key: RSAPrivateKey, other: dict[str, Any]
) -> None:
    said = {name: value for name, value in claims(issuer, **other).items() if value is not None}
    with pytest.raises(OidcFailed):
        issuer._read(signed(key, said), "n")


def _shared(said: dict[str, Any], secret: bytes) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "one"}, said)]
    text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    mark = base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256"))
    return f"{text}.{mark.rstrip(b'=').decode()}"


def test_what_others_have_signed(issuer: Issuer, key: RSAPrivateKey) -> None:
    """A key of their own; none at all; and the public key taken for a shared secret."""
    said = claims(issuer)
    plain = jwt.encode(said, None, algorithm="none", headers={"kid": "one"})
    shared = _shared(said, RSAAlgorithm.to_jwk(key.public_key()).encode())
    forged = signed(generate_private_key(65537, 2048), said)
    head, body, _ = signed(key, said).split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims(issuer, sub="lee")).encode()).decode()
    kept = ".".join([head, other.rstrip("="), signed(key, said).split(".")[2]])
    for token in (plain, shared, forged, kept, f"{head}.{body}.", signed(key, said, "two"), ""):
        with pytest.raises(OidcFailed):
            issuer._read(token, "n")
