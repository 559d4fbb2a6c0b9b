"""The demo workspace: people, datasets of real public data, workflows that run on them, and who may what."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Tenant, User
from accounts.queries import user_by_email
from accounts.services import create_tenant, create_user, set_password
from designer import services
from designer.demo_access import load_access
from designer.graphs import read_graph
from runtime.models import Dataset, Workflow
from runtime.queries.callers import SUB_WORKFLOW
from runtime.services.datasets import create_dataset, received
from runtime.services.runs import start_run
from runtime.tabular import format_of

SLUG = "demo"
DOMAIN = "demo.local"
PEOPLE = {
    "owner": "Olivia Owner",
    "admin": "Adrian Admin",
    "editor": "Edda Editor",
    "operator": "Omar Operator",
    "analyst": "Ana Analyst",
    "viewer": "Vera Viewer",
    "auditor": "August Auditor",
}
EXAMPLES = settings.BASE_DIR / "examples"


@dataclass(frozen=True, slots=True)
class DemoWorkspace:
    """What `load_demo` found or made. `password` is None where people kept the one they had."""

    owner: User
    password: str | None
    made: tuple[str, ...]


def load_demo(password: str | None = None) -> DemoWorkspace:
    """Makes what is missing of the demo workspace; what is there stays, but for passwords when one is given.

    Each example workflow is published once and, then, run once: the runs are queued here and
    driven by the first worker there is.
    """
    catalogue = json.loads((EXAMPLES / "catalogue.json").read_text(encoding="utf-8"))
    made: list[str] = []
    owner, used_password = _people(password, made)
    tenant = _tenant_of(owner)
    for entry in catalogue["datasets"]:
        _dataset(tenant, owner, entry, made)
    known: dict[str, Workflow | None] = {}
    for entry in catalogue["workflows"]:
        known[Path(entry["file"]).stem] = _workflow(tenant, owner, entry, known, made)
    load_access(owner, {role: f"{role}@{DOMAIN}" for role in PEOPLE}, made)
    return DemoWorkspace(owner, used_password, tuple(made))


@transaction.atomic
def _people(password: str | None, made: list[str]) -> tuple[User, str | None]:
    tenant = Tenant.objects.filter(slug=SLUG).first() or create_tenant("Demo", slug=SLUG)
    is_new = user_by_email(f"owner@{DOMAIN}") is None
    used = password or (secrets.token_urlsafe(12) if is_new else None)
    for role, name in PEOPLE.items():
        _person(tenant, role, name, used, made)
    owner = user_by_email(f"owner@{DOMAIN}")
    assert owner is not None  # noqa: S101  (made above)
    return owner, used


def _person(tenant: Tenant, role: str, name: str, password: str | None, made: list[str]) -> None:
    email = f"{role}@{DOMAIN}"
    known = user_by_email(email)
    if known is None:
        create_user(tenant, email, name=name, password=password, roles=[role])
        made.append(email)
    elif password is not None:
        set_password(known, password)


def _tenant_of(user: User) -> Tenant:
    if user.tenant is None:
        raise LookupError(f"{user.email} belongs to no workspace")
    return user.tenant


def _dataset(tenant: Tenant, owner: User, entry: Mapping[str, str], made: list[str]) -> None:
    if Dataset.objects.filter(tenant=tenant, name=entry["name"]).exists():
        return
    path = EXAMPLES / entry["file"]
    with path.open("rb") as file, received(file, format_of(path.name)) as content:
        create_dataset(tenant_id=tenant.pk, user_id=owner.pk, name=entry["name"], content=content)
    made.append(f"dataset {entry['name']}")


@transaction.atomic
def _workflow(
    tenant: Tenant,
    owner: User,
    entry: Mapping[str, str],
    known: Mapping[str, Workflow | None],
    made: list[str],
) -> Workflow | None:
    """The workflow of an entry; `known` are those before it by the stem of their file."""
    workflow = Workflow.objects.filter(tenant=tenant, name=entry["name"], created_by=owner).first()
    if workflow is not None:
        return workflow
    document = _document(EXAMPLES / entry["file"])
    called = {stem: known[stem] for stem in _called(document)}
    if any(callee is None or callee.deleted_at is not None for callee in called.values()):
        return None  # somebody deleted what it would run
    workflow = services.create_workflow(
        tenant=tenant,
        user=owner,
        name=entry["name"],
        description=entry["description"],
        graph=read_graph(_with_ids(document, called)),
    )
    version = services.publish_draft(workflow, user=owner, note="As it comes with the demo")
    start_run(owner, version)
    made.append(f"workflow “{entry['name']}”")
    return workflow


def _called(document: Mapping[str, Any]) -> list[str]:
    return [node["config"]["workflow"] for node in document["nodes"] if node["type"] == SUB_WORKFLOW]


def _with_ids(document: dict[str, Any], called: Mapping[str, Workflow | None]) -> dict[str, Any]:
    """Files name the workflows that they run as a step by file; a server names them by id."""
    for node in document["nodes"]:
        callee = called.get(node["config"].get("workflow", "")) if node["type"] == SUB_WORKFLOW else None
        if callee is not None:
            node["config"]["workflow"] = str(callee.pk)
    return document


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
