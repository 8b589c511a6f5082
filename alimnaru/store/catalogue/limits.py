"""Whether a filled wording holds its limits even when every variable is as long as it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alimnaru.rules.longest import longest_value as longest_value
from alimnaru.rules.resident_link import EXAMPLES
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
from alimnaru.rules.variables import variable_from_json
from alimnaru.store.catalogue.faults import OfficeError, OfficeFault

Facts = Mapping[str, str | int]


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
    longest = {**EXAMPLES} | {variable.name: longest_value(variable) for variable in read}
    for part, text, limit in _parts(parsed):
        length = len(_filled(text, longest))
        if length > limit:
            raise _too_long(OfficeFault.ALIMTALK_TOO_LONG, facts, part, length, limit)
    heaviest = {**EXAMPLES} | {
        variable.name: longest_value(variable, sms_bytes) for variable in read
    }
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
