"""Where the console is reached over https, a browser comes by nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

_CODE = """
import json
from django.conf import settings as s
print(json.dumps([s.SECURE_HSTS_SECONDS, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,
    s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,
    s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE]))
"""


def _settings(**more: str) -> list[Any]:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "alimnaru.settings", **more}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _CODE],
        env=env, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    found: list[Any] = json.loads(told.stdout)
    return found


def test_the_cookies_and_the_year() -> None:
    https = [31536000, "__Host-sessionid", "__Host-csrftoken", True, True, True, True, "Lax"]
    assert _settings(ALIMNARU_HTTPS="1") == https
    plain = [0, "sessionid", "csrftoken", False, False, True, True, "Lax"]
    assert _settings(ALIMNARU_HTTPS="0") == plain


@pytest.mark.django_db
def test_the_browser_is_told(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    answer = Client().get("/sign-in", secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.django_db
def test_whom_finders_write_to(settings: Any) -> None:
    settings.SECURITY_CONTACT = "mailto:security@naru.example"
    answer = Client().get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert lines["Contact"] == "mailto:security@naru.example"
    assert lines["Expires"].endswith("Z")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
