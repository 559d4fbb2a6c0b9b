"""Placing the steps of a template in a workflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from runtime.builder import WorkflowBuilder
from runtime.engine.graph import Kind


class End(NamedTuple):
    """Where a value comes out: a step and the path of an output."""

    step: str
    output: str = "result"

    def at(self, path: str) -> End:
        """A part of the same value."""
        return End(self.step, f"{self.output}.{path}")


class Steps:
    """Adds steps to `workflow`, each under its id with `prefix` before it."""

    def __init__(self, workflow: WorkflowBuilder, prefix: str = "") -> None:
        self._workflow = workflow
        self._prefix = prefix
        self.ids: list[str] = []

    def add(
        self,
        node_type: str,
        name: str,
        config: Mapping[str, Any],
        *,
        label: str,
        after: Mapping[str, End] | None = None,
        **more: Any,
    ) -> End:
        """The `result` of the new step. `after` says what feeds which of its inputs."""
        step = self._workflow.add_node(node_type, f"{self._prefix}{name}", config, label=label, **more)
        self.ids.append(step)
        for name_of_input, end in (after or {}).items():
            self.wire(end, step, name_of_input)
        return End(step)

    def code(self, name: str, code: str, *, label: str, after: Mapping[str, End], **more: Any) -> End:
        """A step of Python code."""
        return self.add("PythonCodeNode", name, {"code": code}, label=label, after=after, **more)

    def read(self, name: str, dataset: str, *, label: str, **more: Any) -> End:
        """A step that gives the records of a dataset."""
        return self.add("DatasetReadNode", name, {"dataset": dataset}, label=label, **more)

    def write(
        self, name: str, dataset: str, records: End, *, label: str, format: str = "csv", **config: Any
    ) -> End:
        """A step that stores records as a dataset."""
        stored = {"dataset": dataset, "format": format, **config}
        return self.add("DatasetWriteNode", name, stored, label=label, after={"records": records})

    def wire(self, source: End, target: str, name_of_input: str, *, kind: Kind = "data") -> None:
        """Connects an output with an input of a step that is there already."""
        self._workflow.add_connection(source.step, source.output, target, name_of_input, kind=kind)

    def on_error(self, source: End, target: End, name_of_input: str) -> None:
        """Feeds `{error, attempts}` to another step when this one fails after its retries."""
        self.wire(End(source.step, "error"), target.step, name_of_input, kind="error")


def literal(value: Any) -> str:
    """A setting as Python writes it, for the first lines of a code step, where people change it."""
    plain = json.loads(json.dumps(value))
    return _written(plain)


def _written(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_written(key)}: {_written(item)}' for key, item in value.items())}}}"
    return repr(value)
