"""`manage.py audit verify|export`: whether the trail is as it was written, and a copy that proves itself."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.audit_checks import TrailReport, chains, check_trail
from accounts.audit_export import Period, write_export
from accounts.models import Tenant
from accounts.services.audit import record
from accounts.services.audit_keys import signing_key


class Command(BaseCommand):
    help = (
        "verify: reads every entry anew and compares it with the seals; names what is not as it was written,"
        " and ends with 1 then. export: writes the sealed entries of a workspace, with proofs and a program"
        " that verifies them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="compare the trail with its seals")
        verify.add_argument("--workspace", help="one alone, by its slug")
        verify.add_argument(
            "--checkpoint", type=Path, help="the checkpoint.json of an earlier export, which nothing may miss"
        )
        export = actions.add_parser("export", help="write a zip")
        export.add_argument("file", type=Path, help="the zip to write; it must not be there yet")
        export.add_argument("--workspace", help="by its slug; needed where there are several")
        export.add_argument("--since", type=_moment, help="entries from this time on, such as 2026-01-31")
        export.add_argument("--until", type=_moment, help="entries before this time")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "verify":
            self._verify(options["workspace"], options["checkpoint"])
        else:
            self._export(options["file"], options["workspace"], Period(options["since"], options["until"]))

    def _verify(self, slug: str | None, path: Path | None) -> None:
        checkpoint = None if path is None else _read_checkpoint(path)
        if checkpoint is not None:
            wanted = [_tenant_of(checkpoint)]
        else:
            wanted = chains() if slug is None else [_tenant(slug).pk]
        reports = [check_trail(tenant_id, checkpoint=checkpoint) for tenant_id in wanted]
        for report in reports:
            self._print(report)
        key = signing_key()
        self.stdout.write(f"This server seals with the key {key.id}, public half {key.public.hex()}")
        if not all(report.is_ok for report in reports):
            raise SystemExit(1)

    def _print(self, report: TrailReport) -> None:
        name = _name_of(report.tenant_id)
        waiting = f", {report.waiting} not sealed yet" if report.waiting else ""
        state = "as written" if report.is_ok else "NOT as written"
        self.stdout.write(f"{name}: {report.entries} entries in {report.seals} seals{waiting}: {state}")
        bad = report.first_bad
        if bad is not None:
            which = f"entry {bad.entry}" if bad.entry is not None else f"seal {bad.seal}"
            self.stdout.write(f"  first bad: {which}: {bad.problem}: {bad.message}")
        for fault in report.faults:
            self.stdout.write(f"  {fault.problem}: {fault.message}")

    def _export(self, path: Path, slug: str | None, period: Period) -> None:
        tenant = _tenant(slug) if slug is not None else _only_tenant()
        try:
            with path.open("xb") as file:
                count = write_export(file, tenant.pk, period)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        record("audit.export", tenant_id=tenant.pk, after={"entries": count})
        self.stdout.write(f"{count} entries of {tenant.name} in {path}. Verify: unzip it, python3 verify.py")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _read_checkpoint(path: Path) -> Mapping[str, Any]:
    try:
        seal = json.loads(path.read_text(encoding="utf-8"))["seal"]
        if not (isinstance(seal["number"], int) and isinstance(seal["hash"], str)):
            raise TypeError
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise CommandError(f"{path} is no checkpoint.json of an export with entries.") from None
    checkpoint: Mapping[str, Any] = seal
    return checkpoint


def _tenant_of(checkpoint: Mapping[str, Any]) -> UUID | None:
    tenant_id = checkpoint.get("tenant")
    return None if tenant_id is None else UUID(tenant_id)


def _tenant(slug: str) -> Tenant:
    found = Tenant.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Tenant.objects.values_list("slug", flat=True)[:20])
        raise CommandError(f"There is no workspace {slug!r}. There are: {known}.")
    return found


def _only_tenant() -> Tenant:
    tenants = list(Tenant.objects.all()[:2])
    if len(tenants) != 1:
        raise CommandError("Name the workspace with --workspace.")
    return tenants[0]


def _name_of(tenant_id: UUID | None) -> str:
    if tenant_id is None:
        return "(no workspace)"
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    return str(tenant_id) if tenant is None else tenant.slug
