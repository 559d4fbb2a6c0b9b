"""A code runner as one run's configuration wants it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from runtime.services_protocol import CodeRequest, CodeRunner


class CodeConfig(Protocol):
    """The part of `RuntimeConfig` that decides."""

    @property
    def sandbox_memory_mb(self) -> int: ...
    @property
    def max_output_bytes(self) -> int: ...
    @property
    def max_workers(self) -> int: ...


def with_config(runner: CodeRunner, config: CodeConfig, *, most_memory_mb: int | None = None) -> CodeRunner:
    """`runner` with the run's limits where a call names none; never more memory than `most_memory_mb`."""
    return _ConfiguredRunner(runner, config, most_memory_mb)


class _ConfiguredRunner:
    def __init__(self, runner: CodeRunner, config: CodeConfig, most_memory_mb: int | None) -> None:
        self._runner = runner
        self._config = config
        self._most_memory_mb = most_memory_mb

    async def run_code(self, request: CodeRequest, on_line: Callable[[str, str], None]) -> Any:
        config = self._config
        memory_mb = request.memory_mb or config.sandbox_memory_mb
        if self._most_memory_mb is not None:
            memory_mb = min(memory_mb, self._most_memory_mb)
        configured = replace(
            request,
            memory_mb=memory_mb,
            max_output_bytes=request.max_output_bytes or config.max_output_bytes,
            max_workers=request.max_workers or config.max_workers,
        )
        return await self._runner.run_code(configured, on_line)

    async def end_lease(self, lease: str) -> None:
        await self._runner.end_lease(lease)
