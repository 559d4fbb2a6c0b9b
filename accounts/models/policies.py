"""Policies, their revisions and examples, and masking rules. What they mean is in `accounts.access`."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource


class Effect(models.TextChoices):
    ALLOW = "allow", "Allow"
    DENY = "deny", "Deny"


class PolicyStatus(models.TextChoices):
    """Active ones decide; shadow ones are evaluated and told of, and decide nothing."""

    DRAFT = "draft", "Draft"
    SHADOW = "shadow", "Shadow"
    ACTIVE = "active", "Active"
    DISABLED = "disabled", "Disabled"


def every_resource() -> list[str]:
    return ["*"]


class Rule(models.Model):
    """What policies and masking rules have in common."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(max_length=120)
    label = models.CharField(max_length=200)
    resource_type = models.CharField(max_length=60, default="*")
    resources = models.JSONField(default=every_resource, help_text="Ids, or * for all.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    resource_owner = "created_by"

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label or self.key


class Policy(Rule):
    """Who may, or may not, do what on which resources, as long as its condition holds."""

    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="policies")
    effect = models.CharField(max_length=8, choices=Effect.choices)
    actions = models.JSONField(default=list)
    condition = models.JSONField(null=True, blank=True, help_text="A tree of conditions; null: always.")
    status = models.CharField(max_length=16, choices=PolicyStatus.choices, default=PolicyStatus.DRAFT)
    revision = models.PositiveIntegerField(default=1, help_text="The number of the latest revision.")
    draft = models.JSONField(
        null=True, blank=True, help_text="What the next revision is to say; null: nothing is being changed."
    )
    draft_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    draft_at = models.DateTimeField(null=True, blank=True)
    draft_version = models.PositiveIntegerField(
        default=0, help_text="Counts changes of the draft, and of its being there."
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Of exactly the draft, or without one of the revision, that is there.",
    )

    resource_kind = "policy"

    class Meta:
        ordering: ClassVar = ["key"]
        verbose_name_plural = "policies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key"], name="policy_key_once_per_tenant"),
        ]

    def as_resource(self) -> Resource:
        return Resource("policy", str(self.pk), self.tenant_id, self.created_by_id)

    def as_document(self) -> dict[str, object]:
        """As `PolicySet.compile` reads it."""
        return {
            "key": self.key,
            "label": self.label,
            "effect": self.effect,
            "resource_type": self.resource_type,
            "resources": self.resources,
            "actions": self.actions,
            "condition": self.condition,
            "status": self.status,
        }


class PolicyRevision(models.Model):
    """What a policy said, for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    note = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    tenant_path = "policy__tenant"

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_revision_number"),
        ]

    def as_resource(self) -> Resource:
        return self.policy.as_resource()


class PolicyTestCase(models.Model):
    """A question with the answer that is expected, asked before its policy is made active."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="test_cases", db_index=False)
    name = models.CharField(max_length=200)
    subject = models.JSONField(default=dict, help_text="{roles, attributes, …} of who asks.")
    action = models.CharField(max_length=60)
    resource = models.JSONField(default=dict, help_text="{type, id, attributes, …} of what is asked for.")
    env = models.JSONField(default=dict, help_text="{at, ip, mfa_at}, each of them optional.")
    expected = models.BooleanField(help_text="Whether it is to be allowed.")
    created_at = models.DateTimeField(auto_now_add=True)

    tenant_path = "policy__tenant"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "name"], name="policy_test_case_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_resource(self) -> Resource:
        return self.policy.as_resource()


class MaskingRule(Rule):
    """Which fields are hidden, how, and from whom; without a condition from everybody."""

    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="masking_rules")
    field = models.CharField(max_length=500, help_text="A path such as customers[*].ssn or **.ssn.")
    condition = models.JSONField(null=True, blank=True, help_text="Masked where it holds; null: always.")
    mask_type = models.CharField(max_length=32)
    options = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=PolicyStatus.choices, default=PolicyStatus.ACTIVE)
    revision = models.PositiveIntegerField(default=1, help_text="Counts changes.")

    resource_kind = "mask"

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key"], name="masking_rule_key_once_per_tenant"),
        ]

    def as_resource(self) -> Resource:
        return Resource("mask", str(self.pk), self.tenant_id, self.created_by_id)

    def as_document(self) -> dict[str, object]:
        """As `MaskSet.compile` reads it."""
        return {
            "key": self.key,
            "label": self.label,
            "resource_type": self.resource_type,
            "resources": self.resources,
            "field": self.field,
            "condition": self.condition,
            "mask_type": self.mask_type,
            "options": self.options,
            "status": self.status,
        }
