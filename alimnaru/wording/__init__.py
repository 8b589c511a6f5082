"""Words for people: a sentence for every code, and the words that stand on screens, in Korean or,
where `language.use` was told of a catalogue, in the reader's language.

`sentence(code, **facts)` is what happened, why, and what to do, politely (합쇼체). Codes of
different vocabularies may be spelled alike (`number_suspended` is the telco's word as a `Result`
and the holder's as a `Refusal`): pass the enum member where there is one; a plain string is
looked up as a refusal first, then as a result. Nothing here raises for the lack of a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alimnaru.carriers.review import ProfileState, Review
from alimnaru.reads.what_next import WhatNext, what_next
from alimnaru.rules.access import Access
from alimnaru.rules.access_review import Oddity
from alimnaru.rules.access_review import ReviewFault as AccessFault
from alimnaru.rules.api_keys import KeyState
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.audience import Audience, AudienceFault, Origin
from alimnaru.rules.breach import BreachFault
from alimnaru.rules.breach import Step as BreachStep
from alimnaru.rules.breach import Why as ReportWhy
from alimnaru.rules.budget_lines import Funding, ProjectFault
from alimnaru.rules.canary import CanaryFault, Stand
from alimnaru.rules.channel import Channel, Lane, Priority
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.consent import Choice as Wish
from alimnaru.rules.consent import Provenance
from alimnaru.rules.destruction import DestroyFault
from alimnaru.rules.disclosure import Disclosed, DisclosureFault
from alimnaru.rules.disclosure import Reason as DisclosureReason
from alimnaru.rules.drops import DropFault
from alimnaru.rules.entrances import EntranceFault
from alimnaru.rules.first_slice import SliceReason, SliceVerdict
from alimnaru.rules.guardians import GuardianFault, Relation
from alimnaru.rules.health import BreakerState, Reason
from alimnaru.rules.hold import HoldFault, HoldState
from alimnaru.rules.lifecycle import ChunkState, MessageState
from alimnaru.rules.list_refusals import ListRefusal
from alimnaru.rules.members import MemberFault
from alimnaru.rules.month_work import MonthAct, MonthState, WorkState
from alimnaru.rules.opt_out_list import OptOutFault
from alimnaru.rules.outcomes import Action, Result, action_for
from alimnaru.rules.phase import Phase
from alimnaru.rules.policy import PolicyFault
from alimnaru.rules.readiness import NotSendable, Warn
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import ReleaseFault, Risk
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.resident_request import RequestFault, RequestRefusal
from alimnaru.rules.rights import Right
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.rules.seals import Kind as SealKind
from alimnaru.rules.seals import VerifyFault, Wrong
from alimnaru.rules.shifted import ShiftFault, Slide
from alimnaru.rules.source_faults import SourceFault
from alimnaru.rules.source_refusals import SourceRefusal
from alimnaru.rules.statement import StatementFault
from alimnaru.rules.statement import Verdict as LineVerdict
from alimnaru.rules.tariff import Baseline
from alimnaru.rules.template_faults import TemplateFault
from alimnaru.rules.template_review import ReviewFault
from alimnaru.rules.topics import Topic
from alimnaru.rules.unknowns import COUNTED_AS_SENT, Choice
from alimnaru.rules.webhooks import CallFault, EventType
from alimnaru.store.catalogue.faults import SENTENCES as OFFICE_FAULTS
from alimnaru.store.catalogue.faults import OfficeFault
from alimnaru.wording import privacy
from alimnaru.wording.access import ACCESSES
from alimnaru.wording.accounts import KINDS, SETTINGS
from alimnaru.wording.canary import CANARY_FAULTS, STANDS
from alimnaru.wording.closing import (
    MONTH_ACTS,
    MONTH_STATES,
    STATEMENT_FAULTS,
    VERDICTS_OF_LINES,
    WORK_STATES,
)
from alimnaru.wording.commands import FAULTS, Fault
from alimnaru.wording.connected import DROP_FAULTS, SOURCE_FAULTS, SOURCE_REFUSALS
from alimnaru.wording.connecting import (
    CALL_FAULTS,
    CONNECTING_FAULTS,
    EVENTS,
    KEY_STATES,
    SCOPES,
)
from alimnaru.wording.consent import OPT_OUT_FAULTS, PROVENANCES, WISHES
from alimnaru.wording.destroying import DESTROY_FAULTS
from alimnaru.wording.disclosure import DISCLOSED, DISCLOSURE_FAULTS
from alimnaru.wording.disclosure import REASONS as DISCLOSURE_REASONS
from alimnaru.wording.entrances import ENTRANCE_FAULTS
from alimnaru.wording.filling import Fact, fill
from alimnaru.wording.guardians import GUARDIAN_FAULTS, RELATIONS
from alimnaru.wording.health import BREAKERS, PROFILES, REASONS
from alimnaru.wording.holds import HOLD_FAULTS, HOLD_STATES
from alimnaru.wording.lists import FORMATS, LEFT_OUT, NOTES
from alimnaru.wording.money import BASELINES, FUNDINGS
from alimnaru.wording.people import MEMBER_FAULTS
from alimnaru.wording.phases import PHASES
from alimnaru.wording.policies import POLICY_FAULTS
from alimnaru.wording.projects import PROJECT_FAULTS
from alimnaru.wording.refusals import REFUSALS
from alimnaru.wording.release import (
    AUDIENCE_FAULTS,
    AUDIENCES,
    ORIGINS,
    RELEASE_FAULTS,
    RIGHTS,
    RISKS,
    ROLES,
    SHIFT_FAULTS,
    SLIDES,
    VERDICT_REASONS,
    VERDICTS,
)
from alimnaru.wording.release_refusals import RELEASE_REFUSALS
from alimnaru.wording.residents import TOPICS
from alimnaru.wording.results import RESULTS, SILENT
from alimnaru.wording.reviews import (
    REVIEW_FAULTS,
    STANDINGS,
    TEMPLATE_FAULTS,
    WARNINGS,
    part_name,
)
from alimnaru.wording.rules import RULE_FAULTS
from alimnaru.wording.seals import KINDS as SEALED
from alimnaru.wording.seals import VERIFY_FAULTS, WRONGS
from alimnaru.wording.sending import LIST_REFUSALS, NOT_SENDABLE
from alimnaru.wording.states import (
    CHANNELS,
    CHOICES,
    CHUNKS,
    COUNTED,
    LANES,
    MESSAGES,
    PRIORITIES,
    Named,
)
from alimnaru.wording.steps import STEPS
from alimnaru.wording.words import Words

__all__ = [
    "FORMATS",
    "LEFT_OUT",
    "ROLES",
    "Fault",
    "kind_hint",
    "kind_name",
    "label",
    "note",
    "part_name",
    "sentence",
    "setting_hint",
    "setting_name",
    "step_for",
    "why",
    "why_not",
]

#: For a code that this version does not know, as a later one may have written it.
_NO_WORDS = Words("알 수 없는 까닭입니다({unknown}).", "시스템 관리자에게 알려 주십시오.")
_NAMED: Mapping[type[str], Mapping[Any, Named]] = {
    MessageState: MESSAGES,
    ChunkState: CHUNKS,
    Channel: CHANNELS,
    Lane: LANES,
    Priority: PRIORITIES,
    Review: STANDINGS,
    BreakerState: BREAKERS,
    Reason: REASONS,
    ProfileState: PROFILES,
    Choice: CHOICES,
    Risk: RISKS,
    Audience: AUDIENCES,
    Origin: ORIGINS,
    SliceVerdict: VERDICTS,
    Right: RIGHTS,
    Access: ACCESSES,
    Oddity: privacy.ODDITIES,
    BreachStep: privacy.STEPS,
    ReportWhy: privacy.WHYS,
    RequestRefusal: privacy.REQUEST_REFUSALS,
    Disclosed: DISCLOSED,
    DisclosureReason: DISCLOSURE_REASONS,
    Phase: PHASES,
    Wish: WISHES,
    Provenance: PROVENANCES,
    KeyState: KEY_STATES,
    Scope: SCOPES,
    EventType: EVENTS,
    Relation: RELATIONS,
    Topic: TOPICS,
    Stand: STANDS,
    SealKind: SEALED,
    LineVerdict: VERDICTS_OF_LINES,
    Baseline: BASELINES,
    Funding: FUNDINGS,
    MonthAct: MONTH_ACTS,
    WorkState: WORK_STATES,
    MonthState: MONTH_STATES,
    HoldState: HOLD_STATES,
}


def _of_result(result: Result) -> Words:
    final = action_for(result) not in {Action.WAIT, Action.DONE}
    step = STEPS.korean(what_next(MessageState.FAILED, result)) if final else ""
    return Words(RESULTS.korean(result), step)


#: In the order in which a plain string is looked up.
_WORDS: Mapping[type[str], Mapping[Any, Words]] = {
    Refusal: REFUSALS,
    Result: {result: _of_result(result) for result in Result},
    Fault: FAULTS,
    OfficeFault: {code: Words(text) for code, text in OFFICE_FAULTS.items()},
    ReviewFault: REVIEW_FAULTS,
    TemplateFault: TEMPLATE_FAULTS,
    Warn: WARNINGS,
    OptOutFault: OPT_OUT_FAULTS,
    WhatNext: {code: Words(text) for code, text in STEPS.items()},
    ReleaseFault: RELEASE_FAULTS,
    ReleaseRefusal: RELEASE_REFUSALS,
    AudienceFault: AUDIENCE_FAULTS,
    ShiftFault: SHIFT_FAULTS,
    Slide: SLIDES,
    SliceReason: VERDICT_REASONS,
    PolicyFault: POLICY_FAULTS,
    DisclosureFault: DISCLOSURE_FAULTS,
    AccessFault: privacy.REVIEW_FAULTS,
    DestroyFault: DESTROY_FAULTS,
    HoldFault: HOLD_FAULTS,
    BreachFault: privacy.BREACH_FAULTS,
    RequestFault: privacy.REQUEST_FAULTS,
    NotSendable: NOT_SENDABLE,
    ListRefusal: LIST_REFUSALS,
    MemberFault: MEMBER_FAULTS,
    EntranceFault: ENTRANCE_FAULTS,
    RuleFault: RULE_FAULTS,
    SourceFault: SOURCE_FAULTS,
    SourceRefusal: SOURCE_REFUSALS,
    DropFault: DROP_FAULTS,
    ConnectingFault: CONNECTING_FAULTS,
    CallFault: CALL_FAULTS,
    GuardianFault: GUARDIAN_FAULTS,
    CanaryFault: CANARY_FAULTS,
    VerifyFault: VERIFY_FAULTS,
    Wrong: WRONGS,
    StatementFault: STATEMENT_FAULTS,
    ProjectFault: PROJECT_FAULTS,
    **{kind: {c: Words(n[1]) for c, n in named.items()} for kind, named in _NAMED.items()},
    str: {"silent": Words(SILENT), COUNTED_AS_SENT: Words(COUNTED)},
}


def sentence(code: str, /, **facts: Fact) -> str:
    """What happened, why, and what to do."""
    return fill(_words(code).both, {**facts, "unknown": code}).strip()


def why(code: str, /, **facts: Fact) -> str:
    """What happened and why, without what to do: for a column of a table."""
    return fill(_words(code).why, {**facts, "unknown": code}).strip()


def label(code: str) -> str:
    """The screen word of a state, channel or lane; the code itself if it has none."""
    own = _NAMED.get(type(code))
    for named in [own] if own else _NAMED.values():
        if code in named:
            return named[code].label
    return str(code)


def note(code: str, /, **facts: Fact) -> str:
    """What a clerk should know about a list although it can be read (`flow.rosters.notes_on`)."""
    return fill(NOTES[code], facts) if code in NOTES else sentence(code, **facts)


def why_not(state: str, code: str, column: str = "") -> str:
    """Why a row of the unreached list was not told; `state` as `reads.what_next` takes it."""
    if state in {MessageState.FAILED, MessageState.UNKNOWN} and code in RESULTS:
        return RESULTS[Result(code)]
    if code in REFUSALS:
        return why(Refusal(code), column=column)
    return MESSAGES[MessageState(state)].meaning if state in MESSAGES else why(code)


def step_for(state: str, code: str, column: str = "") -> str:
    """What to do about a row of the unreached list, with how to mend the cell if that is it."""
    step = what_next(state, code)
    if step is not WhatNext.FIX_LIST or code not in REFUSALS:
        return STEPS[step]
    mend = fill(REFUSALS[Refusal(code)].do, {"column": column})
    return f"{mend} {STEPS[step]}".strip()


def kind_name(kind: str) -> str:
    """What people call a kind of carrier."""
    return KINDS[kind].label if kind in KINDS else kind


def kind_hint(kind: str) -> str:
    """What to know about a kind of carrier before a contract is entered."""
    return KINDS[kind].meaning if kind in KINDS else ""


def setting_name(name: str) -> str:
    """What a setting of a contract is called on its form."""
    return SETTINGS[name].label if name in SETTINGS else name


def setting_hint(name: str) -> str:
    """What to write there."""
    return SETTINGS[name].meaning if name in SETTINGS else ""


def _words(code: str) -> Words:
    own = _WORDS.get(type(code)) if type(code) is not str else None
    for words in [own] if own is not None else _WORDS.values():
        if code in words:
            return words[code]
    return _NO_WORDS
