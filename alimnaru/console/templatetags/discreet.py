"""What a notice is called on staff's pages."""

from __future__ import annotations

from typing import Any

from django import template

from alimnaru.rules.rights import Right
from alimnaru.rules.topics import Topic, is_discreet, topic_of
from alimnaru.store.models import Batch
from alimnaru.wording.residents import TOPICS

register = template.Library()


@register.simple_tag(takes_context=True)
def notice_of(context: dict[str, Any], batch: Batch) -> str:
    """The name of a batch's notice; of a sensitive one whose text is destroyed only its topic, but
    for those who answer for residents' data there. What they see is in the access log."""
    notice = batch.notice
    if not is_discreet(notice.sensitivity, destroyed=batch.wrapped_key is None):
        return notice.name
    if context["request"].desk.may(Right.PRIVACY, batch.department):
        return notice.name
    return TOPICS[topic_of(notice.code) or Topic.OTHER].label
