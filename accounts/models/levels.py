"""What attributes mean in a tenant: their types, and the order of its security levels."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from accounts.access import Resource


class AttributeKind(models.TextChoices):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    LEVEL = "level", "Security level"
    LIST_TEXT = "list_text", "List of texts"
    LIST_NUMBER = "list_number", "List of numbers"
    DATETIME = "datetime", "Date and time"


class AttributeOwner(models.TextChoices):
    USER = "user", "People"
    RESOURCE = "resource", "Resources"


class AttributeDefinition(models.Model):
    """The type of an attribute, and the values that it may have; null: any of its type."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="attributes")
    name = models.CharField(max_length=63)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=AttributeKind.choices)
    applies_to = models.CharField(max_length=16, choices=AttributeOwner.choices, default=AttributeOwner.USER)
    allowed = models.JSONField(null=True, blank=True, help_text="The values that it may have; null: any.")
    description = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    resource_kind = "attribute"

    class Meta:
        ordering: ClassVar = ["applies_to", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "applies_to", "name"], name="attribute_name_once"),
        ]

    def __str__(self) -> str:
        return self.label

    def as_resource(self) -> Resource:
        return Resource("attribute", str(self.pk), self.tenant_id)


class SecurityLevel(models.Model):
    """A level that classifications and clearances name. A higher rank is more secret."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="levels")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    rank = models.PositiveIntegerField()

    resource_kind = "level"

    class Meta:
        ordering: ClassVar = ["rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key"], name="level_key_once_per_tenant"),
            models.UniqueConstraint(
                fields=["tenant", "rank"],
                name="level_rank_once_per_tenant",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def as_resource(self) -> Resource:
        return Resource("level", str(self.pk), self.tenant_id)
