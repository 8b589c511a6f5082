"""Connected systems, the rules that watch them, and what each has found to be due."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Source(models.Model):
    """A connected system. What each kind asks for is known by `sources`."""

    class Kind(models.TextChoices):
        TABLE = "table"  # a read-only view of another database
        AGENT = "agent"  # a legacy SMS table, in place of the agent that emptied it
        FOLDER = "folder"  # lists dropped into a folder

    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    #: Program that acts for it: batches and audit entries name it.
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    settings = models.JSONField(default=dict)
    #: Sealed JSON (`store.crypto`, "source"): the database address with its password.
    secrets = models.BinaryField(null=True)
    is_active = models.BooleanField(default=True)
    poll_seconds = models.PositiveIntegerField(default=5)
    created_at = models.DateTimeField()
    polled_at = models.DateTimeField(null=True)
    #: Since when it cannot be read; null: all is well. `error` names no value.
    failing_since = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class AgentRow(models.Model):
    """A row that was taken out of a legacy SMS table, and what has been written back about it."""

    class Told(models.TextChoices):
        NOTHING = "nothing"  # stored here; the other table does not show it yet
        TAKEN = "taken"
        RESULT = "result"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, db_index=False)
    #: The table and its primary key, as text: `sc_tran:17`.
    record = models.CharField(max_length=120)
    #: A keyed hash of what it said, to whom and for when: tables that are emptied begin to count
    #: anew, and then the same key is another message. Null: taken on before this was kept.
    said = models.BinaryField(null=True)
    message_id = models.BigIntegerField(null=True)
    #: `rules.refusals.Refusal` if it could not be taken on.
    refusal = models.CharField(max_length=40, blank=True)
    #: Sent as a notice that its text was recognised as, or as the text it was.
    recognised = models.BooleanField(default=False)
    taken_at = models.DateTimeField()
    told = models.CharField(max_length=8, choices=Told.choices, default=Told.NOTHING)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "record"], name="agent_row_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["source", "id"],
                name="agent_row_open",
                condition=~models.Q(told="result"),
            ),
            models.Index(fields=["message_id"], name="agent_row_of_message"),
        ]

    def __str__(self) -> str:
        return f"agent row {self.pk}: {self.told}"


class DroppedFile(models.Model):
    """A list that was found in a watched folder, and what became of it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    found_at = models.DateTimeField()
    upload = models.OneToOneField("store.ListUpload", on_delete=models.SET_NULL, null=True)
    #: Why nothing became of it at all, and the facts of its sentence.
    fault = models.CharField(max_length=40, blank=True)
    fault_facts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    #: When the receipt was last written beside it, and whether that was the last word.
    receipt_at = models.DateTimeField(null=True)
    receipt_final = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            # The same file twice is sent once; one that was changed is another file.
            models.UniqueConstraint(fields=["source", "name", "sha256"], name="dropped_once")
        ]
        indexes: ClassVar = [
            # Whose receipt has not had its last word.
            models.Index(
                fields=["source", "id"],
                name="dropped_open",
                condition=models.Q(receipt_final=False),
            )
        ]

    def __str__(self) -> str:
        return f"dropped file {self.pk}"


class Rule(models.Model):
    """When which notice goes to whom: 2 days before 반납일, at 10:00, one message for all books."""

    class Mode(models.TextChoices):
        OFF = "off"
        #: Finds what would go and shows it; nothing goes.
        REHEARSAL = "rehearsal"
        LIVE = "live"

    class Kind(models.TextChoices):
        DATE = "date"  # so many days before or after a date in the record
        EVENT = "event"  # as soon as the record appears

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT)
    #: Null: seeded from the catalogue, and no system has been connected yet.
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.DATE)
    #: The part of the source that it reads: a name in `Source.settings["views"]`.
    view = models.CharField(max_length=60, blank=True)
    #: Field → allowed values; all must hold, when it is found and again when it goes.
    conditions = models.JSONField(default=list)
    #: The date field that offsets count from.
    anchor = models.CharField(max_length=60, blank=True)
    #: Days from the anchor: -2 is two days before, 7 a week after.
    offsets = ArrayField(models.SmallIntegerField(), default=list)
    #: `calendar` or `working` days (Korean public holidays).
    days = models.CharField(max_length=8, default="calendar")
    at = models.TimeField(default=time(10))
    #: Variable of the notice, 'phone', 'name', 'record' → how it is made of the source's fields.
    fields = models.JSONField(default=dict)
    #: `none` or `person`: one message for all that is due for a resident at that moment.
    grouping = models.CharField(max_length=10, default="none")
    #: At most so often for the same record; 0: as often as the offsets say.
    at_most = models.PositiveSmallIntegerField(default=0)
    #: A missed moment is caught up until so many minutes after it, and never after the day's end.
    catch_up_minutes = models.PositiveIntegerField(default=240)
    mode = models.CharField(max_length=9, choices=Mode.choices, default=Mode.OFF)
    made_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Who agreed that it goes by itself, when, and to exactly what (`rules.reminder.rule_hash`).
    approved_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    approved_hash = models.CharField(max_length=64, blank=True)
    #: How many messages it found when it was approved: far more than that waits for a person.
    approved_size = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    #: The last moment for which it has looked at its source.
    looked_at = models.DateTimeField(null=True)
    #: The source's mark up to which an event rule has read.
    mark = models.JSONField(null=True)
    failing_since = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class Occasion(models.Model):
    """One thing that is due for one resident. Unique by rule, record and date: a restart, a second
    scheduler or a clock that jumps repeats nothing."""

    class State(models.TextChoices):
        DUE = "due"
        #: In a batch (`message_id`); several may share a message.
        SENT = "sent"
        #: It no longer held, or came too late: `code` says which.
        DROPPED = "dropped"
        #: Found in rehearsal: shown, never sent.
        REHEARSED = "rehearsed"

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, db_index=False)
    record = models.CharField(max_length=120)
    #: The day it is about: the anchor's day plus the offset; for an event the day it was found.
    day = models.DateField()
    offset = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    to_hash = models.BinaryField()
    #: Phone, name and the record's fields, sealed (`store.crypto`, "occasion"). Null: not needed
    #: any more.
    payload = models.BinaryField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DUE)
    code = models.CharField(max_length=40, blank=True)
    message_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "record", "day"], name="occasion_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rule", "due_at"],
                name="occasion_due",
                condition=models.Q(state="due"),
            ),
            # The re-check at the exit.
            models.Index(
                fields=["message_id"],
                name="occasion_of_message",
                condition=models.Q(message_id__isnull=False),
            ),
            models.Index(fields=["rule", "-day"], name="occasion_of_rule"),
        ]

    def __str__(self) -> str:
        return f"occasion {self.pk}: {self.state}"


class Revision(models.Model):
    """That a message says something else than before, because its source did at the moment of
    sending. The message holds what it says now; what earlier tries said is kept here."""

    message_id = models.BigIntegerField()
    #: The first try that says what the message says since.
    attempt_no = models.SmallIntegerField()
    #: The payload before, sealed under the batch's key and destroyed with it.
    was = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message_id", "attempt_no"], name="revision_once_a_try")
        ]

    def __str__(self) -> str:
        return f"revision of message {self.message_id}"
