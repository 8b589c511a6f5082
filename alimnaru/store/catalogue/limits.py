"""Whether a filled wording holds its limits even when every variable is as long as it may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from alimnaru.rules.template import (
    HEADER_LIMIT,
    ITEM_DESCRIPTION_LIMIT,
    MARK,
    TITLE_LIMIT,
    Template,
    parse_template,
)
from alimnaru.rules.template_check import check_template
from alimnaru.rules.text import LMS_BYTES, SMS_BYTES, SUBJECT_BYTES, sms_bytes
from alimnaru.rules.variables import Kind, Variable, variable_from_json
from alimnaru.store.catalogue.faults import OfficeError, OfficeFault

#: Kinds whose written form has one length: the longest a formatter writes.
_FIXED: Mapping[Kind, str] = {
    Kind.DATE_LONG: "2026. 12. 31.(목)",
    Kind.DATE_SHORT: "12/31(목)",
    Kind.TIME: "23:59",
    Kind.DATETIME: "2026. 12. 31.(목) 23:59",
    Kind.DATE_RANGE: "2026. 12. 30.(수) ~ 2027. 12. 31.(금)",
    Kind.PHONE: "0507-1234-5678",
    Kind.CODE_TAIL: "가가가가",
    Kind.PLATE_TAIL: "9999",
}

# '예비 n번' takes any number that keeps the whole within its greatest length.
_LONE_N = re.compile(r"(?<![a-z])n(?![a-z])", re.IGNORECASE)

Facts = Mapping[str, str | int]


def longest_value(variable: Variable, weigh: Callable[[str], int] = len) -> str:
    """The heaviest text the formatter may put in place of a variable."""
    if variable.kind in _FIXED:
        return _FIXED[variable.kind]
    if variable.kind is Kind.ENUM_SHORT:
        return max(variable.short.values(), key=weigh)
    if variable.values and not any(_LONE_N.search(value) for value in variable.values):
        return max(variable.values, key=weigh)
    if variable.max_length is None:
        raise ValueError(f"{variable.name}: a variable of free text needs a greatest length")
    filler = "9" if variable.kind is Kind.INTEGER else "가"
    return filler * variable.max_length


def check_limits(
    facts: Facts,
    *,
    template: Mapping[str, object],
    sms: str | None,
    lms: tuple[str, str] | None,
    variables: Sequence[Mapping[str, Any]],
) -> None:
    """Refuse a filled kind that Kakao or an SMS would not take. Raises `OfficeError` with `facts`.

    Better once, when the catalogue is loaded, than row by row when a list is checked.
    """
    read = [variable_from_json(variable) for variable in variables]
    parsed = parse_template(template)
    for problem in check_template(parsed):
        detail = f"{problem.where}: {problem.code}"
        raise OfficeError(OfficeFault.WORDING_REFUSED, {**facts, "detail": detail})
    longest = {variable.name: longest_value(variable) for variable in read}
    for part, text, limit in _parts(parsed):
        length = len(_filled(text, longest))
        if length > limit:
            raise _too_long(OfficeFault.ALIMTALK_TOO_LONG, facts, part, length, limit)
    heaviest = {variable.name: longest_value(variable, sms_bytes) for variable in read}
    for code, part, text, limit in _texts(sms, lms):
        length = sms_bytes(_filled(text, heaviest))
        if length > limit:
            raise _too_long(code, facts, part, length, limit)


def _parts(template: Template) -> Iterator[tuple[str, str, int]]:
    yield "본문", template.body, template.room()
    yield "제목", template.title or "", TITLE_LIMIT
    yield "머리말", template.header or "", HEADER_LIMIT
    for item in template.items:
        yield f"항목 '{item.title}'", item.description, ITEM_DESCRIPTION_LIMIT


def _texts(
    sms: str | None, lms: tuple[str, str] | None
) -> Iterator[tuple[OfficeFault, str, str, int]]:
    if sms is not None:
        yield OfficeFault.SMS_TOO_LONG, "본문", sms, SMS_BYTES
    if lms is not None:
        yield OfficeFault.LMS_TOO_LONG, "제목", lms[0], SUBJECT_BYTES
        yield OfficeFault.LMS_TOO_LONG, "본문", lms[1], LMS_BYTES


def _too_long(code: OfficeFault, facts: Facts, part: str, length: int, limit: int) -> OfficeError:
    return OfficeError(code, {**facts, "part": part, "length": length, "limit": limit})


def _filled(text: str, values: Mapping[str, str]) -> str:
    return MARK.sub(lambda mark: values[mark[1]], text)
