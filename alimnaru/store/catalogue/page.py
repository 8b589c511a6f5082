"""`docs/reference/notices.md`, written from the catalogue so that it cannot go stale.

python -m alimnaru.store.catalogue.page > docs/reference/notices.md
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from alimnaru.rules.template import NEW_SENDER_GROWTH, parse_template
from alimnaru.rules.variables import variable_from_json
from alimnaru.store.catalogue.limits import longest_value
from alimnaru.store.catalogue.offices import load_office
from alimnaru.store.catalogue.reading import KindData, ResolvedKind, load_kinds, resolve

_HEAD = """\
# Notice kinds

<!-- Generated: python -m alimnaru.store.catalogue.page > docs/reference/notices.md -->

What the catalogue (`alimnaru/store/catalogue/kinds.json`) holds: {count} kinds, {seeds} of them
marked *seed*, which are loaded first. Wordings are shown in the words of the built-in office,
나루구청, which is invented.

## Another office

Names, departments, phone numbers, places, hours, lists of choices and link addresses stand in
`office.toml`, not in the wordings. Copy `alimnaru/store/catalogue/office.toml`, fill in your own,
name the copy in `ALIMNARU_OFFICE`, and run `alimnaru catalogue load`. In `kinds.json`

* `{{{{table.key}}}}` inside a text is a word of the office file (`{{{{office.district}}}}`), or of
  the sending department (`{{{{department.name}}}}`, `{{{{department.phone}}}}`);
* `"office:…"` as a whole value is a word (`"office:places.screening"` as a default) or a list of
  `[enums]` or `[short]` (`"office:도서관"`);
* `#{{이름}}` is a variable of each message and reaches Kakao as it stands.

Kakao may refuse a value more than {growth} characters longer than its mark while a sender profile
is new. The variables that can grow so far:
{growing}.

Loading refuses an office file whose words are missing, cannot be carried by an SMS, or would make
any text longer than Kakao or an SMS takes when every variable is as long as it may be.

## What the columns mean

* lane: `urgent` overtakes everything, `bulk` is a throttled campaign.
* law: `none` is a courtesy. `notice` goes beside something the law wants told. `service` announces
  a document whose delivery starts a legal period: consent and an e-document relay, or paper.
* sens.: 0 nothing about a person; 1 ordinary dealings; 2 books, petitions, money, results; 3 health
  and welfare.
* kept: RA text 90 days; RB text 1 year, status 3; RC evidence 5 years; RD text 30 days, status 1
  year.
* hours: `default` and `campaign` are hours of the office file, `always` is day and night.
* expires: after so long a message that has not gone is dropped; too late is worse than never.
* one per `person`: the rows of one person become one message.
* then: the channel after an Alimtalk that did not arrive, and after how long a silence.
* for: who it is for. Lists of residents, of members (of a class, a programme) and of staff cannot
  be used for one another.
* one per: whose notices become one, and how long the first waits for the others when they come one
  at a time.
* ok: how many people must agree to a list whatever its length, if it is 2.

| code | notice | department | for | lane | law | sens. | kept | hours | expires | one per | then | ok |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""  # noqa: E501 - a row of a table

_TAIL = """
## Headers that most notices share

A *header* is any of the names by which lists call a column, the preferred first. The variable's own
name always counts, but for 전화: in a list that is the resident's. A person's name is also found by
the usual words for who they are to an office (회원명, 신청인, 대출자 …). Below, *from* means
that the value is made from another variable's cell when the list has no such column; *else* is what
stands in when the list has none.

| variable | headers |
|---|---|
{common}"""


def notices_page() -> str:
    """The whole page, for the built-in office."""
    kinds, office = load_kinds(), load_office()
    seeds = sum(kind.seed for kind in kinds)
    resolved = [resolve(kind, office) for kind in kinds]
    rows = "".join(_row(each) for each in resolved)
    common = _common(resolved)
    sections = "".join("\n" + "\n".join(_section(each, common)) + "\n" for each in resolved)
    head = _HEAD.format(
        count=len(kinds),
        seeds=seeds,
        growth=NEW_SENDER_GROWTH,
        growing=", ".join(sorted({name for each in resolved for name in _growing(each)})),
    )
    listed = "".join(f"| {name} | {headers} |\n" for name, headers in common.items())
    return head + rows + _TAIL.format(common=listed) + sections


