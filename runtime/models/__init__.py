"""Tables of workflows, versions, runs, events, logs, values, hosts and datasets."""

from .control import DECISION_OUTCOMES, MaintenanceJob, RunDecision
from .credentials import Credential, CredentialUse, CredentialVersion
from .datasets import CHUNK_BYTES, Dataset, DatasetChunk, DatasetFormat, DatasetWrite
from .hosts import Host
from .idempotency import IdempotencyRecord
from .notices import Channel, DeliveryStatus, NoticeEvent, Outbox, WorkflowNotice
from .runs import Blob, Run, RunEvent, RunLog, RunNumber
from .statuses import ACTIVE, TERMINAL, RunMode, Trigger
from .workflows import Workflow, WorkflowVersion

__all__ = [
    "ACTIVE",
    "CHUNK_BYTES",
    "DECISION_OUTCOMES",
    "TERMINAL",
    "Blob",
    "Channel",
    "Credential",
    "CredentialUse",
    "CredentialVersion",
    "Dataset",
    "DatasetChunk",
    "DatasetFormat",
    "DatasetWrite",
    "DeliveryStatus",
    "Host",
    "IdempotencyRecord",
    "MaintenanceJob",
    "NoticeEvent",
    "Outbox",
    "Run",
    "RunDecision",
    "RunEvent",
    "RunLog",
    "RunMode",
    "RunNumber",
    "Trigger",
    "Workflow",
    "WorkflowNotice",
    "WorkflowVersion",
]
