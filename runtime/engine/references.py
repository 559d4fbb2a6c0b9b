"""What is wrong with the workflows that a graph names: unknown, unusable, circular, wrongly fed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from runtime.engine.aside_checks import not_aside, why_not_aside
from runtime.engine.errors import WorkflowError
from runtime.engine.graph import CONTROL_INPUT, Graph
from runtime.engine.named_workflow import NamedWorkflow
from runtime.engine.problems import Problem, near_match, summary
from runtime.engine.registry import NodeRegistry
from runtime.engine.workflows import MAX_SUB_DEPTH, Found, WorkflowSource, last_steps, read_output

CheckGraph = Callable[[Graph, "References"], list[Problem]]
# Warnings of a workflow that become errors where it is a step: its run could supply them, a step's cannot.
_UNSUPPLIED = frozenset({"missing_input", "undeclared_parameter"})


class References:
    """Looks up and checks what sub-workflow nodes name, each workflow once, however many name it.

    `own` is what the source calls the workflow that is checked: naming its latest version is a circle too.
    """

    def __init__(
        self,
        source: WorkflowSource,
        check_graph: CheckGraph,
        registry: NodeRegistry,
        own: str | None = None,
    ) -> None:
        self._source = source
        self._check_graph = check_graph
        self._registry = registry
        self._own = own
        self._chain: tuple[Found, ...] = ()
        self._checked: dict[str, tuple[list[Problem], int]] = {}
        self._height = 0

    def check(self, named: NamedWorkflow, wired: Collection[str]) -> list[Problem]:
        """Problems of what one node with a valid configuration names; they name no node."""
        problems = self._check(named, wired)
        if named.field == "config":
            return problems
        return [replace(problem, field=_placed(problem.field, named.field)) for problem in problems]

    def _check(self, named: NamedWorkflow, wired: Collection[str]) -> list[Problem]:
        if self._own is not None and (named.workflow, named.version) == (self._own, "latest"):
            return [_circle(["this workflow", *(item.name for item in self._chain)], "this workflow")]
        try:
            found = self._source.find(named.workflow, named.version)
        except WorkflowError as error:
            return [Problem(error.code, error.message, field="config.workflow")]
        keys = [item.key for item in self._chain]
        if found.key in keys:
            names = [item.name for item in self._chain[keys.index(found.key) :]]
            return [_circle(names, found.name)]
        inside, height = self._check_child(found)
        self._height = max(self._height, height + 1)
        if len(self._chain) + height + 1 > MAX_SUB_DEPTH:
            message = f"workflows contain each other more than {MAX_SUB_DEPTH} deep"
            return [Problem("too_deep", message, field="config.workflow")]
        if named.is_aside:
            return inside + (_check_aside(found, named) or self._check_steps_aside(found))
        return inside + _check_inputs(found, wired) + _check_output(found, named.output)

    def _check_steps_aside(self, found: Found) -> list[Problem]:
        """Steps that cannot be performed aside, also in the workflows that it contains."""
        waiting, seen = [found], {found.key}
        while waiting:
            for spec in waiting.pop().graph.nodes:
                node_class = self._registry.find(spec.type)
                if node_class is None or spec.disabled:
                    continue
                reason = why_not_aside(node_class, spec)
                if reason is not None:
                    return [not_aside(found.name, spec.id, reason)]
                named = node_class.named_workflow(spec.config)
                inner = None if named is None else self._find(named)
                if inner is not None and inner.key not in seen:
                    seen.add(inner.key)
                    waiting.append(inner)
        return []

    def _find(self, named: NamedWorkflow) -> Found | None:
        try:
            return self._source.find(named.workflow, named.version)
        except WorkflowError:
            return None  # told already, as a problem of the workflow that names it

    def _check_child(self, found: Found) -> tuple[list[Problem], int]:
        """What keeps the workflow from being a step, and how deep workflows nest in it."""
        known = self._checked.get(found.key)
        if known is not None:
            return known
        if len(self._chain) >= MAX_SUB_DEPTH:
            return [], 0
        inner = References(self._source, self._check_graph, self._registry, self._own)
        inner._chain, inner._checked = (*self._chain, found), self._checked
        problems = [
            replace(problem, severity="error")
            for problem in self._check_graph(found.graph, inner)
            if problem.severity == "error" or problem.code in _UNSUPPLIED
        ]
        result = _as_step(found, problems), inner._height
        self._checked[found.key] = result
        return result


def _circle(names: list[str], last: str) -> Problem:
    shown = " → ".join([*names, last])
    message = f"workflows contain each other in a circle: {shown}"
    hint = "Name another workflow, or an older version by its number."
    return Problem("sub_workflow_cycle", message, field="config.workflow", hint=hint)


def _as_step(found: Found, problems: list[Problem]) -> list[Problem]:
    """A child's problems as one of the step, circles as they are: their message names the chain."""
    for problem in problems:
        if problem.code in ("sub_workflow_cycle", "too_deep"):
            return [replace(problem, node=None, field="config.workflow")]
    if not problems:
        return []
    message = f"the workflow {found.name!r} cannot run as a step: {summary(problems)}"
    hint = f"Correct {found.name!r} first. Inside a step, nothing but its parameters can be supplied."
    return [Problem("invalid_sub_workflow", message, field="config.workflow", hint=hint)]


