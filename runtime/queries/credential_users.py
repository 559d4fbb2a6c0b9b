"""What names a credential: versions that are published or in use, drafts, triggers and notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db.models import F, Q, QuerySet

from runtime.models import ACTIVE, Credential, Run, WorkflowNotice, WorkflowTrigger, WorkflowVersion
from runtime.queries.callers import pinned_versions
from runtime.queries.versions import graph_of

UserKind = Literal["workflow", "version", "draft", "run", "trigger", "notice"]
MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class CredentialUser:
    """One thing that names it: a workflow whose published version does, an older version that is still used,
    a draft, a run under way, a trigger, or a notice.
    """

    kind: UserKind
    id: UUID
    name: str
    workflow_id: UUID
    nodes: tuple[str, ...] = ()


Finder = Callable[[Credential], Iterable[CredentialUser]]
_elsewhere: list[Finder] = []


def also_named_by(finder: Finder) -> None:
    """Has applications above this one tell what of theirs names a credential. Called once, at start."""
    _elsewhere.append(finder)


def users_of(credential: Credential) -> list[CredentialUser]:
    """All that would fail without it, by kind and name.

    A draft counts where its workflow's published version does not name it already.
    """
    published = list(_workflows(credential))
    known = {user.workflow_id for user in published}
    others = [user for find in _elsewhere for user in find(credential) if user.workflow_id not in known]
    return [
        *published,
        *_versions(credential),
        *others,
        *_runs(credential),
        *_triggers(credential),
        *_notices(credential),
    ]


def named_in(config: Mapping[str, Any]) -> str | None:
    """The credential that a node's configuration names."""
    source = config.get("source")  # what a batch step reads
    credential = config.get("credential") or (
        source.get("credential") if isinstance(source, Mapping) else None
    )
    name = credential.get("name") if isinstance(credential, Mapping) else credential
    return name if isinstance(name, str) and name else None


_HOLDERS = (
    *("source", "processing", "graph"),
    *("rotator", "refresh_config", "vault", "aws_secrets", "azure_key_vault"),
)
_OPENERS = {
    **{"vault": "vault", "vault_kv": "vault", "vault_database": "vault"},
    **{"aws_secrets": "aws", "azure_key_vault": "azure"},
}
"""What opens a store, by the source or the kind of place, where the settings name nothing else."""


def names_in(config: Mapping[str, Any]) -> set[str]:
    """All that a node's configuration names: what it uses, what it renews, and what it renews it from."""
    given = [named_in(config), *map(config.get, ("credential_name", "admin", "notification_signing"))]
    named = {name for name in given if isinstance(name, str) and name}
    if "credential_name" in config:
        named |= _openers(config)
    for key in _HOLDERS:
        if isinstance(inside := config.get(key), Mapping):
            named |= names_in(inside)
    nodes = config.get("nodes")
    if isinstance(nodes, list):
        for node in nodes:
            if isinstance(node, Mapping) and isinstance(inside := node.get("config"), Mapping):
                named |= names_in(inside)
    return named


def _openers(config: Mapping[str, Any]) -> set[str]:
    """Of the place or the sources of a rotation whose settings name none."""
    place = config.get("rotator")
    if isinstance(place, Mapping):
        kind = place.get("kind")
        if isinstance(kind, str) and kind in _OPENERS and not place.get("credential"):
            return {_OPENERS[kind]}
        return set()
    sources, stated = config.get("refresh_sources", ["vault"]), config.get("refresh_config")
    known = stated if isinstance(stated, Mapping) else {}
    return {
        _OPENERS[source]
        for source in (sources if isinstance(sources, list) else [])
        if isinstance(source, str) and source in _OPENERS
        if not (isinstance(given := known.get(source), Mapping) and given.get("credential"))
    }


def _workflows(credential: Credential) -> Iterator[CredentialUser]:
    published = _naming(credential).filter(number=F("workflow__published_number"))
    for version in published.order_by("workflow__name", "workflow_id"):
        if nodes := _nodes(version, credential):
            workflow = version.workflow
            yield CredentialUser("workflow", workflow.pk, workflow.name, workflow.pk, nodes)


def _versions(credential: Credential) -> Iterator[CredentialUser]:
    """Older ones that a trigger starts, or that a step of a published version of another workflow runs."""
    older = _naming(credential).exclude(number=None).exclude(number=F("workflow__published_number"))
    for version in older.order_by("workflow__name", "workflow_id", "-number"):
        workflow = version.workflow
        is_started = WorkflowTrigger.objects.filter(workflow=workflow, version=version.number).exists()
        if not is_started and version.number not in pinned_versions(workflow):
            continue
        if nodes := _nodes(version, credential):
            name = f"{workflow.name}, version {version.number}"
            yield CredentialUser("version", version.pk, name, workflow.pk, nodes)


def _runs(credential: Credential) -> Iterator[CredentialUser]:
    """Runs under way of whatever version, the oldest first."""
    rows = Run.objects.filter(
        may_name(credential, "version__graph"), tenant_id=credential.tenant_id, status__in=ACTIVE
    ).select_related("version", "workflow")
    for run in rows.order_by("created_at")[:MOST_RUNS]:
        if nodes := _nodes(run.version, credential):
            name = f"{run.workflow.name}, run {run.number}"
            yield CredentialUser("run", run.pk, name, run.workflow_id, nodes)


def _naming(credential: Credential) -> QuerySet[WorkflowVersion]:
    return WorkflowVersion.objects.filter(
        may_name(credential, "graph"), tenant_id=credential.tenant_id, workflow__deleted_at=None
    ).select_related("workflow")


def may_name(credential: Credential, graph: str) -> Q:
    """For texts of graphs: they hold the name where a step names it; what else holds it is sorted out later.

    A step that rotates may leave out what opens its store.
    """
    held = Q(**{f"{graph}__contains": f'"{credential.name}"'})
    if credential.name in _OPENERS.values():
        held |= Q(**{f"{graph}__contains": '"RotatingCredentialNode"'})
    return held


def _nodes(version: WorkflowVersion, credential: Credential) -> tuple[str, ...]:
    return tuple(node.id for node in graph_of(version).nodes if credential.name in names_in(node.config))


def _triggers(credential: Credential) -> Iterator[CredentialUser]:
    rows = WorkflowTrigger.objects.filter(
        tenant_id=credential.tenant_id,
        workflow__deleted_at=None,
        config__signature__credential=credential.name,
    )
    for row in rows.order_by("name", "id"):
        yield CredentialUser("trigger", row.pk, row.name, row.workflow_id)


def _notices(credential: Credential) -> Iterator[CredentialUser]:
    rows = WorkflowNotice.objects.filter(
        tenant_id=credential.tenant_id, workflow__deleted_at=None, credential=credential.name
    ).select_related("workflow")
    for row in rows.order_by("workflow__name", "position"):
        yield CredentialUser(
            "notice", row.pk, f"{row.get_event_display()}: {row.workflow.name}", row.workflow_id
        )
