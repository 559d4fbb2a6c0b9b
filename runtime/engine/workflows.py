"""Where the workflows that sub-workflow nodes name are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from runtime.engine.errors import WorkflowError
from runtime.engine.graph import Graph

Version = int | Literal["latest"]
MAX_SUB_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One version of a workflow. `key` names it, the same for each way to ask for it."""

    key: str
    name: str
    graph: Graph


class WorkflowSource(Protocol):
    """`starts_runs`: where this source is, a sub-workflow can also be a run of its own."""

    starts_runs: ClassVar[bool]

    def find(self, workflow: str, version: Version) -> Found:
        """Raises `WorkflowError` with the code `unknown_workflow`."""
        ...


def unknown_workflow(workflow: str, hint: str | None = None) -> WorkflowError:
    """The error of a source that does not have it."""
    return WorkflowError(
        f"there is no workflow {workflow!r}" + (f". {hint}" if hint else ""), code="unknown_workflow"
    )


def read_output(output: str, graph: Graph) -> tuple[str, str, tuple[str, ...]] | None:
    """`step.port.path` as step, port (`result` when none is named) and path; None: no such step.

    Ids of steps may hold dots themselves: the longest one that fits is meant. Steps inside containers
    cannot be named.
    """
    steps = {node.id for node in graph.nodes if node.parent is None}
    parts = output.split(".")
    for count in range(len(parts), 0, -1):
        step = ".".join(parts[:count])
        if step in steps and "" not in parts[count:]:
            port, *path = parts[count:] or ["result"]
            return step, port, tuple(path)
    return None


def last_steps(graph: Graph) -> list[str]:
    """The steps from which no connection leads on, in the order of the graph; none inside containers."""
    sources = {item.source for item in graph.connections}
    return [node.id for node in graph.nodes if node.parent is None and node.id not in sources]
