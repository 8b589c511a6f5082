"""The table of doors: every address of the console, by which methods, and who may pass.

`right` is what a person must hold (None: an account is enough), `office_wide` at the root of the
office. `about` gives the arguments of an address about something of the library's, which nobody of
another department may know to exist. An address that the console has and this table lacks fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alimnaru.rules.rights import Right
from alimnaru.store import crypto
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
    #: Another right that opens it as well.
    also: Right | None = None
    #: Only the writer, whose list it is; to colleagues it does not exist.
    writers: bool = False
    #: Arguments that belong to nobody: the address is the same for every department.
    args: Args | None = None
    query: str = ""
    #: What a form would send.
    data: Args | None = None
    #: Signed out people may pass too.
    public: bool = False
    #: What those who may pass are answered beside 200, where that is so by design.
    answers: frozenset[int] = frozenset()
    #: The address holds a secret that opens the page, or nothing is done there: no CSRF token.
    open_form: bool = False
    #: What stands on it belongs to the whole office, so a neighbour may read the library's name.
    shared: bool = False

    def kwargs(self, world: World) -> Mapping[str, int | str]:
        """The arguments of the address in this world."""
        given = self.about or self.args
        return given(world) if given is not None else {}

    def form(self, world: World) -> Mapping[str, int | str]:
        """What is posted there in this world."""
        return self.data(world) if self.data is not None else {}


def _the(name: str, key: str) -> Args:
    """The argument that is the number of a thing of the world."""
    return lambda world: {key: world.ids[name]}


def _batch(name: str, key: str = "batch_id") -> Args:
    return lambda world: {key: world.batch(name)}


def _message(world: World) -> Mapping[str, int | str]:
    return {"message_id": world.message("done")}


def _own(**given: str) -> Args:
    """The same arguments in every world."""
    return lambda _: given


_R = Right
_WRITER = _the("writer", "pk")
_LIBRARY = _own(code="lib-jungang")
_ACCOUNT = _the("account", "number")
_NOTICE = _the("lib.due.soon", "notice_id")
_PROJECT = _the("project", "pk")
_OPEN = frozenset({302})


def _form(right: Right | None, **more: Any) -> Door:
    """A page with a form on it."""
    return Door(right, post=True, **more)


def _act(right: Right | None, **more: Any) -> Door:
    """An act without a page of its own."""
    return Door(right, get=False, post=True, **more)


def _reasoned(**more: Any) -> Door:
    """Residents' data in the clear: for those who send, and those who look after them."""
    return _form(_R.SEND, also=_R.AUDIT, **more)


