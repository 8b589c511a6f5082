"""Words for choosing a notice and for lists on their way: why one cannot be used just now."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.list_refusals import ListRefusal
from alimnaru.rules.readiness import NotSendable
from alimnaru.wording.words import Words

_L = ListRefusal

NOT_SENDABLE: Mapping[NotSendable, Words] = {
    NotSendable.INACTIVE: Words(
        "쓰지 않기로 한 알림입니다.", "다시 써야 하면 부서 관리자에게 요청해 주십시오."
    ),
    NotSendable.NO_WORDING: Words(
        "아직 문안이 없습니다.", "문안 담당자에게 문안을 만들어 달라고 요청해 주십시오."
    ),
    NotSendable.UNAPPROVED: Words(
        "카카오가 승인한 문안이 없습니다.", "문안 화면에서 심사가 어디까지 왔는지 확인해 주십시오."
    ),
    NotSendable.BLOCKED: Words(
        "카카오가 이 문안을 차단했습니다.", "문안 화면에서 까닭을 확인해 주십시오."
    ),
    NotSendable.DORMANT: Words(
        "오래 보내지 않아 문안이 휴면 상태입니다.", "문안 화면에서 휴면을 풀어 주십시오."
    ),
}

LIST_REFUSALS: Mapping[ListRefusal, Words] = {
    _L.BUSY: Words("지금 명단을 읽고 있습니다.", "다 읽은 뒤에 다시 시도해 주십시오."),
    _L.GONE: Words(
        "올린 파일이 이미 지워졌습니다. 개인정보가 든 파일은 하루만 보관합니다.",
        "파일을 다시 올려 주십시오.",
    ),
    _L.NOT_CHECKED: Words(
        "명단 확인이 끝나지 않았습니다.", "명단을 다시 올리거나 잠시 기다려 주십시오."
    ),
    _L.MOBILE_MISSING: Words(
        "시험 발송을 받을 본인 휴대전화가 등록되어 있지 않습니다.",
        "내 계정에서 휴대전화를 등록해 주십시오.",
    ),
    _L.NAME_MISSING: Words(
        "명단 이름이 비어 있습니다.", "나중에 알아볼 수 있는 이름을 적어 주십시오."
    ),
    _L.NAME_TAKEN: Words("같은 이름의 명단이 이미 있습니다.", "다른 이름을 적어 주십시오."),
    _L.TOO_LONG: Words(
        "화면에서 바로 저장하기에는 명단이 너무 깁니다[[(한도 {limit}행)]].",
        "알림을 골라 명단을 올린 뒤, 확인 화면에서 저장해 주십시오.",
    ),
    _L.NOBODY: Words(
        "받을 수 있는 번호가 한 개도 없습니다.", "명단의 전화번호 열을 확인해 주십시오."
    ),
}
