"""Who is told what about a workflow's runs, and the one outbox that everything leaves by."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource
from accounts.resource_maps import resource_of

from .classified import classification_of
from .ids import time_ordered_id
from .runs import Run
from .workflows import Workflow


class NoticeEvent(models.TextChoices):
    FAILED = "failed", "A run failed"
    SUCCEEDED = "succeeded", "A run succeeded"
    WAITING_APPROVAL = "waiting_approval", "A run waits for an approval"
    OUTCOME_UNKNOWN = "outcome_unknown", "A step's outcome is unknown"


STEP_EVENT = "step"
"""Of the outbox: a step sent it. It tells of no occasion that a workflow's rules could name."""

ROTATION_EVENT = "credential_rotated"
"""Of the outbox: the rotation of a credential ended. Its own settings name whom to tell."""


REPORT_EVENT = "compliance_report"
"""Of the outbox: a scheduled report was made. Its schedule names whom to tell."""


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class WorkflowNotice(models.Model):
    """One rule of a workflow: on this, tell them there. `credential` signs a webhook, or sends the mail."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="notices")
    position = models.PositiveIntegerField()
    event = models.CharField(max_length=24, choices=NoticeEvent.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(max_length=2000)
    credential = models.CharField(max_length=100, blank=True, default="")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "workflow_notice"
        ordering: ClassVar = ["workflow_id", "position"]


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", "Waiting to be sent"
    SENT = "sent", "Sent"
    DEAD = "dead", "Given up"


class Outbox(models.Model):
    """One message to one address, written with what it tells of, and sent afterwards at least once.

    `key` names what it tells of and to whom: the same once more is the same row. `id` is what a
    receiver tells repetitions by.
    """

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=300, unique=True)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, null=True, related_name="+")
    run = models.ForeignKey(
        Run, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    event = models.CharField(max_length=24, choices=NoticeEvent.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(max_length=2000)
    credential = models.CharField(max_length=100, blank=True, default="")
    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+",
        help_text="In whose name the credential is used.",
    )  # fmt: skip
    payload = models.JSONField(help_text="What is told; never a secret.")
    status = models.CharField(max_length=8, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(
        help_text="Not tried before; while it is tried, when it may be tried again."
    )
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    resource_kind = "notification"
    resource_fields: ClassVar = classification_of("workflow")
    resource_parent = "workflow"

    class Meta:
        db_table = "outbox"
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="outbox_newest"),
            models.Index(fields=["workflow", "-created_at", "-id"], name="outbox_newest_of_workflow"),
            models.Index(
                fields=["next_at"], condition=models.Q(status=DeliveryStatus.PENDING), name="outbox_due"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return resource_of(self)
