"""Runs workflows in this process: `LocalRuntime` for scripts, `AsyncLocalRuntime` for async programs.

Both drive with the server's driver; only the journal differs.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import uuid
import weakref
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any

from runtime.builder import Workflow, standard_registry
from runtime.engine.binding import check_parameters, still_missing
from runtime.engine.config import RuntimeConfig, check_names, resolve_config
from runtime.engine.driver import Outcome, drive_run
from runtime.engine.errors import GraphError, NodeError, ParameterError, RunCancelled, RunFailed
from runtime.engine.events import Event
from runtime.engine.graph import Graph, NodeOptions, NodeSpec, parse_graph
from runtime.engine.loop_thread import LoopThread
from runtime.engine.node import Level, Node
from runtime.engine.plan import Plan, compile_plan
from runtime.engine.problems import errors_of, summary
from runtime.engine.registry import NodeRegistry
from runtime.engine.threads import WorkerThreads
from runtime.engine.validation import validate

LOGGER = logging.getLogger("runtime.local")
Results = dict[str, Any]


class ScriptJournal:
    """Passes events to a sink and lines to the log; stores nothing, encodes nothing."""

    def __init__(self, config: RuntimeConfig, run_id: str) -> None:
        self._sink = config.event_sink
        self._logs_events = config.enable_logging
        self._run_id = run_id

    def encode(self, outputs: Mapping[str, Any]) -> Any:
        return outputs

    def append(self, event: Event, *, wait: bool) -> asyncio.Future[None] | None:
        if self._sink is not None:
            self._tell(event)
        if self._logs_events:
            step = "" if event.node is None else f" {event.node} (attempt {event.attempt})"
            LOGGER.info("run %s: %s%s %s", self._run_id, event.type, step, event.data or "")
        return None

    def log(self, node: str, attempt: int, level: Level, text: str) -> None:
        LOGGER.log(_LEVELS[level], "%s: %s", node, text)

    def progress(self, node: str, done: int, total: int | None) -> None:
        if self._logs_events:
            LOGGER.info("run %s: %s %s of %s", self._run_id, node, done, "?" if total is None else total)

    def _tell(self, event: Event) -> None:
        if self._sink is None:
            return
        try:
            self._sink(event)
        except Exception:  # an observer's fault must not change the run that it observes
            LOGGER.exception("event_sink failed on %s of run %s", event.type, self._run_id)


_LEVELS: dict[Level, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class LazyServices:
    """The script's sandbox, HTTP client and datasets, made when a node first asks for one."""

    def __init__(self, workspace: Path | None) -> None:
        self._workspace = workspace
        self._services: Any = None
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        with self._lock:
            if self._services is None:
                from runtime.workspace import ScriptServices

                self._services = ScriptServices(self._workspace)
        return getattr(self._services, name)

    async def end_run(self, run_id: str) -> None:
        """Ends the run's sandbox processes."""
        if self._services is not None:
            await self._services.code.end_lease(run_id)

    async def leave_loop(self) -> None:
        """Closes connections that belong to the running loop."""
        if self._services is not None:
            await self._services.aclose_http()

    def shut_down(self) -> None:
        services, self._services = self._services, None
        if services is not None:
            services.close()


