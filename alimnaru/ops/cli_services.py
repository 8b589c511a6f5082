"""Commands that run programs: everything at once, one worker, the simulator, the demonstration."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from alimnaru.ops.cli_output import JsonFlag

Carrier = Annotated[
    str,
    typer.Option(
        "--carrier",
        help="모의 통신사가 흉내 낼 사업자(solapi, nhn, bizgo, sens). 쉼표로 잇습니다.",
        metavar="사업자",
    ),
]


def up(
    port: Annotated[
        int | None,
        typer.Option(
            help="웹이 쓸 포트 번호. 적지 않으면 빈 포트를 씁니다.",
            metavar="포트",
            min=1,
            max=65535,
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """알림나루를 통째로 켭니다. 끝내려면 Ctrl-C를 누릅니다.

    데이터베이스, 웹, 발송 일꾼, 모의 통신사를 함께 켜고, 처음이면 필요한 자료를 만듭니다.
    """
    from alimnaru.ops import up as program

    return program.run(port, as_json)


def worker(
    lanes: Annotated[
        str, typer.Option(help="맡을 차로. 쉼표로 잇습니다.", metavar="차로,…")
    ] = "urgent,normal,bulk",
    as_json: JsonFlag = False,
) -> int:
    """발송 일꾼을 하나 켭니다.

    같은 데이터베이스를 쓰는 컴퓨터라면 여럿 켤 수 있습니다. 끝내면 하던 일을 마치고 멈춥니다.
    """
    from alimnaru.ops.boot import boot
    from alimnaru.ops.cli_lookups import lanes_named
    from alimnaru.ops.cli_output import answer

    chosen = lanes_named(lanes)
    boot(log_to_stderr=True)
    from alimnaru.ops.heap import settle_heap
    from alimnaru.ops.worker import work

    settle_heap()

    if as_json:
        answer({"pid": os.getpid(), "lanes": [lane.value for lane in chosen]})
    work(chosen)
    return 0


def sandbox(
    port: Annotated[
        int, typer.Option(help="모의 통신사가 쓸 포트 번호.", metavar="포트", min=0, max=65535)
    ] = 8025,
    as_json: JsonFlag = False,
    more: Annotated[
        list[str] | None, typer.Argument(help="모의 통신사에 그대로 넘길 옵션.", metavar="[옵션…]")
    ] = None,
) -> int:
    """모의 통신사를 켭니다. 실제로는 아무에게도 보내지 않습니다.

    주소와 인증 키를 알려 주고, 주민의 휴대전화에 보일 모습을 /phones 화면에서 보여 줍니다.
    """
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    os.execv(  # noqa: S606 - the same process becomes the simulator: signals reach it directly
        sys.executable, [*command, *(["--json"] if as_json else []), *(more or [])]
    )


def demo(
    rows: Annotated[
        int, typer.Option(help="예시 명단의 행 수.", metavar="수", min=1, max=100_000)
    ] = 1000,
    keep: Annotated[bool, typer.Option("--keep", help="끝난 뒤에도 켜 둡니다.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """예시 명단으로 처음부터 끝까지 보여 줍니다. 아무에게도 보내지 않습니다."""
    from alimnaru.ops import demo as program

    return program.run(rows, keep, as_json)


def bench(  # noqa: PLR0917 - options of a command
    rows: Annotated[
        int | None,
        typer.Option(help="명단의 행 수(기본 470,000), 화면을 잴 때는 저장된 메시지 수.", min=1),
    ] = None,
    carrier: Carrier = "solapi",
    pages: Annotated[
        bool, typer.Option("--pages", help="보내는 대신, 메시지가 쌓인 기관의 화면을 모두 잽니다.")
    ] = False,
    api: Annotated[
        bool,
        typer.Option("--api", help="보내는 대신, 다른 시스템이 API로 한 건씩 부를 때를 잽니다."),
    ] = False,
    month: Annotated[
        bool,
        typer.Option("--month", help="보내는 대신, 한 달 100만 건을 마감하는 시간을 잽니다."),
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """구 전체에 보낼 때의 속도를 이 컴퓨터에서 잽니다. 아무에게도 보내지 않습니다."""
    from alimnaru.ops.cli_lookups import lines_named

    if pages:
        from alimnaru.ops import bench_pages

        return bench_pages.run(rows or bench_pages.MESSAGES, as_json)
    if month:
        from alimnaru.ops import bench_closing

        return bench_closing.run(rows or bench_closing.MESSAGES, as_json)
    from alimnaru.ops import bench as program

    if api:
        from alimnaru.ops import bench_api

        return bench_api.run(rows or program.ROWS, as_json)
    return program.run(rows or program.ROWS, as_json, lines_named(carrier)[0])


def chaos(
    faults: Annotated[
        int, typer.Option(help="사업자마다 일으킬 장애의 수.", metavar="수", min=1)
    ] = 60,
    carrier: Carrier = "solapi,nhn,bizgo,sens",
    rows: Annotated[int, typer.Option(help="명단 하나의 행 수.", min=1)] = 20_000,
    seed: Annotated[
        int | None, typer.Option(help="같은 장애를 되풀이할 때 쓰는 수.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """보내는 도중에 프로그램을 아무 때나 죽여, 빠뜨리거나 두 번 보내지 않는지 시험합니다."""
    from alimnaru.ops import chaos as program
    from alimnaru.ops.cli_lookups import lines_named

    return program.run(faults, as_json, carriers=lines_named(carrier), rows=rows, seed=seed)
