"""`entrances`: the networks of the staff's console, and the way back for who is shut out."""

from __future__ import annotations

from typing import Annotated

import typer

from alimnaru.ops.cli_output import JsonFlag, answer, listing, moment, screen


def entrances(ctx: typer.Context, as_json: JsonFlag = False) -> int:
    return list_networks(as_json=as_json) if ctx.invoked_subcommand is None else 0


def list_networks(as_json: JsonFlag = False) -> int:
    """접속을 허용한 망을 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.reads.entrances import allowed

    rows = allowed()
    if as_json:
        answer({"networks": [{"network": r.network, "note": r.note} for r in rows]})
    elif not rows:
        screen().print("등록한 망이 없어 어디에서나 접속할 수 있습니다.")
    else:
        lines = [(r.network, r.note or "–", r.added_by.name, moment(r.added_at)) for r in rows]
        screen().print(listing(("망", "어디", "등록한 사람", "등록한 때"), lines))
    return 0


def add(
    network: Annotated[
        str,
        typer.Argument(help="망이나 주소. 예: 10.20.0.0/16", metavar="망", show_default=False),
    ],
    note: Annotated[str, typer.Option("--note", help="어디인지.", metavar="말")] = "",
    as_json: JsonFlag = False,
) -> int:
    """망을 등록합니다. 하나라도 있으면 그 밖에서는 접속할 수 없습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.entrances import add_network

    made = add_network(actor=cli_member(), text=network, note=note, address=None)
    if as_json:
        answer({"network": made.network})
    else:
        screen().print(f"등록했습니다: {made.network}")
    return 0


def open_all(as_json: JsonFlag = False) -> int:
    """등록한 망을 모두 지워 어디에서나 접속할 수 있게 합니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.entrances import open_everywhere

    count = open_everywhere(actor=cli_member())
    if as_json:
        answer({"removed": count})
    else:
        screen().print(f"망 {count}개를 지웠습니다. 이제 어디에서나 접속할 수 있습니다.")
    return 0
