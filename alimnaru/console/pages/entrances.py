"""From where the console may be used."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.base import ConsoleForm
from alimnaru.office.entrances import EntranceRefused, add_network, remove_network
from alimnaru.reads.entrances import allowed
from alimnaru.rules.rights import Right
from alimnaru.store.models import AllowedNetwork
from alimnaru.wording import sentence


class NetworkForm(ConsoleForm):
    """A network and what it is."""

    network = forms.CharField(
        label=lazy("망이나 주소"),
        max_length=60,
        help_text=lazy("10.20.0.0/16이나 203.0.113.7처럼 적습니다."),
        error_messages={"required": lazy("망이나 주소를 적어 주십시오.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=lazy("어디입니까"),
        max_length=60,
        required=False,
        help_text=lazy("본청 2층, 도서관처럼 나중에 알아볼 수 있게 적습니다."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@page(Right.SYSTEM, methods=("GET", "POST"), office_wide=True, step_up=True)
def entrances(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every network, and a form for one more."""
    form = NetworkForm(request.POST or None)
    address = request.META.get("REMOTE_ADDR", "")
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = add_network(
                actor=desk.member, text=given["network"], note=given["note"], address=address
            )
        except EntranceRefused as refused:
            form.add_error("network", sentence(refused.code))
        else:
            messages.success(request, _("등록했습니다: %(network)s") % {"network": made.network})
            return redirect("entrances")
    context = {"form": form, "rows": allowed(), "address": address}
    return render(request, "console/entrances.html", context)


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="entrances", step_up=True)
def remove(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One network less."""
    found = theirs(AllowedNetwork.objects.filter(pk=pk).first())
    try:
        remove_network(found, actor=desk.member, address=request.META.get("REMOTE_ADDR", ""))
    except EntranceRefused as refused:
        messages.error(request, sentence(refused.code), extra_tags="bad")
    else:
        messages.success(request, _("지웠습니다: %(network)s") % {"network": found.network})
    return redirect("entrances")


urls = [
    path("entrances", entrances, name="entrances"),
    path("entrances/<int:pk>/remove", remove, name="entrance-remove"),
]
