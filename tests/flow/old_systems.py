"""An older system connected to the library, and what its rows come to."""

from __future__ import annotations

import re
from datetime import time
from html import unescape

import httpx

from alimnaru.flow import agents
from alimnaru.flow.gather import gather
from alimnaru.office.agent_sources import add_agent
from alimnaru.store.models import Batch, Source
from tests.cast import BODY, VALUES, Cast, bring_results
from tests.legacy import OldSystem

#: What the library's system has always written: the text of the notice, as it happens.
LOAN = BODY.replace("#{도서관}", "나루중앙도서관").replace("#{성명}", "김나루").replace(
    "#{기한}", VALUES[2]
)  # fmt: skip
#: And what none of the notices says.
OTHER = "[나루중앙도서관] 오늘 18시에 문을 닫습니다."


def connect(cast: Cast, old: OldSystem, *layouts: str, **how: object) -> Source:
    """Take the agent's place in these tables. The library's notice goes at any hour."""
    cast.notice.opens = cast.notice.closes = time(0)
    cast.notice.save()
    settings = {"code": "old", "name": "옛 도서관 시스템", "notices": [cast.notice.code], **how}
    return add_agent(
        actor=cast.librarian,
        department=cast.library,
        url=old.url,
        tables=dict.fromkeys(layouts, ""),
        **settings,  # type: ignore[arg-type]
    )


def turn(source: Source) -> None:
    """One turn of everything: rows in, messages out, results in, rows told."""
    agents.poll(source)
    gather(["urgent", "normal", "bulk"])
    for batch in Batch.objects.order_by("pk"):
        bring_results(batch)
    agents.poll(source)


def types(cast: Cast) -> list[str]:
    """What the sandbox has accepted, in order: ATA, SMS, LMS."""
    return [type_ for _, type_ in cast.accepted()]


def screen(cast: Cast, number: str) -> str:
    """What stands on the page of a phone of the sandbox's, in one line."""
    assert cast.sandbox is not None
    with httpx.Client(trust_env=False, verify=False) as client:
        html = client.get(f"{cast.sandbox.url}/phones/{number}").raise_for_status().text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
