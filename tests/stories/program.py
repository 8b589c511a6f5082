"""A program that sends through the API for as long as it runs, as one that does not give up does.

`python -m tests.stories.program FILE KEY URL…`: each message has an idempotency key of its own;
what was not answered is asked again under the same key, at the next address. FILE gets a line for
each answer: `key id` where it was accepted, `key !status` for an error of the server's, `key
-error` where nobody answered.
"""

from __future__ import annotations

import itertools
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import httpx

from alimnaru.ops.bench_api import NORMAL, VALUES

#: Calls at once, and seconds between two of one caller.
CALLERS = 2
PAUSE = 0.03


def main(path: str, key: str, urls: Sequence[str]) -> None:
    """Call until SIGTERM; then finish what is under way."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with Path(path).open("a", buffering=1) as file:
        callers = [Caller(number, file, key, urls, ended) for number in range(CALLERS)]
        threads = [threading.Thread(target=caller.run) for caller in callers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@dataclass(frozen=True, slots=True)
class Caller:
    number: int
    file: TextIO
    key: str
    urls: Sequence[str]
    ended: threading.Event

    def run(self) -> None:
        first = self.number % len(self.urls)
        addresses = itertools.cycle([*self.urls[first:], *self.urls[:first]])
        url = next(addresses)
        tag = f"{time.time_ns() % 10**9}-{self.number}"
        with httpx.Client(trust_env=False, timeout=10, verify=False) as client:
            for number in itertools.count():
                if self.ended.is_set():
                    return
                one = f"{tag}-{number}"
                phone = f"010{2000 + self.number}{time.time_ns() // 1000 % 10_000:04d}"
                while not self._asked(client, url, one, phone):
                    url = next(addresses)
                    if self.ended.wait(0.2):
                        return
                time.sleep(PAUSE)

    def _asked(self, client: httpx.Client, url: str, one: str, phone: str) -> bool:
        body = json.dumps({"notice": NORMAL, "to": phone, "variables": VALUES[NORMAL]})
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Idempotency-Key": one,
            "Content-Type": "application/json",
        }
        try:
            answer = client.post(f"{url}/api/v1/messages", content=body, headers=headers)
        except httpx.HTTPError as error:
            self.file.write(f"{one} -{type(error).__name__}\n")
            return False
        taken = answer.status_code == 202
        said = answer.json()["id"] if taken else f"!{answer.status_code}"
        self.file.write(f"{one} {said}\n")
        return taken


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
