"""What Django says of a field by itself is said in our manner: what is wrong, and what to do."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

_CHOICES = [("a", "가")]
_EMPTY = SimpleUploadedFile("a.csv", b"")


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        (forms.CharField(), "", "비어 있습니다. 적거나 골라 주십시오."),
        (
            forms.CharField(max_length=3), "네 글자요",
            "글이 너무 깁니다(5자). 3자까지로 줄여 주십시오.",
        ),
        (forms.IntegerField(), "셋", "숫자로 읽을 수 없습니다. 숫자만 적어 주십시오."),
        (forms.DecimalField(), "셋", "숫자로 읽을 수 없습니다. 숫자만 적어 주십시오."),
        (forms.IntegerField(max_value=3), "4", "너무 큰 값입니다. 3까지 적을 수 있습니다."),
        (forms.IntegerField(min_value=3), "2", "너무 작은 값입니다. 3 이상으로 적어 주십시오."),
        (forms.DateField(), "어제", "날짜로 읽을 수 없습니다. 날짜를 다시 골라 주십시오."),
        (forms.TimeField(), "아침", "시각으로 읽을 수 없습니다. 시각을 다시 골라 주십시오."),
        (
            forms.DateTimeField(), "어제",
            "날짜와 시각으로 읽을 수 없습니다. 둘 다 다시 골라 주십시오.",
        ),
        (
            forms.ChoiceField(choices=_CHOICES), "b",
            "목록에 없는 값입니다. 목록에서 다시 골라 주십시오.",
        ),
        (
            forms.URLField(assume_scheme="https"), "누리집",
            "주소로 읽을 수 없습니다. https://로 시작하는 주소를 적어 주십시오.",
        ),
        (
            forms.FileField(), _EMPTY,
            "올린 파일이 비어 있습니다. 내용이 있는 파일을 올려 주십시오.",
        ),
    ],
)  # fmt: skip
def test_a_field_says_what_is_wrong_and_what_to_do(
    field: forms.Field, given: Any, said: str
) -> None:
    with override("ko"), pytest.raises(forms.ValidationError) as refused:
        field.clean(given)
    assert refused.value.messages == [said]
