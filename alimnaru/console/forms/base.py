"""What every form of the console has in common: the classes that KRDS draws."""

from __future__ import annotations

from typing import Any

from django import forms

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, ""),
    (forms.Select, "krds-form-select"),
    (forms.TextInput, "krds-input"),
    (forms.PasswordInput, "krds-input"),
    (forms.Textarea, "krds-input"),
)


class ConsoleForm(forms.Form):
    """A form whose fields look like KRDS; the browser checks nothing that we say better."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for field in self.fields.values():
            for kind, css in _CLASSES:
                if isinstance(field.widget, kind):
                    field.widget.attrs.setdefault("class", css)
                    break
