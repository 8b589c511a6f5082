"""`consent`: agreements to be served documents electronically.

Phone and name are read from the input, one line: what stands in a command stays in its history.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, listing, screen

if TYPE_CHECKING:
    from alimnaru.store.models import Notice

Code = Annotated[str, typer.Argument(help="송달하는 알림의 코드나 이름.", metavar="알림")]
#: Rows of a list that are named on screen.
SHOWN = 50


def list_(
    limit: Annotated[int, typer.Option("--limit", help="보여 줄 수.", metavar="수")] = 50,
    as_json: JsonFlag = False,
) -> int:
    """적용 중인 송달 동의를 보여 줍니다. 번호와 이름은 보이지 않습니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.consents import open_consents
    from alimnaru.reads.preferences import short_code
    from alimnaru.store.scoping import whole_office

    found = [
        {
            "id": one.pk,
            "phone_code": short_code(bytes(one.to_hash)),
            "notice": one.notice.code,
            "starts_on": one.starts_on.isoformat(),
            "ends_on": one.ends_on.isoformat() if one.ends_on else None,
            "how": one.how,
            "evidence": one.evidence,
        }
        for one in open_consents(whole_office())[: max(limit, 0)]
    ]
    if as_json:
        answer({"consents": found})
    elif not found:
        screen().print("적용 중인 송달 동의가 없습니다.")
    else:
        shown = ("id", "phone_code", "notice", "starts_on", "evidence")
        rows = [tuple(str(one[name]) for name in shown) for one in found]
        screen().print(listing(("번호", "번호 코드", "알림", "동의한 날", "확인할 문서"), rows))
    return 0


def add(
    notice: Code,
    evidence: Annotated[
        str, typer.Option("--evidence", help="동의를 확인할 문서의 번호.", metavar="문서")
    ],
    start: Annotated[
        str | None, typer.Option("--from", help="동의한 날. 적지 않으면 오늘.", metavar="날짜")
    ] = None,
    end_day: Annotated[
        str | None, typer.Option("--until", help="끝나는 날.", metavar="날짜")
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """송달 동의 한 건을 기록합니다. ‘전화번호,이름’ 한 줄을 입력으로 읽습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.consents import Agreement, NoEvidence, record
    from alimnaru.rules.remark import names_somebody
    from alimnaru.sources.upload import ListRefused
    from alimnaru.wording import Fault

    kind = _notice(notice)
    if names_somebody(evidence):
        raise Refused(Fault.REASON_UNUSABLE)
    starts, ends = _days(start, end_day)
    phone, name = _whose(needs_name=True)
    try:
        told = record(
            kind, [Agreement(phone, name, starts, evidence, ends_on=ends)], actor=cli_member()
        )
    except NoEvidence:
        raise Refused(Fault.REASON_UNUSABLE) from None
    if told[0] is not None:
        raise ListRefused(told[0])
    if as_json:
        answer({"notice": kind.code, "recorded": 1})
    else:
        screen().print(f"‘{kind.name}’의 송달 동의를 기록했습니다.")
    return 0


def _days(start: str | None, end_day: str | None) -> tuple[date, date | None]:
    """From when until when; today where nothing is said."""
    from django.utils import timezone

    from alimnaru.ops.cli_lookups import day_called
    from alimnaru.wording import Fault

    today = timezone.localdate()
    starts = day_called(start, today)
    ends = day_called(end_day, today) if end_day else None
    if ends is not None and ends < starts:
        raise Refused(Fault.DATES_REVERSED)
    return starts, ends


def end(
    notice: Code,
    why: Annotated[str, typer.Option("--why", help="철회한 까닭.", metavar="까닭")],
    as_json: JsonFlag = False,
) -> int:
    """송달 동의를 철회합니다. ‘전화번호,이름’ 한 줄을 입력으로 읽고, 이름은 없어도 됩니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.consents import of_person, withdraw
    from alimnaru.rules.phone import read_phone
    from alimnaru.rules.refusals import Refusal
    from alimnaru.rules.remark import names_somebody
    from alimnaru.sources.upload import ListRefused
    from alimnaru.store import crypto
    from alimnaru.wording import Fault

    kind = _notice(notice)
    if not why.strip() or names_somebody(why):
        raise Refused(Fault.REASON_UNUSABLE)
    given, name = _whose(needs_name=False)
    phone = read_phone(given)
    if isinstance(phone, Refusal):
        raise ListRefused(phone)
    person = crypto.person_hash("".join(name.split())) if name else None
    found = of_person(crypto.phone_hash(phone), person).filter(notice=kind)
    ended = withdraw(found, actor=cli_member(), note=why.strip()[:200])
    if as_json:
        answer({"notice": kind.code, "ended": ended})
    else:
        screen().print(f"송달 동의를 철회했습니다({count(ended, '건')}).")
    return 0


def import_(
    notice: Code,
    file: Annotated[Path, typer.Argument(help="동의 명단(xlsx, xls, csv).", metavar="파일")],
    as_json: JsonFlag = False,
) -> int:
    """동의 명단을 기록하고, 기록하지 못한 행과 그 까닭을 알려 줍니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.consents import import_list
    from alimnaru.store.models import ServiceConsent
    from alimnaru.wording import sentence

    kind = _notice(notice)
    done = import_list(file, kind, how=ServiceConsent.How.LETTER, actor=cli_member())
    if as_json:
        refused = [{"row": row, "code": code.value} for row, code in done.refused]
        answer({"notice": kind.code, "recorded": done.recorded, "refused": refused})
        return 0
    out = screen()
    out.print(f"{count(done.recorded, '건')}의 송달 동의가 기록되어 있습니다.")
    if done.refused:
        out.print(f"{count(len(done.refused), '행')}은 건너뛰었습니다.")
        rows = [(str(row), sentence(code)) for row, code in done.refused[:SHOWN]]
        out.print(listing(("행", "까닭과 할 일"), rows))
    return 0


def _notice(code: str) -> Notice:
    from alimnaru.ops.cli_lookups import notice_called
    from alimnaru.store.models import Notice as Kind
    from alimnaru.wording import Fault

    found = notice_called(code)
    if found.legal_effect != Kind.LegalEffect.SERVICE:
        raise Refused(Fault.NOTHING_SERVED, code=found.code)
    return found


def _whose(*, needs_name: bool) -> tuple[str, str]:
    from alimnaru.wording import Fault

    if sys.stdin.isatty():
        typer.echo("전화번호,이름: ", nl=False, err=True)
    phone, _, name = sys.stdin.readline().partition(",")
    if not phone.strip() or (needs_name and not name.strip()):
        raise Refused(Fault.PERSON_MISSING)
    return phone.strip(), name.strip()
