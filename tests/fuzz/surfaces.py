"""Where strangers' input comes in by HTTP, as functions of a number: forms, query strings, files,
the API and carriers' callbacks. The answer must never be a 5xx; it raises what made it one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from alimnaru.console.urls import urlpatterns
from alimnaru.flow.receive import drain
from alimnaru.rules.rights import RIGHTS_OF
from alimnaru.store.models import CarrierAccount, Member
from tests.console.doors import DOORS, Door
from tests.e2e.world import World
from tests.fuzz.odd import Odd
from tests.fuzz.parsers import PARSERS
from tests.staff import browser_of

ROOT = Path(__file__).parents[2]
#: Files and texts that a page takes from its address or a form, as the pages' code names them.
_NAMES = re.compile(r"""(?:GET|POST|FILES)(?:\.get|\.getlist)?[\[(]["'](\w+)["']""")
_FIELDS = re.compile(r"""\bname="([\w-]+)\"""")
_FILES = ("csv", "xls", "xlsx")


def names() -> list[str]:
    """Of fields and of query strings, over the whole console."""
    found: set[str] = set()
    console = ROOT / "alimnaru" / "console"
    for path in (console / "pages").glob("*.py"):
        found |= set(_NAMES.findall(path.read_text()))
    for path in (console / "templates").rglob("*.html"):
        found |= set(_FIELDS.findall(path.read_text()))
    return sorted(found)


@dataclass(slots=True)
class Surfaces:
    """All of them over one office. Each call returns the answer's status."""

    world: World
    key: str
    document: Mapping[str, Any]
    names: Sequence[str] = field(default_factory=names)
    #: One for each member (0: signed out): a client that is made loads all middleware anew.
    _browsers: dict[int, tuple[Client, str]] = field(default_factory=dict)

    def open_browsers(self) -> None:
        """Sign everybody in, before anything is undone: a session would be undone with it."""
        for member in (None, *self.world.staff.by_name().values()):
            self._as(member)

    def each(self) -> dict[str, Callable[[int], int]]:
        """By name."""
        return {
            "query": self.query,
            "form": self.form,
            "file": self.file,
            "api": self.api,
            "callback": self.callback,
        }

    def query(self, seed: int) -> int:
        """A page with a query string that no link of ours has."""
        odd = Odd(seed)
        name, door = self._door(odd, "GET")
        asked = {key: odd.text() for key in odd.some(self.names)}
        return self._status(self._browser(odd, door).get(self._address(name, door, odd), asked))

    def form(self, seed: int) -> int:
        """A form whose fields hold what nobody expects."""
        odd = Odd(seed)
        name, door = self._door(odd, "POST")
        given: dict[str, Any] = {**door.form(self.world)}
        given |= {key: odd.text() for key in odd.some(self.names, 12)}
        browser = self._browser(odd, door)
        fields = _fields_of(browser, self._address(name, door, None), door)
        given |= {key: odd.text() for key in odd.some(fields, 8)} if fields else {}
        return self._status(browser.post(self._address(name, door, odd), given))

    def file(self, seed: int) -> int:
        """A torn file where a page takes one."""
        odd = Odd(seed)
        takes = [n for n, d in DOORS.items() if d.post and n in _TAKES]
        name = odd.random.choice(takes)
        door, kind = DOORS[name], odd.random.choice(_FILES)
        content = odd.torn(odd.random.choice(list(PARSERS[kind].known())))
        file = SimpleUploadedFile(f"{odd.text(20) or 'a'}.{kind}", content)
        given = {**door.form(self.world), **dict.fromkeys(_TAKES[name], file)}
        given |= {key: odd.text() for key in odd.some(self.names)}
        return self._status(self._browser(odd, door).post(self._address(name, door, None), given))

    def api(self, seed: int) -> int:
        """A call of the API: a spoilt example of its description, or anything."""
        odd = Odd(seed)
        path = odd.random.choice(sorted(self.document["paths"]))
        method = odd.random.choice(sorted(self.document["paths"][path]))
        operation = self.document["paths"][path][method]
        address = re.sub(r"\{\w+\}", lambda _: _quoted(odd), path)
        headers = {"Authorization": f"Bearer {self.key}"}
        if odd.random.random() < 0.1:
            headers["Authorization"] = _header(odd)
        if odd.random.random() < 0.3:
            headers["Idempotency-Key"] = _header(odd)
        asked = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        query = {name: odd.text() for name in odd.some(asked)} if asked else {}
        answer = self._as(None).generic(
            method.upper(),
            address,
            odd.body(_examples(operation, self.document)),
            content_type=odd.random.choice(
                ("application/json", "text/plain", "application/xml", "")
            ),
            headers=headers,
            query_params=query,
        )
        return self._status(answer)

    def callback(self, seed: int) -> int:
        """A carrier's report as no carrier sends it, kept and then read."""
        odd = Odd(seed)
        account = odd.random.choice(list(CarrierAccount.objects.all()))
        kind = account.kind if account.kind in PARSERS else "solapi"
        known = list(PARSERS[kind].known())
        content = odd.torn(odd.random.choice(known)) if odd.random.random() < 0.8 else odd.body(())
        answer = self._as(None).generic(
            "POST",
            f"/callbacks/{account.callback_token}",
            content,
            content_type="application/json",
            headers={"X-Secret": _header(odd)},
        )
        drain()
        return self._status(answer)

    def _door(self, odd: Odd, method: str) -> tuple[str, Door]:
        doors = [n for n, d in DOORS.items() if (d.get if method == "GET" else d.post)]
        name = odd.random.choice(doors)
        return name, DOORS[name]

    def _browser(self, odd: Odd, door: Door) -> Client:
        """Somebody who may pass, most of the time, with cookies as new: sign-out is a form too."""
        staff = self.world.staff
        members = [m for m in staff.by_name().values() if _may(door, m)] or [staff.writer]
        member = staff.writer if door.writers else odd.random.choice(members)
        return self._as(member if odd.random.random() < 0.97 else None)

    def _as(self, member: Member | None) -> Client:
        key = member.pk if member is not None else 0
        if key not in self._browsers:
            browser = browser_of(member) if member is not None else Client()
            self._browsers[key] = browser, browser.cookies.output(header="", sep=";")
        browser, cookies = self._browsers[key]
        browser.cookies = SimpleCookie(cookies)
        return browser

    def _address(self, name: str, door: Door, odd: Odd | None) -> str:
        kwargs = dict(door.kwargs(self.world))
        if odd is not None and kwargs and odd.random.random() < 0.1:
            kwargs = {key: odd.random.choice([0, 2**31, 2**63, 10**25]) for key in kwargs}
        try:
            return reverse(name, kwargs=kwargs)
        except ValueError:  # NoReverseMatch: no such address can be asked for
            return reverse(name, kwargs=door.kwargs(self.world))

    def _status(self, answer: HttpResponse) -> int:
        if answer.status_code >= 500 and answer.status_code != 503:
            raise AssertionError(f"{answer.status_code}: {answer.content[:200]!r}")
        return answer.status_code


#: Pages that take files, by the names of their fields.
_TAKES: Mapping[str, Sequence[str]] = {
    "send-list": ("file",),
    "saved-lists": ("file",),
    "opt-outs-import": ("file",),
    "template-editor": ("picture_file",),
}


def _fields_of(browser: Client, address: str, door: Door) -> list[str]:
    if not door.get:
        return []
    page = browser.get(address)
    return sorted(set(_FIELDS.findall(page.content.decode(errors="replace"))))


def _may(door: Door, member: Member) -> bool:
    if door.right is None:
        return True
    held = member.memberships.select_related("department")
    return any(
        {door.right, door.also} & RIGHTS_OF[m.role]
        and (not door.office_wide or m.department.parent_id is None)
        for m in held
    )


def _quoted(odd: Odd) -> str:
    from urllib.parse import quote

    return quote(odd.random.choice([odd.text(20), str(odd.random.randrange(50))]) or "0", safe="")


def _header(odd: Odd) -> str:
    """What a header can hold: one line of Latin-1."""
    return "".join(c for c in odd.text(40) if " " <= c <= "\xff" and c != "\x7f")


def _examples(operation: Mapping[str, Any], document: Mapping[str, Any]) -> list[Any]:
    """Bodies that the description gives as examples."""
    content = operation.get("requestBody", {}).get("content", {})
    found = []
    for shape in (part.get("schema", {}) for part in content.values()):
        name = shape.get("$ref", "").rpartition("/")[2]
        resolved = document["components"]["schemas"].get(name, shape)
        example = {
            key: part["examples"][0]
            for key, part in resolved.get("properties", {}).items()
            if part.get("examples")
        }
        found += [example] if example else []
    return found


PATTERNS: Mapping[str, URLPattern] = {str(p.name): p for p in urlpatterns}
