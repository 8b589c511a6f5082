"""The one-time code once more, before an act that a stolen session must not be able to do.

What was posted stays in the page that asks, as hidden fields: nobody types it twice, and nothing of
it is kept on the server.
"""

from __future__ import annotations

import time
from typing import Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from alimnaru.console import signing_in
from alimnaru.console.forms.signin import StepUpForm
from alimnaru.console.htmx import is_fragment
from alimnaru.office.second_factor import check_code, has_authenticator, note_step_up
from alimnaru.reads.policies import office_policy
from alimnaru.store.models import Member

#: The field of the page that asks; no form of ours has one of this name.
FIELD: Final = "step_up_code"
_CSRF: Final = "csrfmiddlewaretoken"


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session has given a code a short while ago, as the office's policy has it."""
    given = float(request.session.get(signing_in.CODE_AT, 0))
    return time.time() - given < office_policy().step_up_minutes * 60


def ask(request: HttpRequest, member: Member) -> HttpResponse | None:
    """The page that asks for the code, or None where the act may go on.

    Goes on with what was posted first, without the code. A code that comes again with a page that
    was left open is not looked at while the session is fresh.
    """
    if request.method != "POST":
        return None
    typed = request.POST.get(FIELD)
    posted = request.POST.copy()
    posted.pop(FIELD, None)
    posted._mutable = False
    request.POST = posted  # type: ignore[assignment]  # immutable, as the line before says
    if is_fresh(request):
        return None
    form = StepUpForm({FIELD: typed} if typed is not None else None)
    if form.is_valid() and _is_right(request, member, form):
        request.session.cycle_key()
        request.session[signing_in.CODE_AT] = time.time()
        note_step_up(member)
        return None
    return _page(request, member, form, posted)


def _is_right(request: HttpRequest, member: Member, form: StepUpForm) -> bool:
    if signing_in.is_locked(request, member.login):
        form.add_error(FIELD, _("여러 번 틀려 잠겨 있습니다. 15분 뒤에 다시 적어 주십시오."))
        return False
    check = check_code(member, form.cleaned_data[FIELD])
    if check.wait:
        text = _("인증번호를 잇달아 틀려, %(count)s초 뒤에 다시 적을 수 있습니다.")
        form.add_error(FIELD, text % {"count": check.wait})
    elif check.device is None:
        signing_in.count_failure(request, member.login)
        text = _(
            "인증번호가 일치하지 않습니다. 한 번 쓴 번호는 다시 쓸 수 없으므로, 앱의 번호가 바뀌면 "
            "그 번호를 적어 주십시오."
        )
        form.add_error(FIELD, text)
    return check.device is not None


def _page(
    request: HttpRequest, member: Member, form: StepUpForm, posted: QueryDict
) -> HttpResponse:
    kept = [(name, value) for name, values in posted.lists() if name != _CSRF for value in values]
    context = {
        "form": form,
        "kept": kept,
        "files": bool(request.FILES),
        "minutes": office_policy().step_up_minutes,
        "back": _back(request),
        "enrolled": has_authenticator(member),
    }
    answer = render(request, "console/step_up.html", context)
    if is_fragment(request):
        # The question takes the place of the page's content, not of the fragment.
        answer["HX-Retarget"] = answer["HX-Reselect"] = "#main"
        answer["HX-Reswap"] = "outerHTML show:window:top"
    return answer


def _back(request: HttpRequest) -> str:
    """The page on which the form stood."""
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    own, _, path = said.partition("//")[2].partition("/")
    return f"/{path}" if own == request.get_host() else "/"
