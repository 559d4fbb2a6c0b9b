"""Tables of workflows, versions, runs, events, logs, values, hosts and datasets."""

from .approvals import Approval, ApprovalStatus, ApprovalVote, VoteDecision
from .batches import BatchChunk, BatchGate, BatchSample, BatchStep, ChunkStatus
from .compliance import (
    ComplianceAlert,
    ComplianceConfirmation,
    ComplianceReport,
    ComplianceSchedule,
    ReportFormat,
    ReportStatus,
)
from .control import DECISION_OUTCOMES, MaintenanceJob, RunDecision
from .credentials import Credential, CredentialLease, CredentialUse, CredentialVersion
from .datasets import CHUNK_BYTES, Dataset, DatasetChunk, DatasetFormat, DatasetWrite
from .hosts import Host
from .idempotency import IdempotencyRecord
from .lineage import LineageRecord
from .lineage_facts import (
    FactsState,
    LineageColumn,
    LineageColumnEdge,
    LineageDataset,
    LineageMapping,
    LineageRun,
    LineageRunIO,
    PlaceKind,
    Sending,
    Tier,
)
from .model_calls import ModelCall
from .notices import (
    REPORT_EVENT,
    ROTATION_EVENT,
    STEP_EVENT,
    Channel,
    DeliveryStatus,
    NoticeEvent,
    Outbox,
    WorkflowNotice,
)
from .reveals import Reveal
from .rotation import CredentialRotation, RotationPolicy
from .runs import Blob, Run, RunEvent, RunLog, RunNumber
from .statuses import ACTIVE, TERMINAL, RunMode, Trigger
from .storage import MAX_INPUT_VALUE, BlobUse, FreedStorage, RunInput, RunTally
from .triggers import TriggerFire, WebhookDelivery, WebhookListener, WorkflowTrigger
from .views import DataView, ViewedKind
from .workflows import Workflow, WorkflowVersion

__all__ = [
    "ACTIVE",
    "CHUNK_BYTES",
    "DECISION_OUTCOMES",
    "MAX_INPUT_VALUE",
    "REPORT_EVENT",
    "ROTATION_EVENT",
    "STEP_EVENT",
    "TERMINAL",
    "Approval",
    "ApprovalStatus",
    "ApprovalVote",
    "BatchChunk",
    "BatchGate",
    "BatchSample",
    "BatchStep",
    "Blob",
    "BlobUse",
    "Channel",
    "ChunkStatus",
    "ComplianceAlert",
    "ComplianceConfirmation",
    "ComplianceReport",
    "ComplianceSchedule",
    "Credential",
    "CredentialLease",
    "CredentialRotation",
    "CredentialUse",
    "CredentialVersion",
    "DataView",
    "Dataset",
    "DatasetChunk",
    "DatasetFormat",
    "DatasetWrite",
    "DeliveryStatus",
    "FactsState",
    "FreedStorage",
    "Host",
    "IdempotencyRecord",
    "LineageColumn",
    "LineageColumnEdge",
    "LineageDataset",
    "LineageMapping",
    "LineageRecord",
    "LineageRun",
    "LineageRunIO",
    "MaintenanceJob",
    "ModelCall",
    "NoticeEvent",
    "Outbox",
    "PlaceKind",
    "ReportFormat",
    "ReportStatus",
    "Reveal",
    "RotationPolicy",
    "Run",
    "RunDecision",
    "RunEvent",
    "RunInput",
    "RunLog",
    "RunMode",
    "RunNumber",
    "RunTally",
    "Sending",
    "Tier",
    "Trigger",
    "TriggerFire",
    "ViewedKind",
    "VoteDecision",
    "WebhookDelivery",
    "WebhookListener",
    "Workflow",
    "WorkflowNotice",
    "WorkflowTrigger",
    "WorkflowVersion",
]
