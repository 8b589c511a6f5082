"""The catalogue's notice by which a mistake is corrected, ready to be sent by the cast."""

from __future__ import annotations

from datetime import time
from typing import Any

from alimnaru.office.accounts import register_wordings
from alimnaru.office.corrections import CORRECTION
from alimnaru.store.models import Notice, TemplateVersion
from tests.cast import Cast

TEMPLATE: dict[str, Any] = {
    "message_type": "BA",
    "emphasis": "NONE",
    "body": (
        "[나루구] 안내 정정\n\n#{원발송}에 보내드린 메시지가 잘못 발송되었습니다.\n\n"
        "▶ 올바른 안내: #{변경내용}\n▶ 문의: #{부서} #{전화}"
    ),
    "buttons": [
        {"type": "WL", "name": "내 안내가 아니에요", "link_mobile": "https://gu.example/n"}
    ],
}
VARIABLES = [
    {"name": "원발송", "kind": "datetime"},
    {"name": "변경내용", "kind": "text", "max": 40},
    {"name": "부서", "kind": "department", "default": "나루구", "required": False},
    {"name": "전화", "kind": "phone", "default": "02-555-0100", "required": False},
    {"name": "시각", "kind": "time", "from": "원발송"},
]
#: What a clerk types.
CELLS = {"원발송": "2026-11-25 10:00", "변경내용": "반납일은 12월 2일입니다"}


def apology(cast: Cast) -> Notice:
    """The notice, owned by another department, its wording approved by the cast's carrier."""
    notice = Notice.objects.create(
        code=CORRECTION, name="정정·사과(오발송)", department=cast.health, priority="P0",
        lane="urgent", opens=time(0), closes=time(0), ttl_minutes=720,
    )  # fmt: skip
    version = TemplateVersion(
        notice=notice, number=1, status=TemplateVersion.Status.APPROVED, template=TEMPLATE,
        variables=VARIABLES, sms="[나루구] #{시각} 안내는 오발송입니다. 죄송합니다. #{전화}",
    )  # fmt: skip
    version.sha256 = version.fingerprint()
    version.save()
    if cast.account is not None:
        code = f"KA01TP{version.pk}"
        registered = {"template_id": code, "pf_id": cast.account.profile, **TEMPLATE}
        cast.control("PUT", "templates", [registered])
        register_wordings(actor=cast.librarian, account=cast.account, codes={CORRECTION: code})
    return notice
