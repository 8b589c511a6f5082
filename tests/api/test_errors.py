"""Every error has one shape, over real HTTP; nothing is told to whoever has not signed in."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from alimnaru.api.app import api
from alimnaru.rules.api_problems import STATUS, ApiProblem, CallFault
from alimnaru.rules.api_scopes import Scope
from alimnaru.wording.api import FAULTS, INSTEAD, PROBLEMS
from tests.api.asked import row
from tests.api.conftest import Served
from tests.api.programs import Program, key_for
from tests.cast import Cast


def test_every_code_has_a_status_and_words() -> None:
    assert set(STATUS) == set(PROBLEMS) == set(ApiProblem)
    assert set(FAULTS) == set(CallFault)
    told = [
        *FAULTS.values(),
        *INSTEAD.values(),
        *(text for pair in PROBLEMS.values() for text in pair),
    ]
    assert all(re.search(r"(니다|십시오)\.$", text) for text in told)


def is_problem(answer: httpx.Response, code: ApiProblem) -> bool:
    said = answer.json()
    return (
        answer.status_code == said["status"] == STATUS[code]
        and answer.headers["content-type"] == "application/problem+json"
        and answer.headers["cache-control"] == "no-store"
        and said["code"] == code
        and said["type"] == f"urn:alimnaru:problem:{code}"
        and bool(said["title"] and said["detail"])
    )


def every_path() -> list[tuple[str, str]]:
    schema = api.get_openapi_schema(path_prefix="/")
    return [
        (method.upper(), re.sub(r"\{.*?\}", "1", path))
        for path, operations in schema["paths"].items()
        for method in operations
    ]


@pytest.fixture
def program(served: Served) -> Any:
    headers = {"Authorization": f"Bearer {served.key}"}
    with httpx.Client(base_url=served.url, headers=headers, trust_env=False) as client:
        yield client


def test_the_server_answers_every_mistake_in_one_shape(
    served: Served, program: httpx.Client
) -> None:
    body = {"notice": "lib.due.soon", **row()}
    plain = {"Content-Type": "text/plain"}
    json = {"Content-Type": "application/json"}
    for answer, code in [
        (program.get("/nothing"), ApiProblem.NOT_FOUND),
        (program.get("/messages/1"), ApiProblem.NOT_FOUND),
        (program.delete("/messages"), ApiProblem.METHOD_NOT_ALLOWED),
        (program.post("/messages", content=b"x", headers=plain), ApiProblem.MEDIA_TYPE),
        (program.post("/messages", content=b"{", headers=json), ApiProblem.BODY_UNREADABLE),
        (
            program.post("/messages", content=b'{"a": NaN}', headers=json),
            ApiProblem.BODY_UNREADABLE,
        ),
        (program.post("/messages", content=b"\xff", headers=json), ApiProblem.BODY_UNREADABLE),
        (program.post("/messages"), ApiProblem.INVALID),
        (program.post("/messages", json={**body, "colour": 1}), ApiProblem.INVALID),
        (program.post("/messages", json={**body, "to": "x"}), ApiProblem.REFUSED),
        (
            program.post("/messages", content=b" " * (15 * 1024**2 + 1), headers=json),
            ApiProblem.BODY_TOO_LARGE,
        ),
        (
            program.post("/messages", json=body, headers={"Idempotency-Key": "a b"}),
            ApiProblem.INVALID,
        ),
    ]:
        assert is_problem(answer, code), (code, answer.status_code, answer.text)
        assert "RateLimit" in answer.headers
    assert "POST" in program.delete("/messages").headers["allow"]


def test_nothing_is_told_without_a_key(served: Served) -> None:
    with httpx.Client(base_url=served.url, trust_env=False) as stranger:
        assert stranger.get("/openapi.json").status_code == 200
        for method, path in [*every_path(), ("GET", "/nothing"), ("DELETE", "/messages")]:
            for headers in ({}, {"Authorization": f"Bearer {served.key[:-1]}x"}):
                answer = stranger.request(method, path, headers=headers)
                assert is_problem(answer, ApiProblem.NOT_SIGNED_IN), (method, path)
                assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_does_what_it_was_given_and_no_more(practising: Cast) -> None:
    needs = {
        "messages/1": Scope.READ,
        "messages?reference=a": Scope.READ,
        "batches": Scope.READ,
        "batches/1": Scope.READ,
        "batches/1/refused": Scope.READ,
        "notices": Scope.NOTICES,
        "notices/a": Scope.NOTICES,
        "notices/a/templates": Scope.NOTICES,
        "preferences": Scope.PREFERENCES,
        "tallies": Scope.TALLIES,
    }
    for scope in Scope:
        others = [other.value for other in Scope if other != scope]
        program = Program(key_for(practising.library, scopes=others)[1])
        for path, wanted in needs.items():
            answer = program.get(path, Resident_Phone="01000000001")
            assert (answer.status_code == 403) == (wanted is scope), (scope, path)
    program = Program(key_for(practising.library, scopes=["read"])[1])
    sends = {
        "messages": {"notice": "a", "to": "1"},
        "messages/many": {"notice": "a", "rows": [{"to": "1"}]},
        "dry-run": {"notice": "a", "rows": [{"to": "1"}]},
        "messages/1/cancel": None,
        "batches": {"notice": "a"},
        "batches/1/rows": {"rows": [{"to": "1"}]},
        "batches/1/close": {},
        "batches/1/cancel": None,
        "notices/a/preview": {},
        "preferences/search": {"phone": "1"},
        "consents/search": {"phone": "1"},
        "consents/end": {"phone": "1", "notice": "a"},
    }
    for path, body in sends.items():
        assert program.post(path, body).json()["code"] == "scope_missing", path
