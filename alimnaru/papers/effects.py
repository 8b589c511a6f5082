"""What came after reminders, on paper: each figure with the sentence that defines it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alimnaru.papers import tables as report_tables
from alimnaru.papers.tables import days, moment, share
from alimnaru.reads.effects import Effect, EffectMonth, Effects, Settled
from alimnaru.rules.document import As, Cell, Chart, Column, Document, Section, Series, Table
from alimnaru.store.models import Department

#: Under every one of these figures.
NO_CAUSE = (
    "이 숫자는 미리 안내를 받은 분에게 그 뒤에 어떤 안내가 갔는지를 센 것입니다. 미리 안내한 "
    "덕분이라고 단정하는 숫자가 아닙니다."
)
NO_ATTENDANCE = (
    "예약에 오지 않은 분(노쇼)의 비율은 세지 않습니다. 연결한 시스템에서 출석 여부를 읽어 오지 "
    "않기 때문입니다."
)


def effects_document(
    found: Effects, department: Department | None, *, office: str, by: str, at: datetime
) -> Document:
    """One section for each reminder with its chart and table, then what was settled in time."""
    whose = f"{department.name}(하위 부서 포함)" if department else "전체 부서"
    sections = [_pair(one) for one in found.pairs]
    sections += [_settled(one) for one in found.settled]
    return Document(
        title="미리 안내의 효과",
        office=office,
        facts=[("대상 부서", whose), ("대상 기간", days(found.period)),
               ("작성", f"{moment(at)} {by}")],
        says=[NO_CAUSE, NO_ATTENDANCE, *([] if sections else ["이 기간에 셀 것이 없습니다."])],
        sections=sections,
    )  # fmt: skip


def definitions(one: Effect) -> list[str]:
    """What each figure of a pair means, a sentence each."""
    reminder, follow, ahead = one.reminder.name, one.follow.name, one.pair.days
    return [
        f"‘{reminder}’ 도달과 ‘{follow}’ 도달은 그달에 도달한 알림의 수입니다.",
        f"미리 안내를 받은 분은 그달에 ‘{reminder}’가 도달한 분의 수(같은 분은 한 번)입니다.",
        (
            f"다시 안내를 받은 분은 그 가운데 그 뒤 {ahead}일 안에 ‘{follow}’가 도달한 "
            "분의 수입니다. 다른 건으로 받은 분도 들어 있습니다."
        ),
        "다시 안내하지 않은 비율은 미리 안내를 받은 분 가운데 나머지의 비율입니다.",
    ]


def _pair(one: Effect) -> Section:
    reminder, follow = one.reminder.name, one.follow.name
    columns = [
        Column("월", As.TEXT, 12),
        Column(f"{reminder} 도달"),
        Column(f"{follow} 도달"),
        Column("미리 안내를 받은 분"),
        Column("다시 안내를 받은 분"),
        Column("다시 안내하지 않은 비율", As.SHARE),
    ]
    return Section(
        f"{reminder}와 {follow}",
        says=definitions(one),
        charts=[chart_of(one)],
        tables=[
            Table(
                f"{reminder} 월별",
                reminder,
                columns,
                [_month(m) for m in one.months],
                notes=[
                    (
                        f"‘집계 중’은 {one.pair.days}일이 다 지나지 않아 바뀔 수 있는 달입니다. "
                        "–는 아직 세지 않았거나 남은 기록이 없는 달입니다."
                    )
                ],
            )
        ],
    )


def _month(m: EffectMonth) -> Sequence[Cell]:
    name = report_tables.month(m.month) + (" 집계 중" if m.open else "")
    rate = None if m.spared is None else share(m.spared, m.reminded or 0)
    return [name, m.reminders, m.follows, m.reminded, m.followed, rate]


def chart_of(one: Effect) -> Chart:
    """Residents who were reminded, month by month: without another notice, and with one."""
    reminded = sum(m.reminded or 0 for m in one.months)
    followed = sum(m.followed or 0 for m in one.months)
    return Chart(
        f"{one.reminder.name}를 받은 분(명). 가로는 월",
        f"월별 막대그래프. 미리 안내를 받은 분은 모두 {reminded:,}명, 그 뒤 다시 안내를 받은 분은 "
        f"{followed:,}명. 값은 아래 표에 있습니다.",
        [report_tables.month(m.month) for m in one.months],
        [
            Series("다시 안내하지 않음", [m.spared or 0 for m in one.months]),
            Series("다시 안내를 받음", [m.followed or 0 for m in one.months]),
        ],
    )


def _settled(one: Settled) -> Section:
    return Section(
        f"{one.notice.name}: 보내기 전에 이미 처리된 것",
        says=[
            ("알림 규칙은 보내기 직전에 연결한 시스템에 다시 묻습니다. ‘찾은 것’은 그달에 "
            "알릴 때가 된 건수이고, ‘이미 처리됨’은 다시 물었을 때 반납이나 취소 등으로 알릴 "
            "까닭이 없어져 보내지 않은 건수입니다.")
        ],
        tables=[
            Table(
                f"{one.notice.name} 월별",
                f"재확인 {one.notice.name}"[:31],
                [Column("월", As.TEXT, 12), Column("찾은 것"), Column("이미 처리됨"),
                 Column("비율", As.SHARE)],
                [[report_tables.month(m), due, gone, share(gone, due)]
                 for m, due, gone in one.months],
                total=["합계", one.due, one.settled, share(one.settled, one.due)],
            )
        ],
    )  # fmt: skip
