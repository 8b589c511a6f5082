"""`python -m sandbox`: start the simulator on this machine and run until it is ended."""

from __future__ import annotations

import argparse
import gc
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from sandbox import protocols
from sandbox.app import Connection, build
from sandbox.settings import FIRST, Settings, changed
from sandbox.world import World

HOST = "127.0.0.1"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--json", action="store_true", help="one JSON line when ready")
    parser.add_argument("--journal", type=Path, help="file that survives a restart")
    parser.add_argument("--callback-url", help="where results go; this machine only")
    parser.add_argument("--mix", type=msgspec.json.decode, help='{"ATA": {"not_user": 0.05}}')
    parser.add_argument("--seed", type=int)
    parser.add_argument("--latency-ms", type=int)
    parser.add_argument("--report-delay-ms", type=int)
    parser.add_argument("--answer-after-ms", type=int, help="…0005 answers after")
    parser.add_argument("--late-after-ms", type=int, help="…0008 answers after")
    parser.add_argument(
        "--patterns",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="let the last four digits of a number decide (on unless told otherwise)",
    )
    return parser


def options_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings that were named on the command line."""
    return {
        name: value
        for name, value in vars(arguments).items()
        if name in Settings.__struct_fields__ and value is not None
    }


class _Server(uvicorn.Server):
    """Tells where it is once it listens."""

    announce: str = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(self.announce + "\n")
            sys.stdout.flush()


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A restart must not wait for the connections of its predecessor to time out.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((HOST, port))
    return listening


def _words(url: str, world: World, *, as_json: bool) -> str:
    told = {name: protocol.credentials for name, protocol in world.protocols.items()}
    facts = {"url": url, **told[FIRST], "phones": f"{url}/phones"}
    if as_json:
        return msgspec.json.encode({**facts, "protocols": told}).decode()
    lines = [f"{name:<11}{value}" for name, value in facts.items()]
    lines += [
        f"{name:<11}{' '.join(f'{key}={value}' for key, value in credentials.items())}"
        for name, credentials in told.items()
        if name != FIRST
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. Returns 2 for options that make no sense."""
    arguments = _parser().parse_args(argv)
    options = options_of(arguments)
    try:
        changed(Settings(), options)
        listening = _listen(arguments.port)
    except (ValueError, OSError, msgspec.ValidationError) as problem:
        sys.stderr.write(f"sandbox: {problem}\n")
        return 2
    # The client's answers to callbacks are cyclic garbage that holds what was posted: collect it
    # often, but leave alone what was imported.
    gc.freeze()
    gc.set_threshold(5_000, 5, 5)
    world = World(arguments.journal, protocols.every())
    server = _Server(
        uvicorn.Config(
            build(world, options),
            http=Connection,
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
            backlog=1024,
        )
    )
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    server.announce = _words(url, world, as_json=arguments.json)
    # The server raises the signal that ended it once more when it is done: that is a clean end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    server.run(sockets=[listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())
