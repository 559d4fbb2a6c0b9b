"""Questions that runs put to people, and their answers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource
from accounts.resource_maps import resource_of

from .classified import classification_of
from .ids import time_ordered_id
from .runs import Run


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Expired"
    CANCELLED = "cancelled", "Cancelled"


class VoteDecision(models.TextChoices):
    APPROVE = "approve", "Approve"
    REJECT = "reject", "Reject"


class Approval(models.Model):
    """A step of a run waits for people. What it shows them is the step's input, which the run stores."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="approvals")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="approvals")
    node = models.TextField(help_text="The path of the step.")
    key = models.CharField(
        max_length=64,
        unique=True,
        help_text="SHA-256 of the step's key: it asks once, however often it starts.",
    )
    title = models.CharField(max_length=300)
    message = models.TextField(blank=True, default="")
    roles = models.JSONField(default=list, help_text="Keys of roles that may act.")
    users = models.JSONField(default=list, help_text="E-mail addresses in lower case of people who may act.")
    required = models.PositiveSmallIntegerField(default=1, help_text="So many people have to approve.")
    allow_requester = models.BooleanField(default=False)
    needs_comment = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=ApprovalStatus.choices, default=ApprovalStatus.PENDING)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    resource_kind = "approval"
    resource_fields: ClassVar = classification_of("run__workflow")
    resource_parent = "run__workflow"

    class Meta:
        db_table = "approval"
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="approval_newest"),
            models.Index(
                fields=["tenant", "-created_at"],
                condition=models.Q(status="pending"),
                name="approval_pending",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def approvers(self) -> dict[str, list[str]]:
        """`{roles, users}`: whom it is put to."""
        return {"roles": list(self.roles), "users": list(self.users)}

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return resource_of(self)


class ApprovalVote(models.Model):
    """What one person answered, once."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="votes", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    user_name = models.CharField(
        max_length=254, help_text="The e-mail address, kept when the user is deleted."
    )
    decision = models.CharField(max_length=16, choices=VoteDecision.choices)
    comment = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "approval_vote"
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["approval", "user"], name="approval_vote_once"),
        ]
