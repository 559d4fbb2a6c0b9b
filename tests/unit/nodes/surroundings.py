"""A node's surroundings for tests: inputs, services that answer as told, and what the node reported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.engine.node import Level, Node, Park
from runtime.services_protocol import CodeRequest, HttpResponse


@dataclass
class Context:
    inputs: Mapping[str, Any]
    services: Any = None
    node_id: str = "step"
    run_id: str = "run-1"
    attempt: int = 1
    idempotency_key: str = "run-1/step"
    timeout_s: float | None = None
    seed: int = 7
    lines: list[tuple[str, str]] = field(default_factory=list)
    steps: list[tuple[int, int | None]] = field(default_factory=list)
    usage: list[tuple[float | None, float | None]] = field(default_factory=list)

    def log(self, level: Level, text: str) -> None:
        self.lines.append((level, text))

    def progress(self, done: int, total: int | None = None) -> None:
        self.steps.append((done, total))

    def use(self, *, cpu_s: float | None = None, peak_mb: float | None = None) -> None:
        self.usage.append((cpu_s, peak_mb))


def outputs_of(node: Node, *, services: Any = None, **inputs: Any) -> dict[str, Any]:
    """What the node gives for these inputs."""
    outputs = run(node, Context(inputs, services))
    assert not isinstance(outputs, Park)
    return dict(outputs)


def run(node: Node, context: Context) -> Mapping[str, Any] | Park:
    return asyncio.run(node.run(context))


@dataclass
class Services:
    code: Any = None
    http: Any = None
    datasets: Any = None
    secrets: Any = None


@dataclass
class ScriptedCode:
    """A code runner that hands each request to a function."""

    answer: Callable[[CodeRequest, Callable[[str, str], None]], Any]
    requests: list[CodeRequest] = field(default_factory=list)

    async def run_code(self, request: CodeRequest, on_line: Callable[[str, str], None]) -> Any:
        self.requests.append(request)
        return self.answer(request, on_line)

    async def end_lease(self, lease: str) -> None:
        return None


@dataclass
class ScriptedHttp:
    """An HTTP client that gives one response and keeps the calls."""

    response: HttpResponse
    calls: list[dict[str, Any]] = field(default_factory=list)

    async def request(self, method: str, url: str, **options: Any) -> HttpResponse:
        self.calls.append({"method": method, "url": url, **options})
        return self.response
