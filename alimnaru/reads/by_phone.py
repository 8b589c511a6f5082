"""What was sent to one phone, found by its keyed hash."""

from __future__ import annotations

from collections.abc import Sequence

from alimnaru.store import crypto
from alimnaru.store.models import Message
from alimnaru.store.scoping import Scope


def messages_to(digits: str, scope: Scope, limit: int) -> Sequence[Message]:
    """Messages of the scope's departments to this phone, newest first. Index on message.to_hash."""
    own = Message.objects.filter(to_hash=crypto.phone_hash(digits), batch__in=scope.batches())
    related = ("batch__notice", "batch__department")
    return list(own.select_related(*related).defer("payload").order_by("-pk")[:limit])
