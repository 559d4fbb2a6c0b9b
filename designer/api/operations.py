"""`workflows/{id}/storage/` and `operations/`: what runs store, and how they are kept and limited."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from designer.api.lookup import find_workflow
from designer.api.operation_bodies import (
    FreedSpace,
    OperationsChange,
    RetentionRule,
    StoredBytes,
    WorkflowOperations,
    WorkflowStorage,
)
from runtime.api.parsing import read_body
from runtime.models import FreedStorage, Workflow
from runtime.queries.storage import Retention, Stored, storage_of
from runtime.services.operations import FIELDS, change_operations


class WorkflowStorageView(AuthorizedView, APIView):
    """What the runs of a workflow store, and what retention has given back."""

    actions: ClassVar[dict[str, str]] = {"GET": "storage.view"}

    @extend_schema(operation_id="workflows_storage", responses=WorkflowStorage)
    def get(self, request: Request, workflow_id: UUID) -> Response:
        found = storage_of(find_workflow(self, workflow_id, "storage.view"))
        return Response(
            WorkflowStorage(
                runs=found.runs,
                events=found.events,
                bytes=_stored(found.stored),
                oldest=found.oldest,
                retention=_retention(found.retention),
                freed=_freed(found.freed),
            )
        )


class WorkflowOperationsView(AuthorizedView, APIView):
    """How a workflow's runs are kept and limited."""

    actions: ClassVar[dict[str, str]] = {"GET": "workflow.view", "PATCH": "workflow.edit"}

    @extend_schema(operation_id="workflows_operations", responses=WorkflowOperations)
    def get(self, request: Request, workflow_id: UUID) -> Response:
        return Response(_operations(find_workflow(self, workflow_id)))

    @extend_schema(
        operation_id="workflows_operations_update", request=OperationsChange, responses=WorkflowOperations
    )
    def patch(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "workflow.edit")
        asked = read_body(request, OperationsChange)
        changes = asked.model_dump(include=asked.model_fields_set)
        return Response(_operations(change_operations(workflow, changes)))


def _operations(workflow: Workflow) -> WorkflowOperations:
    return WorkflowOperations(**{name: getattr(workflow, name) for name in FIELDS})


def _stored(stored: Stored) -> StoredBytes:
    return StoredBytes(values=stored.values, events=stored.events, logs=stored.logs, total=stored.total)


def _retention(rule: Retention) -> RetentionRule:
    return RetentionRule(
        keep_days=rule.keep_days,
        keep_days_from=rule.keep_days_from,
        keep_runs=rule.keep_runs,
        max_stored_bytes=rule.max_stored_bytes,
        max_stored_from=rule.max_stored_from,
    )


def _freed(freed: FreedStorage | None) -> FreedSpace | None:
    return None if freed is None else FreedSpace(bytes=freed.bytes, runs=freed.runs, at=freed.at)
