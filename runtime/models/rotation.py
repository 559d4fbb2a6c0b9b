"""Rotations of credentials, and the policies by which the server goes on looking."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings as project
from django.db import models

from .credentials import Credential
from .ids import time_ordered_id
from .runs import Run
from .workflows import Workflow


class CredentialRotation(models.Model):
    """One attempt to renew a credential: under way while `ended_at` is null, and then of one at a time."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    credential = models.ForeignKey(
        Credential, on_delete=models.CASCADE, related_name="rotations", db_index=False
    )
    key = models.CharField(max_length=64, help_text="SHA-256 of what asked: it rotates once.")
    from_version = models.PositiveIntegerField()
    to_version = models.PositiveIntegerField(null=True, help_text="Stored; in force once `is_in_force`.")
    is_in_force = models.BooleanField(default=False)
    source = models.CharField(max_length=40, blank=True, default="")
    expires_before = models.DateTimeField(null=True)
    expires_after = models.DateTimeField(null=True)
    status = models.CharField(max_length=16, blank=True, default="", help_text="Empty while under way.")
    result = models.JSONField(null=True, help_text="What the step gives; never a secret.")
    lease_until = models.DateTimeField(help_text="After it somebody else may take over what is under way.")
    holder = models.CharField(max_length=32, blank=True, default="", help_text="Whose lease it is.")
    settings = models.JSONField(null=True, help_text="By which it is gone on with after a crash.")
    strategy = models.CharField(max_length=12, blank=True, default="")
    step = models.CharField(max_length=8, blank=True, default="", help_text="The last that is done.")
    steps = models.JSONField(default=list, help_text="[{step, at, note}]; never a secret.")
    reference = models.CharField(
        max_length=200, blank=True, default="", help_text="What the place calls the new value."
    )
    undoing = models.TextField(blank=True, default="", help_text="Why it is taken back.")
    retire_at = models.DateTimeField(null=True, help_text="From when on the former value may be ended.")
    retired_at = models.DateTimeField(null=True)
    workflow = models.ForeignKey(Workflow, on_delete=models.SET_NULL, null=True, related_name="+")
    run = models.ForeignKey(
        Run, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    by = models.ForeignKey(project.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "credential_rotation"
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key"], name="rotation_once"),
            models.UniqueConstraint(
                fields=["credential"], condition=models.Q(ended_at=None), name="rotation_one_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["credential", "-started_at"], name="rotation_newest"),
            models.Index(
                fields=["lease_until"], condition=models.Q(ended_at=None), name="rotation_under_way"
            ),
            models.Index(
                fields=["retire_at"],
                condition=models.Q(retired_at=None, retire_at__isnull=False),
                name="rotation_to_retire",
            ),
        ]


class RotationPolicy(models.Model):
    """How a credential is looked after from now on, in whose name."""

    credential = models.OneToOneField(
        Credential, on_delete=models.CASCADE, primary_key=True, related_name="rotation_policy"
    )
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    settings = models.JSONField(help_text="See `runtime.rotation.settings`.")
    principal = models.ForeignKey(
        project.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    workflow = models.ForeignKey(
        Workflow, on_delete=models.SET_NULL, null=True, related_name="+", help_text="That set it up."
    )
    next_at = models.DateTimeField(null=True, db_index=True, help_text="Null: when somebody asks for it.")
    last_at = models.DateTimeField(null=True)
    last_status = models.CharField(max_length=16, blank=True, default="")
    last_reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "rotation_policy"
