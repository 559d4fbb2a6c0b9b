"""Sign-in by a provider of identities (OpenID Connect), for each workspace its own."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource


class IdentityProvider(models.Model):
    """Where a workspace's people may sign in, and what follows from what it says of them.

    `mapping` is a list of `{claim, equals | contains, role}` and `{claim, attribute}`. The client's secret is
    sealed as credentials are; without one the client is a public one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="identity_providers")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=300)
    secret_ciphertext = models.BinaryField(null=True, editable=False)
    secret_wrapped_key = models.BinaryField(null=True, editable=False)
    secret_key_id = models.CharField(max_length=32, blank=True, default="", editable=False)
    scopes = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    creates_people = models.BooleanField(
        default=False, help_text="Whether somebody who is not known yet becomes a person of the workspace."
    )
    links_by_email = models.BooleanField(
        default=False, help_text="Whether a verified address is taken for the person who has it here."
    )
    enabled = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "identity_provider"
        ordering: ClassVar = ["label", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key"], name="identity_provider_key_once"),
        ]

    def __str__(self) -> str:
        return self.label

    def as_resource(self) -> Resource:
        """As something of all people of the workspace."""
        return Resource("user", str(self.pk), self.tenant_id)


class IdentityLink(models.Model):
    """That a provider's `subject` is this person: from then on neither name nor address matters."""

    id = models.BigAutoField(primary_key=True)
    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="links")
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identity_links"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField()

    class Meta:
        db_table = "identity_link"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_link_subject_once"),
            models.UniqueConstraint(fields=["provider", "user"], name="identity_link_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id}/{self.subject}"
