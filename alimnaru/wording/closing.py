"""Words for a month's close: what the comparison says of a line, and why something is refused."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.month_work import MonthAct, MonthState, WorkState
from alimnaru.rules.statement import StatementFault, Verdict
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

_V = Verdict
VERDICTS_OF_LINES: Mapping[Verdict, Named] = {
    _V.MATCHED: Named("일치", "우리 기록과 청구가 같습니다."),
    _V.ONLY_OURS: Named("우리 기록에만", "전달되었는데 청구에 없습니다."),
    _V.ONLY_THEIRS: Named("청구에만", "청구되었는데 우리 기록에 전달된 것이 없습니다."),
    _V.PRICE: Named("금액 다름", "단가나 채널이 우리 기록과 다릅니다."),
    _V.TWICE: Named("두 번 청구", "같은 메시지가 두 번 청구되었습니다."),
    _V.OTHER_MONTH: Named("다른 달", "결과가 나온 달이 우리 기록과 다릅니다."),
}

_F = StatementFault
_MAP = (
    "어느 칸이 무엇인지 ‘월 마감’ 화면에서 다시 골라 주십시오. "
    "이 파일에서는 아무것도 저장하지 않았습니다."
)
STATEMENT_FAULTS: Mapping[StatementFault, Words] = {
    _F.COLUMN_MISSING: Words("이용 내역에 ‘{column}’ 칸이 없습니다.", _MAP),
    _F.COLUMN_TWICE: Words("이용 내역에 ‘{column}’ 칸이 둘 이상 있습니다.", _MAP),
    _F.REF_BAD: Words("[[{row}행 ]]‘{column}’ 칸의 메시지 번호를 읽을 수 없습니다.", _MAP),
    _F.REF_IS_PHONE: Words(
        "‘{column}’ 칸에 전화번호가 있어 메시지 번호로 쓸 수 없습니다.",
        "통신사가 메시지에 붙인 번호의 칸을 골라 주십시오. 아무것도 저장하지 않았습니다.",
    ),
    _F.CHANNEL_UNKNOWN: Words(
        "[[{row}행 ]]‘{column}’ 칸의 말이 어느 채널인지 알 수 없습니다.", _MAP
    ),
    _F.DAY_BAD: Words("[[{row}행 ]]‘{column}’ 칸의 날짜를 읽을 수 없습니다.", _MAP),
    _F.PRICE_BAD: Words("[[{row}행 ]]‘{column}’ 칸의 금액을 읽을 수 없습니다.", _MAP),
    _F.RESULT_UNKNOWN: Words(
        "[[{row}행 ]]‘{column}’ 칸의 말이 청구된 것인지 알 수 없습니다.", _MAP
    ),
    _F.NO_LINES: Words("이용 내역에 청구된 줄이 없습니다.", "다른 파일이 아닌지 봐 주십시오."),
    _F.MONTH_CLOSED: Words(
        "마감한 달이라 바꿀 수 없습니다.", "바꾸어야 하면 사유를 적고 마감을 푼 뒤에 해 주십시오."
    ),
    _F.MONTH_RUNS: Words("아직 끝나지 않은 달입니다.", "다음 달에 해 주십시오."),
    _F.TOO_EARLY: Words(
        "늦게 오는 결과가 있어 아직 마감할 수 없습니다.", "{day}부터 마감해 주십시오."
    ),
    _F.NOT_COMPARED: Words(
        "이용 내역을 견주지 않은 계정이 있습니다: {accounts}.",
        "내역을 올려 견주거나, 내역이 없는 사유를 적어 주십시오.",
    ),
    _F.UNDECIDED: Words(
        "전달되었는지 정하지 않은 메시지가 {count}건 있습니다.",
        "‘확인 필요’에서 정하거나, 다음 달로 넘긴다고 표시해 주십시오.",
    ),
    _F.TAKEN_BEFORE: Words(
        "이미 올린 이용 내역입니다.", "다시 읽으려면 ‘이 파일로 바꿉니다’를 고르고 올려 주십시오."
    ),
    _F.NOT_CHARGED: Words(
        "이 달의 우리 기록을 아직 만들지 않았습니다.", "우리 기록을 먼저 만들어 주십시오."
    ),
    _F.TALLIES_DIFFER: Words(
        "이 달의 집계와 메시지 기록이 서로 다릅니다.",
        "우리 기록을 다시 만든 뒤에 마감해 주십시오.",
    ),
    _F.NOT_CLOSED: Words("마감하지 않은 달입니다.", "마감한 달만 풀 수 있습니다."),
    _F.NO_REASON: Words("사유가 비어 있습니다.", "사유를 적어 주십시오."),
    _F.COLUMN_UNSAID: Words(
        "메시지 번호, 채널, 날짜, 금액이 어느 칸인지 다 고르지 않았습니다.",
        "빠진 것을 골라 주십시오.",
    ),
    _F.TITLES_MISSING: Words(
        "이용 내역의 앞 15행에 칸 이름이 없습니다.",
        "칸 이름이 있는 파일로 내려받아 다시 올려 주십시오.",
    ),
    _F.GAVE_UP: Words(
        "세 번 해 보았으나 서버가 멈추어 마치지 못했습니다.",
        "다시 해 보고, 또 그러면 서버의 기록을 확인해 주십시오.",
    ),
    _F.FILE_GONE: Words("올린 파일의 보관 기간이 지났습니다.", "파일을 다시 올려 주십시오."),
}

_A = MonthAct
MONTH_ACTS: Mapping[MonthAct, Named] = {
    _A.CHARGE: Named("우리 기록 만들기", "전달된 것에 값을 매기고 올린 내역과 견줍니다."),
    _A.STATEMENT: Named("이용 내역 읽기", "통신사의 파일을 읽고 우리 기록과 견줍니다."),
    _A.CLOSE: Named("마감", "수치를 굳힙니다."),
}
_W = WorkState
WORK_STATES: Mapping[WorkState, Named] = {
    _W.WAITING: Named("차례 기다림", "앞의 일이 끝나면 시작합니다."),
    _W.RUNNING: Named("하는 중", "화면을 닫아도 계속됩니다."),
    _W.ASKED: Named("칸 고르기", "어느 칸이 무엇인지 확인해야 합니다."),
    _W.DONE: Named("마침", "끝났습니다."),
    _W.REFUSED: Named("하지 못함", "까닭을 보고 고쳐야 합니다."),
    _W.GONE: Named("지움", "올린 파일을 지웠습니다."),
}
_S = MonthState
MONTH_STATES: Mapping[MonthState, Named] = {
    _S.RUNNING: Named("진행 중", "아직 끝나지 않은 달입니다."),
    _S.OPEN: Named("마감 전", "늦게 오는 결과를 기다립니다."),
    _S.CLOSABLE: Named("마감할 수 있음", "다섯째 근무일이 지났습니다."),
    _S.CLOSED: Named("마감함", "수치가 바뀌지 않습니다."),
    _S.REOPENED: Named("다시 엶", "마감을 풀었습니다. 고친 뒤에 다시 마감합니다."),
}
