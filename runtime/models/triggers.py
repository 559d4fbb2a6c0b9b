"""What starts runs by itself: triggers of workflows, what became of each firing, and webhook deliveries."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource
from accounts.resource_maps import resource_of
from runtime.triggers.kinds import DeliveryOutcome, FireCause, FireOutcome, TriggerKind

from .classified import classification_of
from .ids import time_ordered_id
from .runs import Run
from .workflows import Workflow


def _choices(values: type[TriggerKind | FireCause | FireOutcome | DeliveryOutcome]) -> list[tuple[str, str]]:
    return [(value.value, value.name.replace("_", " ").capitalize()) for value in values]


class WorkflowTrigger(models.Model):
    """A schedule, a webhook, or the end of another workflow's runs. Starts runs of published versions.

    The address of a webhook is not stored: it follows from the server's key, the id and `address_number`.
    """

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="triggers")
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="triggers")
    kind = models.CharField(max_length=16, choices=_choices(TriggerKind))
    name = models.CharField(max_length=200)
    enabled = models.BooleanField(default=False)
    version = models.PositiveIntegerField(null=True, blank=True, help_text="Null: the latest published one.")
    inputs = models.JSONField(
        null=True, blank=True, help_text="{parameter: expression}; null: what has the parameter's name."
    )
    concurrency_key = models.TextField(blank=True, default="", help_text="An expression; empty: no key.")
    config = models.JSONField(default=dict, help_text="What its kind needs, see `runtime.triggers.configs`.")
    run_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    source = models.ForeignKey(
        Workflow,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="followers",
        help_text="The workflow that one of the kind `workflow` follows.",
    )
    next_at = models.DateTimeField(null=True, blank=True, help_text="When a schedule fires next.")
    address_number = models.PositiveIntegerField(default=1, help_text="Counts addresses of a webhook.")
    address_digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    test_digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    last_fired_at = models.DateTimeField(null=True, blank=True)
    last_problem = models.JSONField(
        null=True, blank=True, help_text="{code, message, at} of the last firing."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    resource_kind = "trigger"
    resource_owner = "created_by"
    resource_fields: ClassVar = {"name": "name", "kind": "kind", **classification_of("workflow")}
    resource_parent = "workflow"

    class Meta:
        db_table = "workflow_trigger"
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="trigger_newest"),
            models.Index(
                fields=["next_at"],
                condition=models.Q(enabled=True, next_at__isnull=False),
                name="trigger_due",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return resource_of(self)


class TriggerFire(models.Model):
    """What became of one time of a schedule, or of one end of a run that is followed. At most one each."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    trigger = models.ForeignKey(
        WorkflowTrigger, on_delete=models.CASCADE, related_name="fires", db_index=False
    )
    cause = models.CharField(max_length=16, choices=_choices(FireCause))
    fire_at = models.DateTimeField(help_text="The time of the schedule, or of the end that is followed.")
    created_at = models.DateTimeField(help_text="When it was acted on.")
    outcome = models.CharField(max_length=16, choices=_choices(FireOutcome))
    reason = models.CharField(max_length=60, blank=True, default="")
    message = models.TextField(blank=True, default="")
    missed = models.PositiveIntegerField(default=0, help_text="Earlier times that this one stands for.")
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    source_run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    depth = models.PositiveSmallIntegerField(default=0, help_text="How many runs stand before it in a chain.")

    class Meta:
        db_table = "trigger_fire"
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["trigger", "fire_at"], condition=models.Q(cause="schedule"), name="trigger_fire_once"
            ),
            models.UniqueConstraint(fields=["trigger", "source_run"], name="trigger_follow_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["trigger", "-created_at", "-id"], name="trigger_fire_newest"),
        ]


class WebhookDelivery(models.Model):
    """One call of a webhook's address: what came of it. Its body is not kept."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    trigger = models.ForeignKey(
        WorkflowTrigger, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    key = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        help_text="The sender's id of the delivery, where one is asked.",
    )
    created_at = models.DateTimeField()
    method = models.CharField(max_length=8)
    bytes = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, choices=_choices(DeliveryOutcome))
    status = models.PositiveSmallIntegerField(help_text="Of the HTTP answer at once.")
    reason = models.CharField(max_length=60, blank=True, default="")
    message = models.TextField(blank=True, default="")
    replays = models.PositiveIntegerField(default=0, help_text="How often the same delivery came again.")
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "webhook_delivery"
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trigger", "key"], name="webhook_delivery_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["trigger", "-created_at", "-id"], name="webhook_delivery_newest"),
        ]


class WebhookListener(models.Model):
    """Somebody in the editor listens at a webhook's test address; calls run the draft as that person."""

    trigger = models.OneToOneField(
        WorkflowTrigger, on_delete=models.CASCADE, primary_key=True, related_name="listener"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()
    received = models.JSONField(
        null=True, blank=True, help_text="{at, method, problem, run: {id, number} | null} of the last call."
    )

    class Meta:
        db_table = "webhook_listener"
