"""Counts about credentials. No secret is opened."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q

from runtime.models import Credential, CredentialRotation, CredentialVersion
from runtime.queries.evidence.scope import Collectors, Scope, sample, samples_of, share
from runtime.reports.evidence import SAMPLES, Fact

OLD = timedelta(days=366)
UNUSED = timedelta(days=180)


def _current(scope: Scope) -> Fact:
    rows = Credential.objects.filter(tenant=scope.tenant_id)
    expired, unknown = rows.filter(expires_at__lte=scope.now), rows.filter(expires_at=None)
    counts = {"credentials": rows.count(), "expired": expired.count(), "without_expiry": unknown.count()}
    wanting = expired if counts["expired"] else unknown
    return Fact(counts, sample("credential", wanting.order_by("name")))


def _renewed(scope: Scope) -> Fact:
    rows = Credential.objects.filter(tenant=scope.tenant_id)
    in_force = CredentialVersion.objects.filter(
        credential__tenant=scope.tenant_id,
        number=F("credential__version"),
        created_at__lt=scope.now - OLD,
    )
    old = rows.filter(pk__in=in_force.values("credential"))
    return share(rows, old, names=("credentials", "old"), kind="credential")


def _sealed(scope: Scope) -> Fact | None:
    if scope.sealing_key_id is None:
        return None
    rows = CredentialVersion.objects.filter(credential__tenant=scope.tenant_id)
    other = rows.exclude(master_key_id=scope.sealing_key_id)
    named = other.order_by("credential").values_list("credential", flat=True).distinct()
    counts = {"values": rows.count(), "other_key": other.count()}
    return Fact(counts, samples_of("credential", named[:SAMPLES]))


def _rotated(scope: Scope) -> Fact:
    ended = CredentialRotation.objects.filter(
        tenant=scope.tenant_id, ended_at__gte=scope.since, ended_at__lt=scope.until
    )
    last = ended.order_by("credential", "-ended_at").distinct("credential")
    status = list(last.values_list("credential", "status"))
    failed = [credential for credential, how in status if how in ("failed", "rolled_back")]
    return Fact({"rotated": len(status), "failed": len(failed)}, samples_of("credential", failed[:SAMPLES]))


def _needed(scope: Scope) -> Fact:
    rows, before = Credential.objects.filter(tenant=scope.tenant_id), scope.now - UNUSED
    unused = rows.filter(Q(last_used_at=None) | Q(last_used_at__lt=before), updated_at__lt=before)
    return share(rows, unused, names=("credentials", "unused"), kind="credential")


FACTS: Collectors = {
    "credentials_current": _current,
    "credentials_renewed": _renewed,
    "credentials_sealed": _sealed,
    "rotations_succeed": _rotated,
    "credentials_needed": _needed,
}
