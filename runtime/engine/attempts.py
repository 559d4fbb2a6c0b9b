"""One attempt of one node, performed: at once, as a task on the loop, or in a worker thread.

Each way ends in exactly one call of `done(outputs or Park, None)` or `done(None, error)` on the loop,
unless the attempt was stopped before.
"""

from __future__ import annotations

import asyncio
import dis
import inspect
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from time import thread_time
from typing import Any

from runtime.engine.context import AttemptContext
from runtime.engine.errors import NodeError, WorkflowError
from runtime.engine.threads import Job, WorkerThreads

current_attempt: ContextVar[AttemptContext | None] = ContextVar("current_attempt", default=None)
"""The attempt that is at work, in its task or thread: whoever logs there can say so."""
Done = Callable[[Any, BaseException | None], None]
# A node's `run` or `resume`, bound to the node.
Call = Callable[[AttemptContext], Coroutine[Any, Any, Any]]

# Whatever makes a coroutine suspend compiles to one of these (CPython 3.11 to 3.14).
_SUSPENDING = frozenset({"GET_AWAITABLE", "GET_ANEXT", "BEFORE_ASYNC_WITH", "SEND", "YIELD_VALUE"})
_suspends: dict[Any, bool] = {}


def never_suspends(function: Any) -> bool:
    """Whether a `run` holds no await: then it needs no task, which is most of a trivial node's cost."""
    known = _suspends.get(function)
    if known is None:
        known = not inspect.iscoroutinefunction(function) or any(
            instruction.opname in _SUSPENDING for instruction in dis.get_instructions(function)
        )
        _suspends[function] = known
    return not known


def run_to_end(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    coroutine.close()
    raise RuntimeError("a node without an await suspended")


class TaskAttempt:
    """A call as an asyncio task."""

    __slots__ = ("_done", "_is_stopped", "task")

    def __init__(
        self, call: Call, context: AttemptContext, loop: asyncio.AbstractEventLoop, done: Done
    ) -> None:
        self._done = done
        self._is_stopped = False
        self.task: asyncio.Task[Any] = loop.create_task(_make(call, context), name=f"node {context.node_id}")
        self.task.add_done_callback(self._finish)

    def stop(self) -> asyncio.Task[Any] | None:
        """Cancels; returns the task, which may need a moment to clean up."""
        self._is_stopped = True
        self.task.cancel()
        return self.task

    def _finish(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            if not self._is_stopped:
                self._done(None, NodeError("the node cancelled itself", code="unexpected_error"))
            return
        error = task.exception()
        if not self._is_stopped:
            self._done(None if error else task.result(), error)


class ThreadAttempt:
    """A call in a worker thread. Stopping abandons the thread: Python cannot end it."""

    __slots__ = ("_done", "_is_stopped", "_job", "_loop", "_threads")

    def __init__(
        self,
        call: Call,
        context: AttemptContext,
        loop: asyncio.AbstractEventLoop,
        threads: WorkerThreads,
        done: Done,
    ) -> None:
        self._done = done
        self._loop = loop
        self._threads = threads
        self._is_stopped = False
        self._job: Job = threads.submit(lambda: self._work(call, context))

    def stop(self) -> asyncio.Task[Any] | None:
        self._is_stopped = True
        self._threads.abandon(self._job)
        return None

    def _work(self, call: Call, context: AttemptContext) -> None:
        outputs, error = None, None
        used_s = thread_time()
        current_attempt.set(context)
        try:
            if never_suspends(getattr(call, "__func__", call)):
                outputs = run_to_end(call(context))
            else:
                outputs = asyncio.run(_make(call, context))
        except BaseException as failure:  # the boundary of a node attempt: told to the driver, whatever it is
            error = failure
        current_attempt.set(None)
        context.use(cpu_s=thread_time() - used_s)
        if not self._is_stopped and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._finish, outputs, error)

    def _finish(self, outputs: Any, error: BaseException | None) -> None:
        if not self._is_stopped:
            self._done(outputs, error)


async def _make(call: Call, context: AttemptContext) -> Any:
    current_attempt.set(context)
    return await call(context)


def as_node_error(error: BaseException) -> NodeError:
    """Any failure of an attempt as a `NodeError` with a stable code."""
    if isinstance(error, NodeError):
        return error
    if isinstance(error, WorkflowError):
        failure = NodeError(error.message, code=error.code, retryable=error.retryable, **error.facts)
    else:
        failure = NodeError(f"{type(error).__name__}: {error}", code="unexpected_error")
    failure.__cause__ = error
    return failure