_SIGN_IN: Mapping[str, Door] = {
    "sign-in": _form(None, public=True, answers=_OPEN),
    "sign-in-password": _form(None, public=True, answers=_OPEN),
    "sign-in-code": _form(None, public=True, answers=_OPEN),
    "sign-in-enrol": _form(None, public=True, answers=_OPEN),
    "sign-out": _act(None, public=True),
    # Without an issuer (`ALIMNARU_OIDC_ISSUER`) they lead back.
    "oidc-leave": Door(None, public=True, answers=_OPEN),
    "oidc-back": Door(None, public=True, answers=_OPEN),
    "contrast": _act(None, public=True),
    "language": _act(None, public=True),
    "accessibility": Door(None, public=True),
    # Not there until the office names somebody (`ALIMNARU_SECURITY_CONTACT`).
    "security-txt": Door(None, public=True, answers=frozenset({404})),
}
_OWN: Mapping[str, Door] = {
    "account": Door(None),
    "account-password": _form(None),
    "account-mobile": _form(None),
    "account-recovery": _form(None),
    "account-authenticator": _form(None),
    "recovery-codes": Door(None),
    "extend": _act(None),
    "account-identity": _form(None, answers=_OPEN),
    "seat-end": _act(None, args=lambda _: {"pk": 0}),
    "help": Door(None),
}
_PEOPLE: Mapping[str, Door] = {
    "people": Door(_R.DEPARTMENT),
    "department": Door(_R.DEPARTMENT, about=_LIBRARY),
    "department-edit": _form(_R.DEPARTMENT, about=_LIBRARY),
    "department-add": _form(_R.DEPARTMENT, about=_LIBRARY),
    "member-add": _form(_R.DEPARTMENT, about=_LIBRARY),
    "member": Door(_R.DEPARTMENT, about=_WRITER),
    "member-give": _act(_R.DEPARTMENT, about=_WRITER),
    "member-take": _act(
        _R.DEPARTMENT,
        about=lambda world: {"pk": world.ids["writer"], "membership": world.ids["membership"]},
    ),
    "member-shut": _act(_R.DEPARTMENT, about=_WRITER),
    "member-open": _act(_R.DEPARTMENT, about=_WRITER),
    "member-password": _act(_R.DEPARTMENT, about=_WRITER),
    "member-second-factor": _act(_R.DEPARTMENT, about=_WRITER),
}
_SYSTEM: Mapping[str, Door] = {
    "policies": Door(_R.SYSTEM, office_wide=True),
    "policy-change": _form(_R.SYSTEM, office_wide=True, args=_own(field="undo_seconds")),
    "entrances": _form(_R.SYSTEM, office_wide=True),
    "entrance-remove": _act(
        _R.SYSTEM, office_wide=True, args=lambda world: {"pk": world.ids["network"]}
    ),
    "outage": Door(_R.SYSTEM, office_wide=True),
    "outage-off": _act(_R.SYSTEM, office_wide=True, args=_own(channel="alimtalk")),
    "outage-on": _act(_R.SYSTEM, office_wide=True, args=_own(channel="alimtalk")),
    "standing": Door(_R.SYSTEM, office_wide=True),
    "standing-pause": _act(_R.SYSTEM, office_wide=True),
    "standing-resume": _act(_R.SYSTEM, office_wide=True),
    "channels": Door(_R.SYSTEM, office_wide=True),
    "account-kinds": Door(_R.SYSTEM, office_wide=True),
    "account-new": _form(_R.SYSTEM, office_wide=True, args=_own(kind="solapi")),
    "account-of": Door(_R.SYSTEM, office_wide=True, args=_ACCOUNT),
    "account-settings": _act(_R.SYSTEM, office_wide=True, args=_ACCOUNT),
    "account-terms": _act(_R.SYSTEM, office_wide=True, args=_ACCOUNT),
    "account-price": _act(_R.SYSTEM, office_wide=True, args=_ACCOUNT),
    "account-switch": _act(_R.SYSTEM, office_wide=True, args=_ACCOUNT),
    "account-reset": _act(_R.SYSTEM, office_wide=True, args=_ACCOUNT),
    "account-test": _act(_R.SYSTEM, office_wide=True, args=_ACCOUNT),
    # A form chooses the department, and this leads to its page.
    "sender-numbers": Door(
        _R.SYSTEM, office_wide=True, query="?department=lib-jungang", answers=_OPEN
    ),
    "sender-number": _form(_R.SYSTEM, office_wide=True, args=_own(department="lib-jungang")),
}
_KEY = _the("key", "pk")
_WEBHOOK = _the("webhook", "pk")
_SOURCE = _the("source_table", "pk")
_CONNECTIONS: Mapping[str, Door] = {
    "connections": Door(_R.DEPARTMENT),
    "key-new": _form(_R.DEPARTMENT),
    "key": Door(_R.DEPARTMENT, about=_KEY),
    "key-confirm": _act(_R.DEPARTMENT, about=_the("key_waits", "pk")),
    "key-limits": _act(_R.DEPARTMENT, about=_KEY),
    "key-rotate": _act(_R.DEPARTMENT, about=_KEY, data=_own(overlap_days="7")),
    "key-revoke": _act(_R.DEPARTMENT, about=_KEY),
    "webhooks": Door(_R.DEPARTMENT),
    "webhook-new": _form(_R.DEPARTMENT),
    "webhook": Door(_R.DEPARTMENT, about=_WEBHOOK),
    "webhook-change": _act(_R.DEPARTMENT, about=_WEBHOOK),
    "webhook-pause": _act(_R.DEPARTMENT, about=_WEBHOOK),
    "webhook-resume": _act(_R.DEPARTMENT, about=_WEBHOOK),
    "webhook-test": _act(_R.DEPARTMENT, about=_WEBHOOK),
    "webhook-secret": _act(_R.DEPARTMENT, about=_WEBHOOK),
    "webhook-redrive": _act(_R.DEPARTMENT, about=_WEBHOOK),
    "webhook-remove": _act(_R.DEPARTMENT, about=_WEBHOOK),
    "systems": Door(_R.DEPARTMENT),
    "system": Door(_R.DEPARTMENT, about=_SOURCE),
    "system-pause": _act(_R.DEPARTMENT, about=_SOURCE),
    "system-resume": _act(_R.DEPARTMENT, about=_SOURCE),
}
_WORDINGS: Mapping[str, Door] = {
    "templates": Door(),
    "template": Door(about=_NOTICE),
    "template-editor": _form(_R.WORDINGS, about=_NOTICE),
    "template-preview": _act(_R.WORDINGS, about=_NOTICE),
    "template-submit": _act(_R.WORDINGS, about=_NOTICE, data=_own(version="2")),
    "template-fallback": _act(_R.WORDINGS, about=_NOTICE),
    "template-act": _act(
        _R.WORDINGS,
        about=lambda world: {
            "notice_id": world.ids["lib.request"],
            "row_id": world.ids["rejected"],
            "name": "refresh",
        },
    ),
    "picture": Door(about=_the("picture", "picture_id")),
}
_NUMBERS: Mapping[str, Door] = {
    "dashboard": Door(),
    "statistics": Door(),
    "statistics-file": _act(_R.SEE),
    "reports": Door(),
    "report-xlsx": _act(_R.SEE),
    "report-pdf": _act(_R.SEE),
    "effects": Door(),
    "budgets": Door(),
    "project-add": _form(_R.DEPARTMENT),
    "project": _form(_R.DEPARTMENT, about=_PROJECT),
    "project-close": _act(_R.DEPARTMENT, about=_PROJECT),
    "project-notice": _act(_R.DEPARTMENT, about=_PROJECT),
    "audit": Door(_R.AUDIT),
    # A subject is a name that anybody may make up: to the neighbour nothing ever happened to it.
    "audit-of": Door(_R.AUDIT, args=lambda world: {"subject": f"batch:{world.batch('done')}"}),
    "audit-file": _act(_R.AUDIT),
}
_MONTH = _own(month="2026-09")
_WORK = _the("month_work", "pk")


