"""Workflows that run: build them, check them, run them, in a script or on the server.

`import runtime` loads nothing else: names are found when they are used. Never imports Django by itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runtime.base import BaseRuntime
    from runtime.builder import Workflow, WorkflowBuilder
    from runtime.engine.config import RuntimeConfig
    from runtime.engine.errors import (
        GraphError,
        NodeError,
        ParameterError,
        RunCancelled,
        RunFailed,
        WorkflowError,
    )
    from runtime.engine.node import Node, NodeContext, NodeParameters, Park, Port
    from runtime.local import AsyncLocalRuntime, LocalRuntime
    from runtime.parameter_handling import ParameterHandlingMixin
    from runtime.validation_mixin import ValidationMixin

_HOMES = {
    "AsyncLocalRuntime": "runtime.local",
    "BaseRuntime": "runtime.base",
    "GraphError": "runtime.engine.errors",
    "LocalRuntime": "runtime.local",
    "Node": "runtime.engine.node",
    "NodeContext": "runtime.engine.node",
    "NodeError": "runtime.engine.errors",
    "NodeParameters": "runtime.engine.node",
    "ParameterError": "runtime.engine.errors",
    "ParameterHandlingMixin": "runtime.parameter_handling",
    "Park": "runtime.engine.node",
    "Port": "runtime.engine.node",
    "RunCancelled": "runtime.engine.errors",
    "RunFailed": "runtime.engine.errors",
    "RuntimeConfig": "runtime.engine.config",
    "ValidationMixin": "runtime.validation_mixin",
    "Workflow": "runtime.builder",
    "WorkflowBuilder": "runtime.builder",
    "WorkflowError": "runtime.engine.errors",
}

__all__ = [
    "AsyncLocalRuntime",
    "BaseRuntime",
    "GraphError",
    "LocalRuntime",
    "Node",
    "NodeContext",
    "NodeError",
    "NodeParameters",
    "ParameterError",
    "ParameterHandlingMixin",
    "Park",
    "Port",
    "RunCancelled",
    "RunFailed",
    "RuntimeConfig",
    "ValidationMixin",
    "Workflow",
    "WorkflowBuilder",
    "WorkflowError",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
