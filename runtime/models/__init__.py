"""Tables of workflows, versions, runs, events, logs, values, hosts and datasets."""

from .datasets import CHUNK_BYTES, Dataset, DatasetChunk, DatasetFormat, DatasetWrite
from .hosts import Host
from .idempotency import IdempotencyRecord
from .runs import Blob, Run, RunEvent, RunLog, RunNumber
from .statuses import ACTIVE, TERMINAL, RunMode, Trigger
from .workflows import Workflow, WorkflowVersion

__all__ = [
    "ACTIVE",
    "CHUNK_BYTES",
    "TERMINAL",
    "Blob",
    "Dataset",
    "DatasetChunk",
    "DatasetFormat",
    "DatasetWrite",
    "Host",
    "IdempotencyRecord",
    "Run",
    "RunEvent",
    "RunLog",
    "RunMode",
    "RunNumber",
    "Trigger",
    "Workflow",
    "WorkflowVersion",
]
