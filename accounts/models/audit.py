"""What people and the system did, and the seals that prove that nothing of it changed since.

The database refuses to change or remove these rows. They outlive the tenants and people they tell of,
so they refer to them without a constraint.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.expressions import RawSQL

from accounts.access import Resource
from accounts.resource_maps import resource_of


class ActorVia(models.TextChoices):
    SESSION = "session", "Signed in"
    TOKEN = "token", "API token"
    SYSTEM = "system", "Lockgate"
    ANONYMOUS = "anonymous", "Not signed in"


class AuditOutcome(models.TextChoices):
    DONE = "", "Done"
    ALLOWED = "allowed", "Allowed"
    DENIED = "denied", "Denied"


class AuditEntry(models.Model):
    """One thing that was done or refused. `before` and `after` hold what changed, without secrets.

    `xid` is the transaction that wrote it. It is drawn before the id, so that a seal can say which entries
    cannot have been there yet.
    """

    xid = models.BigIntegerField(
        editable=False, db_index=True, db_default=RawSQL("(pg_current_xact_id()::text::bigint)", [])
    )
    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(
        "accounts.Tenant",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
    )
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_email = models.CharField(max_length=254, blank=True, default="")
    via = models.CharField(max_length=10, choices=ActorVia.choices)
    token = models.CharField(max_length=140, blank=True, default="")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True, default="")
    object_id = models.CharField(max_length=200, blank=True, default="")
    object_label = models.CharField(max_length=300, blank=True, default="")
    decision = models.CharField(max_length=8, choices=AuditOutcome.choices, blank=True, default="")
    rule = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=1000, blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    ip = models.GenericIPAddressField(null=True)

    resource_kind = "audit"

    class Meta:
        db_table = "audit_entry"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "id"], name="audit_entry_tenant"),
            models.Index(fields=["tenant", "object_type", "object_id", "id"], name="audit_entry_object"),
            models.Index(fields=["tenant", "actor_id", "id"], name="audit_entry_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"

    def as_resource(self) -> Resource:
        return resource_of(self)


class AuditSeal(models.Model):
    """A signed Merkle root over some entries of one tenant (or of no tenant), chained to the seal before.

    `horizon`: every transaction below it had ended when the entries were read. `upper`: those above it had
    not begun. Both count in the database `cluster` alone.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(
        "accounts.Tenant",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
    )
    number = models.BigIntegerField()
    at = models.DateTimeField()
    size = models.IntegerField()
    total = models.BigIntegerField()
    last_id = models.BigIntegerField()
    cluster = models.BigIntegerField()
    horizon = models.BigIntegerField()
    upper = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)

    class Meta:
        db_table = "audit_seal"
        ordering: ClassVar = ["tenant", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "number"], name="audit_seal_number_once", nulls_distinct=False
            )
        ]
        indexes: ClassVar = [models.Index(fields=["cluster", "horizon"], name="audit_seal_horizon")]


class AuditSealedEntry(models.Model):
    """Which seal covers an entry, as which leaf of its tree, and the hash that it had then."""

    entry = models.OneToOneField(
        AuditEntry,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="sealed",
    )
    seal = models.ForeignKey(
        AuditSeal,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="entries",
    )
    position = models.IntegerField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_sealed_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seal", "position"], name="audit_sealed_position_once")
        ]


class AuditKey(models.Model):
    """A public key that seals were signed with; the private half is never in the database."""

    key_id = models.CharField(primary_key=True, max_length=16)
    public_key = models.BinaryField(max_length=32)
    first_used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "audit_key"
