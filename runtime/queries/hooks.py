"""Finding a webhook by its address, with all that its firing is judged by, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from accounts.prepared import execute_prepared
from accounts.subjects import FACTS, FACTS_JOIN, remember_facts
from runtime.models import Workflow, WorkflowTrigger, WorkflowVersion
from runtime.models.classified import CLASSIFICATION
from runtime.queries.partial_rows import Columns

_TRIGGER = Columns(
    WorkflowTrigger,
    "t",
    (
        *("id", "tenant", "workflow", "kind", "name", "enabled", "version", "inputs", "concurrency_key"),
        *("config", "run_as", "last_fired_at", "last_problem"),
    ),
)
_WORKFLOW = Columns(
    Workflow,
    "w",
    (
        *("id", "tenant", "name", "published_number", "created_by", "deleted_at", "concurrency_key"),
        *("max_running", "max_running_per_key", "max_stored_mb"),
        *("created_at", *CLASSIFICATION),
    ),
)
_VERSION = Columns(WorkflowVersion, "v", ("id", "tenant", "workflow", "number", "created_by"))
_USER = Columns(User, "u", ("id", "email", "tenant", "is_active", "attributes", "attributes_version"))
_FIND = f"""
SELECT {_TRIGGER.sql}, {_WORKFLOW.sql}, {_VERSION.sql}, {_USER.sql}, {FACTS}
FROM workflow_trigger t JOIN workflow w ON w.id = t.workflow_id
    LEFT JOIN workflow_version v
        ON v.workflow_id = w.id AND v.number = coalesce(t.version, w.published_number)
    LEFT JOIN accounts_user u ON u.id = t.run_as_id
    {FACTS_JOIN}
WHERE t.address_digest = %s AND t.kind = 'webhook' AND t.enabled AND w.deleted_at IS NULL
"""  # noqa: S608  (our own names)


@dataclass(frozen=True, slots=True)
class FoundHook:
    """`version` is the one that the trigger names, or the latest published; None: there is none."""

    trigger: WorkflowTrigger
    version: WorkflowVersion | None


def find_hook(digest: str) -> FoundHook | None:
    """The enabled webhook at the address with this digest."""
    rows = execute_prepared(_FIND, [digest])
    if not rows:
        return None
    rest = iter(rows[0])
    trigger, workflow, version, user = (
        columns.read([next(rest) for _ in range(len(columns))])
        for columns in (_TRIGGER, _WORKFLOW, _VERSION, _USER)
    )
    assert isinstance(trigger, WorkflowTrigger) and isinstance(workflow, Workflow)  # noqa: S101
    trigger.workflow = workflow
    if isinstance(user, User):
        remember_facts(user, *rest)
        trigger.run_as = user
    if isinstance(version, WorkflowVersion):
        version.workflow = workflow
        return FoundHook(trigger, version)
    return FoundHook(trigger, None)
