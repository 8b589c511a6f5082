"""What `accounts` shows: a line for each contract, and one for each channel that is not well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alimnaru.carriers.base import CarrierError
from alimnaru.carriers.review import ProfileState
from alimnaru.flow.wire import on_the_line
from alimnaru.ops.cli_output import listing, moment, money, screen
from alimnaru.reads.health import AccountHealth, ChannelHealth
from alimnaru.rules.health import BreakerState, Reason
from alimnaru.wording import label, sentence

#: Won left by account; a sentence where the carrier did not answer.
Balances = Mapping[int, int | str | None]


def balances(found: Sequence[AccountHealth]) -> Balances:
    """Ask each carrier what is left."""
    left: dict[int, int | str | None] = {}
    for one in found:
        try:
            with on_the_line(one.account, None) as carrier:
                left[one.account.pk] = carrier.balance()
        except CarrierError as error:
            left[one.account.pk] = error.code
    return left


def as_json(found: Sequence[AccountHealth], left: Balances | None) -> list[dict[str, object]]:
    """For programs."""
    keys = [
        *("name", "kind", "base_url", "profile", "profile_state", "priority"),
        *("per_second", "per_day", "is_sandbox", "is_active"),
    ]
    rows = []
    for one in found:
        row: dict[str, object] = {key: getattr(one.account, key) for key in keys}
        row["used_today"] = one.used_today
        row["channels"] = [_channel(channel) for channel in one.channels]
        if left is not None:
            row["balance"] = left[one.account.pk]
        rows.append(row)
    return rows


def _channel(one: ChannelHealth) -> dict[str, object]:
    breaker = one.breaker
    return {
        "channel": one.channel.value,
        "won": None if one.won is None else float(one.won),
        "state": breaker.state.value,
        "reason": breaker.reason,
        "since": breaker.since.isoformat() if breaker.since else None,
        "probe_at": breaker.probe_at.isoformat() if breaker.probe_at else None,
        "calls": one.calls,
        "cuts": one.cuts,
        "ok": one.ok,
        "bad": one.bad,
    }


def show(found: Sequence[AccountHealth], left: Balances | None) -> None:
    """For people."""
    columns = ["이름", "사업자", "순서", "방법과 단가", "한도", "프로필", "상태"]
    if left is not None:
        columns.append("잔액")
    rows = [_row(one, left) for one in found]
    screen().print(listing(columns, rows, numbers="순서,잔액"))
    for one in found:
        for channel in one.channels:
            if channel.breaker.state is not BreakerState.CLOSED:
                screen().print(_trouble(one, channel))


def _row(one: AccountHealth, left: Balances | None) -> list[str]:
    account = one.account
    ways = [
        label(channel.channel) + ("" if channel.won is None else f" {money(channel.won)}")
        for channel in one.channels
    ]
    row = [
        account.name,
        "모의" if account.is_sandbox else account.kind,
        str(account.priority),
        ", ".join(ways),
        _limits(one),
        f"{account.profile} ({label(ProfileState(account.profile_state))})",
        _state(one),
    ]
    if left is not None:
        row.append(_left(left[account.pk]))
    return row


def _left(won: int | str | None) -> str:
    if won is None:
        return "알려 주지 않음"
    return f"{won:,}원" if isinstance(won, int) else f"응답 없음({won})"


def _limits(one: AccountHealth) -> str:
    account = one.account
    limits = []
    if account.per_second is not None:
        limits.append(f"1초 {account.per_second:,}건")
    if account.per_day is not None:
        limits.append(f"하루 {account.per_day:,}건(오늘 {one.used_today:,}건)")
    return ", ".join(limits) or "없음"


def _state(one: AccountHealth) -> str:
    if not one.account.is_active:
        return "꺼 둠"
    ill = [channel for channel in one.channels if channel.breaker.state is not BreakerState.CLOSED]
    if not ill:
        return "사용"
    return ", ".join(f"{label(c.channel)} {label(c.breaker.state)}" for c in ill)


def _trouble(one: AccountHealth, channel: ChannelHealth) -> str:
    breaker = channel.breaker
    since = "" if breaker.since is None else f"{moment(breaker.since)}부터 "
    why = sentence(Reason(breaker.reason)) if breaker.reason else ""
    return (
        f"{one.account.name} {label(channel.channel)}: {since}{label(breaker.state)}. "
        f"{why} {sentence(breaker.state)}"
    )
