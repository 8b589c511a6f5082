"""Wordings: one version holds the text of every channel and never changes once made."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar

from django.db import models


class TemplateVersion(models.Model):
    """One wording of a notice for every channel. Batches pin the version they were made with."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        APPROVED = "approved"
        RETIRED = "retired"

    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    #: `rules.template.parse_template` reads it.
    template = models.JSONField()
    #: `rules.variables.variable_from_json` reads each; their order is the order of stored values.
    variables = models.JSONField()
    sms = models.TextField(blank=True)
    lms_subject = models.CharField(max_length=40, blank=True)
    lms = models.TextField(blank=True)
    #: Kakao's category, six digits; 999999 (기타) is reviewed last.
    category = models.CharField(max_length=6, default="999999")
    #: On top of an image Alimtalk, and beside the text of an MMS.
    picture = models.ForeignKey("store.Picture", on_delete=models.PROTECT, null=True)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    #: Null: it came from the catalogue, which compares with the last one of its own.
    drafted_by = models.ForeignKey("store.Member", on_delete=models.PROTECT, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "number"], name="template_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} v{self.number}"

    def fingerprint(self) -> str:
        """SHA-256 over everything a resident could see: an approval pins it."""
        content = [self.template, self.variables, self.sms, self.lms_subject, self.lms]
        if self.picture is not None:
            content.append(self.picture.sha256)
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()
