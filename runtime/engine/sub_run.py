"""A sub-workflow at work: its graph as a scope of the same run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.engine.binding import bind_sub_workflow, pick
from runtime.engine.container import Container, Entrance, error_from
from runtime.engine.errors import NodeError, ParameterError
from runtime.engine.plan import Plan, Wire
from runtime.engine.scope import Scope
from runtime.engine.workflows import read_output


class SubRun(Container):
    def __init__(self, entrance: Entrance) -> None:
        super().__init__(entrance)
        try:
            binding = bind_sub_workflow(self.body, self.inputs)
        except ParameterError as error:
            raise NodeError(error.message, code=error.code, **error.facts) from error
        self._output = output_wire(self.body, self.parameters.output)
        self._scope = Scope(
            self.body,
            self.body.config,
            prefix=f"{self.step.path}/",
            binding=binding,
            history=self.history.body,
            owner=self,
            deadline=self.deadline,
        )

    def open(self) -> None:
        self.steps.scopes.open(self._scope)

    def settled(self, scope: Scope) -> None:
        if self.is_over:
            return
        if scope.scheduler.unhandled:
            self.fail(error_from(scope.first_error()))
            return
        try:
            result = self._result()
        except NodeError as error:
            self.fail(error)
            return
        self.succeed({"result": result})

    def cancel_inner(self, data: Mapping[str, Any]) -> None:
        self.steps.scopes.close(self._scope, data)

    def time_limit(self) -> float | None:
        limits = [item for item in (self.step.node.timeout_s, self.body.config.timeout) if item is not None]
        return min(limits, default=None)

    def _result(self) -> Any:
        outputs = self._scope.scheduler.outputs
        if self._output is not None:
            found = outputs[self._output.source]
            return None if found is None or self._output.port not in found else pick(found, self._output)
        ends = [node for node in self.body.nodes if not self.body.successors[node.index]]
        keeps_skipped = self.body.config.conditional_execution == "route_data"
        return {
            node.id: outputs[node.index] for node in ends if keeps_skipped or outputs[node.index] is not None
        }


def output_wire(body: Plan, text: str) -> Wire | None:
    """What the setting `output` of a sub-workflow names, as a wire; None when it names nothing.

    Raises `NodeError` when the workflow has no such step.
    """
    if not text:
        return None
    found = read_output(text, body.graph)
    if found is None:
        message = f"the sub-workflow has no node for the output {text!r}"
        raise NodeError(message, code="invalid_parameter", field="config.output")
    node_id, port, path = found
    return Wire(body.index[node_id], port, path, "output", False, False, ".".join((port, *path)))
