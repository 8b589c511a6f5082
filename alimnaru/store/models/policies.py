"""What the office has decided about its own practice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Policy(models.Model):
    """The office's policies where they differ from `rules.policy.OfficePolicy`: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    #: As `OfficePolicy.to_json` writes it.
    values = models.JSONField(default=dict)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey("store.Member", on_delete=models.PROTECT, null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="policy_one_row")
        ]

    def __str__(self) -> str:
        return "policy"
