"""Credentials: what everybody may know of them, their sealed versions, and where they were used."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource
from accounts.resource_maps import resource_of

from .classified import CLASSIFICATION, Classified
from .ids import time_ordered_id


class Credential(Classified):
    """A named secret of a type. Nothing here is secret: `fields` holds the open values alone."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="credentials")
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=32)
    description = models.TextField(blank=True, default="")
    fields = models.JSONField(default=dict, help_text="{field: value} of the fields that are no secret.")
    version = models.PositiveIntegerField(default=1, help_text="The number of the version in force.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When its values stop working.")
    tested_at = models.DateTimeField(null=True, blank=True)
    tested_version = models.PositiveIntegerField(null=True, blank=True)
    test_ok = models.BooleanField(null=True, blank=True)
    test_reason = models.TextField(blank=True, default="", help_text="What the last test told; no secret.")
    refused_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When what it opens last refused it to a step; null once it was taken.",
    )
    refused_version = models.PositiveIntegerField(null=True, blank=True)

    resource_kind = "credential"
    resource_owner = "created_by"
    resource_fields: ClassVar = {"name": "name", "credential_type": "type", **CLASSIFICATION}

    class Meta:
        db_table = "credential"
        ordering: ClassVar = ["-updated_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="credential_name_once_per_tenant"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-updated_at", "-id"], name="credential_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return resource_of(self)


class CredentialVersion(models.Model):
    """The secret fields of a credential, sealed: see `runtime.credentials.envelope`."""

    pk = models.CompositePrimaryKey("credential_id", "number")
    credential = models.ForeignKey(
        Credential, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    ciphertext = models.BinaryField()
    wrapped_key = models.BinaryField(help_text="The data key, sealed with the master key.")
    master_key_id = models.CharField(max_length=32, help_text="Which master key opens `wrapped_key`.")
    fields = models.JSONField(
        null=True, help_text="The open fields of this version; null: the credential's own."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "credential_version"
        ordering: ClassVar = ["credential_id", "number"]


class CredentialUse(models.Model):
    """That a run was given a version of a credential. Kept as long as the run."""

    pk = models.CompositePrimaryKey("run_id", "credential_id", "number")
    run = models.ForeignKey(
        "runtime.Run", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="uses", db_index=False)
    number = models.PositiveIntegerField()
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    used_at = models.DateTimeField()

    class Meta:
        db_table = "credential_use"
        ordering: ClassVar = ["-used_at"]
        indexes: ClassVar = [models.Index(fields=["credential", "-used_at"], name="credential_use_newest")]


class CredentialLease(models.Model):
    """That a version is in somebody's hands. It ends when it is given back, and else at `until`.

    Whoever holds it renews it; one that died does not. Nobody who begins after another version came into
    force gets one of the version before.
    """

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    credential = models.ForeignKey(
        Credential, on_delete=models.CASCADE, related_name="leases", db_index=False
    )
    version = models.PositiveIntegerField()
    run = models.ForeignKey(
        "runtime.Run",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    node = models.TextField(blank=True, default="", help_text="The step that was given it first.")
    purpose = models.CharField(max_length=16, help_text="run, message or test.")
    at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "credential_lease"
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["credential", "version"], name="credential_lease_held"),
        ]
