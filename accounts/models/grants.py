"""What was given to one person or role on one resource, and who asked for it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource


class Grant(models.Model):
    """Actions on one resource for a person or a role, until it expires or is revoked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="grants")
    resource_type = models.CharField(max_length=60)
    resource_id = models.CharField(max_length=200)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="grants"
    )
    role = models.ForeignKey(
        "accounts.Role", on_delete=models.CASCADE, null=True, blank=True, related_name="grants"
    )
    actions = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    resource_kind = "grant"
    resource_owner = "user"

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grant_for_user_or_role",
                condition=models.Q(user__isnull=True, role__isnull=False)
                | models.Q(user__isnull=False, role__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "resource_type", "resource_id"], name="grant_of_resource"),
        ]

    def as_resource(self) -> Resource:
        return Resource("grant", str(self.pk), self.tenant_id, self.user_id)


class RequestStatus(models.TextChoices):
    OPEN = "open", "Open"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AccessRequest(models.Model):
    """Somebody asks to be allowed what they were denied."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="access_requests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_requests"
    )
    action = models.CharField(max_length=60)
    resource_type = models.CharField(max_length=60)
    resource_id = models.CharField(max_length=200)
    reason = models.TextField(blank=True, default="")
    status = models.CharField(max_length=16, choices=RequestStatus.choices, default=RequestStatus.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When what was granted ends.")
    grant = models.ForeignKey(Grant, on_delete=models.SET_NULL, null=True, related_name="+")

    owner_path = "user"

    resource_kind = "access"
    resource_owner = "user"

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "action", "resource_type", "resource_id"],
                condition=models.Q(status="open"),
                name="access_request_open_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="access_request_newest"),
        ]

    def as_resource(self) -> Resource:
        return Resource("access", str(self.pk), self.tenant_id, self.user_id)
