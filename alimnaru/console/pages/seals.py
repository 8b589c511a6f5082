"""The seals: how the chain stands, what a verification found, and the line to keep elsewhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.office import verifying as office
from alimnaru.reads import seals as reads
from alimnaru.reads.seals import line_of
from alimnaru.rules.rights import Right
from alimnaru.rules.seals import LINES_MOST, Wrong, fingerprint
from alimnaru.store import signing
from alimnaru.store.models import Seal, Verification
from alimnaru.wording import sentence, why
from alimnaru.wording.seals import TABLES

#: Findings by name on the page.
_SHOWN = 20


@page(Right.AUDIT, office_wide=True, section="seals")
def seals(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The chain, the last verifications, and the seals themselves."""
    standing = reads.standing(timezone.now())
    found: Paged[Seal] = paged(request, reads.seals())
    past = reads.verifications()
    verified = reads.verified()
    context = {
        "standing": standing,
        "line": line_of(standing.newest) if standing.newest else "",
        "fingerprint": fingerprint(signing.public_key()),
        "found": found,
        "lines": reads.lines(found.rows),
        "query": query_of(request),
        "past": past,
        "verified": verified,
        "findings": _said(verified.wrong) if verified.wrong else [],
        "running": any(one.state == Verification.State.ASKED for one in past),
        "lines_most": LINES_MOST,
    }
    return render(request, "console/seals.html", context)


@page(Right.AUDIT, methods=("POST",), office_wide=True, section="seals")
def verify(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Have all of it computed again."""
    try:
        office.ask(actor=desk.member, lines=request.POST.get("lines", ""))
    except office.VerifyRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(
            request, _("검증을 시작했습니다. 끝나면 이 화면에서 결과를 볼 수 있습니다.")
        )
    return redirect("seals")


def _said(one: Verification) -> list[str]:
    """What was found, in words."""
    return [
        why(Wrong(f["wrong"]), id=f["id"], table=TABLES[f["table"]], day=f["day"] or "–")
        for f in one.findings[:_SHOWN]
    ]


urls = [
    path("seals", seals, name="seals"),
    path("seals/verify", verify, name="seals-verify"),
]
