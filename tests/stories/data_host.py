"""The machine with the data: `python -m tests.stories.data_host FOLDER ADDRESS`.

PostgreSQL and the sandbox listen on 127.0.0.1 only; both are passed on at ADDRESS:5432 and
ADDRESS:8100. Prints `{"database", "credentials"}` when it is ready; ends on SIGTERM.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

from alimnaru.ops.embedded import Embedded
from sandbox.process import start
from tests.stories.houses import credentials_of
from tests.stories.passing import pass_on

PORTS = {"database": 5432, "sandbox": 8100}


def main(folder: str, address: str) -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    carrier = start(arguments=["--report-delay-ms", "200", "--no-patterns", "--latency-ms", "40"])
    with Embedded(Path(folder) / "postgres", port=54321, durable=False) as server:
        pass_on((address, PORTS["database"]), ("127.0.0.1", 54321))
        pass_on((address, PORTS["sandbox"]), ("127.0.0.1", carrier.port))
        credentials = json.loads(credentials_of(carrier))
        # An account without https leads to its own machine only: each host has a way to it.
        credentials["url"] = f"http://127.0.0.1:{PORTS['sandbox']}"
        url = server.tcp_url().replace("127.0.0.1:54321", f"{address}:{PORTS['database']}")
        told = {"database": url, "credentials": json.dumps(credentials), "sandbox": carrier.url}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        ended.wait()
    carrier.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
