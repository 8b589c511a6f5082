"""Looks of the officer's pages: the access log, its review, grants, incidents, requests."""

from __future__ import annotations

from tests.e2e.acts import press
from tests.e2e.look import EMPTY, ERROR, FULL, Look, of

PRIVACY = (
    Look("access-log", "auditor", states=(FULL, EMPTY)),
    Look("access-log", "auditor", query="?start=2026-11-02&end=2026-11-01", states=(ERROR,)),
    Look("access-review", "auditor"),
    Look("grants", "auditor"),
    Look("seals", "auditor"),
    Look("destructions", "manager", states=(FULL, EMPTY, ERROR)),
    Look("destruction", "auditor", args=of("destruction", "pk"), states=(FULL,)),
    Look("holds", "auditor"),
    Look("hold-new", "manager", states=(FULL,)),
    Look("hold-new", "manager", states=(ERROR,), act=press("보존 요청")),
    Look("hold", "manager", args=of("hold", "pk"), states=(FULL, ERROR)),
    Look("hold-proof", "manager", args=of("held", "pk"), states=(FULL,)),
    Look("incidents", "manager", states=(FULL, EMPTY)),
    Look("incidents", "manager", states=(ERROR,), act=press("적고 72시간 시작")),
    Look("incident", "manager", args=of("incident", "pk"), states=(FULL,)),
    Look("resident-requests", "manager", states=(FULL, EMPTY)),
    Look("resident-requests", "manager", states=(ERROR,), act=press("접수")),
    Look("resident-request", "manager", args=of("resident_request", "pk"), states=(FULL,)),
)
