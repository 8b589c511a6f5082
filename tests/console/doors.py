"""The table of doors: every address of the console, by which methods, and who may pass.

`right` is what a person must hold (None: an account is enough), `office_wide` at the root of the
office. `about` gives the arguments of an address about something of the library's, which nobody of
another department may know to exist. An address that the console has and this table lacks fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from alimnaru.rules.rights import Right
from tests.e2e.world import World

Args = Callable[[World], Mapping[str, int | str]]


@dataclass(frozen=True, slots=True)
class Door:
    """Who may pass, and by which methods."""

    right: Right | None = Right.SEE
    get: bool = True
    post: bool = False
    office_wide: bool = False
    about: Args | None = None
    #: Arguments that belong to nobody: the address is the same for every department.
    args: Args | None = None
    #: What a form would send.
    data: Mapping[str, str] = field(default_factory=dict)
    #: Signed out people may pass too.
    public: bool = False
    #: What those who may pass are answered beside 200, where that is so by design.
    answers: frozenset[int] = frozenset()
    #: What stands on it belongs to the whole office, so a neighbour may read the library's name.
    shared: bool = False

    def kwargs(self, world: World) -> Mapping[str, int | str]:
        """The arguments of the address in this world."""
        given = self.about or self.args
        return given(world) if given is not None else {}


DOORS: Mapping[str, Door] = {
    "dashboard": Door(),
    "sign-in": Door(None, public=True, post=True, answers=frozenset({302})),
}
