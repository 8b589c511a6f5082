"""Lists on their way in: uploaded files, saved lists, and what earlier lists have shown."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ListUpload(models.Model):
    """A file that a clerk chose, from its arrival until its batch is sent or a day has passed."""

    class State(models.TextChoices):
        WAITING = "waiting"  # stored; a worker will read it
        READING = "reading"
        READY = "ready"  # `batch` is what it became
        REFUSED = "refused"  # `fault` says why nothing of it can be used
        GONE = "gone"  # its content was deleted

    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    #: The file itself, sealed (`store.crypto`, "upload"). Null once it is not needed any more.
    content = models.BinaryField(null=True)
    #: `rules.audience.Origin`: a file, one person's form, or a saved list.
    origin = models.CharField(max_length=10, default="list")
    saved_list = models.ForeignKey("store.SavedList", on_delete=models.SET_NULL, null=True)
    sheet = models.CharField(max_length=100, blank=True)
    include_hidden = models.BooleanField(default=False)
    #: Variable or 'phone', 'name' → column title, where the clerk chose another than we would.
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    rows_read = models.PositiveIntegerField(default=0)
    #: `rules.refusals.Refusal` of the file as a whole, and the facts of its sentence.
    fault = models.CharField(max_length=40, blank=True)
    fault_facts = models.JSONField(default=dict)
    #: What the check found: format, header, counts by code, warnings. Nothing personal.
    findings = models.JSONField(default=dict)
    batch = models.OneToOneField(
        "store.Batch", on_delete=models.SET_NULL, null=True, related_name="upload"
    )

    class Meta:
        indexes: ClassVar = [
            # The sweep deletes contents by age.
            models.Index(
                fields=["created_at"],
                name="upload_kept",
                condition=models.Q(content__isnull=False),
            ),
            # One person's form, sent twice, is found by its mark.
            models.Index(fields=["member", "sha256"], name="upload_by_member"),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}: {self.state}"


class ColumnMapping(models.Model):
    """How a department's lists for a notice name their columns, as a clerk once said."""

    department = models.ForeignKey("store.Department", on_delete=models.CASCADE)
    notice = models.ForeignKey("store.Notice", on_delete=models.CASCADE)
    mapping = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "notice"], name="mapping_once")
        ]

    def __str__(self) -> str:
        return f"mapping {self.pk}"


class SavedList(models.Model):
    """A list that is sent again and again: whose it is, for whom, and until when it is kept."""

    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    #: `rules.audience.Audience`.
    audience = models.CharField(max_length=10)
    rows = models.PositiveIntegerField()
    #: Column titles, in order.
    columns = models.JSONField()
    #: The file and how it was read, sealed (`office.saved_lists.SavedFile`). Null: deleted.
    content = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "name"], name="saved_list_name")
        ]

    def __str__(self) -> str:
        return f"saved list {self.pk}"


class SavedPhone(models.Model):
    """Whose phones stand in a saved list, by keyed hash: staff are told apart from residents."""

    saved_list = models.ForeignKey(SavedList, on_delete=models.CASCADE, related_name="phones")
    to_hash = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["saved_list", "to_hash"], name="saved_phone_once")
        ]
        indexes: ClassVar = [models.Index(fields=["to_hash"], name="saved_phone")]

    def __str__(self) -> str:
        return f"saved phone {self.pk}"


class KnownValue(models.Model):
    """What an earlier list said of a phone, as keyed hashes: a column that slid by a row shows."""

    to_hash = models.BinaryField()
    #: 'name', or the name of a variable that belongs to the person.
    field = models.CharField(max_length=30)
    value_hash = models.BinaryField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # The sweep forgets what was seen long ago.
            models.Index(fields=["seen_at"], name="known_value_seen"),
        ]
        constraints: ClassVar = [
            # A mother's phone stands beside the names of all her children.
            models.UniqueConstraint(
                fields=["to_hash", "field", "value_hash"], name="known_value_once"
            )
        ]

    def __str__(self) -> str:
        return f"known {self.field} {self.pk}"


class FavouriteNotice(models.Model):
    """A notice that a member keeps at the top of the page on which one is chosen."""

    member = models.ForeignKey("store.Member", on_delete=models.CASCADE)
    notice = models.ForeignKey("store.Notice", on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "notice"], name="favourite_once")
        ]

    def __str__(self) -> str:
        return f"favourite {self.pk}"
