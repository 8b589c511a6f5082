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
    #: The Kakao sender profile (`pfId`) that the office speaks as.
    profile = models.CharField(max_length=60, blank=True)
    #: The secret part of the address to which this carrier reports results: SOLAPI signs nothing.
    callback_token = models.CharField(max_length=64, unique=True)
    priority = models.PositiveSmallIntegerField(default=10)
    #: A sandbox reaches nobody, so hours and caps may be waived on it and on nothing else.
    is_sandbox = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["priority", "id"]

    def __str__(self) -> str:
        return self.name


class TemplateRegistration(models.Model):
    """A wording as one account knows it."""

    version = models.ForeignKey(
        "store.TemplateVersion", on_delete=models.PROTECT, related_name="registrations"
    )
    account = models.ForeignKey(CarrierAccount, on_delete=models.CASCADE)
    code = models.CharField(max_length=60)
    is_approved = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "account"], name="registration_unique")
        ]

    def __str__(self) -> str:
        return self.code
