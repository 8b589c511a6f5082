"""One call: judged at each connection, bounded in time and size, whatever the other side does."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from alimnaru.flow import hook_calls
from alimnaru.flow.hook_calls import Answer, Caller
from alimnaru.rules.hook_hosts import InsideHosts, read_inside
from alimnaru.rules.webhooks import CallFault
from tests.receiver import Receiver, receiver

HERE = read_inside(["127.0.0.1"])
HEADERS = {"webhook-id": "evt_1"}
Serve = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """A server that treats each connection as it likes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        serve(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def call(url: str, inside: InsideHosts = HERE) -> Answer:
    caller = Caller(url, inside, 1)
    try:
        return caller.call(HEADERS, b"{}")
    finally:
        caller.close()


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def test_taken(other: Receiver) -> None:
    answer = call(other.url)
    assert (answer.is_taken, answer.status, answer.fault) == (True, 204, None)
    assert other.got[0].headers["content-type"] == "application/json"


def test_nobody_there(other: Receiver) -> None:
    other.down()
    assert call(other.url) == Answer(None, CallFault.UNREACHABLE)


def test_a_connection_that_the_receiver_closed_meanwhile_is_opened_again(other: Receiver) -> None:
    caller = Caller(other.url, HERE, 1)
    assert caller.call(HEADERS, b"{}").is_taken
    other.down()
    other.up()
    assert caller.call(HEADERS, b"{}").is_taken
    caller.close()


def stands_for(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name stand for these addresses; returns what was looked up, numbers too."""
    asked: list[str] = []
    plain = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: int, **more: int) -> list[object]:
        asked.append(host)
        named = addresses if host.endswith(".example") else (host,)
        return [entry for one in named for entry in plain(one, port, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_that_turns_inwards_is_noticed(
    other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was judged when it was entered; what it stands for has changed since."""
    stands_for(monkeypatch, "127.0.0.1")
    url = f"http://rebound.example:{other.port}/"
    assert call(url, InsideHosts()) == Answer(None, CallFault.NOT_ALLOWED)
    assert call(url, HERE).is_taken


def test_of_several_addresses_only_those_allowed_are_tried(
    other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = stands_for(monkeypatch, "127.1.1.1", "127.0.0.9", "127.0.0.1")
    url = f"http://several.example:{other.port}/"
    assert call(url, read_inside(["127.0.0.0/24"])).is_taken
    # The name once; then the very addresses that were judged.
    assert asked == ["several.example", "127.0.0.9", "127.0.0.1"]


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> list[object]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert call("http://nobody.example/") == Answer(None, CallFault.UNREACHABLE)


@pytest.mark.parametrize("host", ["hook..example", f"{'a' * 64}.example"])
def test_a_name_that_none_can_be(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    # As Python's own does before it asks anybody.
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: host.encode("idna"))
    assert call(f"https://{host}/") == Answer(None, CallFault.UNREACHABLE)


def test_an_answer_of_any_length_is_read_no_further_than_needed() -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with serving(serve) as port:
        assert call(f"http://127.0.0.1:{port}/").is_taken


def test_one_that_sends_a_byte_now_and_then_gains_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_calls, "TIMEOUT", 0.5)
    stop = threading.Event()

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not stop.wait(0.05):
            connection.sendall(b"x")

    with serving(serve) as port:
        assert call(f"http://127.0.0.1:{port}/") == Answer(None, CallFault.TIMEOUT)
        stop.set()


@pytest.mark.parametrize("said", [b"nonsense\r\n\r\n", b"HTTP/1.1 204 No"])
def test_what_is_no_answer(said: bytes) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)

    with serving(serve) as port:
        assert call(f"http://127.0.0.1:{port}/") == Answer(None, CallFault.UNREACHABLE)


def test_an_unknown_certificate_is_refused(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))

    def serve(connection: socket.socket) -> None:
        context.wrap_socket(connection, server_side=True)

    with serving(serve) as port:
        assert call(f"https://127.0.0.1:{port}/") == Answer(None, CallFault.CERTIFICATE)


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "own.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
