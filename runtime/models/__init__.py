"""Tables of workflows, versions, runs, events, logs, values and hosts."""

from .hosts import Host
from .runs import Blob, Run, RunEvent, RunLog, RunNumber
from .statuses import ACTIVE, TERMINAL, IllegalTransition, RunStatus, Trigger
from .workflows import Workflow, WorkflowVersion

__all__ = [
    "ACTIVE",
    "TERMINAL",
    "Blob",
    "Host",
    "IllegalTransition",
    "Run",
    "RunEvent",
    "RunLog",
    "RunNumber",
    "RunStatus",
    "Trigger",
    "Workflow",
    "WorkflowVersion",
]
