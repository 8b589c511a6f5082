"""Why a rule cannot be carried out, or an act about it is refused."""

from __future__ import annotations

from enum import StrEnum


class RuleFault(StrEnum):
    """The first group stands on the rule as its `error`; the second answers a person."""

    NO_SOURCE = "rule_no_source"
    NO_VIEW = "rule_no_view"
    NO_MARK = "rule_no_mark"
    WRONG = "rule_wrong"
    VARIABLE_MISSING = "rule_variable_missing"
    NO_WORDING = "rule_no_wording"
    CHANGED = "rule_changed"
    SOURCE_PAUSED = "rule_source_paused"
    TOO_MANY = "rule_too_many"
    SOURCE_FAILED = "rule_source_failed"
    SOURCE_EMPTY = "rule_source_empty"  # all at once: it is being filled anew

    NOT_ALLOWED = "rule_not_allowed"
    OWN_RULE = "rule_own"
    NOT_REHEARSED = "rule_not_rehearsed"
    NOT_OFF = "rule_not_off"
    CODE_TAKEN = "rule_code_taken"
    FIELD_WRONG = "rule_field_wrong"
    SAME = "rule_same"
