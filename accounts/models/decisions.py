"""What was decided: denials always, what was allowed as often as the tenant wants."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource


class DecisionVia(models.TextChoices):
    """Where somebody asked."""

    REST = "rest", "REST"
    SOCKET = "socket", "Socket"
    TASK = "task", "Task"
    NODE = "node", "Node"
    ADMIN = "admin", "Admin site"


class DecisionLog(models.Model):
    """One decision, with what decided it. Holds no values of attributes."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=60)
    resource_type = models.CharField(max_length=60, blank=True, default="")
    resource_id = models.CharField(max_length=200, blank=True, default="")
    allowed = models.BooleanField()
    rule = models.CharField(max_length=60)
    reason = models.TextField(blank=True, default="")
    policies = models.JSONField(default=list, help_text="Keys of the policies that decided.")
    missing = models.JSONField(default=list, help_text="Paths of attributes that were missing.")
    shadow = models.JSONField(default=list, help_text="Keys of shadow policies that say otherwise.")
    via = models.CharField(max_length=16, choices=DecisionVia.choices)
    request_id = models.CharField(max_length=64, blank=True, default="")
    ip = models.GenericIPAddressField(null=True, blank=True)

    resource_kind = "decision"
    resource_owner = "user"

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["tenant", "-at", "-id"], name="decision_newest")]

    def as_resource(self) -> Resource:
        return Resource("decision", str(self.pk), self.tenant_id, self.user_id)
