"""Canary messages switched on and off, and the notice that they are."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.canary import NOTICE, PHONE
from alimnaru.flow.shipping import sender_number
from alimnaru.rules.canary import MINUTES, CanaryFault
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit, crypto
from alimnaru.store.models import CanaryPlan, Department, Member, Notice, TemplateVersion

#: Beside the office's name it needs no value: nothing in it may ever be refused for its content.
_BODY = (
    "발송 점검입니다.\n\n이 안내가 오면 알림을 보내는 길이 살아 있습니다.\n\n"
    "※ 기관의 점검용 전화로 보내는 안내입니다."
)
_SMS = "발송 점검입니다. 기관의 점검용 전화로 보냅니다."


class CanaryRefused(ValueError):  # noqa: N818
    """Nothing was changed; `code` says why."""

    def __init__(self, code: CanaryFault | Refusal) -> None:
        super().__init__(code.value)
        self.code = code


def switch_on(phone: str, minutes: int, *, actor: Member) -> CanaryPlan:
    """Send canaries to this phone from now on. Raises `CanaryRefused`."""
    digits = read_phone(phone)
    if isinstance(digits, Refusal):
        raise CanaryRefused(digits)
    if minutes not in MINUTES:
        raise CanaryRefused(CanaryFault.MINUTES)
    with transaction.atomic():
        have_notice()
        plan, _ = CanaryPlan.objects.update_or_create(
            pk=1,
            defaults={
                "is_on": True,
                "phone": crypto.seal(digits.encode(), purpose=PHONE),
                "every_minutes": minutes,
                "changed_at": timezone.now(),
                "changed_by": actor,
            },
        )
        _record(actor, "canary.on", {"minutes": minutes})
    return plan


def switch_off(*, actor: Member) -> bool:
    """Send none any more; whether any were sent. The phone is forgotten."""
    with transaction.atomic():
        was_on = CanaryPlan.objects.filter(is_on=True).update(
            is_on=False, phone=None, changed_at=timezone.now(), changed_by=actor
        )
        if was_on:
            _record(actor, "canary.off", {})
    return bool(was_on)


def have_notice() -> Notice:
    """The notice of canaries with its two wordings, made if it is missing: one for Kakao, which a
    manager submits for review like any other, and one of a text alone, which goes until then."""
    root = Department.objects.filter(parent=None).order_by("pk").first()
    if root is None:
        raise CanaryRefused(CanaryFault.NO_OFFICE)
    if not sender_number(root):
        raise CanaryRefused(CanaryFault.NO_SENDER)
    notice, is_new = Notice.objects.get_or_create(
        code=NOTICE,
        defaults={
            "name": "발송 점검",
            "department": root,
            "sensitivity": 0,
            # Not counted in anybody's daily cap.
            "priority": "P1",
            "opens": "00:00",
            "closes": "00:00",
            "ttl_minutes": 6 * 60,
            "fallback": "",
            "approvals": 0,
            "audience": "staff",
            "hand_typed": False,
        },
    )
    if is_new:
        _version(notice, 1, body="", sms=f"[{root.name}] {_SMS}")
        _version(notice, 2, body=f"[{root.name}] {_BODY}", sms=f"[{root.name}] {_SMS}")
    return notice


def _version(notice: Notice, number: int, *, body: str, sms: str) -> None:
    version = TemplateVersion(
        notice=notice,
        number=number,
        status=TemplateVersion.Status.APPROVED,
        template={"message_type": "BA", "emphasis": "NONE", "body": body, "buttons": []},
        variables=[],
        sms=sms,
    )
    version.sha256 = version.fingerprint()
    version.save()


def _record(actor: Member, act: str, facts: dict[str, object]) -> None:
    audit.record(actor=actor, act=act, subject="canary", facts=facts)
