"""Words for guardians: what they are to a resident, and why one is not entered."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.guardians import LONGEST, GuardianFault, Relation
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

RELATIONS: Mapping[Relation, Named] = {
    Relation.PARENT: Named("부모", "미성년 자녀의 부모입니다."),
    Relation.CHILD: Named("자녀", "나이 드신 부모를 돕는 자녀입니다."),
    Relation.SPOUSE: Named("배우자", "남편이나 아내입니다."),
    Relation.LEGAL: Named("후견인", "법원이나 법이 정한 대리인입니다."),
    Relation.CARER: Named("돌보는 분", "본인이 부탁한 이웃이나 생활지원사입니다."),
    Relation.OTHER: Named("그 밖의 가족", "함께 사는 다른 가족입니다."),
}

GUARDIAN_FAULTS: Mapping[GuardianFault, Words] = {
    GuardianFault.SAME_PHONE: Words(
        "본인과 보호자의 번호가 같습니다.", "보호자가 따로 쓰는 번호를 적어 주십시오."
    ),
    GuardianFault.ALREADY: Words(
        "같은 보호자가 이미 등록되어 있습니다.",
        "기간을 바꾸려면 등록한 것을 끝내고 다시 적어 주십시오.",
    ),
    GuardianFault.NO_EVIDENCE: Words(
        "무엇을 보고 확인했는지 적지 않았습니다.", "동의서나 결정문의 번호를 적어 주십시오."
    ),
    GuardianFault.ENDS_TOO_EARLY: Words(
        "끝나는 날이 이미 지났습니다.", "오늘이나 그 뒤의 날을 골라 주십시오."
    ),
    GuardianFault.ENDS_TOO_LATE: Words(
        f"보호자 등록은 {LONGEST}년을 넘길 수 없습니다.",
        "더 이른 날을 고르고, 그때 다시 확인해 주십시오.",
    ),
    GuardianFault.NOT_COPIED: Words(
        "받는 날부터 법의 기간이 시작되는 알림은 본인에게만 보냅니다.",
        "다른 알림을 골라 주십시오.",
    ),
}
