"""Canary messages: whether the ways to the residents are alive, tried all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_output import JsonFlag, answer, facts, listing, moment, period, screen

if TYPE_CHECKING:
    from alimnaru.reads.canary import Service


def on(
    phone: Annotated[
        str,
        typer.Option(
            "--phone",
            help="점검 메시지를 받을 기관의 전화번호. 적지 않으면 묻습니다.",
            metavar="번호",
            prompt="점검 메시지를 받을 기관의 전화번호",
        ),
    ],
    every: Annotated[
        int, typer.Option("--every", help="몇 분마다 보낼지. 5에서 120까지.", metavar="분")
    ] = 60,
    as_json: JsonFlag = False,
) -> int:
    """차로와 발송 사업자마다 점검 메시지를 기관의 전화로 보냅니다.

    실제 메시지라서 요금이 듭니다.
    """
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.canary import switch_on

    switch_on(phone, every, actor=cli_member())
    if as_json:
        answer({"on": True, "every_minutes": every})
        return 0
    out = screen()
    out.print(f"{every}분마다 점검 메시지를 보냅니다.")
    out.print("  카카오 심사를 받으면 알림톡으로, 그 전에는 문자로 보냅니다.")
    out.print("  결과는 ‘alimnaru canary show’와 서비스 상태 화면(/status)에서 보십시오.")
    return 0


def off(as_json: JsonFlag = False) -> int:
    """점검 메시지를 더 보내지 않습니다. 적어 둔 번호도 지웁니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.canary import switch_off

    was_on = switch_off(actor=cli_member())
    if as_json:
        answer({"on": False, "was_on": was_on})
        return 0
    screen().print("점검 메시지를 껐습니다." if was_on else "점검 메시지는 이미 꺼져 있습니다.")
    return 0


def show(as_json: JsonFlag = False) -> int:
    """점검 메시지가 어떻게 도착하고 있는지 봅니다."""
    from django.utils import timezone

    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.canary import service

    found = service(timezone.now())
    if as_json:
        answer(_as_json(found))
        return 0
    _print(found)
    return 0


def _print(found: Service) -> None:
    from alimnaru.wording import label

    out = screen()
    if found.canaries:
        out.print(facts([("점검 메시지", f"{found.every_minutes}분마다 보냄")]))
    else:
        out.print("점검 메시지를 보내지 않고 있습니다. 켜려면: alimnaru canary on")
    rows = [
        (label(one.channel), label(one.stand), moment(one.heard) if one.heard else "-", "")
        for one in found.channels
    ]
    rows += [
        (
            f"{label(one.lane)} 알림",
            label(one.stand),
            moment(one.heard) if one.heard else "-",
            period(one.seconds) if one.seconds is not None else "",
        )
        for one in found.lanes
    ]
    out.print(listing(["무엇", "상태", "마지막으로 도착", "걸린 시간"], rows))


def _as_json(found: Service) -> dict[str, object]:
    return {
        "on": found.canaries,
        "every_minutes": found.every_minutes,
        "stand": found.stand.value,
        "channels": [
            {
                "channel": one.channel.value,
                "stand": one.stand.value,
                "off_since": one.since.isoformat() if one.since else None,
                "arrived": one.heard.isoformat() if one.heard else None,
            }
            for one in found.channels
        ],
        "lanes": [
            {
                "lane": one.lane.value,
                "stand": one.stand.value,
                "arrived": one.heard.isoformat() if one.heard else None,
                "seconds": one.seconds,
            }
            for one in found.lanes
        ],
    }