class BaseRuntime:
    """What runtimes share: configuration, plans, and the drive from parameters to results.

    `parameters` are those of `RuntimeConfig`. `workspace` is a folder with `datasets/`; `registry` and
    `services` replace the node types and the surroundings that come with the product.
    """

    def __init__(
        self,
        *,
        workspace: str | Path | None = None,
        registry: NodeRegistry | None = None,
        services: Any = None,
        **parameters: Any,
    ) -> None:
        check_names(parameters)
        self.config = RuntimeConfig(**parameters)
        self._parameters = parameters
        self._registry = registry
        self._services = (
            services if services is not None else LazyServices(None if workspace is None else Path(workspace))
        )
        self._plans: weakref.WeakKeyDictionary[Workflow, Plan] = weakref.WeakKeyDictionary()
        self._threads = WorkerThreads(self.config.max_workers)
        self._ids = random.Random(self.config.seed) if self.config.seed is not None else None  # noqa: S311
        self._lock = threading.Lock()
        self._cancels: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}
        if self.config.enable_logging and LOGGER.getEffectiveLevel() > logging.INFO:
            LOGGER.setLevel(logging.INFO)

    def cancel(self, run_id: str) -> bool:
        """Cancels a run of this runtime, from any thread. False when there is none of that id."""
        with self._lock:
            found = self._cancels.get(run_id)
        if found is None:
            return False
        found[0].call_soon_threadsafe(found[1].set)
        return True

    def plan(self, workflow: Workflow | Graph | Mapping[str, Any]) -> Plan:
        """The workflow made ready to run with this runtime's configuration. Raises `GraphError`."""
        if not isinstance(workflow, Workflow):
            return self._compile(_checked(workflow, self._known_types()), self._known_types())
        with self._lock:
            plan = self._plans.get(workflow)
        if plan is None:
            plan = self._compile(workflow.graph, workflow.registry)
            with self._lock:
                self._plans[workflow] = plan
        return plan

    def _known_types(self) -> NodeRegistry:
        if self._registry is None:
            self._registry = standard_registry()
        return self._registry

    def _compile(self, graph: Graph, registry: NodeRegistry) -> Plan:
        return compile_plan(graph, registry, resolve_config(graph.settings, self._parameters))

    def _new_run_id(self) -> str:
        if self._ids is None:
            return str(uuid.uuid4())
        with self._lock:
            return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    async def _run(
        self, plan: Plan, parameters: Mapping[str, Any] | None, run_id: str
    ) -> tuple[Results, str]:
        cancel = asyncio.Event()
        with self._lock:
            self._cancels[run_id] = (asyncio.get_running_loop(), cancel)
        try:
            outcome = await drive_run(
                plan,
                run_id=run_id,
                journal=ScriptJournal(plan.config, run_id),
                services=self._services,
                parameters=parameters or {},
                cancel=cancel,
                threads=self._threads,
                park_after_s=None,
            )
        finally:
            with self._lock:
                del self._cancels[run_id]
            await self._leave(run_id)
        return _results_of(plan, outcome, run_id), run_id

    async def _leave(self, run_id: str) -> None:
        if not isinstance(self._services, LazyServices):
            return
        await self._services.end_run(run_id)
        loop = asyncio.get_running_loop()
        with self._lock:
            is_last = all(other is not loop for other, _ in self._cancels.values())
        if is_last:
            await self._services.leave_loop()


class LocalRuntime(BaseRuntime):
    """Runs workflows and waits for them. Safe from several threads and inside a running event loop.

    All runs share one event loop in a thread of this runtime, made with the first run and ended by
    `close()`, by leaving a `with` block, or with the runtime itself.
    """

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._loop: LoopThread | None = None

    def execute(
        self,
        workflow: Workflow | Graph | Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
    ) -> tuple[Results, str]:
        """Runs to the end: `(results, run_id)`, where `results[node id]` is that node's outputs by port.

        Raises `RunFailed` (`results`, `run_id`, `errors`) or `RunCancelled`; before it starts `GraphError`
        or `ParameterError`.
        """
        plan = self.plan(workflow)
        _check_start(workflow, plan, parameters or {})
        chosen = run_id or self._new_run_id()
        thread = self._loop_thread()
        if thread.is_current:  # a node that runs a workflow: its loop is busy with the node
            with LoopThread() as other:
                return other.submit(self._run(plan, parameters, chosen)).result()
        future = thread.submit(self._run(plan, parameters, chosen))
        try:
            return future.result()
        except KeyboardInterrupt:
            self.cancel(chosen)
            _wait_quietly(future)
            raise

    def close(self) -> None:
        """Ends the threads and the sandbox. The runtime can be used again after it."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.close()
        if isinstance(self._services, LazyServices):
            self._services.shut_down()

    def __enter__(self) -> LocalRuntime:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _loop_thread(self) -> LoopThread:
        with self._lock:
            if self._loop is None:
                self._loop = LoopThread()
                weakref.finalize(self, _shut_down, self._loop, self._services, self._threads)
            return self._loop


class AsyncLocalRuntime(BaseRuntime):
    """Runs workflows on the caller's event loop: `results, run_id = await runtime.execute(workflow)`."""

    async def execute(
        self,
        workflow: Workflow | Graph | Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
    ) -> tuple[Results, str]:
        """As `LocalRuntime.execute`. Cancelling the awaiting task stops the run's nodes."""
        plan = self.plan(workflow)
        _check_start(workflow, plan, parameters or {})
        return await self._run(plan, parameters, run_id or self._new_run_id())

    async def close(self) -> None:
        if isinstance(self._services, LazyServices):
            await self._services.leave_loop()
            self._services.shut_down()

    async def __aenter__(self) -> AsyncLocalRuntime:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _shut_down(loop: LoopThread, services: Any, threads: WorkerThreads) -> None:
    loop.close()
    threads.close()
    if isinstance(services, LazyServices):
        services.shut_down()


