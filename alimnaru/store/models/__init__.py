"""Tables, one module per noun."""

from alimnaru.store.models.access import AccessEntry
from alimnaru.store.models.audit import AuditEntry
from alimnaru.store.models.authenticators import Authenticator
from alimnaru.store.models.batches import Batch, Chunk, RefusedRow, Stage, Vote
from alimnaru.store.models.carriers import CarrierAccount, TemplateRegistration
from alimnaru.store.models.closing import Charge, MonthClose, Statement, StatementLine
from alimnaru.store.models.consent import Absence, Preference, Suspension, WrongCode
from alimnaru.store.models.entrances import AllowedNetwork, Identity, Seat
from alimnaru.store.models.holds import HeldCopy, LegalHold
from alimnaru.store.models.keys import Accepted, ApiCall, ApiKey, ApiUse, Reference
from alimnaru.store.models.messages import Attempt, Message
from alimnaru.store.models.money import Project, Tally, Tariff
from alimnaru.store.models.month_work import MonthWork, WorkPiece
from alimnaru.store.models.months import MonthCount, MonthCounted
from alimnaru.store.models.notices import Notice
from alimnaru.store.models.people import Department, Member, Membership, Role
from alimnaru.store.models.pictures import Picture, PictureAtCarrier
from alimnaru.store.models.policies import Policy
from alimnaru.store.models.privacy import (
    AccessRemark,
    AccessReview,
    Incident,
    IncidentScope,
    IncidentStep,
    ResidentRequest,
)
from alimnaru.store.models.proof import (
    Content,
    Outcome,
    Seal,
    ServiceConsent,
    Verification,
)
from alimnaru.store.models.receipts import ReceiptInbox, WireExchange
from alimnaru.store.models.residents import Copy, Guardian, Task
from alimnaru.store.models.retention import Certificate, Destruction, Kept, RootKey
from alimnaru.store.models.routing import Breaker, Outage, Pulse, Quota, UnknownDecision
from alimnaru.store.models.running import Beat, CanaryPlan, CanaryRun
from alimnaru.store.models.sources import (
    AgentRow,
    DroppedFile,
    Occasion,
    Revision,
    Rule,
    Source,
)
from alimnaru.store.models.standing import OfficeState, Recalled
from alimnaru.store.models.templates import TemplateVersion
from alimnaru.store.models.uploads import (
    ColumnMapping,
    FavouriteNotice,
    KnownValue,
    ListUpload,
    SavedList,
    SavedPhone,
)
from alimnaru.store.models.webhooks import Change, Delivery, Webhook

__all__ = [
    "Absence",
    "Accepted",
    "AccessEntry",
    "AccessRemark",
    "AccessReview",
    "AgentRow",
    "AllowedNetwork",
    "ApiCall",
    "ApiKey",
    "ApiUse",
    "Attempt",
    "AuditEntry",
    "Authenticator",
    "Batch",
    "Beat",
    "Breaker",
    "CanaryPlan",
    "CanaryRun",
    "CarrierAccount",
    "Certificate",
    "Change",
    "Charge",
    "Chunk",
    "ColumnMapping",
    "Content",
    "Copy",
    "Delivery",
    "Department",
    "Destruction",
    "DroppedFile",
    "FavouriteNotice",
    "Guardian",
    "HeldCopy",
    "Identity",
    "Incident",
    "IncidentScope",
    "IncidentStep",
    "Kept",
    "KnownValue",
    "LegalHold",
    "ListUpload",
    "Member",
    "Membership",
    "Message",
    "MonthClose",
    "MonthCount",
    "MonthCounted",
    "MonthWork",
    "Notice",
    "Occasion",
    "OfficeState",
    "Outage",
    "Outcome",
    "Picture",
    "PictureAtCarrier",
    "Policy",
    "Preference",
    "Project",
    "Pulse",
    "Quota",
    "Recalled",
    "ReceiptInbox",
    "Reference",
    "RefusedRow",
    "ResidentRequest",
    "Revision",
    "Role",
    "RootKey",
    "Rule",
    "SavedList",
    "SavedPhone",
    "Seal",
    "Seat",
    "ServiceConsent",
    "Source",
    "Stage",
    "Statement",
    "StatementLine",
    "Suspension",
    "Tally",
    "Tariff",
    "Task",
    "TemplateRegistration",
    "TemplateVersion",
    "UnknownDecision",
    "Verification",
    "Vote",
    "Webhook",
    "WireExchange",
    "WorkPiece",
    "WrongCode",
]
