"""Workflows and their immutable versions."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource
from accounts.resource_maps import resource_of

from .classified import CLASSIFICATION, Classified
from .ids import time_ordered_id


class Workflow(Classified):
    """What people edit and run. Its draft is the editor's; its versions are immutable rows."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="workflows")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    published_number = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    max_running = models.PositiveIntegerField(null=True, blank=True, help_text="Runs at once; null: any.")
    max_running_per_key = models.PositiveIntegerField(
        null=True, blank=True, default=1, help_text="Runs at once with the same key; null: any."
    )
    concurrency_key = models.TextField(
        blank=True, default="", help_text="A template over the run's parameters; empty: no key."
    )

    keep_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Ended runs are kept so long; 0: for ever; null: the operator's."
    )
    keep_runs = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of ended runs only the newest are kept; null: all."
    )
    max_stored_mb = models.PositiveIntegerField(
        null=True, blank=True, help_text="What all runs may store; null: the operator's."
    )

    resource_kind = "workflow"
    resource_owner = "created_by"
    resource_fields: ClassVar = {"name": "name", "created_at": "created_at", **CLASSIFICATION}

    class Meta:
        db_table = "workflow"
        ordering: ClassVar = ["-updated_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "-updated_at", "-id"],
                condition=models.Q(deleted_at__isnull=True),
                name="workflow_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return resource_of(self)


class WorkflowVersion(models.Model):
    """A graph that never changes. `number` is null for the snapshot of a draft that a run used."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(null=True, blank=True)
    graph = models.TextField(help_text="The stable text of the graph document.")
    hash = models.CharField(max_length=64, help_text="SHA-256 of the graph's logic, positions apart.")
    note = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "workflow_version"
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workflow", "number"], name="workflow_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} v{self.number}" if self.number else f"{self.workflow_id} draft"

    def as_resource(self) -> Resource:
        """A version is as visible as its workflow."""
        return self.workflow.as_resource()
