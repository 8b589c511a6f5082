"""Which processes of ours are alive, on whatever machine."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Beat(models.Model):
    """A sign of life of one worker process: what it serves, and which version it runs.

    Procrastinate's own table of workers knows neither lanes nor versions, and without lanes nobody
    could tell that urgent messages have nobody to send them.
    """

    #: Drawn by the process when it starts.
    id = models.CharField(max_length=32, primary_key=True)
    host = models.CharField(max_length=64)
    version = models.CharField(max_length=20)
    lanes = ArrayField(models.CharField(max_length=8))
    started_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="beat_by_time")]

    def __str__(self) -> str:
        return f"worker {self.host} {','.join(self.lanes)}"
