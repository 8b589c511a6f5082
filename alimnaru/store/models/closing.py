"""A month's bill: what we say, what the carrier says, and the month once both agree."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class MonthClose(models.Model):
    """A month of the whole office, by the day of the result. Closed, its figures stay."""

    #: Its first day.
    month = models.DateField(unique=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("store.Member", on_delete=models.PROTECT, null=True)
    #: When it was opened again last.
    reopened_at = models.DateTimeField(null=True)
    #: Figures as they were when it was closed (`reads.closing`); while it is open only `charges`
    #: and `tallies_differ`, as they were when it was charged last.
    totals = models.JSONField(default=dict)
    #: What was handed over in it and had no result when it ended, by account and channel.
    carried = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Charge(models.Model):
    """One delivered try and its price: what a carrier may bill. Written when a month is closed.

    Outlives the message's personal data: evidence of spending is kept five years (지방재정법 82조).
    """

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    #: Of the result.
    day = models.DateField()
    account = models.ForeignKey(
        "store.CarrierAccount", on_delete=models.PROTECT, null=True, db_index=False
    )
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT, db_index=False)
    project = models.ForeignKey(
        "store.Project", on_delete=models.PROTECT, null=True, db_index=False
    )
    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT, db_index=False)
    batch_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    attempt_no = models.SmallIntegerField()
    channel = models.CharField(max_length=8)
    #: The carrier's own name for it.
    ref = models.CharField(max_length=100, blank=True)
    won = models.DecimalField(max_digits=8, decimal_places=3)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month", "account"], name="charge_of_month")]

    def __str__(self) -> str:
        return f"charge {self.pk}: {self.channel} {self.won}"


class Statement(models.Model):
    """What a carrier says that a month has cost: one file of one account."""

    account = models.ForeignKey("store.CarrierAccount", on_delete=models.PROTECT)
    month = models.DateField()
    source_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    #: Which column says what, and which of its words mean what (`rules.statement.Mapping`).
    mapping = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    won = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    #: Compared with our charges; null: not yet.
    compared_at = models.DateTimeField(null=True)
    #: Line counts by verdict, and won on both sides.
    result = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "month", "sha256"], name="statement_once")
        ]

    def __str__(self) -> str:
        return f"statement {self.pk} of {self.month:%Y-%m}"


class StatementLine(models.Model):
    """One line that the carrier bills, or one that it should and does not. Holds no phone."""

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE)
    #: In their file; 0: only ours.
    line_no = models.IntegerField()
    ref = models.CharField(max_length=100)
    #: Another reference under which we may have it (`rules.statement.Columns.number`).
    alias = models.CharField(max_length=100, blank=True, default="", db_default="")
    channel = models.CharField(max_length=8)
    day = models.DateField(null=True)
    won = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    #: `rules.statement.Verdict`.
    verdict = models.CharField(max_length=14)
    message_id = models.BigIntegerField(null=True)
    attempt_no = models.SmallIntegerField(null=True)
    our_won = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    #: What came of the dispute, by whom.
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, db_index=False
    )

    class Meta:
        indexes: ClassVar = [
            # The list of disputes: few lines of many.
            models.Index(
                fields=["statement", "line_no"],
                name="statement_disputes",
                condition=~models.Q(verdict="matched"),
            )
        ]

    @property
    def theirs(self) -> str:
        """As the carrier names it. ":~" begins a name of ours (`carriers.sens.refs`)."""
        return self.alias if self.alias and ":~" in self.ref else self.ref

    def __str__(self) -> str:
        return f"line {self.line_no}: {self.verdict}"