def _common(resolved: Iterable[ResolvedKind]) -> dict[str, str]:
    """Headers of the variables that go by the same ones in four kinds or more, by name."""
    counts = Counter(
        (variable["name"], _headers(variable))
        for each in resolved
        for variable in each.variables
        if "columns" in variable
    )
    return {name: headers for (name, headers), count in counts.items() if count >= 4}


def _headers(variable: Mapping[str, Any]) -> str:
    return ", ".join(variable.get("columns", ()))


def _growing(resolved: ResolvedKind) -> Iterator[str]:
    used = parse_template(resolved.template).variables
    for variable in map(variable_from_json, resolved.variables):
        room = len(f"#{{{variable.name}}}") + NEW_SENDER_GROWTH
        if variable.name in used and len(longest_value(variable)) > room:
            yield variable.name


def _row(resolved: ResolvedKind) -> str:
    kind = resolved.kind
    cells = (
        f"`{kind.code}`" + (" *seed*" if kind.seed else ""),
        kind.name,
        resolved.department.name,
        kind.audience.value,
        kind.lane.value,
        kind.legal_effect,
        str(kind.sensitivity),
        kind.retention,
        kind.window,
        _duration(kind.ttl_minutes),
        _grouping(kind),
        f"{kind.fallback.channel} {kind.fallback.wait_seconds} s",
        str(kind.approvals),
    )
    return f"| {' | '.join(cells)} |\n"


def _grouping(kind: KindData) -> str:
    waits = f", {_duration(kind.merge_minutes)}" if kind.merge_minutes else ""
    return "" if kind.grouping == "none" else kind.grouping + waits


def _duration(minutes: int) -> str:
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _section(resolved: ResolvedKind, common: Mapping[str, str]) -> Iterator[str]:
    kind, template = resolved.kind, resolved.template
    yield f"## `{kind.code}` {kind.name}"
    yield ""
    yield f"When: {kind.trigger}. From: {kind.source}."
    yield ""
    yield f"Mind: {kind.legal}"
    yield ""
    yield from _block(f"Alimtalk ({_form(kind)}):", _alimtalk(template))
    if resolved.sms is not None:
        yield from _block("SMS:", resolved.sms)
    if resolved.lms is not None:
        yield from _block("LMS:", f"{resolved.lms.subject}\n\n{resolved.lms.text}")
    yield "| variable | kind | header | from | else |"
    yield "|---|---|---|---|---|"
    for variable in resolved.variables:
        yield _variable(variable, common)


def _form(kind: KindData) -> str:
    return f"{kind.template['message_type']}, {kind.template['emphasis']}"


def _block(caption: str, text: str) -> Iterator[str]:
    yield caption
    yield ""
    yield "```text"
    yield text
    yield "```"
    yield ""


def _alimtalk(template: Mapping[str, Any]) -> str:
    above = [template[key] for key in ("title", "subtitle", "header") if key in template]
    above += [f"{item['title']} | {item['description']}" for item in template.get("items", ())]
    parts = ["\n".join(above)] if above else []
    parts.append(template["body"])
    if "extra" in template:
        parts.append(template["extra"])
    parts.append("\n".join(f"[ {button['name']} ]" for button in template["buttons"]))
    return "\n\n".join(parts)


def _variable(variable: Mapping[str, Any], common: Mapping[str, str]) -> str:
    headers = _headers(variable)
    limit = f" ≤ {variable['max']}" if "max" in variable else ""
    cells = (
        variable["name"],
        f"{variable['kind']}{limit}",
        "*(shared)*" if headers and common.get(variable["name"]) == headers else headers,
        variable.get("from", ""),
        variable.get("default", ""),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(notices_page())
