"""How a run's parameters reach the nodes: `${name}` in configuration, and values bound to a node."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from runtime.engine.binding import bind_run
from runtime.engine.errors import ParameterError
from runtime.engine.templates import resolve, template_names
from runtime.plans import Plans
from runtime.script_workflows import AnyWorkflow


@dataclass(frozen=True, slots=True)
class NodeBinding:
    """What a run gives a node: its configuration with every `${name}` replaced, and inputs bound to it."""

    config: Mapping[str, Any]
    inputs: Mapping[str, Any]


class ParameterHandlingMixin:
    """Resolution of `${name}` and injection of a run's parameters into nodes."""

    _plans: Plans

    def resolve_parameters(
        self, value: Any, parameters: Mapping[str, Any], *, verbatim: Collection[str] = ()
    ) -> Any:
        """`value`, at any depth, with each `${name}` replaced by that parameter.

        A text that is one template takes the value with its type. `$${` stands for a literal `${`. The keys
        in `verbatim`, such as `code`, are left alone. Raises `ParameterError` naming what has no value.
        """
        missing = sorted(template_names(value, verbatim=verbatim) - set(parameters))
        if missing:
            named = ", ".join(f"${{{name}}}" for name in missing)
            raise ParameterError(f"no value for {named}", code="missing_parameter", names=missing)
        return resolve(value, parameters, verbatim=verbatim)

    def inject_parameters(
        self, workflow: AnyWorkflow, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, NodeBinding]:
        """`{node id: NodeBinding}`: what a run with these parameters gives each node before it starts.

        A node's parameters bind its inputs, else override those of its settings that a run may set. Raises
        `ParameterError` with all `problems`, and `GraphError` for the workflow.
        """
        plan = self._plans.plan_of(workflow)
        binding = bind_run(plan, parameters or {})
        return {
            node.id: NodeBinding(dict(instance.config), dict(binding.given.get(node.index, {})))
            for node, instance in zip(plan.nodes, binding.instances, strict=True)
        }