def _month_page(**more: Any) -> Door:
    return Door(_R.SYSTEM, also=_R.AUDIT, office_wide=True, **more)


_MONTHS: Mapping[str, Door] = {
    "months": _month_page(),
    "month": _month_page(args=_MONTH),
    "month-disputes": _month_page(args=_MONTH),
    "month-disputes-file": _month_page(args=_MONTH),
    "month-work": _month_page(args=_WORK),
    "month-charge": _act(_R.SYSTEM, office_wide=True, args=_MONTH),
    "month-upload": _act(_R.SYSTEM, office_wide=True, args=_MONTH),
    "month-close": _act(_R.SYSTEM, office_wide=True, args=_MONTH),
    "month-reopen": _act(_R.SYSTEM, office_wide=True, args=_MONTH),
    "month-read": _act(_R.SYSTEM, office_wide=True, args=_WORK),
    "month-give-up": _act(_R.SYSTEM, office_wide=True, args=_WORK),
    "dispute-settle": _act(_R.SYSTEM, office_wide=True, args=_the("dispute", "pk")),
}
_INCIDENT = _the("incident", "pk")
_REQUESTED = _the("resident_request", "pk")
_DESTROYED = _the("destruction", "pk")
_HOLD = _the("hold", "pk")
_PRIVACY: Mapping[str, Door] = {
    "access-log": _form(_R.AUDIT),
    "access-log-file": _act(_R.AUDIT),
    "access-review": Door(_R.AUDIT, office_wide=True),
    "access-review-file": Door(_R.AUDIT, office_wide=True),
    "access-remark": _act(_R.AUDIT, office_wide=True),
    "access-sign": _act(_R.AUDIT, office_wide=True),
    "grants": Door(_R.AUDIT),
    "grants-file": _act(_R.AUDIT),
    "seals": Door(_R.AUDIT, office_wide=True),
    "seals-verify": _act(_R.AUDIT, office_wide=True),
    "destructions": Door(_R.AUDIT),
    "destruction": Door(_R.AUDIT, about=_DESTROYED),
    "destruction-xlsx": Door(_R.AUDIT, about=_DESTROYED),
    "destruction-pdf": Door(_R.AUDIT, about=_DESTROYED),
    "destruction-ask": _act(_R.PRIVACY),
    "destruction-agree": _act(_R.PRIVACY, args=_the("destruction", "pk")),
    "destruction-refuse": _act(_R.PRIVACY, args=_the("destruction", "pk")),
    "holds": Door(_R.AUDIT),
    "hold-new": _form(_R.PRIVACY),
    "hold": Door(_R.AUDIT, about=_HOLD),
    "hold-agree": _act(_R.PRIVACY, about=_HOLD),
    "hold-refuse": _act(_R.PRIVACY, about=_HOLD),
    "hold-end": _act(_R.PRIVACY, about=_HOLD),
    "hold-end-agree": _act(_R.PRIVACY, about=_HOLD),
    "hold-end-refuse": _act(_R.PRIVACY, about=_HOLD),
    "hold-proof": _form(_R.PRIVACY, about=_the("held", "pk")),
    "incidents": _form(_R.PRIVACY),
    "incident": Door(_R.PRIVACY, about=_INCIDENT),
    "incident-change": _act(_R.PRIVACY, about=_INCIDENT),
    "incident-scope": _act(_R.PRIVACY, about=_INCIDENT),
    "incident-step": _act(_R.PRIVACY, about=_INCIDENT),
    "incident-notify": _act(_R.PRIVACY, about=_INCIDENT),
    "incident-close": _act(_R.PRIVACY, about=_INCIDENT),
    "incident-affected": _act(_R.PRIVACY, about=_INCIDENT),
    "incident-evidence": _act(_R.PRIVACY, about=_INCIDENT),
    "resident-requests": _form(_R.PRIVACY),
    "resident-request": Door(_R.PRIVACY, about=_REQUESTED),
    "resident-request-file": _act(_R.PRIVACY, about=_REQUESTED),
    "resident-request-end": _act(_R.PRIVACY, about=_REQUESTED),
}
_DONE = _batch("done")
_DELIVERIES: Mapping[str, Door] = {
    "batches": Door(),
    "batch": Door(about=_DONE),
    "batch-progress": Door(about=_batch("sending")),
    "batch-reasons": Door(about=_DONE),
    "batch-pause": _act(_R.SEND, about=_batch("sending")),
    "batch-resume": _act(_R.SEND, about=_batch("stopped")),
    "batch-undo": _act(_R.SEND, about=_batch("undo")),
    "batch-unreached": _reasoned(about=_DONE),
    "message": Door(about=_message),
    "message-unmask": _reasoned(about=_message),
    "message-proof": _reasoned(about=_message),
    "find-by-phone": _form(_R.SEND, also=_R.AUDIT),
    "unreached": Door(),
    "unreached-done": _form(_R.SEND, about=_DONE),
    "unknown": Door(),
    "unknown-batch": Door(about=_batch("unknown")),
    "unknown-decide": _act(_R.SEND, about=_batch("unknown")),
}
_REQUEST = _batch("requested")
_STOPPED = _batch("stopped")
_RELEASE: Mapping[str, Door] = {
    "approvals": Door(_R.APPROVE),
    "approval": Door(_R.APPROVE, about=_REQUEST),
    "approve": _act(_R.APPROVE, about=_REQUEST),
    "send-back": _act(_R.APPROVE, about=_REQUEST),
    "scheduled": Door(),
    "scheduled-change": _form(_R.SEND, about=_batch("scheduled")),
    "withdraw": _act(_R.SEND, about=_batch("scheduled")),
    "give-up": _act(_R.SEND, about=_batch("scheduled")),
    "stop-and-correct": _form(_R.SEND, about=_STOPPED),
    "stop-reach": Door(_R.SEND, about=_STOPPED),
    "stop-resume": _act(_R.SEND, about=_STOPPED),
    "stop-cancel": _act(_R.SEND, about=_STOPPED),
    "correct-also": _act(_R.SEND, about=_STOPPED),
    "correct": _form(_R.SEND, about=_STOPPED),
    "correct-preview": _act(_R.SEND, about=_STOPPED),
}
_LIVE = _own(code="loans-live")
_REHEARSAL = _own(code="loans-rehearsal")
_RULES: Mapping[str, Door] = {
    "rules": Door(),
    "rule": Door(about=_REHEARSAL),
    "rule-new": _form(_R.SEND),
    "rule-change": _form(_R.SEND, about=_REHEARSAL),
    "rule-rehearse": _act(_R.SEND, about=_REHEARSAL),
    "rule-approve": _act(_R.APPROVE, about=_REHEARSAL),
    "rule-pause": _act(_R.SEND, about=_LIVE),
    "rule-resume": _act(_R.SEND, about=_LIVE),
}
_UPLOAD = _the("upload", "upload_id")
_NO_NUMBER = _own(key="none")
_SENDING: Mapping[str, Door] = {
    "choose-notice": Door(_R.SEND),
    "favourite-notice": _act(_R.SEND, about=_NOTICE),
    "send-sample": Door(_R.SEND, about=_NOTICE),
    "send-list": _form(_R.SEND, about=_NOTICE),
    "send-one": _form(_R.SEND, about=_NOTICE),
    "preview-one": _act(_R.SEND, about=_NOTICE),
    # Who may send there is answered, and led to the page that fits how far the list has come.
    "upload": Door(_R.SEND, about=_UPLOAD, writers=True, answers=_OPEN),
    "read-list-again": _act(_R.SEND, about=_UPLOAD, writers=True),
    "list-errors": Door(_R.SEND, about=_UPLOAD, writers=True),
    "download-errors": _act(_R.SEND, about=_UPLOAD, writers=True),
    "check-list": _form(_R.SEND, about=_UPLOAD, writers=True),
    "preview-row": Door(_R.SEND, about=_UPLOAD, writers=True, query="?number=2"),
    "preview-plan": Door(_R.SEND, about=_UPLOAD, writers=True),
    "test-row": _act(_R.SEND, about=_UPLOAD, writers=True, data=_the("draft_row", "row")),
    "check-project": _act(_R.SEND, about=_UPLOAD, writers=True),
    "save-checked-list": _act(_R.SEND, about=_UPLOAD, writers=True),
    "saved-lists": _form(_R.SEND),
    "delete-saved-list": _act(_R.SEND, about=_the("saved_list", "list_id")),
    "guardians": _form(_R.SEND),
    "guardian-end": _act(_R.SEND, about=_the("guardian", "guardian_id")),
    "consents": _form(_R.SEND),
    "consents-find": _act(_R.SEND),
    "consents-import": _form(_R.SEND),
    "consent-end": _act(_R.SEND, about=_the("consent", "pk")),
    # A choice of a resident counts for the whole office, so nothing of it is anybody's own.
    "opt-outs": Door(_R.SEND, shared=True),
    "opt-outs-find": _act(_R.SEND),
    "opt-outs-import": _form(_R.SEND),
    "opt-outs-imported": Door(_R.SEND, args=_NO_NUMBER, answers=_OPEN),
    "opt-out-number": _form(_R.SEND, args=_NO_NUMBER, answers=_OPEN),
    "opt-out-end": _act(
        _R.SEND, args=lambda world: {"key": "none", "entry": world.ids["preference"]}
    ),
    "opt-out-lift": _act(_R.SEND, args=_NO_NUMBER),
}


