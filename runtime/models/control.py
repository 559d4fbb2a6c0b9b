"""What people decide about runs under way, and when the work of upkeep is due."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import MD5

from .exact_json import ExactJSONField
from .ids import time_ordered_id
from .runs import Run

DECISION_OUTCOMES = ("succeeded", "failed", "retry")


class RunDecision(models.Model):
    """What an operator said of an attempt whose outcome nobody knew. One for each attempt, for good."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    node = models.TextField(help_text="The path of the step.")
    attempt = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, choices=[(name, name.title()) for name in DECISION_OUTCOMES])
    outputs = ExactJSONField(null=True, blank=True)
    comment = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_by_name = models.CharField(max_length=254, help_text="Kept when the user is deleted.")
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "run_decision"
        constraints: ClassVar = [
            # A path may be longer than an entry of an index.
            models.UniqueConstraint("run", "attempt", MD5("node"), name="run_decision_once"),
        ]


class MaintenanceJob(models.Model):
    """When a job of `runtime.maintenance` is due next, and how it went last."""

    name = models.CharField(max_length=60, primary_key=True)
    next_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="How often it failed in a row.")
    last_error = models.TextField(blank=True, default="")

    class Meta:
        db_table = "maintenance_job"

    def __str__(self) -> str:
        return self.name
