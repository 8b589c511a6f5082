"""An entry of the audit log in words: its act, its subject and its facts."""

from __future__ import annotations

from alimnaru.wording.acts import ACTS, GROUPS, SUBJECTS
from alimnaru.wording.facts import FACTS


def act_words(act: str) -> str:
    """What was done; the act itself where a later version has written it."""
    return ACTS.get(act, act)


def subject_words(subject: str) -> str:
    """To what: `batch:12` as 발송 12."""
    kind, _, number = subject.partition(":")
    return f"{SUBJECTS.get(kind, kind)} {number}".strip()


def subject_called(text: str) -> str:
    """The subject that a person means: 발송 12, 발송12 and batch:12 are the same."""
    for kind in SUBJECTS:
        words = SUBJECTS[kind]
        number = text.removeprefix(words).strip()
        if text.startswith(words) and (not number or number.isascii()):
            return f"{kind}:{number}" if number else kind
    return text


def fact_words(name: str) -> str:
    """What a fact is called; its own name where a later version has written it."""
    return FACTS.get(name, name)


def grouped_acts() -> list[tuple[str, list[tuple[str, str]]]]:
    """Acts and their words under the words of their groups: the choices of a filter."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for act in ACTS:
        groups.setdefault(GROUPS[act.partition(".")[0]], []).append((act, ACTS[act]))
    return list(groups.items())
