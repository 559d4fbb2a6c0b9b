"""Steps that work through a source in batches: their chunks, how they fared, and the gate of their rate."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import MD5

from .ids import time_ordered_id
from .runs import Run


class ChunkStatus(models.TextChoices):
    PENDING = "pending"
    WORKING = "working"
    DONE = "done"


class BatchStep(models.Model):
    """One step of a run, over all of its attempts.

    `epoch` counts openings: an older one submits nothing. While `left_at` is set nobody coordinates it, and
    its chunks are not begun.
    """

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="batches", db_index=False, db_constraint=False
    )
    tenant = models.ForeignKey(
        "accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    node = models.TextField(help_text="The path of the step.")
    attempt = models.PositiveIntegerField(default=1)
    spec = models.JSONField(default=dict, help_text="What chunk workers make their work from.")
    epoch = models.PositiveIntegerField(default=0)
    stamp = models.JSONField(null=True, blank=True, help_text="What the source was like.")
    opened_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True, help_text="When the attempt is interrupted.")
    left_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_stopped = models.BooleanField(default=False, help_text="What nobody has begun is skipped.")
    totals = models.JSONField(null=True, blank=True, help_text="Of one that has closed.")
    is_cleared = models.BooleanField(default=False, help_text="Its chunks are deleted.")

    class Meta:
        db_table = "batch_step"
        constraints: ClassVar = [
            models.UniqueConstraint(models.F("run"), MD5("node"), name="batch_step_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["opened_at"], condition=models.Q(is_cleared=False), name="batch_step_to_clear"
            ),
        ]

    def __str__(self) -> str:
        return f"batches of {self.node}"


class BatchChunk(models.Model):
    """Some records of the source, and what came of them. `claim` counts who works on it: an older one ends
    nothing. The records of a chunk without failures are dropped when it ends.
    """

    pk = models.CompositePrimaryKey("batch_id", "index")
    batch = models.ForeignKey(
        BatchStep, on_delete=models.CASCADE, related_name="chunks", db_index=False, db_constraint=False
    )
    index = models.PositiveIntegerField()
    first = models.PositiveBigIntegerField(help_text="The place of its first record in the source.")
    size = models.PositiveIntegerField()
    records = models.BinaryField(null=True)
    cursor = models.JSONField(null=True, blank=True)
    is_last = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=ChunkStatus.choices, default=ChunkStatus.PENDING)
    owner_id = models.UUIDField(null=True, blank=True, help_text="The host that works on it.")
    worked_by = models.UUIDField(null=True, blank=True, help_text="The host that ended it.")
    claim = models.PositiveIntegerField(default=0)
    deaths = models.PositiveIntegerField(default=0, help_text="Hosts that died with it.")
    submitted_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ok = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    duration_s = models.FloatField(default=0)
    call_s = models.FloatField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0)
    pressure = models.PositiveIntegerField(default=0)
    error = models.JSONField(null=True, blank=True)
    errors = models.BinaryField(null=True, help_text="The first failures, without their records.")
    failures = models.BinaryField(null=True, help_text="All of them, with their records.")
    outputs = models.BinaryField(null=True)
    told = models.JSONField(null=True, blank=True, help_text="Log lines, and what it cost.")

    class Meta:
        db_table = "batch_chunk"
        ordering: ClassVar = ["batch_id", "index"]
        indexes: ClassVar = [
            models.Index(
                fields=["submitted_at"], condition=models.Q(status="pending"), name="batch_chunk_pending"
            ),
            models.Index(
                fields=["owner_id"], condition=models.Q(status="working"), name="batch_chunk_working"
            ),
        ]


class BatchSample(models.Model):
    """How a step fared at a moment; about one a second."""

    pk = models.CompositePrimaryKey("batch_id", "seq")
    batch = models.ForeignKey(
        BatchStep, on_delete=models.CASCADE, related_name="samples", db_index=False, db_constraint=False
    )
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    rate = models.FloatField(help_text="Records a second.")
    size = models.PositiveIntegerField(help_text="Records a batch.")
    concurrency = models.FloatField(help_text="How many batches may be under way.")
    in_flight = models.PositiveIntegerField()
    p95_ms = models.FloatField(null=True)
    done = models.PositiveBigIntegerField()
    failed = models.PositiveBigIntegerField()

    class Meta:
        db_table = "batch_sample"
        ordering: ClassVar = ["batch_id", "seq"]


class BatchGate(models.Model):
    """When the next call of a step with a rate is due, in seconds since 1970 by the database's clock."""

    batch = models.OneToOneField(
        BatchStep,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="gate",
        db_constraint=False,
    )
    due = models.FloatField(default=0)

    class Meta:
        db_table = "batch_gate"
