"""How a run came about, what it covers, and its statuses. `runtime.engine.state` has the legal moves."""

from __future__ import annotations

from django.db import models

from runtime.engine.state import FINAL_RUN, RunStatus

RUN_STATUS_CHOICES = [(status.value, status.name.title()) for status in RunStatus]
TERMINAL: frozenset[RunStatus] = FINAL_RUN
ACTIVE: frozenset[RunStatus] = frozenset(RunStatus) - FINAL_RUN


class Trigger(models.TextChoices):
    MANUAL = "manual", "Manual"
    SCHEDULE = "schedule", "Schedule"
    WEBHOOK = "webhook", "Webhook"
    API = "api", "API"
    WORKFLOW = "workflow", "Another workflow"


class RunMode(models.TextChoices):
    """What a run was asked to cover. `failed`: all of it, with copies of what had succeeded."""

    FULL = "full", "Full"
    FAILED = "failed", "Failed"
    TO_NODE = "to_node", "To a node"
    FROM_NODE = "from_node", "From a node"
    SINGLE = "single", "One node"
