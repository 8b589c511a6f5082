"""`doctor`: whether notices can go out from here, and what to do if not."""

from __future__ import annotations

from alimnaru.ops.cli_faults import OUR_FAULT
from alimnaru.ops.cli_output import JsonFlag, answer, listing, screen


def doctor(as_json: JsonFlag = False) -> int:
    """알림을 보낼 준비가 되어 있는지 점검합니다. 아무것도 바꾸지 않습니다."""
    from alimnaru.ops.doctor import examine

    found = list(examine())
    bad = [finding for finding in found if not finding.ok]
    if as_json:
        checks = [
            {"code": f.code, "name": f.name, "ok": f.ok, "detail": f.detail, "advice": f.advice}
            for f in found
        ]
        answer({"ok": not bad, "checks": checks})
        return OUR_FAULT if bad else 0
    out = screen()
    rows = [(f.name, "OK" if f.ok else "문제", f.detail) for f in found]
    out.print(listing(("점검한 것", "결과", "내용"), rows))
    for finding in bad:
        out.print(f"{finding.name}: {finding.advice}")
    if not bad:
        out.print("문제가 없습니다.")
    return OUR_FAULT if bad else 0
