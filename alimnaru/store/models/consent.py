"""What residents asked for, by keyed hash of the phone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alimnaru.rules.consent import Choice


class Preference(models.Model):
    """A choice for one notice, or for all (`notice` null), with where it came from."""

    to_hash = models.BinaryField()
    notice = models.ForeignKey("store.Notice", on_delete=models.CASCADE, null=True)
    choice = models.CharField(max_length=8, choices=[(c.value, c.value) for c in Choice])
    provenance = models.CharField(max_length=40)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT, null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    #: What shows it: a call, a form, an import. Nothing personal.
    note = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["to_hash"], name="preference_by_phone"),
            # The list of what was entered last.
            models.Index(fields=["-since"], name="preference_by_time"),
        ]

    def __str__(self) -> str:
        return f"preference {self.pk}: {self.choice}"


class Absence(models.Model):
    """A phone that Kakao could not reach lately: until `until` its notices go straight to SMS."""

    to_hash = models.BinaryField(primary_key=True)
    #: `rules.outcomes.Result`: not a user, or has blocked us.
    code = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # The sweep forgets those that are over.
            models.Index(fields=["until"], name="absence_over"),
        ]

    def __str__(self) -> str:
        return f"absence: {self.code}"


class Suspension(models.Model):
    """A number that must not be used: its holder said that the message is not theirs."""

    to_hash = models.BinaryField()
    #: `crypto.person_hash` of whom it must not be used for; null: for nobody. The same phone may
    #: well be another person's own.
    person_hash = models.BinaryField(null=True)
    reason = models.CharField(max_length=40)
    provenance = models.CharField(max_length=40)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT, null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["to_hash"], name="suspension_by_phone")]

    def __str__(self) -> str:
        return f"suspension {self.pk}: {self.reason}"


class WrongCode(models.Model):
    """How often somebody asked about codes that there are not, in one stretch of time."""

    #: Keyed hash of the address they came from; empty: everybody together.
    who = models.BinaryField()
    slot = models.DateTimeField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["who", "slot"], name="wrong_code_once")
        ]
        indexes: ClassVar = [models.Index(fields=["slot"], name="wrong_code_over")]

    def __str__(self) -> str:
        return f"{self.times} wrong codes"
