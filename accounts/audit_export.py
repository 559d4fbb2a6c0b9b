"""Exports of the audit trail that prove themselves: entries, seals, keys, and a program to verify them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.utils import timezone

from accounts.audit import verify
from accounts.audit.rows import moment
from accounts.audit.verify import Leaf, inclusion_proof, leaf_hash, merkle_levels
from accounts.audit_checks import leaves_by_seal
from accounts.models import AuditSeal, Tenant
from accounts.services.audit_keys import trusted_keys
from accounts.services.audit_sealing import seal_document

FORMAT = "lockgate audit export 1"
_README = """An audit trail of Lockgate, from {at}.

Verify it with Python 3.9 or later and nothing else:

    python3 verify.py

Keep checkpoint.json elsewhere. A later export is verified against it, so that nothing can have been cut off:

    python3 verify.py --checkpoint ../earlier/checkpoint.json

entries.jsonl     what was done and refused, each with its place in a seal and the proof that it belongs there
seals.jsonl       the seals, chained and signed
keys.jsonl        the public keys that they are signed with
checkpoint.json   the newest seal, and what was exported
"""


@dataclass(frozen=True, slots=True)
class Period:
    """Entries from `since` on and before `until`; None on a side: without bound."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_everything(self) -> bool:
        return self.since is None and self.until is None

    def holds(self, entry: Mapping[str, Any]) -> bool:
        at = datetime.fromisoformat(entry["at"])
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


def write_export(target: IO[bytes], tenant_id: UUID | None, period: Period) -> int:
    """Writes the sealed entries of the tenant as a zip, and says how many they are."""
    seals = [seal_document(each) for each in AuditSeal.objects.filter(tenant=tenant_id).order_by("number")]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        count = _write_entries(archive, tenant_id, seals, period)
        _write_lines(archive, "seals.jsonl", seals)
        _write_lines(archive, "keys.jsonl", _keys_of(seals))
        checkpoint = _checkpoint(tenant_id, seals, period, count)
        archive.writestr("checkpoint.json", json.dumps(checkpoint, indent=2) + "\n")
        archive.writestr("README.txt", _README.format(at=checkpoint["exported_at"]))
        archive.writestr("verify.py", Path(verify.__file__).read_bytes())
    return count


def _write_entries(
    archive: zipfile.ZipFile, tenant_id: UUID | None, seals: Sequence[Mapping[str, Any]], period: Period
) -> int:
    count = 0
    with archive.open("entries.jsonl", "w", force_zip64=True) as file:
        for number, leaves in leaves_by_seal(tenant_id, len(seals)):
            for line in _lines(number, leaves, period):
                file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
                count += 1
    return count


def _lines(number: int, leaves: Sequence[Leaf], period: Period) -> Iterator[dict[str, Any]]:
    wanted = [leaf for leaf in leaves if leaf.entry is not None and period.holds(leaf.entry)]
    if not wanted:
        return
    levels = merkle_levels([leaf.kept or leaf_hash(leaf.entry or {}) for leaf in leaves])
    for leaf in wanted:
        proof = inclusion_proof(levels, leaf.position) if leaf.position < len(leaves) else []
        yield {
            "seal": number,
            "position": leaf.position,
            "proof": [each.hex() for each in proof],
            "entry": leaf.entry,
        }


def _keys_of(seals: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    used = {seal["key_id"] for seal in seals}
    return [{"id": id, "public": public.hex()} for id, public in trusted_keys().items() if id in used]


def _checkpoint(
    tenant_id: UUID | None, seals: Sequence[Mapping[str, Any]], period: Period, count: int
) -> dict[str, Any]:
    head = seals[-1] if seals else None
    selection = {
        "since": None if period.since is None else moment(period.since),
        "until": None if period.until is None else moment(period.until),
    }
    tenant = None if tenant_id is None else Tenant.objects.filter(pk=tenant_id).first()
    public = None if head is None else trusted_keys().get(head["key_id"], b"").hex()
    return {
        "format": FORMAT,
        "exported_at": moment(timezone.now()),
        "workspace": None if tenant is None else {"id": str(tenant.pk), "name": tenant.name},
        "selection": None if period.is_everything else selection,
        "entries": count,
        "public_key": public,
        "seal": head,
    }


def _write_lines(archive: zipfile.ZipFile, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    archive.writestr(name, "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows))
