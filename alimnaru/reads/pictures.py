"""Which pictures somebody may see."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from alimnaru.store.models import Picture, TemplateVersion
from alimnaru.store.scoping import Scope


def picture_in(scope: Scope, picture: int, own: Collection[int] = ()) -> Picture | None:
    """A picture of a wording that these departments own or have sent, or one of `own`: those that
    the caller has just brought and that stand in no wording yet. None: not theirs to see."""
    found = Picture.objects.filter(pk=picture)
    if picture in own:
        return found.first()
    theirs = TemplateVersion.objects.filter(
        Q(notice__in=scope.notices()) | Q(pk__in=scope.batches().values("version"))
    )
    return found.filter(pk__in=theirs.filter(picture=picture).values("picture")).first()