def _check_inputs(found: Found, wired: Collection[str]) -> list[Problem]:
    declared = {item.name: item for item in found.graph.parameters}
    problems = []
    for name in sorted(set(wired) - declared.keys() - {CONTROL_INPUT}):
        message = f"the workflow {found.name!r} has no parameter {name!r}"
        hint = near_match(name, declared) or f"It has: {', '.join(declared) or 'none'}."
        problems.append(Problem("unknown_input", message, field=f"inputs.{name}", hint=hint))
    for name, parameter in declared.items():
        if not parameter.has_default and name not in wired:
            message = f"nothing feeds {name!r}, which the workflow {found.name!r} needs"
            hint = "Connect it, or supply it with the run."
            problems.append(Problem("missing_input", message, None, f"inputs.{name}", "warning", hint=hint))
    return problems


def _check_output(found: Found, output: str) -> list[Problem]:
    if not output or read_output(output, found.graph) is not None:
        return []
    steps = [item.id for item in found.graph.nodes if item.parent is None]
    message = f"{output!r} does not begin with a step of the workflow {found.name!r}"
    hint = near_match(output.split(".")[0], steps) or f"Its steps are: {', '.join(steps[:8]) or 'none'}."
    return [Problem("unknown_output", message, field="config.output", hint=hint)]


def _check_aside(found: Found, named: NamedWorkflow) -> list[Problem]:
    """Whether it takes what it is given, asks for nothing else, and says what it returns."""
    declared = {item.name: item for item in found.graph.parameters}
    problems = [
        Problem(
            "missing_parameter",
            f"the workflow {found.name!r} has no parameter {name!r}, which it would be given",
            field="config.workflow",
            hint=f"Declare the parameter {name!r} there, and read it as ${{{name}}}.",
        )
        for name in sorted((named.gives or frozenset()) - declared.keys())
    ]
    given = (named.gives or frozenset()) | named.may_give
    problems += [
        Problem(
            "missing_input",
            f"nothing feeds {name!r}, which the workflow {found.name!r} needs",
            field="config.workflow",
            hint="Give that parameter a default.",
        )
        for name, item in declared.items()
        if not item.has_default and name not in given
    ]
    if not named.output and len(last_steps(found.graph)) != 1:
        message = f"the workflow {found.name!r} has more than one last step: say which output is the result"
        problems.append(Problem("missing_parameter", message, field="config.output"))
    return problems + _check_output(found, named.output)


def _placed(field: str | None, place: str) -> str | None:
    if field is None or not field.startswith("config"):
        return field
    return place + field.removeprefix("config")
