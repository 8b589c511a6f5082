"""Who may come in, from where, by what, and who is in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AllowedNetwork(models.Model):
    """A network from which the staff's console may be used. None at all: from everywhere."""

    #: As `ipaddress` writes it: `10.20.0.0/16`, `2001:db8::/32`.
    network = models.CharField(max_length=43, unique=True)
    note = models.CharField(max_length=60, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("store.Member", on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.network


class Seat(models.Model):
    """A browser in which a member is signed in, or was: `ended_at` ends it at its next request.

    The session keeps the number; its key, which changes on the way, is nowhere else.
    """

    member = models.ForeignKey("store.Member", on_delete=models.CASCADE)
    since = models.DateTimeField()
    #: When a person used it last; a page that asks again by itself is none.
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    #: `rules.browsers.named`: what a person can tell their computers apart by.
    browser = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["member"], name="seat_open", condition=models.Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.since:%Y-%m-%d %H:%M}"


class Identity(models.Model):
    """Whom the office's own sign-in (OpenID Connect) means: an issuer's subject is one member."""

    member = models.OneToOneField("store.Member", on_delete=models.CASCADE)
    issuer = models.CharField(max_length=200)
    #: The claim `sub`, which an issuer never gives to anybody else; an e-mail may change hands.
    subject = models.CharField(max_length=255)
    bound_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_member_per_subject")
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.member_id}"
