"""Checks the audit trail in the database against its seals."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.audit.rows import COLUMNS, WIDTH, entry_document
from accounts.audit.verify import Chain, Fault, Leaf, check_checkpoint, check_leaves
from accounts.models import AuditSeal
from accounts.services.audit_keys import is_signed, signing_key, trusted_keys
from accounts.services.audit_sealing import seal_document

MAX_FAULTS = 100
_ROWS = 2_000
_SEALED = f"""
SELECT {COLUMNS}, seal.number, sealed.position, sealed.entry_id, sealed.leaf
FROM audit_seal seal JOIN audit_sealed_entry sealed ON sealed.seal_id = seal.id
LEFT JOIN audit_entry e ON e.id = sealed.entry_id
WHERE seal.tenant_id IS NOT DISTINCT FROM %s AND seal.number <= %s
ORDER BY seal.number, sealed.position, sealed.entry_id
"""  # noqa: S608  (constants)
_UNSEALED = f"""
SELECT {COLUMNS}, sealed.entry_id IS NOT NULL, (SELECT system_identifier FROM pg_control_system())
FROM audit_entry e
LEFT JOIN audit_sealed_entry sealed ON sealed.entry_id = e.id
LEFT JOIN audit_seal seal ON seal.id = sealed.seal_id AND seal.tenant_id IS NOT DISTINCT FROM e.tenant_id
WHERE e.tenant_id IS NOT DISTINCT FROM %s AND seal.id IS NULL
ORDER BY e.id
"""  # noqa: S608  (constants)


@dataclass(slots=True)
class TrailReport:
    """What a check found in one chain. `waiting` entries have no seal yet, the oldest since `waits_since`."""

    tenant_id: UUID | None
    entries: int = 0
    seals: int = 0
    waiting: int = 0
    waits_since: str | None = None
    faults: list[Fault] = field(default_factory=list)
    took_ms: int = 0

    @property
    def is_ok(self) -> bool:
        return not self.faults

    @property
    def first_bad(self) -> Fault | None:
        """The first fault that names an entry, else the first."""
        return next((each for each in self.faults if each.entry is not None), next(iter(self.faults), None))


def chains() -> list[UUID | None]:
    """The tenants that have entries or seals; None stands for what belongs to no tenant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM audit_entry UNION SELECT tenant_id FROM audit_seal ORDER BY 1")
        return [tenant_id for (tenant_id,) in cursor.fetchall()]


def check_trail(tenant_id: UUID | None, *, checkpoint: Mapping[str, Any] | None = None) -> TrailReport:
    """Reads the whole chain of the tenant anew. `checkpoint` is the seal that an earlier export ended at."""
    began = time.monotonic()
    report = TrailReport(tenant_id)
    report.faults = list(islice(_faults(report, checkpoint), MAX_FAULTS))
    report.took_ms = round((time.monotonic() - began) * 1000)
    return report


def _faults(report: TrailReport, checkpoint: Mapping[str, Any] | None) -> Iterator[Fault]:
    seals = [seal_document(seal) for seal in _seals(report.tenant_id)]
    head = max((seal["number"] for seal in seals), default=0)
    report.seals, report.entries = len(seals), sum(seal["size"] for seal in seals)
    followed, checked = (Chain(trusted_keys(), is_signed) for _ in range(2))
    for seal in seals:
        yield from followed.follow(seal)
    yield from _check_head(followed)
    if checkpoint is not None:
        hashes = {seal["number"]: seal["hash"] for seal in seals}
        fault = check_checkpoint(dict(checkpoint), hashes.get(checkpoint["number"]), head)
        yield from [] if fault is None else [fault]
    leaves = leaves_by_seal(report.tenant_id, head)
    number, group = next(leaves, (0, []))
    for seal in seals:
        mine: Sequence[Leaf] = ()
        if number == seal["number"]:
            mine = group
            number, group = next(leaves, (0, []))
        yield from check_leaves(checked, seal, mine)
        checked.note(seal)
    yield from _check_unsealed(report, checked)


def _seals(tenant_id: UUID | None) -> Iterable[AuditSeal]:
    return AuditSeal.objects.filter(tenant=tenant_id).order_by("number").iterator(_ROWS)


def _check_head(chain: Chain) -> Iterator[Fault]:
    """A seal vouches for all before it, so the newest must be signed with this server's own key."""
    own = signing_key().id
    if chain.head is not None and chain.head["key_id"] != own:
        message = (
            f"the newest seal is signed with the key {chain.head['key_id']}, and not with {own}, the key of"
            " this server: the next seal will be, where the key was changed on purpose"
        )
        yield Fault("other_key", message, chain.count)


def leaves_by_seal(tenant_id: UUID | None, head: int) -> Iterator[tuple[int, list[Leaf]]]:
    """The number of each seal up to `head` with its entries, in order."""
    rows = _read(_SEALED, [tenant_id, head])
    for number, group in groupby(rows, key=lambda row: row[WIDTH]):
        yield number, [_leaf(row) for row in group]


def _leaf(row: Sequence[Any]) -> Leaf:
    position, id, kept = row[WIDTH + 1 :]
    entry = None if row[0] is None else entry_document(row[:WIDTH])
    return Leaf(position, id, entry, bytes(kept))


def _check_unsealed(report: TrailReport, chain: Chain) -> Iterator[Fault]:
    for row in _read(_UNSEALED, [report.tenant_id]):
        entry = entry_document(row[:WIDTH])
        claims_a_seal, cluster = row[WIDTH:]
        if claims_a_seal or chain.is_late(entry, cluster):
            yield Fault(
                "entry_inserted", f"entry {entry['id']} is in no seal, and is too old to wait for one",
                None, entry["id"],
            )  # fmt: skip
            continue
        report.waiting += 1
        report.waits_since = report.waits_since or entry["at"]


def _read(statement: str, values: list[Any]) -> Iterator[Sequence[Any]]:
    """Rows one by one, however many there are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(_ROWS):
            yield from rows
