"""The audit trail over HTTP, and that an export proves itself on a bare Python."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.models import AuditEntry, Tenant, User
from accounts.services.audit import record
from accounts.services.audit_sealing import seal_new
from tests.contract import Api
from tests.people import make_tenant, make_user


@pytest.fixture
def auditor(tenant: Tenant) -> User:
    return make_user(tenant, "auditor")


@pytest.fixture
def audit(auditor: User) -> Api:
    return Api(auditor)


def some(tenant: Tenant, count: int = 1, **fields: Any) -> None:
    for number in range(count):
        record("workflow.edit", **{"tenant_id": tenant.pk, "label": f"n{number}", **fields})


def test_the_trail_lists_what_was_done_newest_first(audit: Api, tenant: Tenant, editor: User) -> None:
    some(tenant, by=editor, label="Nightly", before={"name": "a"}, after={"name": "b"})
    seal_new()

    item = audit.get("audit/").json()["results"][0]

    assert item["actor"] == {
        "id": str(editor.pk), "email": editor.email, "name": editor.name, "via": "system", "token": "",
    }  # fmt: skip
    assert (item["action"], item["object"]["label"], item["sealed"]) == ("workflow.edit", "Nightly", True)


def test_one_entry_says_what_changed_and_where_it_is_sealed(audit: Api, tenant: Tenant) -> None:
    some(tenant, before={"name": "a", "same": 1}, after={"name": "b", "same": 1})
    id = AuditEntry.objects.latest("id").pk

    assert audit.get(f"audit/{id}/").json()["seal"] is None
    seal_new()
    detail = audit.get(f"audit/{id}/").json()

    assert (detail["before"], detail["after"]) == ({"name": "a"}, {"name": "b"})
    assert detail["seal"]["index"] < detail["seal"]["size"]
    assert len(detail["hash"]) == 64


def test_filters_narrow_the_list(audit: Api, tenant: Tenant, editor: User) -> None:
    some(tenant, by=editor)
    record("run.start", tenant_id=tenant.pk, label="Other")

    def labels(query: str) -> set[str]:
        return {each["object"]["label"] for each in audit.get(f"audit/?{query}").json()["results"]}

    assert labels("action=run.") == labels("action=run.start") == labels("search=othe") == {"Other"}
    assert labels(f"actor={editor.pk}") == {"n0"}
    assert labels("decision=denied") == labels("since=2999-01-01T00:00:00Z") == set()


@pytest.mark.parametrize("query", ["decision=maybe", "since=yesterday", "unknown=1", "cursor=x", "limit=0"])
def test_a_bad_filter_is_refused_by_name(audit: Api, query: str) -> None:
    response = audit.get(f"audit/?{query}")

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


def test_pages_follow_one_another(audit: Api, tenant: Tenant) -> None:
    some(tenant, 5)
    first = audit.get("audit/?limit=3&action=workflow.edit").json()
    second = audit.get(first["next"].removeprefix("/api/v1/")).json()

    ids = [each["id"] for each in (*first["results"], *second["results"])]
    assert len(ids) == 5 and ids == sorted(ids, reverse=True) and second["next"] is None


def test_another_workspace_sees_and_proves_nothing_of_it(tenant: Tenant, stranger_api: Api) -> None:
    some(tenant)
    seal_new()
    id = AuditEntry.objects.filter(tenant=tenant).latest("id").pk

    assert str(id) not in [str(each["id"]) for each in stranger_api.get("audit/").json()["results"]]
    assert stranger_api.get(f"audit/{id}/").status_code == 404
    assert stranger_api.get("audit/99999999999999999999999/").status_code == 404


@pytest.mark.parametrize("role", ["editor", "operator", "analyst", "viewer"])
def test_who_does_not_audit_is_refused(tenant: Tenant, role: str) -> None:
    api = Api(make_user(tenant, role))

    assert api.get("audit/").status_code == 403
    assert api.get("audit/state/").status_code == 403
    assert api.get("audit/export/").status_code == 403
    assert api.post("audit/verify/").status_code == 403


def test_the_state_counts_and_verifying_reads_anew(audit: Api, tenant: Tenant) -> None:
    some(tenant, 3)
    seal_new()
    some(tenant, 2)

    state = audit.get("audit/state/").json()
    assert state["unsealed"] == 2 and state["seals"] == 1 and state["entries"] >= 5

    verified = audit.post("audit/verify/").json()
    assert (verified["ok"], verified["waiting"], verified["first_bad"]) == (True, 2, None)


def test_a_falsified_entry_is_named(audit: Api, tenant: Tenant) -> None:
    from tests.services.accounts.test_audit_sealing import forge

    some(tenant, 3)
    seal_new()
    id = AuditEntry.objects.filter(tenant=tenant).earliest("id").pk
    forge("UPDATE audit_entry SET reason = 'x' WHERE id = %s", id)

    verified = audit.post("audit/verify/").json()

    assert verified["ok"] is False
    assert (verified["first_bad"]["entry"], verified["first_bad"]["code"]) == (id, "entry_changed")


def exported(api: Api, folder: Path, query: str = "") -> Path:
    response = api.get(f"audit/export/{query}")
    assert response.status_code == 200, response.content
    zipfile.ZipFile(io.BytesIO(response.content)).extractall(folder)
    return folder


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program of the export, on a Python without our packages and away from our folder."""
    command = [sys.executable, "-I", "-S", "verify.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_an_export_verifies_on_a_bare_python(audit: Api, tenant: Tenant, tmp_path: Path) -> None:
    for _ in range(3):
        some(tenant, 3)
        seal_new()

    done = verify(exported(audit, tmp_path))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "OK" in done.stdout and "3 seals" in done.stdout


def test_a_period_verifies_by_its_proofs(audit: Api, tenant: Tenant, tmp_path: Path) -> None:
    some(tenant, 5)
    seal_new()
    until = AuditEntry.objects.filter(tenant=tenant).order_by("id")[2].at.isoformat().replace("+00:00", "Z")

    folder = exported(audit, tmp_path, f"?until={until}")

    assert 1 <= len((folder / "entries.jsonl").read_text().splitlines()) < 5
    done = verify(folder)
    assert done.returncode == 0 and "a selection" in done.stdout, done.stdout + done.stderr


def edit(lines: list[Any]) -> None:
    lines[3]["entry"]["reason"] = "other"


def delete(lines: list[Any]) -> None:
    del lines[3]


def reorder(lines: list[Any]) -> None:
    lines[3], lines[4] = lines[4], lines[3]


def insert(lines: list[Any]) -> None:
    lines.insert(3, {**lines[3], "entry": {**lines[3]["entry"], "id": lines[3]["entry"]["id"] - 1}})


@pytest.mark.parametrize("change", [edit, delete, reorder, insert])
def test_a_falsified_export_is_found(
    audit: Api, tenant: Tenant, tmp_path: Path, change: Callable[[list[Any]], None]
) -> None:
    some(tenant, 6)
    seal_new()
    file = exported(audit, tmp_path) / "entries.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    change(lines)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    done = verify(tmp_path)

    assert done.returncode == 1
    named = 4 if change is reorder else 3
    assert f"entry {lines[named]['entry']['id']}" in done.stdout or "and before" in done.stdout


def test_a_cut_export_is_found_against_an_earlier_checkpoint(
    audit: Api, tenant: Tenant, tmp_path: Path
) -> None:
    some(tenant, 2)
    seal_new()
    some(tenant, 2)
    seal_new()
    folder = exported(audit, tmp_path / "now")
    checkpoint = tmp_path / "checkpoint.json"
    checkpoint.write_text((folder / "checkpoint.json").read_text())
    assert verify(folder, "--checkpoint", str(checkpoint)).returncode == 0

    cut(folder)

    assert verify(folder).returncode == 0
    done = verify(folder, "--checkpoint", str(checkpoint))
    assert done.returncode == 1 and "truncated" in done.stdout


def cut(folder: Path) -> None:
    """All of the newest seal, in every file."""
    seals = (folder / "seals.jsonl").read_text().splitlines()[:-1]
    entries = (folder / "entries.jsonl").read_text().splitlines()
    kept = [line for line in entries if json.loads(line)["seal"] <= len(seals)]
    (folder / "seals.jsonl").write_text("\n".join(seals) + "\n")
    (folder / "entries.jsonl").write_text("\n".join(kept) + "\n")
    own = json.loads((folder / "checkpoint.json").read_text())
    own["seal"] = json.loads(seals[-1])
    (folder / "checkpoint.json").write_text(json.dumps(own))


def test_an_export_signed_with_another_key_than_the_trusted_is_found(
    audit: Api, tenant: Tenant, tmp_path: Path
) -> None:
    some(tenant)
    seal_new()
    folder = exported(audit, tmp_path)

    assert verify(folder, "--key", "00" * 32).returncode == 1
    own = json.loads((folder / "checkpoint.json").read_text())["public_key"]
    assert verify(folder, "--key", own).returncode == 0


def test_what_is_no_export_is_said_to_be_none(audit: Api, tenant: Tenant, tmp_path: Path) -> None:
    folder = exported(audit, tmp_path)
    (folder / "seals.jsonl").write_text("[]\n")

    assert verify(folder).returncode == 2


def test_exporting_and_verifying_are_recorded(audit: Api, auditor: User, tmp_path: Path) -> None:
    audit.post("audit/verify/")
    exported(audit, tmp_path)

    told = AuditEntry.objects.filter(actor_id=auditor.pk).values_list("action", flat=True)
    assert {"audit.verify", "audit.export"} <= set(told)


def test_a_workspace_of_its_own_exports_its_own_chain(tmp_path: Path, db: None) -> None:
    for name in ("A", "B"):
        tenant = make_tenant(name)
        some(tenant, 2, label=f"of {name}")
        seal_new()
        folder = exported(Api(make_user(tenant, "auditor")), tmp_path / name)

        text = (folder / "entries.jsonl").read_text()
        assert f"of {name}" in text and ("of B" if name == "A" else "of A") not in text
        assert verify(folder).returncode == 0
