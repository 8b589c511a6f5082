"""Words for what money is compared with, and for where it comes from."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.budget_lines import Funding
from alimnaru.rules.tariff import Baseline
from alimnaru.wording.states import Named

#: Each label can be followed by '로 보냈다면' and by ' 기준'.
BASELINES: Mapping[Baseline, Named] = {
    Baseline.NEEDED: Named(
        "문안별 필요 문자",
        "문안마다 필요한 문자로 셈합니다. 값을 뺀 글이 90바이트를 넘으면 장문, 아니면 단문입니다.",
    ),
    Baseline.ALL_SMS: Named("모두 단문 문자", "모두 단문 문자의 단가로 셈합니다."),
    Baseline.ALL_LMS: Named("모두 장문 문자", "모두 장문 문자의 단가로 셈합니다."),
}

FUNDINGS: Mapping[Funding, Named] = {
    Funding.DISTRICT: Named("구비", "자치구의 돈입니다."),
    Funding.CITY: Named("시비 보조", "시가 보조하는 돈입니다."),
    Funding.STATE: Named("국비 보조", "국가가 보조하는 돈입니다."),
    Funding.FUND: Named("기금", "기금의 돈입니다."),
    Funding.MIXED: Named("여러 재원", "여러 곳에서 나오는 돈입니다."),
}
