"""What a worker does about a month because a person asked for it, and the file that it reads."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class MonthWork(models.Model):
    """Charging a month, reading a statement, or closing, from the request until it is done."""

    #: `rules.month_work.MonthAct`.
    kind = models.CharField(max_length=10)
    month = models.DateField()
    account = models.ForeignKey("store.CarrierAccount", on_delete=models.PROTECT, null=True)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    #: `rules.month_work.WorkState`.
    state = models.CharField(max_length=8, default="waiting")
    #: How often it was begun: what ends its worker is given up.
    tries = models.SmallIntegerField(default=0)
    #: Of the file; `replace`: it stands for what the month had of the account.
    name = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    replace = models.BooleanField(default=False)
    #: The titles of its columns, as they stand in it.
    titles = models.JSONField(default=list)
    #: Its first lines, numbers and names hidden, sealed; null once they are not needed.
    sample = models.BinaryField(null=True)
    #: How it is read (`rules.statement.Columns`): guessed, then as the clerk said.
    mapping = models.JSONField(default=dict)
    #: The clerk has said so.
    is_mapped = models.BooleanField(default=False)
    rows_read = models.PositiveIntegerField(default=0)
    #: Of a close: reasons by account, and whether unknown outcomes are carried over.
    given = models.JSONField(default=dict)
    #: `rules.refusals.Refusal` or `rules.statement.StatementFault`, and its sentence's facts.
    fault = models.CharField(max_length=40, blank=True)
    fault_facts = models.JSONField(default=dict)
    statement = models.ForeignKey("store.Statement", on_delete=models.SET_NULL, null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["month", "-id"], name="work_of_month"),
            # The sweep looks for what lies, and for files whose time is over.
            models.Index(
                fields=["created_at"],
                name="work_open",
                condition=models.Q(state__in=["waiting", "running", "asked", "refused"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.month:%Y-%m}: {self.state}"


class WorkPiece(models.Model):
    """A part of a work's file, sealed ("statement"): nobody holds 200 MB at once."""

    id = models.BigAutoField(primary_key=True)
    work = models.ForeignKey(MonthWork, on_delete=models.CASCADE)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work", "number"], name="piece_once")
        ]

    def __str__(self) -> str:
        return f"piece {self.number} of work {self.work_id}"
