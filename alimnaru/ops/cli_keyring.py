"""`keys`: the master key and the root secrets that it opens. No key is ever shown."""

from __future__ import annotations

from typing import Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, listing, moment, screen


def status(as_json: JsonFlag = False) -> int:
    """뿌리 열쇠의 세대와, 예전 세대로 잠긴 것이 남았는지 보여 줍니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.flow.rewrapping import left_under
    from alimnaru.store import keyring

    found = [(one, left_under(one.number)) for one in keyring.standing()]
    alone = keyring.under_present_master()
    if as_json:
        generations = [
            {"number": g.number, "created_at": g.created_at.isoformat(), "masters": g.masters}
            | {"sealed": sealed}
            for g, sealed in found
        ]
        answer({"present_master_opens_all": alone, "generations": generations})
        return 0
    rows = [
        (f"{g.number}", moment(g.created_at), f"{g.masters}개", f"{sealed:,}건")
        for g, sealed in found
    ]
    out = screen()
    out.print(listing(("세대", "만든 때", "여는 마스터 키", "이 세대로 잠긴 것"), rows))
    if not alone:
        out.print(
            "지금 마스터 키로 아직 감싸지 않은 세대가 있습니다. keys rotate를 실행해 주십시오."
        )
    return 0


def rotate(
    root: Annotated[
        bool, typer.Option("--root", help="뿌리 열쇠의 새 세대도 만들어, 모두 다시 감쌉니다.")
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """지금 마스터 키로 뿌리 열쇠를 감쌉니다. 보내는 일은 멈추지 않습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.keyring import rotate as act

    done = act(actor=cli_member(), root=root)
    if as_json:
        answer({"wrapped": done.wrapped, "generation": done.generation})
        return 0
    if done.wrapped:
        screen().print(f"뿌리 열쇠 {done.wrapped}개를 지금 마스터 키로 감쌌습니다.")
    else:
        screen().print("뿌리 열쇠는 이미 모두 지금 마스터 키로 감싸여 있습니다.")
    if root:
        screen().print(
            f"{done.generation}세대를 만들었습니다. 발송 일꾼이 예전 것을 조금씩 다시 감쌉니다."
        )
    return 0


def retire(as_json: JsonFlag = False) -> int:
    """예전 마스터 키와, 아무것도 잠그지 않는 예전 세대를 치웁니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.keyring import retire as act
    from alimnaru.store.keyring import RingError
    from alimnaru.wording import Fault

    try:
        done = act(actor=cli_member())
    except RingError:
        raise Refused(Fault.RING_NEEDS_OLD) from None
    if as_json:
        answer(
            {
                "masters": done.masters,
                "generations": list(done.generations),
                "rewritten": done.rewritten,
            }
        )
        return 0
    screen().print(f"예전 마스터 키로 감싼 {done.masters}개를 치웠습니다.")
    if done.generations:
        named = ", ".join(str(number) for number in done.generations)
        screen().print(f"치운 세대: {named}")
    if not done.rewritten:
        screen().print(
            "데이터베이스의 파일에 예전 줄이 남았을 수 있습니다. 덜 바쁜 때에 다시 실행해 주십시오."
        )
    screen().print("이제 ALIMNARU_OLD_MASTER_KEYS에서 예전 키를 지워도 됩니다.")
    return 0