def _link(world: World) -> Mapping[str, int | str]:
    return {"token": crypto.resident_signer().link(world.message("done"))}


def _resident(**more: Any) -> Door:
    """A page of residents: whoever has its link."""
    return Door(None, public=True, args=_link, open_form=True, **more)


_RESIDENTS: Mapping[str, Door] = {
    "resident": _resident(),
    "resident-choices": _resident(post=True),
    "resident-saved": _resident(),
    "resident-history": _resident(),
    "resident-not-mine": _resident(post=True),
    "resident-mine": _resident(get=False, post=True),
    "resident-no-service": _resident(get=False, post=True),
    "check-code": Door(None, public=True, post=True, open_form=True),
    "service-status": Door(None, public=True),
    "public-kinds": Door(None, public=True),
    "tasks": Door(),
    "task-done": _form(_R.SEND, about=_the("task", "task_id")),
}

DOORS: Mapping[str, Door] = {
    **_SIGN_IN,
    **_OWN,
    **_PEOPLE,
    **_SYSTEM,
    **_CONNECTIONS,
    **_WORDINGS,
    **_NUMBERS,
    **_MONTHS,
    **_PRIVACY,
    **_DELIVERIES,
    **_RELEASE,
    **_SENDING,
    **_RULES,
    **_RESIDENTS,
}

#: Addresses at which acting asks for the one-time code again: who approves, takes residents' data
#: out, or rules over people, programs, prices and the office's own safety.
STEP_UP: frozenset[str] = frozenset(
    {
        "approve", "rule-approve",
        "batch-unreached", "message-unmask", "audit-file", "access-log-file",
        "grants-file", "hold-new", "hold-agree", "hold-end", "hold-end-agree", "hold-proof",
        "destruction-ask", "destruction-agree", "incident-affected", "resident-request-file",
        "standing-resume",
        "message-proof", "entrances", "entrance-remove", "account-identity",
        "month-close", "month-reopen",
        "policy-change", "outage-off", "outage-on", "sender-number",
        "account-new", "account-settings", "account-terms", "account-price", "account-switch",
        "account-reset",
        "member-add", "member-give", "member-take", "member-open", "member-password",
        "member-second-factor",
        "department-edit", "project-add", "project", "project-close",
        "key-new", "key-confirm", "key-limits", "key-rotate",
        "webhook-new", "webhook-change", "webhook-secret",
    }
)  # fmt: skip
