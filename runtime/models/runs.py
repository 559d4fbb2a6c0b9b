"""Runs, their events, their logs and the values that they produced."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings as project
from django.db import models
from django.db.models.functions import MD5

from accounts.access import Resource
from accounts.resource_maps import resource_of
from runtime.engine.state import RunStatus

from .classified import classification_of
from .exact_json import ExactJSONField
from .hosts import Host
from .ids import time_ordered_id
from .statuses import ACTIVE, RUN_STATUS_CHOICES, TERMINAL, RunMode, Trigger
from .workflows import Workflow, WorkflowVersion

_ACTIVE = sorted(status.value for status in ACTIVE)
_FINAL = sorted(status.value for status in TERMINAL)


class Run(models.Model):
    """One execution of one version. The row is the fold of its events, kept in the same commits."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveBigIntegerField(help_text="Counts up within the tenant.")
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(WorkflowVersion, on_delete=models.CASCADE, related_name="runs")
    status = models.CharField(max_length=16, choices=RUN_STATUS_CHOICES, default=RunStatus.QUEUED.value)
    trigger = models.CharField(max_length=16, choices=Trigger.choices, default=Trigger.MANUAL)
    trigger_ref = models.ForeignKey(
        "runtime.WorkflowTrigger",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="runs",
        db_column="trigger_id",
        db_index=False,
        help_text="The trigger that started it.",
    )
    parameters = ExactJSONField(default=dict)
    settings = models.JSONField(default=dict, help_text="Runtime parameters of this run alone.")
    mode = models.CharField(max_length=16, choices=RunMode.choices, default=RunMode.FULL)
    part = models.CharField(max_length=16, default="full", help_text="What the engine selects by `node`.")
    node = models.TextField(null=True, blank=True, help_text="The node that the mode names.")
    selected = models.JSONField(
        null=True, blank=True, help_text="Ids of the nodes that take part; null: all."
    )
    source_run = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    prior = models.JSONField(default=dict, help_text="{run id: {node: seq of the event that is copied}}.")
    sub_versions = models.JSONField(
        default=dict, help_text="{workflow@rule: {version, number, name}}, as resolved when the run began."
    )
    requested_by = models.ForeignKey(
        project.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    wake_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    pause_requested_at = models.DateTimeField(null=True, blank=True)
    signalled_at = models.DateTimeField(
        null=True, blank=True, help_text="Something outside has changed: a host shall look at what waits."
    )
    admitted_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it holds a place under the limits of runs at once."
    )
    concurrency_key = models.CharField(max_length=200, blank=True, default="")
    parent_run = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="child_runs",
        db_index=False,
        help_text="Found by the constraint `run_child_once`.",
    )
    parent_path = models.TextField(blank=True, default="", help_text="The step of the parent that waits.")
    followed_up = models.BooleanField(default=False, help_text="What follows from its end is arranged.")
    last_seq = models.PositiveIntegerField(default=0)
    last_pos = models.PositiveIntegerField(default=0, help_text="Position of the last log line.")
    value_bytes = models.BigIntegerField(
        default=0, db_default=0, help_text="Large values, each counted once."
    )
    event_bytes = models.BigIntegerField(
        default=0, db_default=0, help_text="Events, with the small values in them."
    )
    log_bytes = models.BigIntegerField(default=0, db_default=0)
    counts = models.JSONField(default=dict, help_text="Nodes by status.")
    error = models.JSONField(null=True, blank=True, help_text="{code, message, node} of a failed run.")
    owner = models.ForeignKey(
        Host, on_delete=models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="+"
    )
    fence = models.PositiveIntegerField(default=0, help_text="Counts claims; an older one commits nothing.")
    restarts = models.PositiveIntegerField(default=0, help_text="How often a host died while driving it.")
    deaths = models.JSONField(default=dict, help_text="Host deaths by the node that was running.")

    resource_kind = "run"
    resource_owner = "requested_by"
    resource_fields: ClassVar = {
        "trigger": "trigger",
        "created_at": "created_at",
        **classification_of("workflow"),
    }
    resource_parent = "workflow"

    class Meta:
        db_table = "run"
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="run_number_in_tenant"),
            models.UniqueConstraint(
                models.F("parent_run"),
                MD5("parent_path"),
                condition=models.Q(parent_run__isnull=False),
                name="run_child_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="run_newest"),
            models.Index(fields=["workflow", "-created_at", "-id"], name="run_newest_of_workflow"),
            models.Index(
                fields=["trigger_ref", "-created_at"],
                condition=models.Q(trigger_ref__isnull=False),
                name="run_newest_of_trigger",
            ),
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=_ACTIVE),
                name="run_active",
            ),
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=["queued", "running"], owner=None, admitted_at__isnull=False),
                name="run_ready",
            ),
            models.Index(
                fields=["tenant", "workflow", "concurrency_key", "created_at"],
                condition=models.Q(status__in=["paused", "queued"], admitted_at=None),
                name="run_unadmitted",
            ),
            models.Index(
                fields=["wake_at"],
                condition=models.Q(status="waiting", owner=None, wake_at__isnull=False),
                name="run_due",
            ),
            models.Index(
                fields=["signalled_at"],
                condition=models.Q(status__in=["paused", "waiting"], owner=None, signalled_at__isnull=False),
                name="run_signalled",
            ),
            models.Index(
                fields=["tenant", "workflow", "concurrency_key"],
                condition=models.Q(status__in=_ACTIVE, admitted_at__isnull=False),
                name="run_places",
            ),
            models.Index(
                fields=["finished_at"],
                condition=models.Q(status__in=_FINAL, followed_up=False),
                name="run_to_follow_up",
            ),
            models.Index(
                fields=["workflow", "finished_at"],
                condition=models.Q(finished_at__isnull=False),
                name="run_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.number}"

    @property
    def stored_bytes(self) -> int:
        """All that the run stores."""
        return self.value_bytes + self.event_bytes + self.log_bytes

    @property
    def label(self) -> str:
        return f"Run {self.number} of {self.workflow.name}"

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return resource_of(self)


class RunNumber(models.Model):
    """The last run number given in a tenant."""

    tenant = models.OneToOneField("accounts.Tenant", on_delete=models.CASCADE, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "run_number"


class RunEvent(models.Model):
    """A state transition. Dense by `seq` from 1, written once: recovery log, socket cursor, replay source.

    `payload` holds the outputs of a `node.succeeded` as text of
    `{port: {"value": ...} | {"blob": hash, "bytes": n}}`. It is text, because jsonb would lose the
    order of columns and the difference between 1e5 and 100000, and refuses NUL.
    """

    pk = models.CompositePrimaryKey("run_id", "seq")
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="events", db_index=False, db_constraint=False
    )
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    type = models.CharField(max_length=32)
    node = models.TextField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)
    payload = models.BinaryField(null=True, blank=True)

    class Meta:
        db_table = "run_event"
        ordering: ClassVar = ["run_id", "seq"]


class RunLog(models.Model):
    """A line that a node wrote, by its own cursor `pos`."""

    pk = models.CompositePrimaryKey("run_id", "pos")
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="logs", db_index=False, db_constraint=False
    )
    pos = models.PositiveIntegerField()
    at = models.DateTimeField()
    node = models.TextField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=8)
    text = models.TextField()

    class Meta:
        db_table = "run_log"
        ordering: ClassVar = ["run_id", "pos"]


class Blob(models.Model):
    """A large value, stored once per tenant under the SHA-256 of its bytes."""

    pk = models.CompositePrimaryKey("tenant_id", "hash")
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    hash = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    data = models.BinaryField()
    created_at = models.DateTimeField(help_text="When an event last named it, to within ten minutes.")

    class Meta:
        db_table = "blob"
