"""Keeps the answers of POST requests, so that a client that asks again acts once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from runtime.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
ABANDONED_AFTER = timedelta(minutes=2)
_CLAIMS_PER_CLEANING = 100


@dataclass(frozen=True, slots=True)
class Claimed:
    """The caller is the first: it acts, then keeps its answer or releases the key."""

    record_id: int


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key stands for another request."""


@dataclass(frozen=True, slots=True)
class InProgress:
    """The first request with this key has not answered yet."""


@transaction.atomic
def claim(*, user_id: UUID, key: str, fingerprint: str) -> Claimed | Answered | Mismatch | InProgress:
    """What the key stands for. Of many who ask at once, one is `Claimed`."""
    now = timezone.now()
    # The row is inserted or waited for, so that two first requests cannot both act.
    IdempotencyRecord.objects.bulk_create(
        [IdempotencyRecord(user_id=user_id, key=key, fingerprint="", created_at=now)], ignore_conflicts=True
    )
    record = IdempotencyRecord.objects.select_for_update().get(user_id=user_id, key=key)
    if _is_free(record):
        record.fingerprint, record.created_at = fingerprint, now
        record.status, record.body, record.headers = None, None, {}
        record.save()
        if record.pk % _CLAIMS_PER_CLEANING == 0:
            forget_old()
        return Claimed(record.pk)
    if record.fingerprint != fingerprint:
        return Mismatch()
    if record.status is None:
        return InProgress()
    return Answered(record.status, bytes(record.body or b""), record.headers)


def _is_free(record: IdempotencyRecord) -> bool:
    age = timezone.now() - record.created_at
    if not record.fingerprint or age > KEPT_FOR:
        return True
    return record.status is None and age > ABANDONED_AFTER


def keep(claimed: Claimed, *, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """The answer that the key gets from now on."""
    IdempotencyRecord.objects.filter(pk=claimed.record_id).update(
        status=status, body=body, headers=dict(headers)
    )


def release(claimed: Claimed) -> None:
    """Frees the key of a request that was refused or broke."""
    IdempotencyRecord.objects.filter(pk=claimed.record_id).delete()


def forget_old() -> int:
    """Deletes what is past keeping; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]
