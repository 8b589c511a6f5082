"""Pictures of image Alimtalks and MMS, and what each carrier calls them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Picture(models.Model):
    """A picture as it was checked and will be uploaded: JPEG or PNG within the carriers' limits."""

    name = models.CharField(max_length=45)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class PictureAtCarrier(models.Model):
    """A picture as one account knows it for one use. SENS forgets them after six days."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE)
    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE)
    #: `carriers.base.PictureUse`.
    use = models.CharField(max_length=10)
    ref = models.CharField(max_length=300)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["picture", "account", "use"], name="picture_once")
        ]

    def __str__(self) -> str:
        return self.ref
