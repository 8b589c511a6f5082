"""The field of a moment for which something is set."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

#: Further ahead nobody plans: it is a slip of the year, and no calendar goes on for ever.
FURTHEST = timedelta(days=366)


class MomentField(forms.DateTimeField):
    """Date and time as a browser's own control writes them, within a year from now."""

    def __init__(self, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(**{"input_formats": formats, **kwargs})

    def clean(self, value: Any) -> datetime | None:
        """What is past is for the act to judge: a form may have been open for a while."""
        at: datetime | None = super().clean(value)
        if at is not None and at > timezone.now() + FURTHEST:
            raise ValidationError(_("1년보다 먼 시각입니다. 연도를 확인해 주십시오."))
        return at
