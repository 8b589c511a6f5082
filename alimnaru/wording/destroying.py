"""Words for what is destroyed: certificates, and what stands against asking for one."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.destruction import DestroyFault
from alimnaru.rules.hold import RETENTION
from alimnaru.rules.retention import Record, class_of
from alimnaru.wording.language import Texts
from alimnaru.wording.residents import RETENTIONS
from alimnaru.wording.states import Named
from alimnaru.wording.words import Words

#: By `store.models.Destruction.State`.
STATES: Mapping[str, Named] = {
    "asked": Named("동의를 기다림", "다른 한 분이 동의해야 파기합니다."),
    "refused": Named("거둠", "파기하지 않고 기간이 끝날 때까지 둡니다."),
    "approved": Named("파기하는 중", "몇 분 안에 파기를 마칩니다."),
    "done": Named("파기함", "되살릴 수 없게 없앴습니다."),
}

#: By `store.models.Destruction.What`.
WHATS: Mapping[str, str] = Texts(
    {
        "text": "글과 전화번호",
        "hash": "누구에게 보냈는지 알 수 있는 마지막 표시",
        "rows": "보관하던 기록",
    }
)

#: By `rules.retention.Basis`.
BASES: Mapping[str, str] = Texts({"term_over": "보유 기간이 끝남", "decision": "두 사람이 정함"})

#: What is kept beside messages.
RECORDS: Mapping[Record, str] = Texts(
    {
        Record.REQUEST: "주민이 자기 정보에 대하여 요구한 기록",
        Record.INCIDENT: "유출 사고의 기록",
        Record.REVIEW: "접속기록을 점검한 기록",
        Record.CONSENT: "끝난 송달 동의",
    }
)
#: Why for so long.
RECORD_REASONS: Mapping[Record, str] = Texts(
    {
        Record.REQUEST: "공공기록물법 시행령 제26조",
        Record.INCIDENT: "질서위반행위규제법 제15조, 제19조",
        Record.REVIEW: "안전성 확보조치 기준 제8조",
        Record.CONSENT: "송달한 메시지와 같이(지방재정법 제82조)",
    }
)


#: What legal holds kept apart.
HELD_NAMES: Mapping[str, str] = Texts({RETENTION: "다른 법에 따라 따로 보존한 메시지"})


def kept_name(code: str) -> str:
    """What a class of notices or records is called."""
    if code == RETENTION:
        return HELD_NAMES[code]
    return RECORDS[Record(code)] if code in set(Record) else RETENTIONS[class_of(code)]


DESTROY_FAULTS: Mapping[DestroyFault, Words] = {
    DestroyFault.NOT_THERE: Words(
        "그 번호의 발송이나 요청이 없습니다.", "번호와 맡은 부서를 확인해 주십시오."
    ),
    DestroyFault.NOT_THROUGH: Words(
        "아직 끝나지 않은 발송입니다.", "모든 결과가 나온 뒤, 이튿날부터 요청해 주십시오."
    ),
    DestroyFault.GONE: Words("이미 파기했습니다.", "파기 확인서에서 확인해 주십시오."),
    DestroyFault.EVIDENCE: Words(
        "법이 알리라고 정한 안내라, 알렸다는 증거를 미리 없앨 수 없습니다.",
        "기간이 끝나면 저절로 파기합니다.",
    ),
    DestroyFault.WAITING: Words(
        "이 발송의 파기를 이미 요청했습니다.", "다른 분이 동의하거나 거두기를 기다려 주십시오."
    ),
    DestroyFault.REASON_WRONG: Words(
        "사유가 너무 짧거나 길고, 또는 전화번호처럼 보이는 숫자가 있습니다.",
        "5자 이상 300자 이하로, 개인정보 없이 적어 주십시오.",
    ),
    DestroyFault.DECIDED: Words("이미 정해진 요청입니다.", "화면을 새로 고쳐 확인해 주십시오."),
    DestroyFault.SAME_PERSON: Words(
        "요청한 분이 스스로 동의할 수 없습니다.", "다른 한 분에게 부탁해 주십시오."
    ),
}
