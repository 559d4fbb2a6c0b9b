"""The workflows that sub-workflow nodes may name: those of the tenant that the person may run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from accounts.authorization import is_allowed
from accounts.models import User
from runtime.engine.errors import WorkflowError
from runtime.engine.workflows import Found, Version, unknown_workflow
from runtime.models import Workflow, WorkflowVersion
from runtime.queries.plans import SubVersions, reference
from runtime.queries.versions import graph_of


class TenantWorkflows:
    """`runtime.engine.workflows.WorkflowSource` over published versions.

    What is unknown, deleted, another tenant's or not visible to `subject` is all the same `unknown_workflow`.
    Without a subject it is the operator who asks, at the machine: all of the tenant is there. `action` is
    what the subject wants to do with them: who only reads a graph need not be able to run what it names.
    `within` is the workflow that asks: calling its own newest version would never end. `chosen` are versions
    that an earlier run has settled. `resolved` collects what was found.
    """

    starts_runs: ClassVar[bool] = True

    def __init__(
        self,
        tenant_id: UUID,
        subject: User | None,
        *,
        action: str = "workflow.run",
        within: UUID | None = None,
        chosen: SubVersions | None = None,
    ) -> None:
        self._tenant_id = tenant_id
        self._subject = subject
        self._action = action
        self._within = within
        self._chosen = chosen or {}
        self._workflows: dict[str, Workflow | None] = {}
        self._found: dict[str, Found] = {}
        self.resolved: dict[str, dict[str, Any]] = {}

    @property
    def tenant_id(self) -> UUID:
        return self._tenant_id

    def expect(self, names: Iterable[str]) -> None:
        """Looks workflows up together that `find` will be asked for: a graph may name thousands."""
        wanted = {name for name in names if _id_of(name) is not None} - self._workflows.keys()
        rows = Workflow.objects.filter(tenant_id=self._tenant_id, deleted_at=None, pk__in=wanted)
        found = {str(row.pk): row for row in rows if self._may("workflow.view", row)}
        self._workflows.update({name: found.get(name) for name in wanted})

    def find(self, workflow: str, version: Version) -> Found:
        """Raises `WorkflowError`: `unknown_workflow`, `workflow_denied`, `sub_workflow_cycle`."""
        name = reference(workflow, version)
        if name not in self._found:
            self._found[name] = self._find(workflow, version)
        return self._found[name]

    def _find(self, workflow: str, version: Version) -> Found:
        row = self._permitted(workflow)
        if row.pk == self._within and version == "latest":
            message = f"the workflow contains itself: {row.name} → {row.name}. Name an earlier version of it"
            raise WorkflowError(message, code="sub_workflow_cycle")
        chosen = self._version(row, workflow, version)
        name = reference(workflow, version)
        self.resolved[name] = {"version": str(chosen.pk), "number": chosen.number, "name": row.name}
        return Found(str(chosen.pk), row.name, graph_of(chosen))

    def _permitted(self, workflow: str) -> Workflow:
        if workflow not in self._workflows:
            self.expect([workflow])
        row = self._workflows.get(workflow)
        if row is None:
            raise unknown_workflow(workflow)
        if not self._may(self._action, row):
            raise WorkflowError(f"you may not run the workflow {row.name!r}", code="workflow_denied")
        return row

    def _may(self, action: str, row: Workflow) -> bool:
        return self._subject is None or is_allowed(self._subject, action, row)

    def _version(self, row: Workflow, workflow: str, version: Version) -> WorkflowVersion:
        versions = WorkflowVersion.objects.filter(workflow=row)
        settled = self._chosen.get(reference(workflow, version))
        if settled is not None:
            chosen = versions.filter(pk=settled["version"]).first()
        else:
            number = row.published_number if version == "latest" else version
            chosen = versions.filter(number=number, number__isnull=False).first()
        if chosen is None:
            missing = "no published version" if version == "latest" else f"no version {version}"
            raise WorkflowError(f"the workflow {row.name!r} has {missing}", code="unknown_workflow")
        return chosen


def _id_of(name: str) -> UUID | None:
    """None for what is not an id as it is written here: one way, so that references are found by text."""
    try:
        wanted = UUID(name)
    except ValueError:
        return None
    return wanted if str(wanted) == name else None
