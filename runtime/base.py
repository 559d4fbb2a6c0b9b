"""`BaseRuntime`: from a workflow and parameters to results, with every runtime parameter honoured.

A runtime of your own extends it with one method, `execute`: `prepare` checks everything and `drive` runs it,
so what remains is where and when to drive. `examples/custom_runtime.py` is one.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import uuid
import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.auditing import AuditFile, AuditList, AuditStore, RunAudit
from runtime.engine.config import RuntimeConfig, check_names
from runtime.engine.driver import Outcome, drive_run
from runtime.engine.errors import ParameterError
from runtime.engine.guard import Guard
from runtime.engine.paths import locate
from runtime.engine.plan import Plan
from runtime.engine.prior import Prior, missing_results
from runtime.engine.registry import NodeRegistry
from runtime.engine.selection import Mode
from runtime.engine.threads import WorkerThreads
from runtime.lazy_services import LazyServices
from runtime.monitoring import Metrics
from runtime.parameter_handling import ParameterHandlingMixin
from runtime.persist import Claim, Persistence
from runtime.plans import Plans
from runtime.run_checks import check_mode, check_run_id, prior_of, problems_given, workspace_at
from runtime.run_results import Results, results_of
from runtime.script_journal import AUTHOR_LOG, RUN_LOG, ScriptJournal, Watcher, log_events, quietly
from runtime.script_workflows import AnyWorkflow, ScriptWorkflows
from runtime.tracebacks import Tracebacks
from runtime.validation_mixin import ValidationMixin, problems_at_start, refuse
from runtime.workspace_folder import default_workspace

if TYPE_CHECKING:
    from accounts.access.document import AccessRules


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A run that was checked and can be driven, once. `prior` are results that it starts with.

    `claim` is its place in the journal of `persist`; `rules` say who may execute what, where that is checked.
    `threads` are for its blocking nodes; None: it makes some of its own.
    """

    plan: Plan
    run_id: str
    parameters: Mapping[str, Any]
    prior: Mapping[str, Prior]
    claim: Claim
    rules: AccessRules | None
    threads: WorkerThreads | None


@dataclass(frozen=True, slots=True)
class _Stops:
    """What ends a run that is under way on `loop`."""

    loop: asyncio.AbstractEventLoop
    cancel: asyncio.Event
    release: asyncio.Event


