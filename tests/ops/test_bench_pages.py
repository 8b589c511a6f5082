"""What `alimnaru bench --pages` visits. (How long it takes is no matter of tests.)"""

from __future__ import annotations

from alimnaru.console.urls import urlpatterns
from alimnaru.ops.bench_pages import LEAD_ON, QUERIES, SUBJECTS, VARIANTS, addresses


def test_every_page_is_visited() -> None:
    visited = dict(addresses(dict.fromkeys(SUBJECTS.values(), 1)))
    asked_for = {
        str(pattern.name)
        for pattern in urlpatterns
        if "GET" in getattr(pattern.callback, "methods", ())
    }
    assert set(visited) == asked_for - LEAD_ON
    assert asked_for > LEAD_ON
    assert {*SUBJECTS, *QUERIES, *VARIANTS} <= set(visited)
    assert visited["batch"] == "/batches/1"
