"""Author code in the caller's own process, for scripts that say `sandbox="inline"` about their own code.

The language surface is the sandbox's (presets, inputs, `result`, errors); nothing is isolated, memory is
not limited, `random` is not seeded, and code past its timeout is given up on, not stopped.
"""

from __future__ import annotations

import asyncio
import builtins
import json
from typing import Any

from runtime.engine.errors import NodeTimeout
from runtime.sandbox.conversation import OnLine, encode_request, error_of
from runtime.sandbox.jail.channel import HEADER
from runtime.sandbox.jail.execution import Failure, evaluate
from runtime.sandbox.jail.streams import LineBudget, LineStream
from runtime.services_protocol import CodeRequest

_MAX_OUTPUT_CHARS = 1 << 20
_MAX_INPUT_BYTES = 64 << 20


class InlineCodeRunner:
    """A `CodeRunner` without a wall."""

    async def run_code(self, request: CodeRequest, on_line: OnLine) -> Any:
        """The value of `result`. `on_line` is called on the caller's loop."""
        loop = asyncio.get_running_loop()

        def emit(level: str, text: str) -> None:
            loop.call_soon_threadsafe(on_line, level, text)

        try:
            return await asyncio.wait_for(asyncio.to_thread(run_inline, request, emit), request.timeout_s)
        except TimeoutError as error:
            raise NodeTimeout(f"The code ran longer than {request.timeout_s:g} s.") from error

    async def end_lease(self, lease: str) -> None:
        """Inline code holds no process."""


def run_inline(request: CodeRequest, on_line: OnLine) -> Any:
    """Runs the code on this thread; `on_line` gets what its own `print` calls write."""
    inputs = _fresh(dict(request.inputs))
    stream = LineStream("info", LineBudget(on_line, _MAX_OUTPUT_CHARS))

    def print_line(*values: object, file: Any = None, **options: Any) -> None:
        builtins.print(*values, file=stream if file is None else file, **options)

    scope: dict[str, Any] = {"__name__": "__main__", "print": print_line}
    answer = evaluate(request.code, inputs, name=f"<node {request.node_id}>", scope=scope)
    stream.finish()
    if isinstance(answer, Failure):
        raise error_of(answer.to_dict())
    return json.loads(answer)


def _fresh(inputs: dict[str, Any]) -> Any:
    """A copy that the code may change, as the sandbox gives one."""
    return json.loads(encode_request(b"X", inputs, max_bytes=_MAX_INPUT_BYTES)[HEADER.size :])
