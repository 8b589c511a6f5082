"""A look at a page: whose, in which states of the office, and what is done there first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from tests.e2e.world import State, World

FULL, EMPTY, ERROR = State.FULL, State.EMPTY, State.ERROR
ALL = (FULL, EMPTY, ERROR)

Args = Callable[[World], Mapping[str, int | str]]
Act = Callable[[Page], None]


def no_args(_: World) -> Mapping[str, int | str]:
    """For a page without a subject."""
    return {}


@dataclass(frozen=True, slots=True)
class Look:
    """One page as one person sees it.

    `url` is the URL's name, `note` tells looks at one page apart, `who` names a member of the
    staff (empty: signed out). `act` is what the person does there before the page is examined.
    """

    url: str
    who: str = "writer"
    args: Args = no_args
    query: str = ""
    states: Sequence[State] = ALL
    note: str = ""
    act: Act | None = None
    #: The URL by whose page one comes there; empty: its own.
    start: str = ""
    #: What the answer's status is, where the page is a refusal.
    status: int = 200

    @property
    def name(self) -> str:
        """Its name in reports and pictures."""
        return f"{self.url}-{self.note}" if self.note else self.url

    def address(self, world: World) -> str:
        """Where it is."""
        return reverse(self.start or self.url, kwargs=self.args(world)) + self.query


def of_batch(name: str, key: str = "batch_id") -> Args:
    """The arguments of a page about a batch of the world."""
    return lambda world: {key: world.batch(name)}


def of(name: str, key: str) -> Args:
    """The arguments of a page about something that the world has by name."""
    return lambda world: {key: world.ids[name]}


def own(**given: str) -> Args:
    """The same arguments in every world."""
    return lambda _: given
