"""How long each text may become."""

from __future__ import annotations

from alimnaru.rules.draft import DraftWording
from alimnaru.rules.template import ButtonKind, parse_template
from alimnaru.rules.template_buttons import fields_of
from alimnaru.rules.template_sizes import Size, sizes
from alimnaru.rules.variables import Kind, Variable


def test_a_text_is_measured_with_its_longest_values() -> None:
    draft = DraftWording(
        template=parse_template(
            {
                "emphasis": "TEXT",
                "body": "#{성명}님 #{무엇}",
                "title": "제목",
                "buttons": [{"type": "AC", "name": "채널 추가"}],
            }
        ),
        variables=(Variable("성명", Kind.PERSON, max_length=10),),
        sms="[구] #{성명}",
        lms="가" * 1001,
    )
    found = {size.where: size for size in sizes(draft)}
    # Ten characters of a name, three more of text; of the other variable only its mark is known.
    assert found["body"] == Size("body", 10 + 2 + len("#{무엇}"), 1000)
    assert found["title"] == Size("title", 2, 50)
    assert found["buttons[0].name"] == Size("buttons[0].name", 5, 14)
    assert found["sms"] == Size("sms", 5 + 20, 90, in_bytes=True)
    assert found["lms"].over
    assert not found["sms"].over
    assert "lms_subject" not in found
    assert "subtitle" not in found


def test_a_mark_longer_than_its_values_counts_as_written() -> None:
    draft = DraftWording(
        template=parse_template({"body": "#{아주긴이름의변수}"}),
        variables=(Variable("아주긴이름의변수", Kind.INTEGER, max_length=2),),
    )
    assert next(sizes(draft)).used == len("#{아주긴이름의변수}")


def test_each_kind_of_button_has_its_fields() -> None:
    assert fields_of(ButtonKind.WL) == ("link_mobile", "link_pc", "outside")
    assert fields_of(ButtonKind.TN) == ("tel",)
    assert fields_of(ButtonKind.AC) == ()
