"""A program that sends through the API for as long as it runs, as one that does not give up does.

`python -m tests.stories.program FILE KEY URL…`: each message has an idempotency key of its own; what
was not answered is asked again under the same key, at the next address. FILE gets a line for each
answer: `key id` where it was accepted, `key !status` for an error of the server's.
"""

from __future__ import annotations

import itertools
import json
import signal
import sys
import threading
import time
from pathlib import Path

import httpx

from alimnaru.ops.bench_api import NORMAL, VALUES

#: Calls at once, and seconds between two of one caller.
CALLERS = 2
PAUSE = 0.03


def main(path: str, key: str, urls: list[str]) -> None:
    """Call until SIGTERM; then finish what is under way."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with Path(path).open("a", buffering=1) as file:
        callers = [
            threading.Thread(target=_call, args=[file, key, urls, number, ended])
            for number in range(CALLERS)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()


def _call(file: object, key: str, urls: list[str], caller: int, ended: threading.Event) -> None:
    addresses = itertools.cycle(urls[caller % len(urls) :] + urls[: caller % len(urls)])
    url = next(addresses)
    tag = f"{time.time_ns() % 10**9}-{caller}"
    with httpx.Client(trust_env=False, timeout=10, verify=False) as client:
        for number in itertools.count():
            if ended.is_set():
                return
            one = f"{tag}-{number}"
            phone = f"010{2000 + caller}{time.time_ns() // 1000 % 10_000:04d}"
            while not _asked(client, file, url, key, one, phone):
                url = next(addresses)
                if ended.wait(0.2):
                    print(f"{one} ?", file=file)  # type: ignore[call-overload] # a text file
                    return
            time.sleep(PAUSE)


def _asked(client: httpx.Client, file: object, url: str, key: str, one: str, phone: str) -> bool:
    body = json.dumps({"notice": NORMAL, "to": phone, "variables": VALUES[NORMAL]})
    headers = {
        "Authorization": f"Bearer {key}",
        "Idempotency-Key": one,
        "Content-Type": "application/json",
    }
    try:
        answer = client.post(f"{url}/api/v1/messages", content=body, headers=headers)
    except httpx.HTTPError as error:
        print(f"{one} -{type(error).__name__}", file=file)  # type: ignore[call-overload] # a text file
        return False
    said = answer.json()["id"] if answer.status_code == 202 else f"!{answer.status_code}"
    print(f"{one} {said}", file=file)  # type: ignore[call-overload] # a text file
    return answer.status_code == 202


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
