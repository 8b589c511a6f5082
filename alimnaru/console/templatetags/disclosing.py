"""What the dialog that asks for a reason needs."""

from __future__ import annotations

from django import template

from alimnaru.console.reason import ReasonForm

register = template.Library()


@register.simple_tag
def reason_form(dialog: str) -> ReasonForm:
    """An empty form whose fields bear ids of this dialog's own: a page may have several."""
    return ReasonForm(auto_id=f"{dialog}-%s")
