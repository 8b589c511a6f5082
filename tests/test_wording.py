"""Every code has words, the words are polite Korean, and no missing fact ever breaks a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.carriers.review import ProfileState, Review
from alimnaru.flow.fallback import SILENT as SILENT_CODE
from alimnaru.ops.embedded_faults import SENTENCES as EMBEDDED
from alimnaru.ops.embedded_faults import EmbeddedFault
from alimnaru.reads.what_next import REFUSED, WhatNext
from alimnaru.rules.api_keys import KeyState
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.audience import Audience, AudienceFault, Origin
from alimnaru.rules.budget_lines import ProjectFault
from alimnaru.rules.canary import CanaryFault, Stand
from alimnaru.rules.channel import Channel, Lane, Priority
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.consent import Choice as Wish
from alimnaru.rules.consent import Provenance
from alimnaru.rules.disclosure import Disclosed, DisclosureFault
from alimnaru.rules.disclosure import Reason as DisclosureReason
from alimnaru.rules.drops import DropFault
from alimnaru.rules.entrances import EntranceFault
from alimnaru.rules.first_slice import SliceReason, SliceVerdict
from alimnaru.rules.health import BreakerState, Reason
from alimnaru.rules.lifecycle import ChunkState, MessageState
from alimnaru.rules.list_refusals import ListRefusal
from alimnaru.rules.members import MemberFault
from alimnaru.rules.opt_out_list import OptOutFault
from alimnaru.rules.outcomes import Result
from alimnaru.rules.phase import Phase
from alimnaru.rules.policy import FIELDS, PolicyFault, PolicyProblem, Unit
from alimnaru.rules.readiness import NotSendable, Warn
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import ReleaseFault, Risk
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import RIGHTS_OF, Right
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.rules.shifted import ShiftFault, Slide
from alimnaru.rules.source_faults import SourceFault
from alimnaru.rules.source_refusals import SourceRefusal
from alimnaru.rules.statement import StatementFault
from alimnaru.rules.statement import Verdict as LineVerdict
from alimnaru.rules.template_faults import TemplateFault
from alimnaru.rules.template_review import ReviewFault
from alimnaru.rules.unknowns import COUNTED_AS_SENT, Choice
from alimnaru.rules.webhooks import CallFault, EventType
from alimnaru.store.catalogue.faults import OfficeFault
from alimnaru.wording import (
    ROLES,
    Fault,
    label,
    note,
    part_name,
    policies,
    sentence,
    step_for,
    why,
    why_not,
)
from alimnaru.wording.filling import fill
from alimnaru.wording.lists import FORMATS, LEFT_OUT, NOTES
from alimnaru.wording.page import states_page
from alimnaru.wording.states import Named

ROOT = Path(__file__).parents[1]

VOCABULARIES: tuple[type[StrEnum], ...] = (
    StatementFault,
    ProjectFault,
    LineVerdict,
    Refusal,
    Result,
    Fault,
    OfficeFault,
    WhatNext,
    MessageState,
    ChunkState,
    Channel,
    Lane,
    Review,
    ReviewFault,
    TemplateFault,
    Warn,
    NotSendable,
    ListRefusal,
    RuleFault,
    BreakerState,
    Reason,
    ProfileState,
    Choice,
    Risk,
    ReleaseFault,
    ReleaseRefusal,
    Audience,
    AudienceFault,
    Origin,
    ShiftFault,
    Slide,
    SliceVerdict,
    SliceReason,
    Right,
    PolicyFault,
    Disclosed,
    DisclosureReason,
    DisclosureFault,
    Phase,
    MemberFault,
    EntranceFault,
    Priority,
    Wish,
    Provenance,
    OptOutFault,
    SourceFault,
    SourceRefusal,
    DropFault,
    KeyState,
    Scope,
    EventType,
    ConnectingFault,
    CallFault,
    CanaryFault,
    Stand,
)
CODES = [code for vocabulary in VOCABULARIES for code in vocabulary]
OURS = [code for code in CODES if not isinstance(code, OfficeFault)]

#: What people type or see as it is: formats, settings, commands, options, file names.
LATIN = {
    "PDF",
    ".pdf",
    "Pango",
    # backup, restore, upgrade
    *("--into", "--unsure", "--whole", "--contract", "ALIMNARU_BACKUP", "PostgreSQL", "alimnaru"),
    *("office", "reconcile", "resume", "migrate", "send", "unknown"),
    *("docs", "how-to", "backup-and-restore.md"),
    "rule",
    "sender_number",
    "keys",
    "rotate",
    "SMS",
    "LMS",
    "PC",
    "TOML",
    "JSON",
    "http",
    "https",
    "max",
    "templates",
    "status",
    "submit",
    "wake",
    "draft",
    "MMS",
    "--picture",
    "--again",
    "accounts",
    "off",
    "solapi",
    "nhn",
    "bizgo",
    "sens",
    "CSV",
    "JPEG",
    "PNG",
    "KB",
    "DRM",
    "xlsx",
    "xls",
    "alimnaru",
    "seal",
    "show",
    "check",
    "resume",
    "up",
    "catalogue",
    "load",
    "alimtalk",
    "sms",
    "lms",
    "mms",
    "urgent",
    "normal",
    "bulk",
    "sent",
    "leave",
    "unknown",
    "list",
    "members",
    "key",
    "webhook",
    "reset",
    "--batch",
    "--message",
    "--yes",
    "--force",
    "--help",
    "--include-hidden",
    "--sheet",
    ".xlsx",
    "ALIMNARU_HOME",
    "ALIMNARU_HOOK_HOSTS",
    "ALIMNARU_MASTER_KEY",
    "DATABASE_URL",
    "SOLAPI_API_SECRET",
    "master.key",
}
POLITE = re.compile(r"(?:니다|십시오)\.$")


def ids(code: StrEnum) -> str:
    return f"{type(code).__name__}.{code.name}"


# ---- every code ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES, ids=ids)
def test_a_code_has_words(code: StrEnum) -> None:
    assert sentence(code)
    assert not sentence(code).startswith("알 수 없는 까닭입니다")


@pytest.mark.parametrize("fault", EmbeddedFault)
def test_a_fault_of_the_embedded_database_has_words(fault: EmbeddedFault) -> None:
    assert POLITE.search(EMBEDDED[fault])


@pytest.mark.parametrize("code", OURS, ids=ids)
def test_words_are_polite_and_whole(code: StrEnum) -> None:
    said = sentence(code)
    assert POLITE.search(said), said
    assert not re.search(r"[{}\[\]]", said.replace("#{", "")), said
    assert "  " not in said


@pytest.mark.parametrize("code", OURS, ids=ids)
def test_words_are_korean(code: StrEnum) -> None:
    latin = set(re.findall(r"(?:--|\.)?[A-Za-z][A-Za-z_.-]*[A-Za-z]", sentence(code)))
    assert latin <= LATIN, latin - LATIN


@pytest.mark.parametrize("words", [NOTES, LEFT_OUT, FORMATS])
def test_words_about_lists_are_not_empty(words: Mapping[str, str]) -> None:
    assert all(words.values())


def test_a_code_of_a_later_version_is_named() -> None:
    assert "brand_new" in sentence("brand_new")
    assert sentence("brand_new").endswith("알려 주십시오.")


# ---- which vocabulary ----------------------------------------------------------------------------


def test_alike_codes_keep_their_own_meaning() -> None:
    assert "정지" in sentence(Result.NUMBER_SUSPENDED)
    assert "내 안내가 아니다" in sentence(Refusal.NUMBER_SUSPENDED)
    assert "TOML" not in sentence(Refusal.FILE_ENCODING)
    assert "UTF-8" in sentence(OfficeFault.FILE_ENCODING)


def test_a_plain_string_is_a_refusal_first() -> None:
    assert sentence("balance_empty") == sentence(Refusal.BALANCE_EMPTY)
    assert sentence("not_a_user") == sentence(Result.NOT_A_USER)


@pytest.mark.parametrize(
    ("code", "on_screen"),
    [
        (MessageState.DELIVERED, "전달"),
        (MessageState.UNKNOWN, "확인 필요"),
        (ChunkState.HELD, "멈춤"),
        (Channel.ALIMTALK, "알림톡"),
        ("sms", "문자"),
        (Choice.SMS, "문자로 보냄"),
        (Lane.BULK, "대량"),
        ("something", "something"),
    ],
)
def test_a_label(code: str, on_screen: str) -> None:
    assert label(code) == on_screen


# ---- the unreached list --------------------------------------------------------------------------

UNREACHED = [
    (REFUSED, "value_not_a_date", "‘반납일’ 칸을 날짜로", "2026-11-25처럼"),
    (REFUSED, "phone_empty", "비어 있습니다", "번호를 확인해"),
    (REFUSED, "row_duplicate", "두 번 있습니다", "먼저 나온 행"),
    ("failed", "number_suspended", "사용이 정지된", "번호를 확인해"),
    ("suppressed", "number_suspended", "내 안내가 아니다", "번호를 확인해"),
    ("suppressed", "opted_out", "받지 않겠다고", "보내지 않는 것이 맞습니다"),
    ("failed", "blocked", "차단해", "전화나 우편"),
    ("failed", "template_mismatch", "문안과 달라", "시스템 관리자"),
    ("failed", "carrier_down", "장애", "잠시 뒤"),
    ("failed", "no_channel_left", "더 시도할 방법이 없습니다", "전화나 우편"),
    ("unknown", "timed_out", "알 수 없습니다", "다시 보내기 전에"),
    ("unknown", "", "알 수 없습니다", "다시 보내기 전에"),
    ("cancelled", "cancelled_by_staff", "취소", "판단하고"),
    ("expired", "expired", "시한", "판단하고"),
    ("failed", "code_of_tomorrow", "전달하지 못했습니다", "전화나 우편"),
]


@pytest.mark.parametrize(("state", "code", "reason", "step"), UNREACHED)
def test_why_somebody_was_not_told_and_what_to_do(
    state: str, code: str, reason: str, step: str
) -> None:
    assert reason in why_not(state, code, "반납일")
    assert step in step_for(state, code, "반납일")


def test_a_silent_try_is_explained() -> None:
    assert "답이 없어" in why(SILENT_CODE)


def test_what_was_counted_as_sent_is_explained() -> None:
    assert "셈했습니다" in why(COUNTED_AS_SENT)


# ---- facts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "facts", "said"),
    [
        ("‘{file}’이(가) 없습니다.", {"file": "명단"}, "‘명단’이 없습니다."),
        ("‘{file}’이(가) 없습니다.", {"file": "주소"}, "‘주소’가 없습니다."),
        ("{n}을(를) 봅니다.", {"n": 3}, "3을 봅니다."),
        ("{n}을(를) 봅니다.", {"n": 2}, "2를 봅니다."),
        ("{n}은(는) 같습니다.", {"n": "(가)"}, "(가)는 같습니다."),
        ("{n}와(과) 같습니다.", {"n": "a.csv"}, "a.csv와(과) 같습니다."),
        ("한도는 {n}행입니다.", {"n": 100000}, "한도는 100,000행입니다."),
        ("글[[({n}자)]]이 깁니다.", {}, "글이 깁니다."),
        ("글[[({n}자)]]이 깁니다.", {"n": 0}, "글(0자)이 깁니다."),
        ("글[[({n}자)]]이 깁니다.", {"n": ""}, "글이 깁니다."),
        ("{n}이 깁니다.", {}, "…이 깁니다."),
        ("{n}[[, {m}]]", {"n": "{m}", "m": "x"}, "{m}, x"),
    ],
)
def test_facts_are_filled_in(template: str, facts: dict[str, str | int], said: str) -> None:
    assert fill(template, facts) == said


@given(
    code=st.sampled_from(CODES),
    facts=st.dictionaries(
        st.sampled_from(["file", "column", "columns", "limit", "count", "near", "text", "odd"]),
        st.text() | st.integers() | st.floats(allow_nan=True),
    ),
)
def test_no_facts_break_a_sentence(code: StrEnum, facts: dict[str, str | int | float]) -> None:
    assert sentence(code, **facts)
    assert why(code, **facts)


def test_a_fact_may_be_called_code() -> None:
    assert "lib.x" in sentence(Fault.NOTICE_UNKNOWN, code="lib.x")


def test_a_note_on_a_list() -> None:
    assert "3개" in note("hidden_rows", count=3)
    assert note("brand_new") == sentence("brand_new")


# ---- a release, and who may do what --------------------------------------------------------------


def test_roles_and_fields_have_words() -> None:
    assert set(ROLES) == set(RIGHTS_OF)
    assert list(policies.FIELDS) == list(FIELDS)
    assert set(policies.UNITS) == set(Unit)


@pytest.mark.parametrize("named", [*ROLES.values(), *policies.FIELDS.values()])
def test_words_for_roles_and_fields_are_polite(named: Named) -> None:
    assert named.label
    assert POLITE.search(named.meaning)
    assert not re.search("[A-Za-z]", named.label + named.meaning)


@pytest.mark.parametrize(
    ("field", "number", "said"),
    [
        ("first_approval_from", 10_000, "10,000명"),
        ("slice_share", 0.01, "1%"),
        ("slice_share", 0.001, "0.1%"),
        ("slice_bad_share", 0.29, "29%"),
        ("undo_seconds", 60, "60초"),
        ("surge_factor", 5, "5배"),
    ],
)
def test_an_amount(field: str, number: float, said: str) -> None:
    assert policies.amount(field, number) == said


def test_a_problem_of_a_policy_is_told_with_its_range() -> None:
    problem = PolicyProblem(PolicyFault.OUT_OF_RANGE, "slice_share", 0.001, 0.5)
    assert policies.about(problem) == (
        "‘먼저 보내는 비율’에 넣을 수 있는 값이 아닙니다. 0.1%부터 50%까지에서 다시 적어 주십시오."
    )


def test_a_column_that_has_slid_is_told_with_its_numbers() -> None:
    said = sentence(ShiftFault.SLID, column="이용자명", rows=1, known=40, agree=2)
    assert "‘이용자명’ 열이 1행 밀려" in said
    assert "40명 가운데 2명만 같고, 여러" in said


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_of_states_is_up_to_date() -> None:
    page = (ROOT / "docs" / "reference" / "states.md").read_text()
    assert page == states_page(), "python -m alimnaru.wording.page > docs/reference/states.md"


# ---- parts of a wording --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("body", "본문"),
        ("title", "강조 제목"),
        ("highlight.title", "강조 항목 · 제목"),
        ("items[1].description", "항목 2 · 설명"),
        ("buttons[0].link_mobile", "버튼 1 · 모바일 주소"),
        ("buttons[0].name", "버튼 1 · 이름"),
        ("something", "something"),
        ("odd-one", "odd-one"),
    ],
)
def test_a_part_has_a_name(where: str, said: str) -> None:
    assert part_name(where) == said
