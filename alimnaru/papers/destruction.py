"""A certificate of destruction (파기 확인서), as the office files it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from alimnaru.papers.tables import APPROVAL, NUMBER, SEAL, moment
from alimnaru.rules.document import As, Column, Document, Figure, Section, Table
from alimnaru.rules.hold import RETENTION
from alimnaru.store.models import Destruction
from alimnaru.wording.destroying import BASES, WHATS, kept_name

SUMMARY = "확인서"
_NONE = "–"


def certificate(
    one: Destruction,
    batches: Iterable[tuple[int, int]],
    *,
    untouched: bool,
    office: str,
    by: str,
    at: datetime,
) -> Document:
    """What was destroyed, why, by whom. `batches`: (number, messages) of each."""
    return Document(
        title=f"개인정보 파기 확인서 제{one.pk}호",
        office=office,
        number=NUMBER,
        approval=APPROVAL,
        seal=SEAL,
        approvals=("담당", "팀장", "개인정보 보호책임자"),
        facts=[*_facts(one), ("작성", f"{moment(at)} {by}")],
        figures=[
            Figure("발송", f"{one.batches:,}", "건"),
            Figure("메시지", f"{one.messages:,}", "건"),
            Figure("그 밖의 줄", f"{one.others:,}", "건", "보내지 않은 줄, 고친 내용, 연계 기록"),
        ],
        sections=[
            Section("파기한 방법", says=[_how(one)]),
            Section("파기한 발송", tables=[_table(batches)]),
            Section("확인 값", says=[one.digest, _touched(untouched)]),
        ],
    )


def _facts(one: Destruction) -> list[tuple[str, str]]:
    found = [
        ("파기한 것", WHATS[one.what]),
        ("사유", BASES[one.basis]),
        ("보유 구분", kept_name(one.retention)),
        ("부서", one.department.name if one.department else _NONE),
        ("파기를 마친 때", moment(one.done_at) if one.done_at else _NONE),
        ("파일까지 고쳐 쓴 때", moment(one.rewritten_at) if one.rewritten_at else _NONE),
    ]
    if one.asked_by and one.approved_by:
        found.append(("요청", f"{one.asked_by.name}: {one.reason}"))
        found.append(("동의", one.approved_by.name))
    return found


def _how(one: Destruction) -> str:
    if one.what == Destruction.What.HASH:
        return "전화번호를 바꾸어 둔 값을 지워, 누구에게 보낸 것인지 알 수 없게 하였습니다."
    if one.retention == RETENTION:
        return (
            "보존마다 하나씩인 암호 열쇠를 없애고, 따로 옮긴 글과 전화번호의 자리를 지웠습니다. "
            "어느 메시지였는지와 결과만 남기되, 내용을 되살릴 수 없습니다."
        )
    if one.what == Destruction.What.ROWS:
        return "보관 기간이 끝난 기록의 줄을 지우고, 그 표의 파일을 고쳐 썼습니다."
    return (
        "발송마다 하나씩인 암호 열쇠를 없애고 글과 전화번호의 자리를 지웠습니다. 보낸 결과와 "
        "건수는 남기되, 내용을 되살릴 수 없습니다(개인정보 보호법 시행령 제16조)."
    )


def _table(batches: Iterable[tuple[int, int]]) -> Table:
    return Table(
        title="파기한 발송",
        sheet="발송",
        columns=[Column("발송 번호", As.TEXT, 14), Column("메시지(건)")],
        rows=[[str(number), messages] for number, messages in batches],
        empty="발송이 없습니다.",
    )


def _touched(untouched: bool) -> str:
    if untouched:
        return "이 확인서의 내용은 파기한 때와 같습니다."
    return "이 확인서의 내용이 파기한 뒤에 바뀌었습니다. 감사 기록과 견주어 주십시오."
