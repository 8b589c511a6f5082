"""What a clerk should know before a list goes, as codes."""

from __future__ import annotations

from enum import StrEnum


class Warn(StrEnum):
    """What a clerk should know before a list goes."""

    TEMPLATE_UNAPPROVED = "template_unapproved"
    TEMPLATE_DORMANT = "template_dormant"
    TEMPLATE_BLOCKED = "template_blocked"
    TEMPLATE_GONE = "template_gone"
    TEMPLATE_SLEEPY = "template_sleepy"
    TEMPLATE_ONE_ACCOUNT = "template_one_account"
    TEMPLATE_NEWER_WAITS = "template_newer_waits"
    TEMPLATE_NEWER_REJECTED = "template_newer_rejected"
    PROFILE_DORMANT = "profile_dormant"
    PROFILE_BLOCKED = "profile_blocked"
    PROFILE_GONE = "profile_gone"
    PROFILE_CAP = "profile_cap"
    PROFILE_GROWTH = "profile_growth"
    #: The notice gathers what is for one resident, and this list does not.
    SAME_PEOPLE = "same_people"


class NotSendable(StrEnum):
    """Why a notice cannot be chosen; that people may not choose its audience is said there."""

    INACTIVE = "notice_inactive"
    NO_WORDING = "notice_no_wording"
    UNAPPROVED = "notice_unapproved"
    BLOCKED = "notice_blocked"
    DORMANT = "notice_dormant"


#: Nothing is wrong yet.
MERELY_SOON = frozenset({Warn.TEMPLATE_SLEEPY, Warn.PROFILE_CAP})
