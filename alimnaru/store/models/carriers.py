"""Contracts with carriers, and the wordings registered under each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CarrierAccount(models.Model):
    """One contract with one carrier."""

    name = models.CharField(max_length=40, unique=True)
    #: `carriers.registry` knows the kinds.
    kind = models.CharField(max_length=20)
    base_url = models.URLField(max_length=200)
    api_key = models.CharField(max_length=100)
    #: Sealed with the master key; never leaves the process that calls the carrier.
    secret = models.BinaryField()
    #: What else the kind asks for (`carriers.registry`): plain settings, sealed JSON of secrets.
    options = models.JSONField(default=dict)
    secrets = models.BinaryField(null=True)
    #: The Kakao sender profile (`pfId`) that the office speaks as.
    profile = models.CharField(max_length=60, blank=True)
    #: The secret part of the address to which this carrier reports results: SOLAPI signs nothing.
    callback_token = models.CharField(max_length=64, unique=True)
    #: The smallest number is asked first.
    priority = models.PositiveSmallIntegerField(default=10)
    #: What this contract carries, as a comma-separated list of `rules.channel.Channel`.
    channels = models.CharField(max_length=40, default="alimtalk,sms,lms,mms")
    #: Messages a second and a Seoul day that the contract allows; null: no limit is known.
    per_second = models.PositiveIntegerField(null=True)
    per_day = models.PositiveIntegerField(null=True)
    #: `carriers.review.ProfileState`, as the carrier last told it.
    profile_state = models.CharField(max_length=10, default="active")
    profile_checked_at = models.DateTimeField(null=True)
    #: A profile in its first month: 1,000 Alimtalks a day, and values at most 14 characters longer
    #: than their marks (NHN -1028).
    profile_is_new = models.BooleanField(default=False)
    #: What the carrier tells of a new profile's day; null: it tells nothing (Kakao: 1,000).
    profile_daily_cap = models.PositiveIntegerField(null=True)
    #: A sandbox reaches nobody, so hours and caps may be waived on it and on nothing else.
    is_sandbox = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["priority", "id"]

    def __str__(self) -> str:
        return self.name


class TemplateRegistration(models.Model):
    """A wording as one account knows it, and where its review stands there."""

    class State(models.TextChoices):
        """`carriers.review.Review`, as last told."""

        DRAFT = "draft"
        IN_REVIEW = "in_review"
        APPROVED = "approved"
        REJECTED = "rejected"
        DORMANT = "dormant"
        BLOCKED = "blocked"
        GONE = "gone"

    version = models.ForeignKey(
        "store.TemplateVersion", on_delete=models.PROTECT, related_name="registrations"
    )
    account = models.ForeignKey(CarrierAccount, on_delete=models.CASCADE)
    code = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    #: What reviewers and we wrote: [{"text", "at", "ours"}], oldest first.
    comments = models.JSONField(default=list)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    #: A template that was not sent for a year falls asleep at Kakao.
    last_sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "account"], name="registration_unique")
        ]

    def __str__(self) -> str:
        return self.code
