"""What flows into a node: a run's parameters, and the outputs of the nodes before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.engine.config_problems import problems_in
from runtime.engine.errors import InputError, ParameterError
from runtime.engine.graph import CONTROL_INPUT
from runtime.engine.node import Node
from runtime.engine.plan import Plan, PlannedNode, Wire
from runtime.engine.problems import Problem, near_match, summary
from runtime.engine.schema import complaint_about
from runtime.engine.templates import UnknownTemplateName, resolve, template_names

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class RunBinding:
    """One run's parameters applied to a plan: an instance for each node, and the inputs they bind.

    `bodies` are the bindings of loops and maps, the same in each iteration.
    """

    instances: Sequence[Node]
    given: Mapping[int, Mapping[str, Any]]
    bodies: Mapping[int, RunBinding] = field(default_factory=dict)


def check_parameters(plan: Plan, parameters: Mapping[str, Any]) -> list[Problem]:
    """Everything that keeps a run with these parameters from starting. Empty: it can start."""
    return _bind(plan, parameters)[1]


def bind_run(plan: Plan, parameters: Mapping[str, Any]) -> RunBinding:
    """Raises `ParameterError` with all `problems` as a fact."""
    binding, problems = _bind(plan, parameters)
    if problems:
        raise ParameterError(summary(problems), problems=[problem.to_dict() for problem in problems])
    return binding


def still_missing(warnings: Iterable[Problem], parameters: Mapping[str, Any]) -> list[Problem]:
    """The `missing_input` warnings of validation that a run with these parameters leaves open, as errors.

    Validation also knows the names that code reads, which a plan does not.
    """
    found = []
    for problem in warnings:
        if problem.code != "missing_input" or problem.node is None or problem.field is None:
            continue
        name = problem.field.rpartition(".")[2]
        if not _is_supplied(problem.field, parameters.get(problem.node)):
            hint = f"Connect it, or supply parameters[{problem.node!r}][{name!r}]."
            found.append(replace(problem, severity="error", hint=hint))
    return found


def _is_supplied(field: str, supplied: Any) -> bool:
    if not isinstance(supplied, Mapping):
        return False
    if field.startswith("config."):
        return bool(supplied)  # the setting, or an input in its place: the node itself judges that
    return field.removeprefix("inputs.") in supplied


def bind_sub_workflow(plan: Plan, inputs: Mapping[str, Any]) -> RunBinding:
    """A sub-workflow's plan with its inputs as its parameters.

    Raises `ParameterError` with all `problems`; its code is that of the first.
    """
    declared = {item.name: item for item in plan.graph.parameters}
    problems = [
        Problem(
            "unknown_parameter",
            f"the sub-workflow declares no parameter {name!r}",
            field=f"inputs.{name}",
            hint=near_match(str(name), declared),
        )
        for name in inputs
        if name not in declared
    ]
    problems += [
        Problem(
            "missing_parameter",
            f"nothing gives the sub-workflow's parameter {name!r}",
            field=f"inputs.{name}",
        )
        for name, item in declared.items()
        if not item.has_default and name not in inputs
    ]
    if not problems:
        binding, problems = _bind(plan, inputs)
    if problems:
        found = [problem.to_dict() for problem in problems]
        raise ParameterError(summary(problems), code=problems[0].code, problems=found)
    return binding


def _bind(plan: Plan, parameters: Mapping[str, Any]) -> tuple[RunBinding, list[Problem]]:
    problems: list[Problem] = []
    values, by_node = _split(plan, parameters, problems)
    return _bind_scope(plan, values, by_node, problems), problems


def _bind_scope(
    plan: Plan,
    values: Mapping[str, Any],
    by_node: Mapping[str, Mapping[str, Any]],
    problems: list[Problem],
) -> RunBinding:
    given: dict[int, Mapping[str, Any]] = {}
    overrides: dict[int, dict[str, Any]] = {}
    for node_id, supplied in by_node.items():
        index = plan.index.get(node_id)
        if index is not None:
            given[index], overrides[index] = _sort_supplied(plan.nodes[index], supplied, problems)
    instances: list[Node] = []
    for node in plan.nodes:
        instance = node.instance
        stands_for_itself = node.is_borrowed or node.pin is not None
        if (instance is None or overrides.get(node.index)) and not stands_for_itself:
            instance = _configure(node, values, overrides.get(node.index, {}), problems)
        if node.inputs and not stands_for_itself:
            problems += _missing_inputs(node, given.get(node.index, NOTHING))
        instances.append(instance or Node(name=node.id))
    bodies = {
        index: _bind_scope(body, values, by_node, problems)
        for index in plan.containers
        if (body := plan.nodes[index].body) is not None and plan.nodes[index].container != "sub"
    }
    return RunBinding(instances, given, bodies)


def _split(
    plan: Plan, parameters: Mapping[str, Any], problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, Mapping[str, Any]]]:
    """The workflow's values (defaults included), and what is meant for single nodes, by id.

    What concerns only nodes that are left out of a partial run is passed over.
    """
    values = dict(plan.defaults)
    by_node: dict[str, Mapping[str, Any]] = {}
    nodes = _ids_of(plan)
    schemas = {item.name: item.schema for item in plan.graph.parameters}
    for name, value in parameters.items():
        field = f"parameters.{name}"
        if name in nodes:
            if isinstance(value, Mapping):
                by_node[name] = value
            else:
                problems.append(
                    Problem(
                        "invalid_parameter", "must be an object: input or setting name -> value", name, field
                    )
                )
        elif name in schemas:
            complaint = complaint_about(value, schemas[name])
            if complaint is not None:
                problems.append(Problem("invalid_parameter", f"parameter {name!r} {complaint}", field=field))
            values[name] = value
        elif name in _template_names(plan):
            values[name] = value
        elif name not in plan.left_out:
            hint = near_match(str(name), [*schemas, *nodes])
            problems.append(
                Problem(
                    "unknown_parameter", f"no parameter or node is called {name!r}", field=field, hint=hint
                )
            )
    return values, by_node


def _ids_of(plan: Plan) -> Collection[str]:
    return {node.id for node in plan.all_nodes()} if plan.containers else plan.index.keys()


def _template_names(plan: Plan) -> set[str]:
    names: set[str] = set()
    for node in plan.all_nodes():
        if node.templated:
            names |= template_names(node.spec.config, verbatim=node.node_class.verbatim)
    if plan.left_out:
        for spec in plan.graph.nodes:
            if spec.id in plan.left_out:
                names |= template_names(spec.config)
    return names


def _sort_supplied(
    node: PlannedNode, supplied: Mapping[str, Any], problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Splits a node's parameters into inputs and overridden settings."""
    ports = {port.name for port in node.inputs} | {CONTROL_INPUT}
    refused = _refused_names(node) if node.container is not None else ()
    inputs: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for name, value in supplied.items():
        if name in ports:
            inputs[name] = value
        elif name in node.node_class.run_settable:
            settings[name] = value
        elif node.node_class.accepts_any_input and name not in refused:
            inputs[name] = value
        else:
            known = sorted(ports | node.node_class.run_settable)
            problems.append(
                Problem(
                    "unknown_parameter",
                    f"a run can supply neither an input nor a setting {name!r} to {node.id!r}",
                    node.id,
                    f"parameters.{node.id}.{name}",
                    hint=near_match(str(name), known) or f"It can supply: {', '.join(known)}.",
                )
            )
    return inputs, settings


