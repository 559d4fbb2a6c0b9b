"""Who is asked to join a workspace, and has not answered yet."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource


class Invitation(models.Model):
    """A link, sent by e-mail, by which somebody makes an account once. Only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail")
    roles = models.ManyToManyField("accounts.Role", blank=True, related_name="+")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    resource_kind = "user"

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open_at(self, moment: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and moment < self.expires_at

    def as_resource(self) -> Resource:
        """As a person who is not there yet."""
        return Resource("user", str(self.pk), self.tenant_id)
