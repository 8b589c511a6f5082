"""The forms of signing in. Values may be pasted, and password managers know what is what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms.base import ConsoleForm
from alimnaru.store.models import Member


class SignInForm(ConsoleForm):
    """Name and password."""

    username = forms.CharField(
        label=lazy("아이디"),
        max_length=60,
        error_messages={"required": lazy("아이디를 적어 주십시오.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=lazy("비밀번호"),
        max_length=200,
        strip=False,
        error_messages={"required": lazy("비밀번호를 적어 주십시오.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(ConsoleForm):
    """The authenticator's six digits, or with `recovery` one of the codes kept on paper."""

    code = forms.CharField(
        label=lazy("인증번호"),
        max_length=40,
        error_messages={"required": lazy("인증번호를 적어 주십시오.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, recovery: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if recovery:
            field = self.fields["code"]
            field.label = lazy("복구 코드")
            field.error_messages["required"] = lazy("복구 코드를 적어 주십시오.")
            field.widget.attrs |= {"autocomplete": "off", "inputmode": "text"}


class StepUpForm(ConsoleForm):
    """The code once more, beside whatever was posted."""

    step_up_code = forms.CharField(
        label=lazy("인증번호"),
        max_length=40,
        help_text=lazy("인증 앱에 보이는 여섯 자리 번호나 쓰지 않은 복구 코드를 적습니다."),
        error_messages={"required": lazy("인증번호를 적어 주십시오.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class OwnPasswordForm(ConsoleForm):
    """A password of the person's own choice, typed twice."""

    first = forms.CharField(
        label=lazy("새 비밀번호"),
        max_length=200,
        strip=False,
        help_text=lazy(
            "10자 이상으로 정하고, 이름이나 아이디, 흔한 낱말은 쓰지 마십시오. "
            "띄어쓰기가 있는 짧은 문장이 외우기 쉽고 안전합니다."
        ),
        error_messages={"required": lazy("새 비밀번호를 적어 주십시오.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    second = forms.CharField(
        label=lazy("새 비밀번호 한 번 더"),
        max_length=200,
        strip=False,
        error_messages={"required": lazy("같은 비밀번호를 한 번 더 적어 주십시오.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._member = member

    def clean_first(self) -> str:
        password: str = self.cleaned_data["first"]
        validate_password(password, self._member)
        if self._member.check_password(password):
            raise forms.ValidationError(
                _("지금 쓰는 비밀번호와 같습니다. 다른 비밀번호를 정해 주십시오.")
            )
        return password

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if "first" in typed and "second" in typed and typed["first"] != typed["second"]:
            self.add_error("second", _("두 비밀번호가 서로 다릅니다. 같은 것을 적어 주십시오."))
        return typed


class ChangePasswordForm(OwnPasswordForm):
    """The same for somebody who is signed in: the present one first."""

    field_order = ("present", "first", "second")
    present = forms.CharField(
        label=lazy("지금 비밀번호"),
        max_length=200,
        strip=False,
        error_messages={"required": lazy("지금 비밀번호를 적어 주십시오.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_present(self) -> str:
        password: str = self.cleaned_data["present"]
        if not self._member.check_password(password):
            raise forms.ValidationError(_("지금 비밀번호와 일치하지 않습니다."))
        return password
