"""What keeps a trigger from being saved as it is asked for: all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.authorization import is_allowed, visible
from accounts.models import User
from runtime.engine.graph import Graph
from runtime.engine.problems import Problem, near_match
from runtime.engine.templates import template_names
from runtime.models import Credential, Workflow, WorkflowTrigger, WorkflowVersion
from runtime.queries.versions import graph_of
from runtime.triggers.configs import (
    Config,
    FollowConfig,
    ScheduleConfig,
    WaitForResult,
    WebhookConfig,
    read_config,
)
from runtime.triggers.inputs import check_inputs
from runtime.triggers.kinds import TriggerKind
from runtime.triggers.problems import InvalidTrigger
from runtime.triggers.schedule import parse_schedule

SIGNING = "signing_secret"
MAX_NAME = 200
_FOLLOWED_LOCK = 0x10CB  # the first half of an advisory lock's key, the second is the tenant


@dataclass(frozen=True, slots=True)
class Wanted:
    """A trigger as somebody asks for it. `version` None: the latest published one."""

    workflow: Workflow
    kind: TriggerKind
    name: str
    enabled: bool
    version: int | None
    inputs: Mapping[str, str] | None
    concurrency_key: str
    config: Mapping[str, Any]
    run_as: User | None


def checked_config(wanted: Wanted, user: User, existing: WorkflowTrigger | None = None) -> Config:
    """The config in its full form. Raises `InvalidTrigger` with everything that is wrong.

    What follows a workflow is checked under a lock of the tenant, until the end of the transaction.
    """
    problems = [*_name_problems(wanted), *_run_as_problems(wanted)]
    version, found = _version(wanted)
    problems += found
    problems += check_inputs(wanted.kind, wanted.inputs, wanted.concurrency_key)
    if version is not None:
        problems += _unknown_parameters(graph_of(version), wanted.inputs or {})
    try:
        config = read_config(wanted.kind, wanted.config)
        problems += _config_problems(config, wanted, user, existing, version)
    except InvalidTrigger as invalid:
        raise InvalidTrigger([*problems, *invalid.problems]) from None
    if problems:
        raise InvalidTrigger(problems)
    return config


def _name_problems(wanted: Wanted) -> list[Problem]:
    if wanted.name.strip() and len(wanted.name) <= MAX_NAME:
        return []
    return [Problem("bad_name", f"A trigger needs a name of up to {MAX_NAME} characters.", field="name")]


def _run_as_problems(wanted: Wanted) -> list[Problem]:
    user = wanted.run_as
    if not wanted.enabled:
        return []
    if user is None or not user.is_active:
        message = "The person whom it runs as is not active. Choose yourself to take it over."
        return [Problem("run_as_inactive", message, field="run_as")]
    if is_allowed(user, "workflow.run", wanted.workflow):
        return []
    return [Problem("run_as_denied", f"{user.email} may not run this workflow.", field="run_as")]


def _version(wanted: Wanted) -> tuple[WorkflowVersion | None, list[Problem]]:
    """The version that it would run now, and why there is none."""
    number = wanted.version or wanted.workflow.published_number
    if number is None:
        if not wanted.enabled:
            return None, []
        message = "Nothing is published yet, and triggers run published versions. Publish first."
        return None, [Problem("not_published", message, field="enabled")]
    version = WorkflowVersion.objects.filter(workflow=wanted.workflow, number=number).first()
    if version is None:
        return None, [Problem("unknown_version", f"There is no version {number}.", field="version")]
    return version, []


def _unknown_parameters(graph: Graph, inputs: Iterable[str]) -> list[Problem]:
    known = {item.name for item in graph.parameters} | {node.id for node in graph.nodes}
    for node in graph.nodes:
        known |= template_names(node.config)
    return [
        Problem(
            "unknown_parameter",
            f"The workflow has no parameter {name!r}. {near_match(name, known) or ''}".strip(),
            field=f"inputs.{name}",
        )
        for name in inputs
        if name not in known
    ]


def _config_problems(
    config: Config,
    wanted: Wanted,
    user: User,
    existing: WorkflowTrigger | None,
    version: WorkflowVersion | None,
) -> list[Problem]:
    match config:
        case ScheduleConfig():
            return _schedule_problems(config)
        case WebhookConfig():
            return [*_signature_problems(config, wanted), *_answer_problems(config, version)]
        case FollowConfig():
            return _follow_problems(config, wanted, user, existing)


def _schedule_problems(config: ScheduleConfig) -> list[Problem]:
    try:
        parse_schedule(config.cron, config.zone)
    except InvalidTrigger as invalid:
        return [Problem(item.code, item.message, field=f"config.{item.field}") for item in invalid.problems]
    return []


def _signature_problems(config: WebhookConfig, wanted: Wanted) -> list[Problem]:
    if config.signature is None:
        return []
    name, field = config.signature.credential, "config.signature.credential"
    credential = Credential.objects.filter(tenant_id=wanted.workflow.tenant_id, name=name).first()
    if credential is None:
        return [Problem("unknown_credential", f"There is no credential {name!r}.", field=field)]
    if credential.type != SIGNING:
        message = f"{name!r} is of the type {credential.type}; signatures need a {SIGNING}."
        return [Problem("wrong_credential", message, field=field)]
    if wanted.run_as is not None and not is_allowed(wanted.run_as, "credential.use", credential):
        return [Problem("credential_denied", f"{wanted.run_as.email} may not use it.", field=field)]
    return []


def _answer_problems(config: WebhookConfig, version: WorkflowVersion | None) -> list[Problem]:
    respond = config.respond
    if not isinstance(respond, WaitForResult):
        return []
    if respond.node is None:
        message = "Name the node whose output this is."
        return [Problem("no_node", message, field="config.respond.node")] if respond.output else []
    nodes = [] if version is None else [node.id for node in graph_of(version).nodes if node.parent is None]
    if version is None or respond.node in nodes:
        return []
    message = f"The workflow has no node {respond.node!r}. {near_match(respond.node, nodes) or ''}".strip()
    return [Problem("unknown_node", message, field="config.respond.node")]


# --- following another workflow -----------------------------------------------------------------------------


def _follow_problems(
    config: FollowConfig, wanted: Wanted, user: User, existing: WorkflowTrigger | None
) -> list[Problem]:
    field = "config.source"
    source = visible(Workflow.objects.filter(deleted_at=None), user, "workflow.view")
    if not source.filter(pk=config.source, tenant_id=wanted.workflow.tenant_id).exists():
        return [Problem("unknown_workflow", "There is no such workflow.", field=field)]
    _lock_followers(wanted.workflow.tenant_id)
    circle = _circle(wanted.workflow, config.source, existing)
    if not circle:
        return []
    names = dict(Workflow.objects.filter(pk__in=circle).values_list("pk", "name"))
    way = " → ".join(names.get(step, "?") for step in circle)
    message = f"These workflows would start each other for ever: {way}."
    return [Problem("trigger_cycle", message, field=field)]


def _lock_followers(tenant_id: UUID) -> None:
    """Two people who save at once must not close a circle between them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_FOLLOWED_LOCK, str(tenant_id)])


def _circle(target: Workflow, source: UUID, existing: WorkflowTrigger | None) -> list[UUID]:
    """The way from the source round to itself, through the target; empty when there is none."""
    pairs = WorkflowTrigger.objects.filter(
        tenant_id=target.tenant_id, source__isnull=False, workflow__deleted_at=None
    )
    if existing is not None:
        pairs = pairs.exclude(pk=existing.pk)
    followers: dict[UUID, list[UUID]] = {}
    for followed, workflow in pairs.values_list("source_id", "workflow_id"):
        followers.setdefault(followed, []).append(workflow)
    came_from: dict[UUID, UUID] = {target.pk: source}
    pending = [target.pk]
    while pending:
        here = pending.pop()
        if here == source:
            return _way_back(source, came_from)
        for following in followers.get(here, ()):
            if following not in came_from:
                came_from[following] = here
                pending.append(following)
    return []


def _way_back(source: UUID, came_from: Mapping[UUID, UUID]) -> list[UUID]:
    way = [source]
    while len(way) == 1 or way[-1] != source:
        way.append(came_from[way[-1]])
    return way[::-1]
