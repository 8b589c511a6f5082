"""Prices and counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Tariff(models.Model):
    """The price of one delivered message of a channel from a day on, VAT excluded.

    A row with an account is that contract's own price, and goes before the one without.
    """

    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE, null=True)
    channel = models.CharField(max_length=8)
    won = models.DecimalField(max_digits=8, decimal_places=3)
    since = models.DateField()
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "since", "account"],
                nulls_distinct=False,
                name="tariff_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.won} from {self.since}"


class Tally(models.Model):
    """Counts by day, department, notice, channel and outcome; rows add up.

    Every settling appends a row instead of raising a counter: a hot counter row would make all
    workers wait for each other. The sweep folds rows of the same key together.
    """

    day = models.DateField()
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT)
    channel = models.CharField(max_length=8)
    outcome = models.CharField(max_length=10)
    messages = models.IntegerField()
    won = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        indexes: ClassVar = [
            # Spend of a department in a month, and the report.
            models.Index(fields=["department", "day"], name="tally_by_department"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.channel} {self.outcome}: {self.messages}"