def _refused_names(node: PlannedNode) -> set[str]:
    """Names that would not be inputs of a container, although it takes any: its settings, its own values."""
    own = {port.name for port in node.node_class.inner_outputs(node.spec.config)}
    return own | node.node_class.Parameters.model_fields.keys()


def _configure(
    node: PlannedNode, values: Mapping[str, Any], overrides: Mapping[str, Any], problems: list[Problem]
) -> Node | None:
    try:
        config = resolve(node.spec.config, values, verbatim=node.node_class.verbatim)
        return node.node_class(name=node.id, **{**config, **overrides})
    except UnknownTemplateName as unknown:
        message = f"no value for ${{{unknown.name}}}: give the parameter a default, or supply it with the run"
        problems.append(Problem("missing_parameter", message, node.id, f"parameters.{unknown.name}"))
    except ParameterError as error:
        problems += [replace(item, node=node.id, severity="error") for item in problems_in(error)]
    return None


def _missing_inputs(node: PlannedNode, given: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem(
            "missing_input",
            f"nothing feeds the input {port.name!r}",
            node.id,
            f"inputs.{port.name}",
            hint=f"Connect it, or supply parameters[{node.id!r}][{port.name!r}].",
        )
        for port in node.inputs
        if port.required
        and port.name not in given
        and node.spec.config.get(port.name) is None
        and not any(wire.input == port.name for wire in node.wires)
    ]


