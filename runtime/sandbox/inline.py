"""Author code in the caller's own process, for scripts that say `sandbox="inline"` about their own code.

The language surface is the sandbox's (presets, inputs, `result`, errors); nothing is isolated, memory is
not limited, `random` is not seeded, and code past its timeout is given up on, not stopped.
"""

from __future__ import annotations

import asyncio
import builtins
import json
from typing import Any, Final

from accounts.access.grounds import stand_on
from accounts.access.principal import limit_to
from runtime.engine.errors import NodeTimeout
from runtime.engine.threads import WorkerThreads
from runtime.sandbox.conversation import OnLine, encode_request, error_of, source_name
from runtime.sandbox.jail.channel import HEADER
from runtime.sandbox.jail.execution import Failure, evaluate
from runtime.sandbox.jail.streams import LineBudget, LineStream
from runtime.services_protocol import CodeRequest

_MAX_OUTPUT_CHARS: Final = 1 << 20
_MAX_INPUT_BYTES: Final = 64 << 20
_MAX_RESULT_BYTES: Final = 64 << 20


class InlineCodeRunner:
    """A `CodeRunner` without a wall. At most `max_workers` calls run at a time."""

    def __init__(self, max_workers: int = 8) -> None:
        self._threads = WorkerThreads(max_workers)

    async def run_code(self, request: CodeRequest, on_line: OnLine) -> Any:
        """The value of `result`. `on_line` is called on the caller's loop."""
        loop = asyncio.get_running_loop()
        finished: asyncio.Future[Any] = loop.create_future()

        def emit(level: str, text: str) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(on_line, level, text)

        def work() -> None:
            value, failure = None, None
            try:
                value = run_inline(request, emit)
            except BaseException as error:  # whatever the code did, the node that waits is told
                failure = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, finished, value, failure)

        job = self._threads.submit(work)
        try:
            return await asyncio.wait_for(finished, request.timeout_s)
        except TimeoutError as error:
            raise NodeTimeout(f"The code ran longer than {request.timeout_s:g} s.") from error
        finally:
            self._threads.abandon(job)

    async def end_lease(self, lease: str) -> None:
        """Inline code holds no process."""

    def close(self) -> None:
        """Lets go of the threads."""
        self._threads.close()


def run_inline(request: CodeRequest, on_line: OnLine) -> Any:
    """Runs the code on this thread; `on_line` gets what its own `print` calls write."""
    most = _MAX_RESULT_BYTES if request.max_output_bytes is None else request.max_output_bytes
    inputs = _fresh(dict(request.inputs), max(_MAX_INPUT_BYTES, most))
    stream = LineStream("info", LineBudget(on_line, _MAX_OUTPUT_CHARS))

    def print_line(*values: object, file: Any = None, **options: Any) -> None:
        builtins.print(*values, file=stream if file is None else file, **options)

    limit_to(request.may)
    stand_on(request.ground)
    scope: dict[str, Any] = {"__name__": "__main__", "print": print_line}
    answer = evaluate(request.code, inputs, name=source_name(request.node_id), scope=scope, max_bytes=most)
    stream.finish()
    if isinstance(answer, Failure):
        raise error_of(answer.to_dict())
    return json.loads(answer)


def _fresh(inputs: dict[str, Any], max_bytes: int) -> Any:
    """A copy that the code may change, as the sandbox gives one."""
    return json.loads(encode_request(b"X", inputs, max_bytes=max_bytes)[HEADER.size :])


def _settle(future: asyncio.Future[Any], value: Any, failure: BaseException | None) -> None:
    if future.done():
        return
    if failure is None:
        future.set_result(value)
    else:
        future.set_exception(failure)
