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
from tests.staff import PASSWORD

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


def press(name: str) -> Act:
    """Push a button of the page's main part, and wait for what comes."""

    def act(page: Page) -> None:
        page.locator("main").get_by_role("button", name=name).first.click()
        page.wait_for_load_state("networkidle")

    return act


def fill(label: str, value: str, then: str) -> Act:
    """Write something into a field, and push a button."""

    def act(page: Page) -> None:
        page.locator("main").get_by_label(label).first.fill(value)
        press(then)(page)

    return act


def sign_in_as(login: str, *more: Act) -> Act:
    """Give a name and the password of everybody here, then go on."""

    def act(page: Page) -> None:
        page.get_by_label("아이디").fill(login)
        page.get_by_label("비밀번호").fill(PASSWORD)
        press("로그인")(page)
        for step in more:
            step(page)

    return act


def too_often(page: Page) -> None:
    """Guess a password until the door is shut."""
    for _ in range(6):
        if not page.get_by_label("아이디").count():
            break
        page.get_by_label("아이디").fill("nobody")
        page.get_by_label("비밀번호").fill("not the password")
        press("로그인")(page)


def opened(summary: str, *more: Act) -> Act:
    """Unfold something, then go on."""

    def act(page: Page) -> None:
        page.locator("main summary", has_text=summary).first.click()
        for step in more:
            step(page)

    return act


SIGN_IN = (
    Look("sign-in", "", states=(FULL,)),
    Look("sign-in", "", note="refused", states=(ERROR,), act=press("로그인")),
    Look("sign-in", "", note="locked", states=(ERROR,), act=too_often),
    Look("sign-in-code", "", start="sign-in", states=(FULL,), act=sign_in_as("librarian")),
    Look(
        "sign-in-code",
        "",
        start="sign-in",
        states=(ERROR,),
        act=sign_in_as("librarian", fill("인증번호", "000000", "확인")),
    ),
    Look("sign-in-enrol", "", start="sign-in", states=(FULL,), act=sign_in_as("fresh")),
    Look(
        "sign-in-enrol",
        "",
        start="sign-in",
        states=(ERROR,),
        act=sign_in_as("fresh", fill("인증번호", "000000", "등록하고 로그인")),
    ),
    Look("sign-in-password", "", start="sign-in", states=(FULL,), act=sign_in_as("newcomer")),
    Look(
        "sign-in-password",
        "",
        start="sign-in",
        states=(ERROR,),
        act=sign_in_as("newcomer", press("비밀번호 저장")),
    ),
    Look("accessibility", "", states=(FULL,)),
)
OWN = (
    Look("account", states=(FULL, EMPTY)),
    Look("account-password", states=(FULL,)),
    Look("account-password", states=(ERROR,), act=press("비밀번호 바꾸기")),
    Look("account-mobile", states=(FULL,)),
    Look("account-mobile", states=(ERROR,), act=fill("휴대전화", "02-555-0100", "저장")),
    Look("account-recovery", states=(FULL,)),
    Look("account-recovery", states=(ERROR,), act=fill("인증번호", "000000", "새 코드 만들기")),
    Look("account-authenticator", states=(FULL,)),
    Look("account-authenticator", states=(ERROR,), act=fill("인증번호", "000000", "확인")),
    Look("recovery-codes", states=(FULL,)),
    Look("help", states=(FULL,)),
)
NUMBERS = (
    Look("dashboard"),
    Look("dashboard", "manager", note="manager", states=(FULL, ERROR)),
    Look("dashboard", "system", note="system", states=(FULL, ERROR)),
    Look("statistics", "manager", states=(FULL, EMPTY)),
    Look("statistics", "system", note="year", query="?span=this_year", states=(FULL,)),
    Look("statistics", query="?span=days&start=2026-11-02&end=2026-11-01", states=(ERROR,)),
)
PEOPLE = (
    Look("people", "system", states=(FULL, EMPTY)),
    Look("people", "manager", note="manager", states=(FULL,)),
    Look("department", "system", args=own(code="lib-jungang"), states=(FULL,)),
    Look("department", "system", args=own(code="dong-16"), states=(EMPTY,)),
    Look("department-edit", "system", args=own(code="lib-jungang"), states=(FULL,)),
    Look(
        "department-edit",
        "system",
        args=own(code="lib-jungang"),
        states=(ERROR,),
        act=fill("이름", "", "저장"),
    ),
    Look("department-add", "system", args=own(code="lib-jungang"), states=(FULL,)),
    Look(
        "department-add",
        "system",
        args=own(code="lib-jungang"),
        states=(ERROR,),
        act=press("부서 만들기"),
    ),
    Look("member-add", "manager", args=own(code="lib-jungang"), states=(FULL,)),
    Look(
        "member-add",
        "manager",
        args=own(code="lib-jungang"),
        states=(ERROR,),
        act=press("계정 만들기"),
    ),
    Look("member", "manager", args=of("writer", "pk"), states=(FULL,)),
    Look(
        "member",
        "system",
        args=of("writer", "pk"),
        states=(ERROR,),
        act=opened("역할 더하기", press("역할 맡기기")),
    ),
    Look("policies", "system", states=(FULL,)),
    Look("policy-change", "system", args=own(field="undo_seconds"), states=(FULL,)),
    Look(
        "policy-change",
        "system",
        args=own(field="undo_seconds"),
        states=(ERROR,),
        act=fill("값", "1", "저장"),
    ),
)
CHANNELS = (
    Look("channels", "system"),
    Look("account-kinds", "system", states=(FULL,)),
    Look("account-new", "system", args=own(kind="nhn"), states=(FULL,)),
    Look("account-new", "system", args=own(kind="solapi"), states=(ERROR,), act=press("계정 등록")),
    Look("account-of", "system", args=of("account", "number"), states=(FULL, ERROR)),
    Look("sender-number", "system", args=own(department="lib-jungang"), states=(FULL,)),
    Look("outage", "system"),
)
WORDINGS = (
    Look("templates", "manager"),
    Look("template", "manager", args=of("lib.due.soon", "notice_id"), states=(FULL, EMPTY)),
    Look("template", "manager", args=of("lib.request", "notice_id"), states=(ERROR,)),
    Look("template-editor", "manager", args=of("lib.due.soon", "notice_id"), states=(FULL,)),
    Look("template-editor", "manager", args=of("lib.request", "notice_id"), states=(ERROR,)),
)
DELIVERIES: Sequence[Look] = ()

LOOKS: Sequence[Look] = (
    *SIGN_IN,
    *OWN,
    *NUMBERS,
    *PEOPLE,
    *CHANNELS,
    *WORDINGS,
    *DELIVERIES,
)