def pick(outputs: Mapping[str, Any], wire: Wire) -> Any:
    """The value that a wire takes from its source's outputs. Raises `InputError` naming what is missing."""
    value = outputs[wire.port]
    for depth, part in enumerate(wire.path):
        try:
            value = value[int(part)] if isinstance(value, list | tuple) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            so_far = ".".join((wire.port, *wire.path[:depth]))
            raise InputError(
                f"input {wire.input!r}: {wire.output!r} is not there, because {so_far!r} {_contents(value)}",
                input=wire.input,
            ) from None
    return value


def _contents(value: Any) -> str:
    if isinstance(value, Mapping):
        keys = ", ".join(sorted(map(str, value))[:8])
        return f"has only {keys}" if keys else "is an empty object"
    if isinstance(value, list | tuple):
        return f"is a list of {len(value)}"
    return f"is {type(value).__name__}"


def gather_inputs(
    node: PlannedNode,
    outputs: Sequence[Mapping[str, Any] | None],
    failures: Mapping[int, Mapping[str, Any]],
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """A node's inputs: the run's, over them what its connections bring.

    A dead data wire binds `{}` (an input declared multiple leaves it out). `should_run` is not passed on.
    """
    inputs = {name: value for name, value in given.items() if name != CONTROL_INPUT} if given else {}
    if node.multiple:
        inputs.update({wire.input: [] for wire in node.wires if wire.input in node.multiple})
    for wire in node.wires:
        source = outputs[wire.source]
        if wire.is_error:
            if wire.source not in failures:
                continue
            value: Any = dict(failures[wire.source])
        elif source is not None and wire.port in source:
            value = pick(source, wire) if wire.path else source[wire.port]
        elif wire.input in node.multiple:
            continue
        else:
            value = {}
        if wire.is_control:
            continue
        if wire.input in node.multiple:
            inputs[wire.input].append(value)
        else:
            inputs[wire.input] = value
    return inputs


def bind_inputs(
    plan: Plan,
    node_id: str,
    outputs: Mapping[str, Mapping[str, Any]],
    parameters: Mapping[str, Any],
    failures: Mapping[str, Mapping[str, Any]] | None = None,
    entry: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The inputs that a node had or will have, from the outputs of the nodes that succeeded.

    `failures` maps failed nodes to `{error, attempts}`, for error connections; `entry` is what a container
    gives to its body. Raises `InputError`.
    """
    node = plan.node(node_id)
    supplied = parameters.get(node_id)
    given = _sort_supplied(node, supplied, [])[0] if isinstance(supplied, Mapping) else {}
    by_index: list[Mapping[str, Any] | None] = [None] * (len(plan.nodes) + 1)
    by_index[-1] = entry
    for wire in node.wires:
        if wire.source < len(plan.nodes):
            by_index[wire.source] = outputs.get(plan.nodes[wire.source].id)
    failed = {plan.index[name]: failure for name, failure in (failures or {}).items() if name in plan.index}
    return gather_inputs(node, by_index, failed, given)
