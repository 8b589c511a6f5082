"""What shows that nothing was altered afterwards: the journal of outcomes, and the seals."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Outcome(models.Model):
    """Messages that moved in one statement, and to what (`store.ledger.journal`). INSERT only.

    The last entry that names a message says how it stands; one without any is as it was born.
    """

    id = models.BigAutoField(primary_key=True)
    recorded_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    channel = models.CharField(max_length=8)
    attempt_no = models.SmallIntegerField()
    #: The messages' `done_at`.
    at = models.DateTimeField(null=True)
    ids = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"outcome {self.pk}: {self.state}"


class Content(models.Model):
    """What a batch that is through had said to whom, as one digest. INSERT only.

    SHA-256 over, in the order of their ids, each message's id and SHA-256(to_hash || payload). The
    sealed payload, not the text: it can be checked without opening anything, and after the data
    were destroyed, since that hash is what is then left of the payload.
    """

    id = models.BigAutoField(primary_key=True)
    batch_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    messages = models.PositiveIntegerField()
    digest = models.BinaryField()
    #: In which words, on whose word and by which tries it went (`store.ledger.courses`), up to this
    #: chunk and this superseded try. Null: sealed by a version that did not know of it.
    course = models.BinaryField(null=True)
    last_chunk = models.BigIntegerField(null=True)
    last_attempt = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"content of batch {self.batch_id}"


class Seal(models.Model):
    """A stretch of one table's rows, sealed: signed, and chained to the seal before. INSERT only.

    Numbered without gaps over all kinds. `leaves` holds 32 bytes for each of `ids`: the rows' own
    digests, so that a row that was altered can be named.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    #: `rules.seals.Kind`.
    kind = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    #: The local day on which it was made.
    day = models.DateField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    ids = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    #: SHA-256 over the leaves.
    digest = models.BinaryField()
    #: `chain` of the seal numbered one less; 32 zero bytes for the first.
    previous = models.BinaryField()
    #: SHA-256 over `rules.seals.Header.text`.
    chain = models.BinaryField()
    #: Ed25519 over `chain`.
    signature = models.BinaryField()
    #: The raw public key, 32 bytes.
    public_key = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "-last_id"], name="seal_by_kind")]

    def __str__(self) -> str:
        return f"seal {self.number}: {self.kind}"


class Verification(models.Model):
    """Everything computed again: asked for by whom, and what came of it (`reads.verifying`)."""

    class State(models.TextChoices):
        ASKED = "asked"
        DONE = "done"
        FAILED = "failed"

    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey("store.Member", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: Days whose sealed rows were computed again; null: from the first, to the last.
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    #: Lines that stood on paper (`rules.seals.read_lines`): [number, chain in hex].
    published = models.JSONField(default=list)
    seals = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    batches = models.PositiveBigIntegerField(default=0)
    messages = models.PositiveBigIntegerField(default=0)
    #: The number of the newest seal that there was.
    newest = models.PositiveBigIntegerField(default=0)
    wrong = models.PositiveBigIntegerField(default=0)
    #: The first of them: {wrong, table, id, seal, day}.
    findings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"verification {self.pk}: {self.state}"


class ServiceConsent(models.Model):
    """A resident's agreement to be served documents of a kind electronically, and its withdrawal.

    Found by phone and person together: a number that changed hands carries no consent with it.
    """

    class How(models.TextChoices):
        DESK = "desk"
        LETTER = "letter"
        ONLINE = "online"
        API = "api"

    to_hash = models.BinaryField()
    person_hash = models.BinaryField()
    #: Whose it is, sealed: name and the address that the resident agreed to be served at.
    sealed = models.BinaryField()
    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    starts_on = models.DateField()
    #: The last day on which it holds; null: until it is withdrawn.
    ends_on = models.DateField(null=True)
    how = models.CharField(max_length=8, choices=How.choices)
    #: Where the form lies: a register's number, a document's. Nothing about the person.
    evidence = models.CharField(max_length=200)
    recorded_by = models.ForeignKey("store.Member", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    #: Null with `withdrawn_at`: by the resident, on their page.
    withdrawn_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["to_hash", "notice"], name="consent_of_phone"),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"
