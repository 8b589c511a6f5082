"""The report of a month: what a head of department, a mayor reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from alimnaru.papers.monthly_money import money_sections
from alimnaru.papers.tables import (
    APPROVAL,
    APPROVERS,
    NUMBER,
    SEAL,
    days,
    moment,
    percent,
    share,
    sums_table,
    won,
)
from alimnaru.reads.monthly import Monthly, Why
from alimnaru.reads.statistics import Statistics, is_provisional
from alimnaru.rules.channel import Channel
from alimnaru.rules.document import (
    As,
    Cell,
    Chart,
    Column,
    Document,
    Figure,
    Section,
    Series,
    Table,
)
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.tariff import Baseline, Saving
from alimnaru.wording import label, why_not

_NAME = Column("구분", As.TEXT, 24)
_UNCOUNTED = "아직 세지 않았습니다."


def month_document(found: Monthly, *, office: str, by: str, at: datetime) -> Document:
    """`by` whom and when it was made stands under the title."""
    whose = found.department.name if found.department else "전체 부서"
    return Document(
        title=f"{found.month.year}년 {found.month.month}월 알림 발송 실적 보고",
        office=office,
        number=NUMBER,
        approval=APPROVAL,
        seal=SEAL,
        approvals=APPROVERS,
        facts=[
            ("대상 부서", f"{whose}(하위 부서 포함)" if found.department else whose),
            ("대상 기간", f"{days(found.period)} (결과가 정해진 날 기준)"),
            ("작성", f"{moment(at)} {by}"),
            ("마감", _closing(found)),
        ],
        figures=_figures(found),
        says=_says(found, at),
        sections=[
            _flow(found),
            *money_sections(found),
            _whose(found),
            _reasons(found),
            _troubles(found),
            *_seal(found),
            _terms(),
        ],
    )


def _closing(found: Monthly) -> str:
    if found.close is None or found.close.closed_at is None:
        return "아직 마감하지 않음(숫자가 바뀔 수 있음)"
    by = f" {found.close.closed_by.name}" if found.close.closed_by else ""
    return f"{moment(found.close.closed_at)}{by} 마감"


def _figures(found: Monthly) -> list[Figure]:
    total = found.found.total
    money = total.money
    return [
        Figure("발송", f"{total.tried:,}", "건", f"보내지 않은 {total.unsent:,}건 별도"),
        Figure("도달률", percent(total.reached, total.tried), "",
               f"{total.reached:,}건 도달"),
        Figure("알림톡 전환율", percent(total.alimtalk, total.reached), "",
               f"도달 가운데 알림톡 {total.alimtalk:,}건"),
        Figure("비용", won(total.spent), "원",
               f"알림톡 {won(total.won_alimtalk)}원 + 문자 {won(total.won_text)}원, 부가세 별도"),
        *(_saved(base, money) for base in (Baseline.NEEDED, Baseline.ALL_SMS)),
    ]  # fmt: skip


def _saved(base: Baseline, money: Saving) -> Figure:
    saved, would = money.saved(base), money.would(base)
    more = "더 듦" if saved < 0 else "적게 듦"
    return Figure(
        f"절감({label(base)} 기준)",
        won(saved),
        "원",
        f"{won(would)}원보다 {percent(abs(saved), would)} {more}",
    )


def _says(found: Monthly, at: datetime) -> list[str]:
    says = []
    if found.found.total.is_empty:
        says.append("이 달에 끝난 발송이 없습니다.")
    if is_provisional(found.period.end, at.date()):
        says.append("달이 끝나지 않았거나 결과를 기다리는 발송이 있어, 숫자가 바뀔 수 있습니다.")
    if found.counted_at is None:
        says.append("못 받은 까닭은 매일 새벽 4시에 셉니다. 이 달은 아직 세지 않았습니다.")
    return says


def _flow(found: Monthly) -> Section:
    lines = [
        ("발송(건)", lambda s: s.tried, As.COUNT),
        ("도달(건)", lambda s: s.reached, As.COUNT),
        ("알림톡 도달(건)", lambda s: s.alimtalk, As.COUNT),
        ("문자 도달(건)", lambda s: s.text, As.COUNT),
        ("실패(건)", lambda s: s.failed, As.COUNT),
        ("확인 필요(건)", lambda s: s.unknown, As.COUNT),
        ("비용(원)", lambda s: s.spent, As.WON),
    ]
    totals = [f.total for f in (found.found, found.before, found.year_ago)]
    rows: list[Sequence[Cell]] = []
    for name, value, _kind in lines:
        now, before, ago = map(value, totals)
        rows.append([name, now, before, _change(now, before), ago, _change(now, ago)])
    columns = [
        _NAME, Column("이 달"), Column("지난달"), Column("지난달 대비", As.SHARE),
        Column("지난해 같은 달"), Column("지난해 대비", As.SHARE),
    ]  # fmt: skip
    return Section(
        "발송과 결과",
        charts=[_by_day(found.found)] if not found.found.total.is_empty else [],
        tables=[
            Table("지난달, 지난해와 비교", "비교", columns, rows),
            _by_channel(found.found),
            sums_table(
                "날짜별",
                Column("날짜", As.DAY, 14),
                found.found.by_day,
                found.found.total,
                detail=True,
            ),
        ],
    )


def _change(now: int | Decimal, before: int | Decimal) -> float | None:
    return share(now - before, before)


def _by_day(found: Statistics) -> Chart:
    total, busiest = found.total, max(found.by_day, key=lambda line: line[1].tried)
    alt = (
        f"날짜별 발송 결과 막대그래프. 알림톡 {total.alimtalk:,}건, 문자 {total.text:,}건, "
        f"실패 {total.failed:,}건이며, 가장 많은 날은 {busiest[0].day}일 {busiest[1].tried:,}건. "
        "값은 엑셀 파일의 날짜별 표에 있습니다."
    )
    labels = [str(on.day) for on, _ in found.by_day]
    return Chart("날짜별 발송 결과(건). 가로는 날짜", alt, labels, [
        Series("알림톡 도달", [s.alimtalk for _, s in found.by_day]),
        Series("문자 도달", [s.text for _, s in found.by_day]),
        Series("실패", [s.failed for _, s in found.by_day]),
    ])  # fmt: skip


def _by_channel(found: Statistics) -> Table:
    total = found.total
    rows: list[Sequence[Cell]] = [
        [f"{label(channel)} 도달", count, share(count, total.total), total.won.get(channel)]
        for channel in Channel
        if (count := total.delivered.get(channel, 0))
    ]
    rows += [
        [label(state), count, share(count, total.total), None]
        for state in MessageState
        if (count := total.ends.get(state, 0))
    ]
    return Table(
        "보낸 길과 결과",
        "보낸 길과 결과",
        [_NAME, Column("건수"), Column("비중", As.SHARE), Column("비용(원)", As.WON)],
        rows,
        total=["합계", total.total, share(total.total, total.total), total.spent],
        empty="이 기간에 끝난 발송이 없습니다.",
    )


def _whose(found: Monthly) -> Section:
    stand = found.found
    departments = ((d.name, sums) for d, sums in stand.by_department)
    notices = ((n.name, sums) for n, sums in stand.by_notice)
    return Section(
        "부서와 알림",
        tables=[
            sums_table("부서별", Column("부서", As.TEXT, 24), departments, stand.total),
            sums_table("알림별", Column("알림", As.TEXT, 28), notices, stand.total),
        ],
    )


def _reasons(found: Monthly) -> Section:
    counted = [f"{moment(found.counted_at)}에 센 숫자입니다."] if found.counted_at else []
    return Section(
        "알림톡으로 닿지 않은 까닭",
        says=[
            *counted,
            ("대체 발송은 한 방법이 실패하여 다른 방법으로 이어 보낸 시도이고, "
            "못 받은 까닭은 끝내 전달되지 않은 알림의 마지막 결과입니다."),
        ],
        tables=[
            Table(
                "대체 발송과 재시도의 까닭",
                "대체 발송 까닭",
                [Column("방법", As.TEXT, 14), Column("까닭", As.TEXT, 60, wide=True),
                 Column("시도(건)")],
                [[label(Channel(w.channel)), _said("failed", w.code), w.messages]
                 for w in found.moved],
                empty="대체 발송이 없었습니다." if counted else _UNCOUNTED,
            ),
            Table(
                "못 받은 까닭",
                "못 받은 까닭",
                [Column("결과", As.TEXT, 14), Column("까닭", As.TEXT, 60, wide=True),
                 Column("알림(건)")],
                _ended(found.ended),
                empty="못 받은 분이 없었습니다." if counted else _UNCOUNTED,
            ),
        ],
    )  # fmt: skip


def _ended(whys: Iterable[Why]) -> list[Sequence[Cell]]:
    sums: dict[tuple[str, str], int] = {}
    for w in whys:
        sums[w.state, w.code] = sums.get((w.state, w.code), 0) + w.messages
    return [
        [label(MessageState(state)), _said(state, code), messages]
        for (state, code), messages in sums.items()
    ]


def _said(state: str, code: str) -> str:
    return why_not(state, code)


def _troubles(found: Monthly) -> Section:
    total, said = found.found.total, found.complaints
    rows: list[Sequence[Cell]] = [
        ["받지 못한 알림(실패와 보내지 않음)", total.failed + total.unsent],
        ["전달되었는지 확인이 필요한 알림", total.unknown],
        ["명단 검사에서 뺀 행", found.refused],
        ["‘내 안내가 아니에요’ 접수", said.said],
        ["그 가운데 처리한 것", said.done],
    ]
    outages: list[Sequence[Cell]] = [
        [
            label(Channel(o.channel)),
            o.since,
            o.until,
            "담당자가 끔" if o.reason == "person" else "자동 차단",
            o.spent_won,
        ]
        for o in found.outages
    ]
    return Section(
        "민원과 장애",
        tables=[
            Table("못 받은 분과 민원", "못 받은 분과 민원", [_NAME, Column("건수")], rows),
            Table(
                "채널 장애",
                "채널 장애",
                [Column("채널", As.TEXT, 14), Column("시작", As.MOMENT, 18),
                 Column("끝", As.MOMENT, 18), Column("까닭", As.TEXT, 16),
                 Column("대신 보낸 문자(원)", As.WON, 18)],
                outages,
                empty="이 달에 멈춘 채널이 없습니다.",
                notes=["채널 장애는 기관 전체의 일입니다."] if outages else [],
            ),
        ],
    )  # fmt: skip


def _seal(found: Monthly) -> list[Section]:
    """Filed with the report, the line fixes everything that was written before it."""
    if not found.seal:
        return []
    return [Section("기록의 봉인", says=[
        ("이 보고서를 만들 때의 마지막 봉인입니다. 이 줄을 보관해 두면, 그 앞의 감사 기록과 발송 "
        "결과가 나중에 바뀌지 않았는지 ‘봉인과 검증’에서 견줄 수 있습니다."),
        found.seal,
    ])]  # fmt: skip


def _terms() -> Section:
    return Section("숫자의 뜻", says=[
        ("발송은 실제로 보낸 알림(도달, 실패, 확인 필요)의 수입니다. 한 알림을 여러 방법으로 "
        "시도해도 1건입니다."),
        ("도달률은 발송 가운데 도달의 비율, 전환율은 도달 가운데 알림톡의 비율입니다. 알림톡에는 "
        "읽음 확인이 없으므로 읽은 비율은 알 수 없습니다."),
        ("절감은 이름 붙인 기준(문안별 필요 문자, 모두 단문, 모두 장문)과 실제 비용의 차이입니다. "
        "기준에 따라 크게 달라지므로 기준과 함께 인용하여 주십시오."),
    ])  # fmt: skip
