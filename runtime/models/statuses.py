"""How a run came about, and its statuses. The table of legal moves is `runtime.engine.state.RUN_MOVES`."""

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
