"""Prices and counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Project(models.Model):
    """What pays: a department's budget line (세부사업), with where its money comes from (재원)."""

    class Funding(models.TextChoices):
        DISTRICT = "district"  # 구비
        CITY = "city"  # 시비 보조
        STATE = "state"  # 국비 보조
        FUND = "fund"  # 기금
        MIXED = "mixed"

    department = models.ForeignKey(
        "store.Department", on_delete=models.PROTECT, related_name="projects"
    )
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    funding = models.CharField(
        max_length=10, choices=Funding.choices, default=Funding.DISTRICT, db_default="district"
    )
    starts_on = models.DateField()
    #: Its last day; null: it goes on.
    ends_on = models.DateField(null=True, blank=True)
    daily_cap_won = models.DecimalField(max_digits=12, decimal_places=0, null=True, blank=True)
    monthly_cap_won = models.DecimalField(max_digits=12, decimal_places=0, null=True, blank=True)
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "code"], name="project_once")
        ]

    def __str__(self) -> str:
        return self.code


class Tariff(models.Model):
    """The price of one delivered message of a channel from a day on, VAT excluded.

    The narrowest that has begun counts: a department's price at an account, the department's own
    contract, the account's, and last the office's (neither).
    """

    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE, null=True)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT, null=True)
    channel = models.CharField(max_length=8)
    won = models.DecimalField(max_digits=8, decimal_places=3)
    since = models.DateField()
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "since", "account", "department"],
                nulls_distinct=False,
                name="tariff_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.won} from {self.since}"


class Tally(models.Model):
    """Counts by day, department, project, notice, account, channel, outcome and the text
    message that each would have needed; rows add up.

    Every settling appends a row instead of raising a counter: a hot counter row would make all
    workers wait for each other. The sweep folds rows of the same key together.
    """

    day = models.DateField()
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True)
    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT)
    #: By whom it went; a price that is entered late is put on these days anew. Null: by nobody.
    account = models.ForeignKey(
        "store.CarrierAccount", on_delete=models.PROTECT, null=True, db_index=False
    )
    channel = models.CharField(max_length=8)
    outcome = models.CharField(max_length=10)
    #: The text message that its wording needs, `sms` or `lms`, as its batch had it. Empty: from
    #: before that was noted, or from an older program.
    needs = models.CharField(max_length=3, blank=True, default="", db_default="")
    messages = models.IntegerField()
    won = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        indexes: ClassVar = [
            # Spend of a department in a month, and the report.
            models.Index(fields=["department", "day"], name="tally_by_department"),
            # Spend of a project: few tallies have one.
            models.Index(
                fields=["project", "day"],
                name="tally_by_project",
                condition=models.Q(project__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.channel} {self.outcome}: {self.messages}"
