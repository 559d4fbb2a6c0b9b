"""What steps said that they did to data. Records never change, and outlive the run that made them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.access import Resource
from accounts.resource_maps import resource_of

from .classified import classification_of
from .ids import time_ordered_id
from .runs import Run
from .workflows import Workflow


class LineageRecord(models.Model):
    """One transformation of data by one step of a run. Shapes and names, never values."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey(
        Run,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text="May be gone: the record is kept longer than the run.",
    )
    run_number = models.PositiveBigIntegerField()
    node = models.TextField(help_text="The path of the step.")
    key = models.CharField(max_length=64, help_text="SHA-256 of the step's key: it tracks once.")
    transformation_type = models.CharField(max_length=100)
    source = models.JSONField(default=dict, help_text="{system, table, fields}, as the step states it.")
    target = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict, help_text="{input: shape}, see `runtime.lineage.shapes`.")
    frameworks = ArrayField(models.CharField(max_length=20), default=list)
    audited = models.BooleanField(help_text="Whether the audit tells of it.")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        help_text="Whom the run ran for.",
    )
    created_at = models.DateTimeField()

    resource_kind = "lineage"
    resource_owner = "recorded_by"
    resource_fields: ClassVar = classification_of("workflow")
    resource_parent = "workflow"

    class Meta:
        db_table = "lineage_record"
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key"], name="lineage_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="lineage_newest"),
            models.Index(fields=["workflow", "-created_at", "-id"], name="lineage_newest_of_workflow"),
            GinIndex(fields=["frameworks"], name="lineage_frameworks"),
        ]

    def __str__(self) -> str:
        return f"{self.transformation_type} by {self.node}"

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return resource_of(self)
