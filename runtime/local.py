"""Runs workflows in this process: `LocalRuntime` for scripts, `AsyncLocalRuntime` for async programs.

Both drive with the server's driver; only the journal differs.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, wait
from types import TracebackType
from typing import Any, TypeVar

from runtime.base import BaseRuntime
from runtime.builder import Workflow
from runtime.engine.errors import NodeError, RunCancelled, RunFailed
from runtime.engine.graph import Graph, NodeOptions, NodeSpec
from runtime.engine.loop_thread import LoopThread
from runtime.engine.node import Node
from runtime.engine.registry import NodeRegistry
from runtime.engine.selection import Mode
from runtime.lazy_services import LazyServices
from runtime.run_results import Results
from runtime.script_journal import RUN_LOG
from runtime.script_workflows import AnyWorkflow

LOOK_UP_S = 0.25
T = TypeVar("T")

__all__ = ["AsyncLocalRuntime", "BaseRuntime", "LocalRuntime", "execute_node"]


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
        workflow: AnyWorkflow,
        parameters: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
        mode: Mode = "full",
        node: str | None = None,
        results: Mapping[str, Any] | None = None,
    ) -> tuple[Results, str]:
        """Runs to the end: `(results, run_id)`, where `results[node id]` is that node's outputs by port.

        Raises `RunFailed` (`results`, `run_id`, `errors`) or `RunCancelled`; before it starts `GraphError`
        or `ParameterError`. `mode`, `node` and `results` are those of `prepare`.
        """
        run = self.prepare(workflow, parameters, run_id=run_id, mode=mode, node=node, results=results)
        thread = self._loop_thread()
        if thread.is_current:  # a node that runs a workflow: its loop is busy with the node
            with LoopThread() as other:
                return other.submit(self.drive(run)).result()
        future = thread.submit(self.drive(run))
        try:
            return _wait(future)
        except CancelledError:
            message = "the runtime was closed while the run was under way"
            raise RunCancelled(message, results={}, run_id=run.run_id, errors={}) from None
        except KeyboardInterrupt:
            self._interrupt(run)
            _wait_quietly(future)
            raise

    def close(self) -> None:
        """Ends the threads and the sandbox. The runtime can be used again after it."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.close()
        self.shut_down()

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
                weakref.finalize(self, self._loop.close)
            return self._loop


class AsyncLocalRuntime(BaseRuntime):
    """Runs workflows on the caller's event loop: `results, run_id = await runtime.execute(workflow)`."""

    async def execute(
        self,
        workflow: AnyWorkflow,
        parameters: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
        mode: Mode = "full",
        node: str | None = None,
        results: Mapping[str, Any] | None = None,
    ) -> tuple[Results, str]:
        """As `LocalRuntime.execute`. Cancelling the awaiting task stops the run's nodes."""
        return await self.drive(
            self.prepare(workflow, parameters, run_id=run_id, mode=mode, node=node, results=results)
        )

    async def close(self) -> None:
        if isinstance(self._services, LazyServices):
            await self._services.leave_loop()
        self.shut_down()

    async def __aenter__(self) -> AsyncLocalRuntime:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _wait(future: Future[T]) -> T:
    """The future's result. Looks up now and then: a Ctrl-C that comes in the moment in which Python begins
    to wait for a lock would not be seen until the wait is over."""
    while not future.done():
        wait([future], timeout=LOOK_UP_S)
    return future.result()


def _wait_quietly(future: Future[Any]) -> None:
    try:
        future.exception(timeout=5.0)
    except (TimeoutError, CancelledError):
        RUN_LOG.warning("a cancelled run did not end within 5 s")


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
