"""What is connected to the office whose pages are measured: one of each."""

from __future__ import annotations

from django.utils import timezone

from alimnaru.office.keys import Wish, issue
from alimnaru.rules.api_keys import Limits
from alimnaru.rules.api_scopes import Scope
from alimnaru.store.models import Department, Member, Rule, Source, Task, Webhook


def connected(member: Member, department: Department) -> dict[str, int | str]:
    """A key, a webhook, a system, a rule and a task."""
    wish = Wish("bench", [Scope.READ], Limits(), is_sandbox=True)
    key, _ = issue(wish, actor=member, department=department, as_operator=True)
    now = timezone.now()
    webhook = Webhook.objects.create(
        department=department,
        made_by=member,
        name="bench",
        url="https://bench.example/hook",
        secret=b"",
        created_at=now,
    )
    source = Source.objects.create(
        department=department,
        code="bench",
        name="bench",
        kind=Source.Kind.FOLDER,
        member=member,
        settings={"path": "/nowhere"},
        is_active=False,
        created_at=now,
    )
    task = Task.objects.create(
        department=department,
        kind=Task.Kind.SOURCE_FAILING,
        subject=f"source:{source.pk}",
        created_at=now,
    )
    rule = Rule.objects.order_by("code")[0]
    return {
        "key": key.pk,
        "webhook": webhook.pk,
        "system": source.pk,
        "task": task.pk,
        "rule": rule.code,
    }
