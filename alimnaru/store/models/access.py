"""Who saw, searched or took out whose data (개인정보의 안전성 확보조치 기준 제8조)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AccessEntry(models.Model):
    """One look at residents' data: by whom, when, from where, whose, what for. Kept two years."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    #: Copied, so that a renamed account rewrites no history.
    actor_name = models.CharField(max_length=100)
    api_key = models.ForeignKey("store.ApiKey", on_delete=models.PROTECT, null=True)
    address = models.CharField(max_length=45, blank=True)
    via = models.CharField(max_length=8)
    #: `rules.access.Access`: what was done with it.
    act = models.CharField(max_length=30)
    #: `batch:12`, `message:7`: what it was about.
    subject = models.CharField(max_length=100)
    #: Whose the data is: the department that is answerable for it.
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT, null=True)
    #: The keyed hash of the one phone it was about; null where it was several people's.
    to_hash = models.BinaryField(null=True)
    people = models.PositiveIntegerField(default=1)
    #: In the clear, or with names and numbers half hidden.
    clear = models.BooleanField(default=False)
    #: `rules.disclosure.Reason` and what was written beside it.
    reason = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at"], name="access_by_time"),
            models.Index(fields=["member", "-at"], name="access_by_member"),
            models.Index(
                fields=["to_hash", "-at"],
                name="access_by_phone",
                condition=models.Q(to_hash__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.act} {self.subject}"
