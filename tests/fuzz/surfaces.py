"""Where strangers' input comes in by HTTP, as functions of a number: query strings, forms, files,
odd requests, residents' links, the API and carriers' callbacks.

Each asks the site as the web server does (`tests.fuzz.web`), which raises for a 5xx, and puts into
the office what it puts in; whoever calls undoes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.urls import NoReverseMatch, reverse

from alimnaru.carriers.nhn.kind import SIGNATURE
from alimnaru.flow.receive import drain
from alimnaru.office.accounts import add_account
from alimnaru.rules.rights import RIGHTS_OF
from alimnaru.store import crypto
from alimnaru.store.models import CarrierAccount, Member, Message
from tests.console.doors import DOORS, Door
from tests.e2e.world import World
from tests.fuzz.odd import Odd
from tests.fuzz.parsers import PARSERS
from tests.fuzz.web import FORM, MULTIPART, Form, Forms, Web, multipart, query_of
from tests.staff import session_of

ROOT = Path(__file__).parents[2]
#: Fields that a page takes from its address or a form, as the pages' code names them.
_NAMES = re.compile(r"""(?:GET|POST|FILES)(?:\.get|\.getlist)?[\[(]["'](\w+)["']""")
_FIELDS = re.compile(r"""\bname="([\w-]+)\"""")
_REF = re.compile(rb"\b\d{1,18}-\d{1,4}\b")
_FILES = ("csv", "xls", "xlsx", "statement", "consents")
#: Requests of one story, whose acts stay for one another.
STORY = 12
#: Pages that take files, by the names of their fields.
_TAKES: Mapping[str, Sequence[str]] = {
    "send-list": ("file",),
    "saved-lists": ("file",),
    "opt-outs-import": ("file",),
    "consents-import": ("file",),
    "template-editor": ("picture_file",),
}
#: Doors whose address is a resident's link.
_LINKS = [name for name, door in DOORS.items() if name.startswith("resident") and door.public]
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
_HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Cookie", "Host", "Origin"),
    *("Referer", "User-Agent", "Range", "If-None-Match", "If-Modified-Since", "X-Forwarded-For"),
    *("X-Forwarded-Proto", "HX-Request", "HX-Target", "HX-Current-URL", "HX-Trigger"),
    *("Idempotency-Key", "Content-Encoding", "Expect", "X-Alimnaru-Poll", "X-CSRFToken"),
)
_PLACES = ("/healthz", "/readyz", "/metrics", "/api/v1/", "/api/v1/openapi.json", "/static/",
           "/.well-known/security.txt", "/callbacks/", "/r/", "/")  # fmt: skip
_KINDS = (
    *("application/json", "text/plain", "application/xml", FORM, MULTIPART, "multipart/form-data"),
    *("application/json; charset=utf-16", "application/x-www-form-urlencoded; charset=x", ""),
)


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
    """All of them over one office."""

    world: World
    key: str
    document: Mapping[str, Any]
    web: Web = field(default_factory=Web)
    names: Sequence[str] = field(default_factory=names)
    _sessions: dict[int, str] = field(default_factory=dict)
    _may: dict[tuple[str, int], bool] = field(default_factory=dict)
    _forms: dict[tuple[str, int], list[Form]] = field(default_factory=dict)
    _accounts: list[CarrierAccount] = field(default_factory=list)
    _reports: dict[str, list[bytes]] = field(default_factory=dict)
    _messages: list[int] = field(default_factory=list)

    def sign_in(self) -> None:
        """Everybody anew: sessions end with idle people, and a code is fresh for some minutes."""
        self._sessions = {m.pk: session_of(m) for m in self._members()}

    def open_accounts(self) -> None:
        """One of each carrier that calls back, with and without a secret for it, and what is on the
        way and may be reported."""
        for kind in ("nhn", "bizgo"):
            for secret in ({}, {"callback_secret": "secret"}):
                add_account(
                    actor=self.world.staff.system,
                    kind=kind,
                    name=f"{kind} {len(secret)}",
                    base_url="http://127.0.0.1:9",
                    api_key="KEY",
                    secret="SECRET",
                    profile="PF_NARU",
                    is_sandbox=True,
                    secrets_=secret,
                )
        self._accounts = list(CarrierAccount.objects.order_by("pk"))
        self._reports = {k: list(PARSERS[k].known()) for k in ("solapi", "nhn", "bizgo", "sens")}
        self._messages = list(Message.objects.order_by("pk").values_list("pk", flat=True)[:400])

    def each(self) -> dict[str, Callable[[Odd], None]]:
        """By name."""
        return {
            "query": self.query,
            "form": self.form,
            "story": self.story,
            "file": self.file,
            "odd": self.odd,
            "link": self.link,
            "api": self.api,
            "callback": self.callback,
        }

    def query(self, odd: Odd) -> None:
        """A page with a query string that no link of ours has."""
        name = self._door(odd, "GET")
        asked = [(key, odd.text()) for key in odd.some(self.names)]
        headers = {"HX-Request": "true"} if odd.random.random() < 0.2 else {}
        who = self._who(odd, name)
        self.web.ask(
            "GET", _address(self.world, name, odd), query=query_of(asked), headers=headers,
            session=self._session(who),
        )  # fmt: skip

    def form(self, odd: Odd) -> None:
        """A form whose fields hold what nobody expects: one that a page draws, with a few fields
        spoilt, or any fields where the console takes any."""
        if odd.random.random() < 0.6 and self._drawn_form(odd):
            return
        name = self._door(odd, "POST")
        given = {key: str(value) for key, value in DOORS[name].form(self.world).items()}
        given |= {key: odd.text() for key in odd.some(self.names, 12)}
        self._post(odd, _address(self.world, name, odd), [*given.items()], self._who(odd, name))

    def story(self, odd: Odd) -> None:
        """Acts, and the pages that show what they left behind."""
        for _ in range(STORY):
            (self.form if odd.random.random() < 0.6 else self.query)(odd)

    def _drawn_form(self, odd: Odd) -> bool:
        name = self._door(odd, "GET")
        who = self._who(odd, name)
        forms = self._forms_of(name, who)
        if not forms:
            return False
        chosen = odd.random.choice(forms)
        fields = list(chosen.fields)
        for _ in range(odd.random.randrange(4)):
            if fields:
                at = odd.random.randrange(len(fields))
                fields[at] = (fields[at][0], odd.text())
        if odd.random.random() < 0.1:
            fields += [(key, odd.text()) for key in odd.some(self.names)]
        if chosen.method == "post":
            self._post(odd, chosen.action, fields, who)
        else:
            query = query_of(fields)
            self.web.ask("GET", chosen.action, query=query, session=self._session(who))
        return True

    def _post(
        self, odd: Odd, path: str, fields: Sequence[tuple[str, str]], who: Member | None
    ) -> None:
        if odd.random.random() < 0.3:
            body, kind = multipart(fields, []), MULTIPART
        else:
            body, kind = query_of(fields).encode(), FORM
        if odd.random.random() < 0.05:
            body = odd.torn(body)
        headers = {"HX-Request": "true"} if odd.random.random() < 0.3 else {}
        self.web.ask(
            "POST", path, body=body, kind=kind, headers=headers, session=self._session(who)
        )

    def _forms_of(self, name: str, who: Member | None) -> list[Form]:
        key = (name, who.pk if who else 0)
        if key not in self._forms:
            path = _address(self.world, name, None)
            page = self.web.ask("GET", path, session=self._session(who))
            self.web.statuses.pop()  # nothing odd was asked
            found = Forms(page.body, path).found if page.status == 200 else []
            self._forms[key] = [one for one in found if one.action.startswith("/")]
        return self._forms[key]

    def file(self, odd: Odd) -> None:
        """A torn file where a page takes one."""
        name = odd.random.choice(sorted(_TAKES))
        picture = name == "template-editor"
        kind = "picture" if picture else odd.random.choice(_FILES)
        content = odd.random.choice(list(PARSERS[kind].known()))
        if odd.random.random() < 0.9:
            content = odd.torn(content)
        ending = {"statement": "csv", "consents": "csv", "picture": "png"}.get(kind, kind)
        title = re.sub(r'[\r\n"]', "", odd.text(20)) or "a"
        fields = [(key, str(value)) for key, value in DOORS[name].form(self.world).items()]
        fields += [(key, odd.text()) for key in odd.some(self.names, 3)]
        files = [(key, f"{title}.{ending}", content) for key in _TAKES[name]]
        self.web.ask(
            "POST", _address(self.world, name, None), body=multipart(fields, files),
            kind=MULTIPART, session=self._session(self._who(odd, name)),
        )  # fmt: skip

    def odd(self, odd: Odd) -> None:
        """Any method, address, header, cookie and body."""
        draw = odd.random
        path = draw.choice([*_PLACES, _address(self.world, draw.choice(sorted(DOORS)), odd)])
        raw = path.encode()
        if draw.random() < 0.5:
            raw = b"/" + odd.torn(raw[1:])
        headers = {name: header(odd) for name in odd.some(_HEADERS)}
        if draw.random() < 0.1:
            headers["Authorization"] = f"Bearer {self.key}"
        cookies = header(odd) if draw.random() < 0.2 else ""
        who = draw.choice([None, *self._members()])
        self.web.ask(
            draw.choice(_METHODS), raw, query=header(odd), headers=headers, cookies=cookies,
            session=self._session(who), kind=draw.choice(_KINDS),
            body=odd.body(()) if draw.random() < 0.5 else b"",
        )  # fmt: skip

    def link(self, odd: Odd) -> None:
        """A resident's page by a link that was cut, changed, made up, or is somebody's."""
        draw, signer = odd.random, crypto.resident_signer()
        number = draw.choice([*self._messages[:50], 0, 2**31, 2**36 - 1, draw.randrange(10**6)])
        token = signer.link(number)
        if draw.random() < 0.5:
            token = odd.torn(token.encode()).decode("utf-8", "replace")
        fields = [(key, odd.text()) for key in odd.some(self.names)]
        if draw.random() < 0.2:
            code = signer.code(number) if draw.random() < 0.5 else odd.text()
            self._post(odd, reverse("check-code"), [("code", code), *fields], None)
            return
        path = reverse(draw.choice(_LINKS), kwargs={"token": "TOKEN"}).replace("TOKEN", token)
        if draw.random() < 0.5:
            self.web.ask("GET", path, query=query_of(fields))
        else:
            self._post(odd, path, fields, None)

    def api(self, odd: Odd) -> None:
        """A call of the API: a spoilt example of its description, or anything."""
        path = odd.random.choice(sorted(self.document["paths"]))
        method = odd.random.choice(sorted(self.document["paths"][path]))
        operation = self.document["paths"][path][method]
        address = re.sub(r"\{\w+\}", lambda _: self._part(odd), path)
        headers = {"Authorization": f"Bearer {self.key}"}
        if odd.random.random() < 0.05:
            headers["Authorization"] = header(odd)
        if odd.random.random() < 0.3:
            headers["Idempotency-Key"] = header(odd)
        asked = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        query = [(name, odd.text()) for name in odd.some(asked)] if asked else []
        kind = "application/json" if odd.random.random() < 0.9 else odd.random.choice(_KINDS)
        body = odd.body(_examples(operation, self.document)) if method != "get" else b""
        self.web.ask(
            method.upper(), address, query=query_of(query), body=body, kind=kind, headers=headers
        )

    def _part(self, odd: Odd) -> str:
        """A part of an address: a number of somebody's, a small one, or a text."""
        draw = odd.random
        picked = [str(draw.choice(self._messages)), str(draw.randrange(50)), odd.text(20)]
        return quote(draw.choice(picked) or "0", safe="")

    def callback(self, odd: Odd) -> None:
        """A carrier's report as no carrier sends it, kept and then read."""
        draw = odd.random
        account = draw.choice(self._accounts)
        content = draw.choice(self._reports[account.kind])
        content = _REF.sub(lambda _: f"{draw.choice(self._messages)}-1".encode(), content)
        if draw.random() < 0.6:
            content = json.dumps(odd.spoilt(json.loads(content))).encode()
        elif draw.random() < 0.7:
            content = odd.torn(content)
        else:
            content = odd.body(())
        token = account.callback_token if draw.random() < 0.97 else odd.text(20)
        secret = "secret" if draw.random() < 0.9 else header(odd)
        named = dict.fromkeys((SIGNATURE, "X-IB-Timestamp", "X-IB-Signature"), secret)
        path = f"/callbacks/{token}".encode("utf-8", "surrogatepass")
        self.web.ask("POST", path, body=content, kind="application/json", headers=named)
        drain()

    def _door(self, odd: Odd, method: str) -> str:
        return odd.random.choice(
            [n for n, d in DOORS.items() if (d.get if method == "GET" else d.post)]
        )

    def _members(self) -> list[Member]:
        return list(self.world.staff.by_name().values())

    def _who(self, odd: Odd, name: str) -> Member | None:
        """Mostly somebody who may pass, often somebody who may not, now and then nobody."""
        draw, staff = odd.random, self.world.staff
        if (chance := draw.random()) < 0.03:
            return None
        if chance < 0.25:
            return draw.choice(self._members())
        if DOORS[name].writers:
            return staff.writer
        return draw.choice([m for m in self._members() if self._passes(name, m)] or [staff.writer])

    def _passes(self, name: str, member: Member) -> bool:
        key = (name, member.pk)
        if key not in self._may:
            self._may[key] = _may(DOORS[name], member)
        return self._may[key]

    def _session(self, who: Member | None) -> str:
        return self._sessions[who.pk] if who is not None else ""


def _address(world: World, name: str, odd: Odd | None) -> str:
    kwargs = dict(DOORS[name].kwargs(world))
    if odd is not None and kwargs and odd.random.random() < 0.1:
        spoilt = {key: odd.random.choice([0, 2**31, 2**63, 10**25]) for key in kwargs}
        try:
            return reverse(name, kwargs=spoilt)
        except (NoReverseMatch, ValueError):
            pass  # no such address can be asked for
    return reverse(name, kwargs=kwargs)


def _may(door: Door, member: Member) -> bool:
    if door.right is None:
        return True
    held = member.memberships.select_related("department")
    return any(
        {door.right, door.also} & RIGHTS_OF[m.role]
        and (not door.office_wide or m.department.parent_id is None)
        for m in held
    )


def header(odd: Odd) -> str:
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
