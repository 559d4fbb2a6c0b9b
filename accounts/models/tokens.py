from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models

from accounts.access import Resource


class ApiToken(models.Model):
    """A secret that speaks for a user, within its scopes, until it expires. Only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="tokens")
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    owner_path = "user"

    resource_kind = "token"
    resource_owner = "user"

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_valid_at(self, moment: datetime) -> bool:
        return moment < self.expires_at

    def as_resource(self) -> Resource:
        return Resource("token", str(self.pk), self.tenant_id, owner_id=self.user_id)
