"""`manage.py run_workflow FILE|ID [--parameters JSON] [--mode M --node N] [--run-settings JSON] [--watch]`.

Runs a workflow, or a part of it, on the server's tables.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.authorization import AccessDenied, authorize
from accounts.models import Tenant, User
from accounts.queries import user_by_email
from runtime.engine.errors import GraphError, WorkflowError
from runtime.engine.events import Event, EventType
from runtime.engine.problems import Problem
from runtime.engine.state import RunStatus
from runtime.models import Run, Workflow

LOOK_EVERY_S = 0.1
MODES = ("full", "to_node", "from_node", "single")


class Command(BaseCommand):
    help = "Runs a workflow and waits for its end. The exit code is 1 unless it succeeds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("workflow", metavar="FILE|ID", help="a graph document, or the id of a workflow")
        parser.add_argument("--parameters", default="{}", metavar="JSON", help="a JSON object")
        parser.add_argument("--mode", choices=MODES, default="full", help="which part of the graph to run")
        parser.add_argument("--node", metavar="ID", help="the node that --mode refers to")
        parser.add_argument(
            "--run-settings",
            default="{}",
            metavar="JSON",
            help="runtime parameters of this run, a JSON object",
        )
        parser.add_argument("--watch", action="store_true", help="print each state as it comes")
        parser.add_argument("--tenant", help="slug of the workspace for a FILE, where there are several")
        parser.add_argument("--user", help="e-mail of the person to run it as; nobody by default")

    def handle(self, *args: Any, **options: Any) -> None:
        parameters = _object(options["parameters"], "--parameters")
        settings = _object(options["run_settings"], "--run-settings")
        _check_part(options["mode"], options["node"])
        try:
            with _host() as ring:
                run = _start(options, parameters, settings)
                ring()
                self.stdout.write(f"run {run.pk}")
                self._follow(run, watch=options["watch"])
        except GraphError as error:
            lines = [f"  {_line_of(problem)}" for problem in error.problems]
            raise CommandError("\n".join(["The workflow cannot run:", *lines]), returncode=1) from error
        except WorkflowError as error:
            raise CommandError(error.message, returncode=1) from error

    def _follow(self, run: Run, *, watch: bool) -> None:
        seen = 0
        while True:
            run.refresh_from_db(fields=["status", "error", "last_seq"])
            seen = self._tell(run, seen) if watch else seen
            if RunStatus(run.status).is_final:
                break
            time.sleep(LOOK_EVERY_S)
        self.stdout.write(f"status {run.status}")
        if run.status != RunStatus.SUCCEEDED:
            raise CommandError(_reason(run), returncode=1)

    def _tell(self, run: Run, seen: int) -> int:
        from runtime.queries.runs import events_after

        for event in events_after(run.pk, seen):
            self.stdout.write(_line(event))
            seen = event.seq
        return seen


def _start(options: dict[str, Any], parameters: dict[str, Any], settings: dict[str, Any]) -> Run:
    from designer import services
    from runtime.services.runs import start_run

    user = _user(options["user"])
    workflow = _by_id(options["workflow"]) or _from_file(Path(options["workflow"]), options["tenant"], user)
    _authorize(user, "workflow.run", workflow)
    return start_run(
        user,
        services.snapshot_draft(workflow, user=user),
        parameters,
        mode=options["mode"],
        node=options["node"],
        settings=settings,
    )


def _authorize(user: User | None, action: str, workflow: Workflow | None = None) -> None:
    """Nobody is the operator, who owns the machine; a person may here what they may elsewhere."""
    if user is None:
        return
    try:
        authorize(user, action, workflow)
    except AccessDenied as denied:
        raise CommandError(f"{user.email}: {denied.reason}") from denied


def _by_id(text: str) -> Workflow | None:
    try:
        workflow_id = UUID(text)
    except ValueError:
        return None
    workflow = Workflow.objects.filter(pk=workflow_id, deleted_at=None).first()
    if workflow is None:
        raise CommandError(f"There is no workflow {workflow_id}.")
    return workflow


def _from_file(path: Path, slug: str | None, user: User | None) -> Workflow:
    """The workflow of that name that an earlier call made, with the file as its draft; or a new one."""
    from designer import services
    from designer.graphs import code_in, read_graph
    from designer.models import Draft

    graph = read_graph(_document(path))
    tenant = _tenant(slug, user)
    name = f"{path.stem} (from a file)"
    if user is not None:
        made = Workflow(tenant=tenant, name=name, created_by=user)
        _authorize(user, "workflow.create", made)
        if code_in(graph.graph):
            _authorize(user, "code.author", made)
    known = Workflow.objects.filter(tenant=tenant, name=name, created_by=user, deleted_at=None).first()
    if known is None:
        return services.create_workflow(tenant=tenant, user=user, name=name, graph=graph)
    revision = Draft.objects.get(workflow=known).revision
    services.save_draft(known, graph, user=user, revision=revision)
    return known


def _document(path: Path) -> Any:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}.") from error
    # An export holds the graph beside the name.
    return document["graph"] if isinstance(document, dict) and "graph" in document else document


def _tenant(slug: str | None, user: User | None) -> Tenant:
    if user is not None and user.tenant is not None:
        return user.tenant
    tenants = list(Tenant.objects.filter(slug=slug) if slug else Tenant.objects.all()[:2])
    if len(tenants) == 1:
        return tenants[0]
    known = ", ".join(Tenant.objects.values_list("slug", flat=True)[:20]) or "none"
    raise CommandError(f"Say with --tenant in which workspace to run it ({known}).")


def _user(email: str | None) -> User | None:
    if email is None:
        return None
    user = user_by_email(email)
    if user is None:
        raise CommandError(f"There is nobody with the e-mail {email}.")
    return user


def _object(text: str, option: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{option} is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise CommandError(f"{option} must be a JSON object.")
    return value


def _check_part(mode: str, node: str | None) -> None:
    if mode == "full" and node is not None:
        raise CommandError(f"--node needs one of --mode {', '.join(MODES[1:])}.")
    if mode != "full" and node is None:
        raise CommandError(f"--mode {mode} needs --node.")


@contextmanager
def _host() -> Iterator[Callable[[], None]]:
    """Where no worker is alive this process drives the run itself. Gives what tells its host to look."""
    from runtime.host.worker import open_host
    from runtime.queries.hosts import live_host_count

    if live_host_count():
        yield lambda: None
        return
    host = open_host()
    host.start()
    try:
        yield host.ring
    finally:
        host.stop()


def _line(event: Event) -> str:
    what = str(event.type)
    where = f" {event.node}" if event.node else ""
    attempt = f" (attempt {event.attempt})" if event.attempt > 1 else ""
    return f"{event.at:%H:%M:%S} {what}{where}{attempt}{_remark(event)}"


def _remark(event: Event) -> str:
    error = event.data.get("error")
    if error:
        return f": {error.get('message', error.get('code', ''))}"
    if event.type is EventType.NODE_SKIPPED:
        return f": {event.data.get('reason', '')}"
    return ""


def _reason(run: Run) -> str:
    error = run.error or {}
    where = f" at {error['node']}" if error.get("node") else ""
    return (
        f"The run {run.status}{where}: {error['message']}"
        if error.get("message")
        else f"The run {run.status}."
    )


def _line_of(problem: Problem) -> str:
    place = " ".join(part for part in (problem.node, problem.field) if part)
    message = f"{problem.message}. {problem.hint}" if problem.hint else problem.message
    return f"{place}: {message}" if place else message
