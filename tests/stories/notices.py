"""More notices of the library than the cast's own, each registered at the sandbox."""

from __future__ import annotations

from datetime import time
from typing import Any

from alimnaru.flow.intake import Order, take_in
from alimnaru.office.accounts import register_wordings
from alimnaru.rules.roster import GoodRow
from alimnaru.store.models import Batch, Notice, TemplateVersion
from tests.cast import TEMPLATE, VARIABLES, Cast


def open_notice(cast: Cast, code: str, priority: str, **more: Any) -> Notice:
    """A notice that may go at any hour, with a wording that the carrier has approved."""
    assert cast.account is not None
    fields = {"opens": time(0), "closes": time(0), "ttl_minutes": 24 * 60, **more}
    notice = Notice.objects.create(
        code=code, name=code, department=cast.library, priority=priority, **fields
    )
    version = TemplateVersion(
        notice=notice,
        number=1,
        status=TemplateVersion.Status.APPROVED,
        template=TEMPLATE,
        variables=VARIABLES,
        sms=f"[{priority}] 반납일 #{{기한}}",
    )
    version.sha256 = version.fingerprint()
    version.save()
    registered = {"template_id": f"KA01TP{version.pk}", "pf_id": cast.account.profile, **TEMPLATE}
    cast.control("PUT", "templates", [registered])
    register_wordings(
        actor=cast.librarian, account=cast.account, codes={code: f"KA01TP{version.pk}"}
    )
    return notice


def send(cast: Cast, notice: Notice, rows: list[GoodRow], chunk_size: int = 1000) -> Batch:
    """A list of one of these notices."""
    order = Order(
        notice=notice,
        version=notice.versions.get(),
        department=cast.library,
        member=cast.librarian,
        chunk_size=chunk_size,
        hours_waived=True,
    )
    return take_in(order, rows)
