"""Seals new entries of the audit trail: each tenant's into a Merkle tree whose root is signed and chained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.audit.rows import COLUMNS, WIDTH, entry_document, moment
from accounts.audit.verify import NOTHING, leaf_hash, merkle_root, seal_hash
from accounts.models import AuditKey, AuditSeal, AuditSealedEntry
from accounts.services.audit import record
from accounts.services.audit_keys import SigningKey, signing_key

BATCH = 5_000
_LOCK = (0x10CA, 0xA0D17)  # of this transaction: there is one sealer at a time
_SINCE = """
SELECT system_identifier,
    coalesce((SELECT max(horizon) FROM audit_seal WHERE cluster = system_identifier), 0)
FROM pg_control_system()
"""
# What had ended before the horizon of the latest seals is in them, so only later transactions are looked at.
_UNSEALED = f"""
SELECT {COLUMNS}, pg_snapshot_xmin(pg_current_snapshot())::text::bigint
FROM audit_entry e
WHERE e.xid >= %s AND NOT EXISTS (SELECT FROM audit_sealed_entry sealed WHERE sealed.entry_id = e.id)
ORDER BY e.id LIMIT %s
"""  # noqa: S608  (constants)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a reading of the entries says about transactions (see `AuditSeal`)."""

    cluster: int
    horizon: int
    upper: int


def seal_new() -> int:
    """Seals what is not sealed yet, and says how many entries that were. Nothing while another does it."""
    sealed = 0
    while True:
        count = _seal_batch()
        sealed += count
        if count < BATCH:
            return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", _LOCK)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_SINCE)
        cluster, since = cursor.fetchone()
        cursor.execute(_UNSEALED, [since, BATCH + 1])
        rows = cursor.fetchall()
        if not rows:
            return 0
        # Drawn after the reading: whatever transaction has a later one began after it, too.
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        upper = cursor.fetchone()[0]
    xmin = rows[0][WIDTH]
    # Where more is left than one batch takes, nothing is said yet of what ended before.
    read = _Moment(cluster, xmin if len(rows) <= BATCH else since, upper)
    key = signing_key()
    _keep_key(key)
    rows = rows[:BATCH]
    for tenant_id, entries in _by_tenant(rows).items():
        _seal(tenant_id, entries, read, key)
    return len(rows)


def _by_tenant(rows: Sequence[Sequence[Any]]) -> Mapping[UUID | None, list[dict[str, Any]]]:
    grouped: dict[UUID | None, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row[2], []).append(entry_document(row[:WIDTH]))
    return grouped


def _seal(tenant_id: UUID | None, entries: list[dict[str, Any]], read: _Moment, key: SigningKey) -> None:
    last = AuditSeal.objects.filter(tenant=tenant_id).order_by("-number").first()
    leaves = [leaf_hash(entry) for entry in entries]
    seal = AuditSeal(
        tenant_id=tenant_id,
        number=1 if last is None else last.number + 1,
        at=timezone.now(),
        size=len(entries),
        total=len(entries) + (0 if last is None else last.total),
        last_id=entries[-1]["id"],
        cluster=read.cluster,
        horizon=read.horizon,
        upper=read.upper,
        root=merkle_root(leaves),
        previous=NOTHING if last is None else last.hash,
        key_id=key.id,
    )
    seal.hash = seal_hash(seal_document(seal))
    seal.signature = key.sign(seal.hash)
    seal.save(force_insert=True)
    AuditSealedEntry.objects.bulk_create(
        AuditSealedEntry(entry_id=entry["id"], seal=seal, position=position, leaf=leaf)
        for position, (entry, leaf) in enumerate(zip(entries, leaves, strict=True))
    )


def seal_document(seal: AuditSeal) -> dict[str, Any]:
    """The seal as it is hashed and exported; `hash` and `signature` are empty in one that is being made."""
    return {
        "tenant": None if seal.tenant_id is None else str(seal.tenant_id),
        "number": seal.number,
        "at": moment(seal.at),
        "size": seal.size,
        "total": seal.total,
        "last_id": seal.last_id,
        "cluster": seal.cluster,
        "horizon": seal.horizon,
        "upper": seal.upper,
        "root": bytes(seal.root).hex(),
        "previous": bytes(seal.previous).hex(),
        "key_id": seal.key_id,
        "hash": bytes(seal.hash or b"").hex(),
        "signature": bytes(seal.signature or b"").hex(),
    }


def _keep_key(key: SigningKey) -> None:
    """The first seal with another key follows an entry, in each chain, which tells of the key."""
    if AuditKey.objects.filter(key_id=key.id).exists():
        return
    AuditKey.objects.create(key_id=key.id, public_key=key.public)
    for tenant_id in AuditSeal.objects.order_by().values_list("tenant", flat=True).distinct():
        record("audit.key", label=key.id, tenant_id=tenant_id, after={"public": key.public.hex()})
