"""A round of calls to one webhook: in order about each thing, several things at once."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from alimnaru.flow.hook_calls import Answer, Caller
from alimnaru.rules.hook_hosts import InsideHosts
from alimnaru.rules.webhooks import GONE, RESTING, headers
from alimnaru.store.ledger.hooks import Event

#: Calls at once to one webhook. A receiver 10 ms away takes 500 events a second with five.
PARALLEL = 8
#: So many answers in a row that nothing was taken, and the rest of the round is spared.
ENOUGH = 8


@dataclass(slots=True)
class Round:
    """What became of a round. Events in neither list were not tried."""

    taken: list[tuple[Event, Answer]] = field(default_factory=list)
    refused: list[tuple[Event, Answer]] = field(default_factory=list)
    #: Not for this round any more: nobody answers, or the receiver wants rest or no events at all.
    is_over: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, event: Event, answer: Answer) -> None:
        with self._lock:
            if answer.is_taken:
                self.taken.append((event, answer))
                return
            self.refused.append((event, answer))
            nobody = answer.status is None
            rest = answer.status in RESTING or answer.status == GONE
            none_taken = len(self.refused) >= ENOUGH and not self.taken
            self.is_over = self.is_over or nobody or rest or none_taken


class Line:
    """The connections and threads of one webhook, kept from round to round."""

    def __init__(self, url: str, inside: InsideHosts) -> None:
        self.url = url
        self._caller = Caller(url, inside, PARALLEL)
        self._threads = ThreadPoolExecutor(PARALLEL, thread_name_prefix="hook")
        self._ended = threading.Event()

    def call_all(self, events: Sequence[Event], secrets: Sequence[bytes]) -> Round:
        """Call with each event. Those about one thing go one after the other, and end with the
        first that is not taken."""
        groups: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            groups[event.subject].append(event)
        found = Round()

        def go(group: list[Event]) -> None:
            for event in group:
                if found.is_over or self._ended.is_set():
                    return
                answer = self._call(event, secrets)
                found.note(event, answer)
                if not answer.is_taken:
                    return

        if len(groups) == 1:
            go(list(events))
        else:
            list(self._threads.map(go, groups.values()))
        return found

    def end(self) -> None:
        """Begin no further call."""
        self._ended.set()

    def close(self) -> None:
        """End threads and connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._caller.close()

    def _call(self, event: Event, secrets: Sequence[bytes]) -> Answer:
        body = event.body.encode()
        # The moment of this try, by the clock that the receiver compares with its own.
        return self._caller.call(headers(event.event_id, int(time.time()), body, secrets), body)
