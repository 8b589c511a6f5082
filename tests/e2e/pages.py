"""The table of pages: every address that shows something, who may see it, and in which states.

A page that the console has and this table has not fails a test; so does one without its empty or
its error state. The access table (`tests/console/access_table.py`) says who may do what; this one
says what there is to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from tests.e2e.world import State, World

FULL, EMPTY, ERROR = State.FULL, State.EMPTY, State.ERROR
ALL = (FULL, EMPTY, ERROR)

Args = Callable[[World], Mapping[str, int | str]]


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
    act: Callable[[Page], None] | None = None
    #: What the answer's status is, where the page is a refusal.
    status: int = 200

    @property
    def name(self) -> str:
        """Its name in reports and pictures."""
        return f"{self.url}-{self.note}" if self.note else self.url

    def address(self, world: World) -> str:
        """Where it is."""
        return reverse(self.url, kwargs=self.args(world)) + self.query


def of_batch(name: str, key: str = "batch_id") -> Args:
    """The arguments of a page about a batch of the world."""
    return lambda world: {key: world.batch(name)}


LOOKS: Sequence[Look] = (
    Look("dashboard"),
    Look("dashboard", "system", note="system", states=(FULL,)),
    Look("sign-in", "", states=(FULL,)),
)


def press(name: str) -> Callable[[Page], None]:
    """Push a button, and wait for what comes."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        page.wait_for_load_state("networkidle")

    return act
