"""`webhook`: where other programs hear of messages, for whoever sits at the machine."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, listing, moment, screen

if TYPE_CHECKING:
    from alimnaru.store.models import Webhook

Number = Annotated[int, typer.Argument(help="웹훅의 번호.", metavar="번호", show_default=False)]


def webhooks(ctx: typer.Context, as_json: JsonFlag = False) -> int:
    return list_webhooks(as_json=as_json) if ctx.invoked_subcommand is None else 0


def list_webhooks(as_json: JsonFlag = False) -> int:
    """웹훅과 아직 보내지 못한 것을 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.connections import webhook_lines, webhooks_of
    from alimnaru.rules.webhook_urls import host_of
    from alimnaru.store.scoping import whole_office

    lines = webhook_lines(list(webhooks_of(whole_office())))
    if as_json:
        found = [
            {**_facts(line.webhook), "waiting": line.waiting, "failed": line.failed}
            for line in lines
        ]
        answer({"webhooks": found})
    elif not lines:
        screen().print("웹훅이 없습니다. alimnaru webhook add로 등록해 주십시오.")
    else:
        rows = [
            (
                str(line.webhook.pk),
                line.webhook.name,
                line.webhook.department.name,
                host_of(line.webhook.url),
                _state(line.webhook),
                f"{line.waiting:,}",
                f"{line.failed:,}",
            )
            for line in lines
        ]
        columns = ("번호", "이름", "부서", "받는 곳", "상태", "기다림", "포기함")
        screen().print(listing(columns, rows))
    return 0


_Department = Annotated[
    str | None,
    typer.Option(
        "--department",
        help="부서의 코드나 이름. 적지 않으면 맨 위 부서.",
        metavar="부서",
        show_default=False,
    ),
]
_Events = Annotated[
    str,
    typer.Option(
        "--events",
        help="알릴 일을 쉼표로 잇습니다. 적지 않으면 모두. 예: message.failed",
        metavar="일",
    ),
]


def add(
    *,
    url: Annotated[str, typer.Argument(help="받는 주소.", metavar="주소", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="받는 시스템의 이름.", metavar="이름")],
    department: _Department = None,
    events: _Events = "",
    as_json: JsonFlag = False,
) -> int:
    """웹훅을 등록하고 서명을 확인할 비밀 값을 한 번 보여 줍니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.webhooks import Wanted
    from alimnaru.office.webhooks import add as act
    from alimnaru.ops.cli_lookups import department_called
    from alimnaru.reads.people import top_department

    place = department_called(department) or top_department()
    wanted = Wanted(name, url, _events(events))
    made, secret = act(wanted, actor=cli_member(), department=place, as_operator=True)
    if as_json:
        answer({**_facts(made), "secret": secret})
        return 0
    screen().print(f"{made.pk}번 웹훅을 등록했습니다.")
    screen().print(secret, soft_wrap=True)
    screen().print("한 번만 보여 드립니다. 받는 시스템의 비밀 설정에 옮겨 주십시오.")
    return 0


def pause(number: Number, as_json: JsonFlag = False) -> int:
    """웹훅을 멈춥니다. 그동안 생긴 일은 모아 둡니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.webhooks import pause as act

    found = act(_webhook(number), actor=cli_member(), as_operator=True)
    _tell(found, "웹훅을 멈추었습니다.", as_json=as_json)
    return 0


def resume(number: Number, as_json: JsonFlag = False) -> int:
    """멈춘 웹훅에 다시 보냅니다. 모아 둔 것부터 차례로 나갑니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.webhooks import resume as act

    found = act(_webhook(number), actor=cli_member(), as_operator=True)
    _tell(found, "웹훅에 다시 보냅니다.", as_json=as_json)
    return 0


def redrive(
    number: Number,
    since: Annotated[
        str,
        typer.Option("--since", help="이날부터의 것만. 2026-11-25처럼 적습니다.", metavar="날짜"),
    ] = "",
    as_json: JsonFlag = False,
) -> int:
    """포기한 것을 다시 보냅니다. 72시간 동안 받지 않은 것이 포기한 것입니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from django.utils import timezone

    from alimnaru.office.webhooks import redrive as act
    from alimnaru.ops.cli_lookups import day_named

    start = timezone.make_aware(datetime.combine(day_named(since), time.min)) if since else None
    count = act(_webhook(number), actor=cli_member(), since=start, as_operator=True)
    if as_json:
        answer({"webhook": number, "redriven": count})
    else:
        screen().print(f"{count:,}건을 다시 보냅니다.")
    return 0


def _tell(webhook: Webhook, said: str, *, as_json: bool) -> None:
    if as_json:
        answer(_facts(webhook))
    else:
        screen().print(f"{webhook.pk}번 {said}")


def _state(webhook: Webhook) -> str:
    if not webhook.is_active:
        return "멈춤"
    if webhook.failing_since:
        return f"{moment(webhook.failing_since)}부터 실패"
    return "정상"


def _facts(webhook: Webhook) -> dict[str, object]:
    from alimnaru.rules.webhook_urls import host_of

    return {
        "webhook": webhook.pk,
        "name": webhook.name,
        "department": webhook.department.code,
        "host": host_of(webhook.url),
        "events": list(webhook.events),
        "is_active": webhook.is_active,
        "failing_since": webhook.failing_since.isoformat() if webhook.failing_since else None,
    }


def _events(text: str) -> list[str]:
    from alimnaru.rules.webhooks import EventType
    from alimnaru.wording import Fault

    names = [part.strip() for part in text.split(",") if part.strip()]
    for name in names:
        if name not in set(EventType):
            raise Refused(Fault.EVENT_UNKNOWN, code=name, near=", ".join(EventType))
    return names


def _webhook(number: int) -> Webhook:
    from alimnaru.store.models import Webhook
    from alimnaru.wording import Fault

    found = Webhook.objects.filter(pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise Refused(Fault.WEBHOOK_UNKNOWN, code=str(number))
    return found