class BaseRuntime(ValidationMixin, ParameterHandlingMixin, ABC):
    """What runtimes share. `parameters` are those of `RuntimeConfig`.

    `workspace` is a folder with `datasets/`, `workflows/`, `credentials.json`, `policies.json` and `state/`,
    all optional. `workflows` are those that sub-workflow nodes name. `registry` and `services` replace the
    node types and the surroundings that come with the product.
    Raises `TypeError` for an unknown parameter and `ParameterError` for an invalid one.
    """

    def __init__(
        self,
        *,
        workspace: str | Path | None = None,
        workflows: Mapping[str, AnyWorkflow] | None = None,
        registry: NodeRegistry | None = None,
        services: Any = None,
        **parameters: Any,
    ) -> None:
        check_names(parameters)
        self.config = RuntimeConfig(**parameters)
        self.workspace = default_workspace() if workspace is None else workspace_at(workspace)
        self._plans = Plans(parameters, registry, ScriptWorkflows(workflows, self.workspace))
        self._services = (
            services if services is not None else LazyServices(self.workspace, self.config.secret_provider)
        )
        self._threads = WorkerThreads(self.config.max_workers)
        self._persistence = Persistence(self.config.persist)
        weakref.finalize(self, _let_go, self._services, self._threads, self._persistence)
        self._ids = random.Random(self.config.seed) if self.config.seed is not None else None  # noqa: S311
        self._lock = threading.Lock()
        self._under_way: dict[str, _Stops] = {}
        self._metrics = Metrics()
        self._audit_list = AuditList()
        self._audit: AuditStore = (
            self._audit_list
            if self.workspace is None
            else AuditFile(self.workspace / "state" / "audit.jsonl")
        )
        _open_log(RUN_LOG, logging.INFO, self.config.enable_logging)
        _open_log(AUTHOR_LOG, logging.DEBUG, self.config.debug)

    @abstractmethod
    def execute(self, workflow: AnyWorkflow, parameters: Mapping[str, Any] | None = None) -> Any:
        """Runs the workflow: `self.drive(self.prepare(workflow, parameters))` on some event loop."""

    # --- what a runtime of your own calls -----------------------------------------------------------------

    def prepare(
        self,
        workflow: AnyWorkflow,
        parameters: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
        mode: Mode = "full",
        node: str | None = None,
        results: Mapping[str, Any] | None = None,
    ) -> PreparedRun:
        """The run, checked. From any thread.

        `mode` with `node` runs a part: `to_node`, `from_node` or `single`; nodes outside that part which
        feed it bring what `results` (of an earlier run) holds for them. Raises `GraphError` for the workflow,
        and `ParameterError` for everything that would keep the run from starting; with `persist` also
        `JournalError` and `OutcomeUnknown`.
        """
        check_mode(mode, node, results)
        check_run_id(run_id)
        refuse(problems_given({} if parameters is None else parameters))
        plan = self._plans.plan_of(workflow, mode, node)
        refuse(problems_at_start(workflow, plan, parameters or {}))
        prior = prior_of(plan, results or {})
        refuse(missing_results(plan, prior))
        rules = self._rules_of(plan.config)
        given = dict(parameters or {})
        claim = self._persistence.claim(
            plan, given, new_id=self._new_run_id, run_id=run_id, mode=mode, node=node, results=results
        )
        return PreparedRun(
            plan, claim.run_id, given, {**prior, **claim.prior}, claim, rules, self._threads_for(plan)
        )

    async def drive(self, run: PreparedRun) -> tuple[Results, str]:
        """Runs to the end on the current event loop: `(results, run_id)`.

        `results[node id]` is that node's outputs by port. Raises `RunFailed` (`results`, `run_id`, `errors`)
        or `RunCancelled`.
        """
        try:
            stops = self._register(run.run_id)
            try:
                outcome, tracebacks = await self._drive(run, stops)
            finally:
                await self._leave(run.run_id)
        finally:
            run.claim.end()
        return results_of(run.plan, outcome, run.run_id, tracebacks, self._redact), run.run_id

    async def _drive(self, run: PreparedRun, stops: _Stops) -> tuple[Outcome, dict[str, str]]:
        config, tracebacks = run.plan.config, Tracebacks(self._redact)
        audit = RunAudit(self._audit, run.run_id, config.user_context) if config.enable_audit else None
        outcome = await drive_run(
            run.plan,
            run_id=run.run_id,
            history=run.claim.history,
            journal=run.claim.journal(self._journal_of(run, audit)),
            services=self._services_of(config),
            parameters=run.parameters,
            prior=run.prior,
            guard=self._guard_of(run, audit),
            on_failure=tracebacks.keep if config.debug else None,
            cancel=stops.cancel,
            release=stops.release,
            threads=run.threads,
            park_after_s=None,
        )
        return outcome, tracebacks.by_path

    def shut_down(self) -> None:
        """Ends the sandbox's processes and lets go of the journal. The runtime can be used again after it."""
        self._persistence.close()
        if isinstance(self._services, LazyServices):
            self._services.shut_down()

    # --- what its caller calls ----------------------------------------------------------------------------

    def plan(self, workflow: AnyWorkflow) -> Plan:
        """The workflow made ready to run with this runtime's configuration. Raises `GraphError`."""
        return self._plans.plan_of(workflow)

    def cancel(self, run_id: str) -> bool:
        """Cancels a run of this runtime, from any thread. False when there is none of that id."""
        with self._lock:
            found = self._under_way.get(run_id)
        if found is None:
            return False
        found.loop.call_soon_threadsafe(found.cancel.set)
        return True

    def metrics(self) -> dict[str, dict[str, Any]]:
        """How nodes fared by type, of runs with `enable_monitoring`: counts, retries, durations, bytes."""
        return self._metrics.summary()

    @property
    def audit_entries(self) -> list[dict[str, Any]]:
        """What `enable_audit` kept in memory: there is no workspace to write it to."""
        return list(self._audit_list.entries)

    # --- inside -------------------------------------------------------------------------------------------

    def _journal_of(self, run: PreparedRun, audit: RunAudit | None) -> ScriptJournal:
        config, watchers = run.plan.config, list[Watcher]()
        if audit is not None:
            watchers.append(audit.saw)
        if config.enable_monitoring:
            watchers.append(self._metrics.watch(lambda path: _type_of(run.plan, path)))
        if config.enable_logging:
            watchers.append(log_events(run.run_id))
        if config.event_sink is not None:
            watchers.append(quietly(config.event_sink, run.run_id))
        return ScriptJournal(run.run_id, watchers, logs_progress=config.enable_logging, redact=self._redact)

    def _rules_of(self, config: RuntimeConfig) -> AccessRules | None:
        if not config.is_secured:
            return None
        from runtime.guarding import access_rules

        return access_rules(self.workspace)

    def _guard_of(self, run: PreparedRun, audit: RunAudit | None) -> Guard | None:
        if run.rules is None and audit is None:
            return None
        from runtime.guarding import guard_for

        return guard_for(run.plan.config.user_context, run.rules, None if audit is None else audit.decided)

    def _redact(self, value: Any) -> Any:
        return self._services.redact(value) if isinstance(self._services, LazyServices) else value

    def _threads_for(self, plan: Plan) -> WorkerThreads | None:
        """The runtime's, unless they are too few, or a node in one of them waits for this run."""
        is_enough = plan.config.max_workers <= self.config.max_workers
        return self._threads if is_enough and not self._threads.is_current else None

    def _services_of(self, config: RuntimeConfig) -> Any:
        return self._services.for_run(config) if isinstance(self._services, LazyServices) else self._services

    def _new_run_id(self) -> str:
        if self._ids is None:
            return str(uuid.uuid4())
        with self._lock:
            return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    def _interrupt(self, run: PreparedRun) -> None:
        """Stops a run in the middle: it is cancelled, or left to the next run of the script."""
        if not run.claim.is_persistent:
            self.cancel(run.run_id)
            return
        with self._lock:
            found = self._under_way.get(run.run_id)
        if found is not None:
            found.loop.call_soon_threadsafe(found.release.set)

    def _register(self, run_id: str) -> _Stops:
        stops = _Stops(asyncio.get_running_loop(), asyncio.Event(), asyncio.Event())
        with self._lock:
            if run_id in self._under_way:
                raise ParameterError(f"a run with the id {run_id!r} is under way", code="run_is_active")
            self._under_way[run_id] = stops
        return stops

    async def _leave(self, run_id: str) -> None:
        """Forgets a run that has ended, with what it and, when it was the last there, its loop hold open."""
        with self._lock:
            del self._under_way[run_id]
        if not isinstance(self._services, LazyServices):
            return
        await self._services.end_run(run_id)
        loop = asyncio.get_running_loop()
        with self._lock:
            is_last = all(other.loop is not loop for other in self._under_way.values())
        if is_last:
            await self._services.leave_loop()


def _let_go(services: Any, threads: WorkerThreads, persistence: Persistence) -> None:
    threads.close()
    persistence.close()
    if isinstance(services, LazyServices):
        services.shut_down()


def _open_log(logger: logging.Logger, level: int, is_wanted: bool) -> None:
    if is_wanted and logger.getEffectiveLevel() > level:
        logger.setLevel(level)


def _type_of(plan: Plan, path: str) -> str | None:
    """The type of the node at a path; None for an iteration, which is none."""
    place = locate(plan, path)
    return None if place is None or place.iteration is not None else place.node.spec.type
