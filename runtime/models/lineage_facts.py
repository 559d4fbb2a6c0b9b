"""What runs did to which data, found out from their events: places, columns, edges. Never values."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .ids import time_ordered_id
from .workflows import Workflow

MAX_NAME = 300


class PlaceKind(models.TextChoices):
    """`port` is what a workflow is started with, `step` what a step of a workflow gave."""

    DATASET = "dataset"
    TABLE = "table"
    FILE = "file"
    HTTP = "http"
    PORT = "port"
    STEP = "step"


class Tier(models.IntegerChoices):
    """How sure it is that one column is made from another."""

    EXACT = 1
    INFERRED = 2
    UNKNOWN = 3


class LineageDataset(models.Model):
    """A place that data is in: a dataset, a table, a file, an address, or the output of a step."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    namespace = models.CharField(max_length=MAX_NAME)
    name = models.CharField(max_length=MAX_NAME)
    kind = models.CharField(max_length=8, choices=PlaceKind.choices)
    system = models.CharField(
        max_length=100, blank=True, default="", help_text="Such as PostgreSQL; of a step its type."
    )
    workflow = models.ForeignKey(
        Workflow, on_delete=models.CASCADE, null=True, related_name="+", help_text="Of a step: whose it is."
    )
    owner_id = models.UUIDField(
        null=True, help_text="Of a step of a sub-workflow: that workflow; a reader has to see it, too."
    )
    label = models.CharField(max_length=MAX_NAME, blank=True, default="")
    classification = models.CharField(max_length=60, blank=True, default="")
    columns = models.JSONField(default=list, help_text="[{name, type, masked}] as they were last.")
    version_number = models.PositiveIntegerField(
        null=True, help_text="Of a step: the version that ran last; null: a draft."
    )
    seen_until = models.DateTimeField(help_text="The columns are of a version, or a run, made then.")
    last_run_id = models.UUIDField(null=True)
    last_run_number = models.PositiveBigIntegerField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "lineage_dataset"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "namespace", "name"], name="lineage_place_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "-last_at", "-id"], name="lineage_place_newest")]

    def __str__(self) -> str:
        return self.label or self.name


class LineageColumn(models.Model):
    """A column of a place. `*` stands for all of it."""

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(LineageDataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=MAX_NAME)

    class Meta:
        db_table = "lineage_column"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "name"], name="lineage_column_once"),
        ]


class LineageMapping(models.Model):
    """How one step of one version made its columns, for outputs of one shape.

    It is in force from `since` to `until`: until a later version of the workflow has run.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+")
    step = models.ForeignKey(LineageDataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    version_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "lineage_mapping"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "version_id", "digest"], name="lineage_mapping_once"),
        ]


class LineageColumnEdge(models.Model):
    """That a column is made from another, by a mapping, as long as that is in force."""

    id = models.BigAutoField(primary_key=True)
    mapping = models.ForeignKey(LineageMapping, on_delete=models.CASCADE, related_name="edges")
    workflow = models.ForeignKey(
        Workflow, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    from_dataset = models.ForeignKey(
        LineageDataset, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    from_column = models.ForeignKey(
        LineageColumn, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    to_dataset = models.ForeignKey(
        LineageDataset, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    to_column = models.ForeignKey(
        LineageColumn, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    how = models.CharField(max_length=200, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "lineage_column_edge"
        indexes: ClassVar = [
            models.Index(fields=["from_column", "until"], name="lineage_edge_down"),
            models.Index(fields=["to_column", "until"], name="lineage_edge_up"),
        ]


class FactsState(models.TextChoices):
    """`due`: the run has ended, and what it did is not found out yet."""

    DUE = "due"
    DONE = "done"
    FAILED = "failed"


class Sending(models.TextChoices):
    """Whether the OpenLineage events of the run have left. Empty: nobody wants them."""

    NO = ""
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


class LineageRun(models.Model):
    """What one run did, step by step. It outlives the run.

    `facts` are `{"run": {...}, "steps": {path: {...}}}`, see `runtime.lineage.facts`.
    """

    run_id = models.UUIDField(primary_key=True, default=time_ordered_id)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+", db_index=False)
    run_number = models.PositiveBigIntegerField()
    at = models.DateTimeField(help_text="When the run ended.")
    state = models.CharField(max_length=8, choices=FactsState.choices, default=FactsState.DUE)
    error = models.TextField(blank=True, default="", db_default="")
    facts = models.JSONField(null=True)
    mappings = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    sending = models.CharField(
        max_length=8, choices=Sending.choices, blank=True, default=Sending.NO, db_default=""
    )
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="", db_default="")

    class Meta:
        db_table = "lineage_run"
        indexes: ClassVar = [
            models.Index(fields=["workflow", "-at"], name="lineage_run_newest"),
            models.Index(fields=["at"], condition=models.Q(state="due"), name="lineage_run_due"),
            models.Index(
                fields=["next_at"], condition=models.Q(sending="pending"), name="lineage_run_to_send"
            ),
        ]


class LineageRunIO(models.Model):
    """That a step of a run read or wrote a place outside of it.

    `data_version` is keyed: it tells only whether two were alike.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+", db_index=False)
    dataset = models.ForeignKey(LineageDataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    run_id = models.UUIDField(db_index=True)
    run_number = models.PositiveBigIntegerField()
    step = models.TextField()
    direction = models.CharField(max_length=5, choices=[("read", "read"), ("write", "write")])
    count = models.BigIntegerField(null=True, help_text="Records, where that is known.")
    data_version = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "lineage_run_io"
        indexes: ClassVar = [models.Index(fields=["dataset", "-at", "-id"], name="lineage_io_newest")]
