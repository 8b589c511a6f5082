"""A channel switched off and on: what Kakao's bad days ask of an office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, listing, moment, money, screen

if TYPE_CHECKING:
    from alimnaru.reads.outages import ChannelState
    from alimnaru.rules.channel import Channel

ChannelName = Annotated[
    str,
    typer.Argument(help="발송 방법: alimtalk, sms, lms, mms.", metavar="방법", show_default=False),
]
Ceiling = Annotated[
    int | None,
    typer.Option(
        "--ceiling",
        help="대신 보내는 문자에 쓸 금액의 한도(원). 적지 않으면 한도가 없습니다.",
        metavar="원",
        min=0,
        max=10**11,
        show_default=False,
    ),
]


def off(channel: ChannelName, ceiling: Ceiling = None, as_json: JsonFlag = False) -> int:
    """발송 방법 하나를 끕니다. 알림톡을 끄면 급한 알림부터 문자로 대신 보냅니다.

    문자를 보내면 안 되는 알림과 한도를 넘은 알림은 다시 켤 때까지 기다립니다.
    """
    from alimnaru.ops.boot import boot, cli_member

    named = _named(channel)
    boot(migrate=True)
    from alimnaru.office.channels import switch_off

    was_off = _state(named).off
    switch_off(named, actor=cli_member(), ceiling=ceiling)
    state = _state(named)
    if as_json:
        answer(state.as_json())
        return 0
    out = screen()
    if was_off:
        out.print(f"{_label(named)} 발송은 이미 꺼져 있습니다. 이제부터는 이렇게 합니다.")
    else:
        out.print(f"{_label(named)} 발송을 껐습니다.")
    if named.value == "alimtalk":
        limit = "한도 없이" if ceiling is None else f"{ceiling:,}원 안에서"
        out.print(f"  기다리는 알림은 급한 것부터 {limit} 문자로 보냅니다.")
        out.print("  가장 급한 알림(P0)은 한도를 넘어도 보냅니다.")
    else:
        out.print("  이 방법으로 보낼 것은 다시 켤 때까지 기다립니다.")
    out.print(f"  다시 켜려면: alimnaru channel on {named.value}")
    return 0


def on(channel: ChannelName, as_json: JsonFlag = False) -> int:
    """꺼 둔 발송 방법을 다시 켭니다. 기다리던 것을 이어서 보내고, 두 번 보내지 않습니다."""
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.wording import Fault

    named = _named(channel)
    boot(migrate=True)
    from alimnaru.office.channels import StillOut, switch_on

    before = _state(named)
    try:
        freed = switch_on(named, actor=cli_member())
    except StillOut:
        raise Refused(Fault.CHANNEL_STILL_OUT, channel=_label(named)) from None
    if as_json:
        answer(
            {**_state(named).as_json(), "was_off": freed is not None, "freed_chunks": freed or 0}
        )
        return 0
    out = screen()
    if freed is None:
        out.print(f"{_label(named)} 발송은 이미 켜져 있습니다.")
        return 0
    out.print(f"{_label(named)} 발송을 다시 켰습니다.")
    if before.messages:
        out.print(f"  기다리던 {count(before.messages)}에게 이어서 보냅니다.")
    if before.spent_won:
        out.print(f"  꺼져 있는 동안 문자에 쓴 금액은 {money(before.spent_won)}입니다.")
    return 0


def status(as_json: JsonFlag = False) -> int:
    """발송 방법마다 켜져 있는지, 꺼져 있으면 왜 그런지와 기다리는 사람 수를 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.outages import channel_states

    states = channel_states()
    if as_json:
        answer({"channels": [state.as_json() for state in states]})
        return 0
    rows = [_row(state) for state in states]
    columns = ("방법", "상태", "문자로 쓴 금액", "기다림")
    screen().print(listing(columns, rows, numbers="문자로 쓴 금액,기다림"))
    for state in states:
        if state.stuck:
            screen().print(
                f"{_label(state.channel)}: 기다리는 사람 가운데 {count(state.stuck)}에게는 "
                "문자를 보내지 않기로 되어 있어, 다시 켤 때까지 기다립니다."
            )
    return 0


def _row(state: ChannelState) -> tuple[str, str, str, str]:
    waiting = count(state.messages) if state.messages else ""
    if not state.off or state.since is None:
        return _label(state.channel), "켜짐", "", waiting
    who = state.member or "장애로 저절로"
    said = f"{moment(state.since)}부터 꺼짐 ({who})"
    spent = money(state.spent_won)
    if state.ceiling_won is not None:
        spent += f" / {state.ceiling_won:,}원"
    return _label(state.channel), said, spent, waiting


def _state(channel: Channel) -> ChannelState:
    from alimnaru.reads.outages import channel_states

    return channel_states([channel])[0]


def _label(channel: Channel) -> str:
    from alimnaru.wording import label

    return label(channel)


def _named(text: str) -> Channel:
    """A channel by its code or its Korean name."""
    from alimnaru.rules.channel import Channel
    from alimnaru.wording import Fault
    from alimnaru.wording.states import CHANNELS

    known = {c.value: c for c in Channel} | {CHANNELS[c].label: c for c in Channel}
    if text not in known:
        raise Refused(Fault.CHANNEL_UNKNOWN, code=text)
    return known[text]
