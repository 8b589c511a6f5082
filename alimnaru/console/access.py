"""Who is at the desk, what they may do there, and the one decorator that every page wears."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.urls import reverse

from alimnaru.console import signing_in
from alimnaru.console import step_up as fresh
from alimnaru.rules.rights import Right, rights_of, roles_with
from alimnaru.store.models import Department, Member, Membership
from alimnaru.store.scoping import Scope

P = ParamSpec("P")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Desk:
    """A signed-in member with their roles, loaded once for a request."""

    member: Member
    memberships: tuple[Membership, ...]

    @classmethod
    def of(cls, member: Member) -> Desk:
        """The desk of a member; without any roles if the account is shut. One query."""
        if not member.is_active:
            return cls(member, ())
        found = member.memberships.select_related("department").order_by("department__path")
        return cls(member, tuple(found))

    @property
    def rights(self) -> frozenset[Right]:
        """What the member may do in any department at all: what the menu shows."""
        return rights_of(m.role for m in self.memberships)

    @property
    def department(self) -> Department | None:
        """The member's own department: the first by path."""
        return self.memberships[0].department if self.memberships else None

    def scope(self, right: Right) -> Scope:
        """The departments in which the member has this right, subtrees included."""
        roles = roles_with(right)
        return Scope(
            tuple(sorted({m.department.path for m in self.memberships if m.role in roles}))
        )

    def may(self, right: Right, department: Department) -> bool:
        """Whether the member has this right in a department."""
        return any(department.path.startswith(path) for path in self.scope(right).paths)

    def over_the_office(self, right: Right) -> bool:
        """Whether the member has this right at the root: for what belongs to no department."""
        return any(path.count("/") == 2 for path in self.scope(right).paths)


class Page(Protocol):
    """A view as `page` leaves it: Django calls it, and tests read what it asks for."""

    right: Right | None
    #: Another right that opens it as well.
    also: Right | None
    methods: tuple[str, ...]
    office_wide: bool
    #: Acting there asks for a one-time code again (`console.step_up`).
    step_up: bool
    #: The URL name of the menu's line under which the page stands.
    section: str
    #: Of a body; 0: what every page takes (`console.sizes`).
    most_bytes: int

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse: ...


def page(
    right: Right | None = Right.SEE,
    *,
    methods: tuple[str, ...] = ("GET",),
    office_wide: bool = False,
    section: str = "",
    step_up: bool = False,
    also: Right | None = None,
    most_bytes: int = 0,
) -> Callable[[Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]], Page]:
    """A page for those who are signed in with their code and have `right`, or `also`, somewhere
    (None: for everyone with an account). `office_wide`: it is asked at the root of the office.

    The view takes everything from `desk.scope(right)`: what is not theirs is 404 there. `section`:
    its line of the menu. `step_up`: a post waits for a one-time code; it holds `most_bytes`.
    """
    answered = _answered(methods)

    def wear(view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]) -> Page:
        @wraps(view)
        def worn(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            member = request.user
            if not isinstance(member, Member) or not is_verified(request, member):
                return _to_sign_in(request)
            if request.method not in answered:
                return HttpResponseNotAllowed(methods)
            _refuse_nul(request)
            request.desk = desk = Desk.of(member)  # type: ignore[attr-defined]  # the frame need not ask again
            if right is not None and not _has_one(desk, (right, also), office_wide=office_wide):
                return refused(request, right)
            asked = fresh.ask(request, member) if step_up else None
            return asked or view(request, desk, *args, **kwargs)

        marked = cast("Page", worn)
        marked.right, marked.also, marked.office_wide = right, also, office_wide
        marked.methods = methods
        marked.section, marked.step_up, marked.most_bytes = section, step_up, most_bytes
        return marked

    return wear


def _answered(methods: tuple[str, ...]) -> tuple[str, ...]:
    # HEAD is a GET without its answer's body, and passes without a token: never where one acts.
    return (*methods, "HEAD") if "GET" in methods else methods


def may_open(request: HttpRequest, view: Page) -> bool:
    """Whether a page would open for whoever asks: before anything of what they send is read."""
    member = request.user
    if not isinstance(member, Member) or not is_verified(request, member):
        return False
    wanted, desk = (view.right, view.also), Desk.of(member)
    return view.right is None or _has_one(desk, wanted, office_wide=view.office_wide)


def refused(request: HttpRequest, right: Right) -> HttpResponse:
    """The page that says which right is missing, and who gives it."""
    return render(request, "console/refused.html", {"right": right}, status=403)


def theirs(found: Row | None) -> Row:
    """A row that the scope has; 404 otherwise, as for one that does not exist."""
    if found is None:
        raise Http404
    return found


def _refuse_nul(request: HttpRequest) -> None:
    """No keyboard writes a NUL, and no text of PostgreSQL holds one: 400 before anything is asked.

    Forms of Django see to their own fields; addresses and what is read from them directly do not.
    """
    given = [request.path, *_texts(request.GET), *_texts(request.POST)]
    if any("\0" in text for text in given):
        raise BadRequest


def _texts(given: QueryDict) -> Iterator[str]:
    for name, values in given.lists():
        yield name
        yield from map(str, values)


def _has_one(desk: Desk, rights: Iterable[Right | None], *, office_wide: bool) -> bool:
    return any(_has(desk, one, office_wide=office_wide) for one in rights if one is not None)


def _has(desk: Desk, right: Right, *, office_wide: bool) -> bool:
    return desk.over_the_office(right) if office_wide else right in desk.rights


def is_verified(request: HttpRequest, member: Member) -> bool:
    """Whether the session has given its one-time code (django-otp puts this on the user), or the
    office's own sign-in has asked for a second thing (never for longer than it is the office's)."""
    check = getattr(member, "is_verified", None)
    by_issuer = bool(settings.OIDC_ISSUER) and signing_in.BY_ISSUER in request.session
    signed_in = (bool(check and check()) or by_issuer) and not member.is_program
    return signed_in and not member.must_change_password


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    here = request.get_full_path()
    if request.headers.get("HX-Request"):
        # A fragment must not be replaced by the sign-in page: the browser goes there instead.
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = f"{reverse('sign-in')}?next={quote(_page_of(request))}"
        return answer
    return redirect_to_login(here, reverse("sign-in"))


def _page_of(request: HttpRequest) -> str:
    """The page that a fragment was asked from: what follows the host in its address."""
    address = request.headers.get("HX-Current-URL", "")
    return "/" + address.split("//", 1)[-1].partition("/")[2] if address else "/"
