"""Tables, one module per noun."""

from alimnaru.store.models.audit import AuditEntry
from alimnaru.store.models.batches import Batch, Chunk, RefusedRow
from alimnaru.store.models.carriers import CarrierAccount, TemplateRegistration
from alimnaru.store.models.consent import Absence, Preference, Suspension
from alimnaru.store.models.messages import Attempt, Message
from alimnaru.store.models.money import Tally, Tariff
from alimnaru.store.models.notices import Notice
from alimnaru.store.models.people import Department, Member, Membership, Role
from alimnaru.store.models.pictures import Picture, PictureAtCarrier
from alimnaru.store.models.receipts import ReceiptInbox, WireExchange
from alimnaru.store.models.routing import Breaker, Outage, Pulse, Quota, UnknownDecision
from alimnaru.store.models.templates import TemplateVersion

__all__ = [
    "Absence",
    "Attempt",
    "AuditEntry",
    "Batch",
    "Breaker",
    "CarrierAccount",
    "Chunk",
    "Department",
    "Member",
    "Membership",
    "Message",
    "Notice",
    "Outage",
    "Picture",
    "PictureAtCarrier",
    "Preference",
    "Pulse",
    "Quota",
    "ReceiptInbox",
    "RefusedRow",
    "Role",
    "Suspension",
    "Tally",
    "Tariff",
    "TemplateRegistration",
    "TemplateVersion",
    "UnknownDecision",
    "WireExchange",
]
