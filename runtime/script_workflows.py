"""The workflows that a script's sub-workflow nodes name: those given, and `DIR/workflows/NAME.json`."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runtime.builder import Workflow
from runtime.engine.errors import GraphError, ParameterError, WorkflowError
from runtime.engine.graph import Graph, parse_graph
from runtime.engine.node import Node
from runtime.engine.problems import near_match
from runtime.engine.workflows import Found, Version, unknown_workflow

AnyWorkflow = Workflow | Graph | Mapping[str, Any]
MAX_FILE_BYTES = 16 << 20
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")


class ScriptWorkflows:
    """A `WorkflowSource`: each name has one version. What was given wins over the folder."""

    starts_runs: ClassVar[bool] = False

    def __init__(self, given: Mapping[str, AnyWorkflow] | None, workspace: Path | None) -> None:
        self._folder = None if workspace is None else workspace / "workflows"
        self._given: dict[str, Graph] = {}
        self._files: dict[str, Graph] = {}
        self._lock = threading.Lock()
        self.node_classes: list[type[Node]] = []
        for name, workflow in _items(given):
            self._given[name] = self._graph_of(name, workflow)

    def find(self, workflow: str, version: Version) -> Found:
        graph = self._given.get(workflow) or self._from_folder(workflow)
        if graph is None:
            raise unknown_workflow(workflow, near_match(workflow, self._names()) or self._where())
        if version != "latest":
            message = f"the workflow {workflow!r} has no version {version} here: in a script use 'latest'"
            raise WorkflowError(message, code="unknown_workflow")
        return Found(workflow, workflow, graph)

    def _graph_of(self, name: str, workflow: AnyWorkflow) -> Graph:
        if isinstance(workflow, Workflow):
            self.node_classes += workflow.registry
            return workflow.graph
        if isinstance(workflow, Graph):
            return workflow
        if not isinstance(workflow, Mapping):
            kind = type(workflow).__name__
            raise TypeError(f"workflows[{name!r}] must be a built workflow or a graph document, not {kind}")
        try:
            return parse_graph(workflow)
        except GraphError as error:
            raise GraphError(error.problems, f"workflows[{name!r}]: {error}") from error

    def _from_folder(self, name: str) -> Graph | None:
        if self._folder is None or not _FILE_NAME.fullmatch(name):
            return None
        with self._lock:
            if name not in self._files:
                graph = _read(self._folder / f"{name}.json")
                if graph is None:
                    return None
                self._files[name] = graph
            return self._files[name]

    def _names(self) -> list[str]:
        files = [] if self._folder is None else [path.stem for path in self._folder.glob("*.json")]
        return [*self._given, *files]

    def _where(self) -> str:
        if self._folder is None:
            return "Give it to the runtime: workflows={name: workflow}."
        return f"Give it to the runtime, or put it into {self._folder}."


def _items(given: Mapping[str, AnyWorkflow] | None) -> list[tuple[str, AnyWorkflow]]:
    if given is None:
        return []
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise ParameterError("workflows must be a mapping: name -> workflow", field="workflows")
    return list(given.items())


def _read(path: Path) -> Graph | None:
    """Raises `WorkflowError` for a file that is there and holds no workflow."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _unreadable(f"{path} is larger than {MAX_FILE_BYTES} bytes")
        return parse_graph(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(f"{path} cannot be read: {error.strerror}") from None
    except GraphError as error:
        raise _unreadable(f"{path}: {error}") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"{path} is not JSON in UTF-8: {error!s:.200}") from None


def _unreadable(message: str) -> WorkflowError:
    return WorkflowError(message, code="unknown_workflow")