def _wait_quietly(future: Future[Any]) -> None:
    try:
        future.exception(timeout=5.0)
    except (TimeoutError, asyncio.CancelledError):
        LOGGER.warning("a cancelled run did not end within 5 s")


def _checked(document: Graph | Mapping[str, Any], registry: NodeRegistry) -> Graph:
    if not isinstance(document, Graph | Mapping):
        kind = type(document).__name__
        raise TypeError(f"a built workflow or a graph document is needed, not {kind}: call .build() first")
    problems = validate(document, registry)
    if errors_of(problems):
        raise GraphError(problems)
    return document if isinstance(document, Graph) else parse_graph(document)


def _check_start(workflow: Any, plan: Plan, parameters: Mapping[str, Any]) -> None:
    """Raises `ParameterError` with all `problems` when the run could not start."""
    problems = check_parameters(plan, parameters)
    if isinstance(workflow, Workflow):
        known = {(problem.node, problem.field) for problem in problems}
        missing = still_missing(workflow.warnings, parameters)
        problems += [problem for problem in missing if (problem.node, problem.field) not in known]
    if problems:
        raise ParameterError(summary(problems), problems=[problem.to_dict() for problem in problems])


def _results_of(plan: Plan, outcome: Outcome, run_id: str) -> Results:
    results: Results = {node: dict(outputs) for node, outputs in outcome.results.items()}
    if plan.config.conditional_execution == "route_data":
        results.update(dict.fromkeys(outcome.skipped))
    if outcome.status == "succeeded":
        return results
    if outcome.status == "cancelled":
        raise RunCancelled("the run was cancelled", results=results, run_id=run_id, errors=outcome.errors)
    raise RunFailed(_message(outcome), results=results, run_id=run_id, errors=outcome.errors)


def _message(outcome: Outcome) -> str:
    error = outcome.error or {}
    where = f"node {error['node']!r} failed: " if error.get("node") else ""
    return f"{where}{error.get('message', 'the run failed')}"


_alone: LocalRuntime | None = None
_alone_lock = threading.Lock()


def execute_node(node: Node, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Runs one node alone with a script's surroundings: its outputs. Raises `NodeError`."""
    global _alone
    with _alone_lock:
        if _alone is None:
            _alone = LocalRuntime()
    spec = NodeSpec("node", type(node).type, config=node.config, options=NodeOptions(retry=node.retry_config))
    workflow = Workflow(Graph(nodes=(spec,)), NodeRegistry([type(node)]))
    try:
        results, _ = _alone.execute(workflow, {"node": inputs})
    except RunFailed as failure:
        facts = dict(failure.errors.get("node") or {"code": failure.code, "message": failure.message})
        raise NodeError(facts.pop("message"), code=facts.pop("code"), **facts) from failure
    outputs: dict[str, Any] = results["node"]
    return outputs
