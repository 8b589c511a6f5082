"""Words for what residents asked for, and how it came to the office."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.consent import Choice, Provenance
from alimnaru.rules.opt_out_list import MOST, OptOutFault
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

WISHES: Mapping[Choice, Named] = {
    Choice.STOP: Named("받지 않음", "법으로 알려야 하는 것 말고는 보내지 않습니다."),
    Choice.SMS: Named("문자로만 받음", "알림톡을 거치지 않고 문자로 보냅니다."),
    Choice.KAKAO: Named(
        "알림톡으로 받음", "알림톡으로 보내고, 닿지 않으면 정한 대로 문자를 보냅니다."
    ),
}

PROVENANCES: Mapping[Provenance, Named] = {
    Provenance.CALL: Named("전화", "주민이 전화로 말했습니다."),
    Provenance.DESK: Named("창구", "주민이 창구에서 말했습니다."),
    Provenance.FREE_CALL: Named("080 수신거부", "무료 수신거부 전화로 신청했습니다."),
    Provenance.API: Named("연결된 시스템", "부서의 다른 시스템이 알려 왔습니다."),
    Provenance.LETTER: Named("서면", "주민이 신청서나 편지로 냈습니다."),
    Provenance.PAGE: Named("주민 페이지", "주민이 받은 안내의 버튼을 눌러 스스로 정했습니다."),
}

OPT_OUT_FAULTS: Mapping[OptOutFault, Words] = {
    OptOutFault.NO_PHONES: Words(
        "휴대전화 번호가 있는 열을 찾지 못했습니다.",
        "010으로 시작하는 번호가 한 열에 모여 있는지 확인해 주십시오.",
    ),
    OptOutFault.TWO_PHONE_COLUMNS: Words(
        "휴대전화 번호가 있는 열이 둘 이상이어서 누가 거부했는지 알 수 없습니다.",
        "거부한 분의 번호 열만 남기고 다시 저장해 주십시오.",
    ),
    OptOutFault.OPT_OUTS_TOO_MANY: Words(
        f"한 번에 올릴 수 있는 {MOST:,}행을 넘었습니다.", "목록을 나누어 올려 주십시오."
    ),
}
