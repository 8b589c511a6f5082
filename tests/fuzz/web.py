"""The site as the web server calls it, without a socket: both handlers, all of their middleware."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from traceback import extract_tb
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections

from alimnaru.api.handler import MACHINES, MachineHandler

#: Any 32 letters do: cookie and header have to be the same.
CSRF = "a" * 32
#: Without workers an office is not ready, and says so by 503: it is what the probe is for.
_MAY_SAY_503 = ("/readyz",)


class Broken(AssertionError):  # noqa: N818
    """An answer of 500 or more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, to the last byte."""

    status: int
    body: bytes


@dataclass(slots=True, weakref_slot=True)
class Web:
    """Both handlers. `statuses` counts up what was answered since it was last emptied."""

    statuses: list[int] = field(default_factory=list)
    _people: WSGIHandler = field(default_factory=WSGIHandler)
    _machines: MachineHandler = field(default_factory=MachineHandler)
    _raised: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        got_request_exception.connect(self._note)
        # As Django's own test client: a transaction of the caller's is no connection left over.
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)

    def close(self) -> None:
        """Leave the process as it was."""
        got_request_exception.disconnect(self._note)
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)

    def _note(self, **_: object) -> None:
        kind, _error, trace = sys.exc_info()
        # The text may hold what was sent; where it happened does not.
        places = [f"{at.filename.rpartition('/')[2]}:{at.lineno}" for at in extract_tb(trace)]
        self._raised.append(f"{kind.__name__ if kind else ''} {' '.join(places[-12:])}")

    def ask(
        self,
        method: str,
        path: str | bytes,
        *,
        query: str = "",
        body: bytes = b"",
        kind: str = "",
        headers: Mapping[str, str] | None = None,
        session: str = "",
        cookies: str = "",
    ) -> Answer:
        """One request. Raises `Broken` for a 5xx, whatever raises through the server, and what its
        body raises while it is sent."""
        path = path.encode("utf-8", "surrogatepass") if isinstance(path, str) else path
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path.decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": kind,
            "HTTP_COOKIE": cookies or _cookies(session),
            "HTTP_X_CSRFTOKEN": CSRF,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in (headers or {}).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return self._asked(environ)

    def _asked(self, environ: dict[str, Any]) -> Answer:
        said: list[str] = []

        def start_response(status: str, *_: object) -> None:
            said.append(status)

        path = environ["PATH_INFO"]
        serve = self._machines if path.startswith(MACHINES) else self._people
        self._raised.clear()
        response = serve(environ, start_response)
        try:
            answer = Answer(int(said[0][:3]), b"".join(response))
        finally:
            if hasattr(response, "close"):
                response.close()
        self.statuses.append(answer.status)
        if answer.status >= 500 and not (answer.status == 503 and path in _MAY_SAY_503):
            raise Broken(f"{answer.status} {environ['REQUEST_METHOD']} {path!r} {self._raised}")
        return answer


def _cookies(session: str) -> str:
    csrf = f"{settings.CSRF_COOKIE_NAME}={CSRF}"
    return f"{settings.SESSION_COOKIE_NAME}={session}; {csrf}" if session else csrf


def query_of(fields: Sequence[tuple[str, str]]) -> str:
    """A query string, with lone surrogates as their bytes."""
    return urlencode(
        [(_raw(name), _raw(value)) for name, value in fields], quote_via=_quoted, safe=""
    )


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _quoted(text: bytes, safe: str, *_: object) -> str:
    return quote_from_bytes(text, safe)


BOUNDARY = "fuzz-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
FORM = "application/x-www-form-urlencoded"


def multipart(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]]) -> bytes:
    """A form with files: (field, name of the file, content)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode(
            "utf-8", "surrogatepass"
        )
        + _raw(value)
        for name, value in fields
    ]
    for name, file, content in files:
        head = f'Content-Disposition: form-data; name="{name}"; filename="{file}"'
        parts.append(_raw(f"--{BOUNDARY}\r\n{head}\r\n\r\n") + content)
    return b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


@dataclass(slots=True)
class Form:
    """A form as a page draws it: where it leads, and what it would send untouched."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, page: bytes, here: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._here, self._name, self._text = here, "", ""
        self.feed(page.decode(errors="replace"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form, or one of its fields."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" or "hx-post" in given:
            action = given.get("action") or given.get("hx-post") or self._here
            method = "post" if "hx-post" in given else given.get("method", "get")
            self.found.append(Form(re.sub(r"[?#].*", "", action) or self._here, method.lower()))
        if not self.found:
            return
        fields, name = self.found[-1].fields, given.get("name", "")
        if tag in {"input", "button"} and name and name != "csrfmiddlewaretoken":
            is_off = given.get("type") in {"checkbox", "radio"} and "checked" not in given
            if not is_off:
                fields.append((name, given.get("value", "on")))
        elif tag in {"select", "textarea"}:
            self._name, self._text = name, ""
        elif tag == "option" and self._name and ("selected" in given or not self._text):
            self._text = given.get("value", "")

    def handle_data(self, data: str) -> None:
        """The text of a text area."""
        if self.lasttag == "textarea" and self._name:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        """A field with an end is whole."""
        if tag in {"select", "textarea"} and self._name and self.found:
            self.found[-1].fields.append((self._name, self._text))
            self._name = ""
