"""Backup, restore and upgrade: what keeps an office through a bad night."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import OUR_FAULT, Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, facts, screen

if TYPE_CHECKING:
    from alimnaru.ops.backup import Place
    from alimnaru.ops.embedded import Embedded

Folder = Annotated[
    Path | None,
    typer.Option(
        "--into",
        help="백업 폴더. 적지 않으면 ALIMNARU_BACKUP에 적힌 폴더입니다.",
        metavar="폴더",
        show_default=False,
    ),
]


def make(into: Folder = None, as_json: JsonFlag = False) -> int:
    """데이터베이스 전체를 백업합니다. 35일이 지난 백업은 지웁니다.

    암호화 키(master.key, secret.key)는 백업에 넣지 않습니다. 따로 보관하십시오.
    """
    from django.utils import timezone

    from alimnaru.ops import backup
    from alimnaru.ops.boot import boot

    place, server = _place(into), _server()
    boot()
    base = backup.take(server, place, timezone.now())
    size = sum(path.stat().st_size for path in base.folder.iterdir())
    if as_json:
        answer({"backup": str(base.folder), "bytes": size, "ended": base.ended.isoformat()})
        return 0
    out = screen()
    out.print(f"백업을 마쳤습니다: {base.folder}")
    out.print(f"  크기는 {size / 1024**2:,.0f}MB이고, 35일 뒤에 지웁니다.")
    out.print("  암호화 키는 들어 있지 않습니다. master.key와 secret.key를 따로 보관하십시오.")
    return 0


def check(into: Folder = None, as_json: JsonFlag = False) -> int:
    """가장 최근 백업을 임시 폴더에 되살려, 읽을 수 있고 행의 수가 맞는지 확인합니다."""
    from alimnaru.home import home
    from alimnaru.ops import restore as restoring

    found = restoring.check(_place(into), home() / ".backup-check")
    if as_json:
        answer(found)
        return 0 if found["sound"] else OUR_FAULT
    out = screen()
    rows = found["rows"]
    names = rows if isinstance(rows, dict) else {}
    out.print(facts([("백업", str(found["backup"])), *((n, f"{r:,}행") for n, r in names.items())]))
    if found["sound"]:
        out.print("되살려 보니 읽을 수 있고, 백업할 때 센 행의 수와 맞습니다.")
        return 0
    if found["differs"]:
        out.print(f"행의 수가 다릅니다: {', '.join(map(str, _list(found['differs'])))}.")
    if found["gaps"]:
        out.print(
            "기록(WAL)이 중간에 빠져 있어 최근 시각으로 되돌릴 수 없습니다. 새로 백업해 주십시오."
        )
    return OUR_FAULT


def _list(found: object) -> list[object]:
    return list(found) if isinstance(found, list) else []


def archive(
    into: Folder = None,
    synchronous: Annotated[
        bool,
        typer.Option(
            "--synchronous",
            help="저장할 때마다 백업에도 적힐 때까지 기다립니다. 되살릴 때 빠지는 것이 없습니다.",
        ),
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """데이터베이스의 변경 기록(WAL)을 적히는 대로 백업 폴더에 받습니다. 끝낼 때까지 실행됩니다."""
    from alimnaru.ops import backup

    place, server = _place(into), _server()
    server.start()
    try:
        if as_json:
            answer({"pid": os.getpid(), "wal": str(place.log)})
        return backup.archive(server, place, synchronous=synchronous)
    finally:
        server.stop()


Target = Annotated[
    Path,
    typer.Option(
        "--into",
        help="되살릴 자료 폴더(ALIMNARU_HOME이 될 폴더). 데이터베이스가 없어야 합니다.",
        metavar="폴더",
    ),
]
Source = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="백업 폴더. 적지 않으면 ALIMNARU_BACKUP에 적힌 폴더입니다.",
        metavar="폴더",
        show_default=False,
    ),
]
Moment = Annotated[
    datetime | None,
    typer.Option(
        "--to",
        help="되돌릴 시각. 적지 않으면 남아 있는 마지막 기록까지 되살립니다.",
        metavar="시각",
        formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"],
        show_default=False,
    ),
]


def restore(
    into: Target, source: Source = None, to: Moment = None, as_json: JsonFlag = False
) -> int:
    """백업을 되살립니다. 되살린 자료는 발송을 멈춘 채로 시작합니다.

    그 뒤에 사업자들이 이미 받은 것을 확인하고(office reconcile) 다시 시작합니다(office resume).
    """
    from zoneinfo import ZoneInfo

    from alimnaru.ops import restore as restoring
    from alimnaru.ops.embedded import Embedded

    moment_asked = to and to.replace(tzinfo=ZoneInfo("Asia/Seoul"))
    server = Embedded(into.expanduser().absolute() / "postgres")
    try:
        found = restoring.restore(_place(source), server, to=moment_asked)
    finally:
        if server.folder.exists():
            server.stop()
    keys = [n for n in ("master.key", "secret.key") if not (into / n).exists()]
    if as_json:
        until = found.until and found.until.isoformat()
        answer({"until": until, "backup": found.base.folder.name, "keys_missing": keys})
        return 0
    _say_restored(server.folder, found.until, keys)
    return 0


def _say_restored(folder: Path, until: datetime | None, keys: list[str]) -> None:
    out = screen()
    out.print(f"되살렸습니다: {folder}")
    if until is not None:
        out.print(f"  {_when(until)}까지의 기록이 들어 있습니다.")
    if keys:
        out.print(f"  암호화 키를 이 폴더에 옮겨 주십시오: {', '.join(keys)}")
    out.print("  발송은 멈추어 있습니다. 이어서 하려면 이 폴더를 ALIMNARU_HOME으로 두고")
    out.print("  alimnaru office reconcile, alimnaru office resume을 차례로 실행하십시오.")


CheckOnly = Annotated[
    bool,
    typer.Option("--check", help="바꾸지 않고, 지금 도는 프로그램과 함께 쓸 수 있는지만 봅니다."),
]
Contract = Annotated[
    bool,
    typer.Option("--contract", help="예전 프로그램이 모두 꺼졌을 때만 할 수 있는 변경도 합니다."),
]


def migrate(
    check_only: CheckOnly = False, contract: Contract = False, as_json: JsonFlag = False
) -> int:
    """데이터베이스의 표를 이 버전에 맞춥니다.

    예전 버전이 함께 돌고 있어도 되는 변경만 합니다. 그렇지 않은 변경은 --contract로 합니다.
    """
    from alimnaru.ops.boot import boot, bring_up_to_date, first_run, unapplied
    from alimnaru.wording import Fault

    boot()
    from alimnaru.ops.expanding import contracting

    missing = unapplied()
    refused = contracting(missing)
    if refused and not contract and not (as_json and check_only):
        raise Refused(Fault.MIGRATION_CONTRACTS, names=", ".join(refused))
    if not check_only:
        bring_up_to_date()
        first_run()
    if as_json:
        answer({"missing": missing, "contract": refused} if check_only else {"applied": missing})
        return OUR_FAULT if refused and not contract else 0
    done = "표에 바꿀 것이 있습니다" if check_only else "표를 바꾸었습니다"
    told = f"{done}: {count(len(missing), '건')}" if missing else "표가 이 버전에 맞습니다."
    screen().print(told)
    return 0


def _place(given: Path | None) -> Place:
    from alimnaru.ops.backup import Place
    from alimnaru.wording import Fault

    named = given or os.environ.get("ALIMNARU_BACKUP", "").strip()
    if not named:
        raise Refused(Fault.BACKUP_NOWHERE)
    return Place(Path(named).expanduser().absolute())


def _server() -> Embedded:
    from alimnaru.home import home
    from alimnaru.ops.embedded import Embedded
    from alimnaru.wording import Fault

    server = Embedded(home() / "postgres")
    given = os.environ.get("DATABASE_URL", "")
    if given and str(home()) not in given.replace("%2F", "/"):
        raise Refused(Fault.BACKUP_NOT_OURS)
    return server


def _when(at: datetime) -> str:
    """Without Django, whose settings would make new keys in the folder that was restored."""
    from zoneinfo import ZoneInfo

    return f"{at.astimezone(ZoneInfo('Asia/Seoul')):%Y-%m-%d %H:%M:%S}"
