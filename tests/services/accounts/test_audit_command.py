"""`manage.py audit`, as typed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Tenant
from accounts.services.audit import record
from accounts.services.audit_keys import signing_key
from accounts.services.audit_sealing import seal_new
from tests.people import make_tenant
from tests.services.accounts.test_audit_sealing import forge

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    tenant = make_tenant()
    for number in range(4):
        record("workflow.edit", tenant_id=tenant.pk, label=f"n{number}")
    seal_new()
    return tenant


def audit(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("audit", *(str(argument) for argument in arguments), stdout=out)
    return out.getvalue()


def failing(*arguments: Any) -> str:
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit", *(str(argument) for argument in arguments), stdout=out)
    assert ended.value.code == 1
    return out.getvalue()


def test_verify_says_that_each_trail_is_as_written(tenant: Tenant) -> None:
    told = audit("verify")

    assert f"{tenant.slug}: 4 entries in 1 seals: as written" in told
    assert signing_key().public.hex() in told


def test_verify_names_the_first_bad_entry_and_ends_with_1(tenant: Tenant) -> None:
    id = AuditEntry.objects.filter(tenant=tenant).order_by("id")[2].pk
    forge("UPDATE audit_entry SET object_label = 'x' WHERE id = %s", id)

    told = failing("verify", "--workspace", tenant.slug)

    assert f"first bad: entry {id}: entry_changed" in told


def test_an_export_s_checkpoint_finds_what_was_cut_off(tenant: Tenant, tmp_path: Path) -> None:
    told = audit("export", tmp_path / "all.zip", "--workspace", tenant.slug)
    assert told.startswith("4 entries of ")
    zipfile.ZipFile(tmp_path / "all.zip").extract("checkpoint.json", tmp_path)
    assert "as written" in audit("verify", "--checkpoint", tmp_path / "checkpoint.json")

    for table in ("audit_entry", "audit_seal"):
        forge(f"DELETE FROM {table} WHERE tenant_id = %s", tenant.pk)  # noqa: S608

    assert "truncated" in failing("verify", "--checkpoint", tmp_path / "checkpoint.json")


def test_what_cannot_be_done_is_said_in_a_line(tenant: Tenant, tmp_path: Path) -> None:
    taken = tmp_path / "taken.zip"
    taken.touch()
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"seal": None}))

    for arguments, reason in (
        (["verify", "--workspace", "nowhere"], "no workspace"),
        (["verify", "--checkpoint", other], "no checkpoint"),
        (["verify", "--checkpoint", tmp_path / "absent"], "cannot be read"),
        (["export", taken, "--workspace", tenant.slug], "cannot be written"),
        (["export", tmp_path / "a.zip", "--workspace", tenant.slug, "--since", "soon"], "since"),
    ):
        with pytest.raises(CommandError, match=reason):
            audit(*arguments)
