"""Everything wrong with a graph, at once: shape, types, configuration, ports, connections, cycles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from runtime.engine.config import NO_CAPS, Caps, check_node_options, check_settings
from runtime.engine.config_problems import check_config
from runtime.engine.connection_checks import ConnectionChecker, KnownNode, outer_inputs, type_checks_of
from runtime.engine.document import read_document
from runtime.engine.graph import Graph, NodeSpec
from runtime.engine.node import CheckContext, CodeChecker, Effect, Node, Port
from runtime.engine.parents import check_parents
from runtime.engine.plan_checks import check_retry_option
from runtime.engine.problems import Problem, errors_of, near_match
from runtime.engine.references import References
from runtime.engine.registry import NodeRegistry
from runtime.engine.schema import complaint_about, unsupported_keywords
from runtime.engine.templates import is_valid_name, template_names
from runtime.engine.workflows import WorkflowSource


def validate(
    document: Mapping[str, Any] | Graph,
    registry: NodeRegistry,
    *,
    code_checker: CodeChecker | None = None,
    workflows: WorkflowSource | None = None,
    workflow: str | None = None,
    caps: Caps = NO_CAPS,
) -> list[Problem]:
    """All problems, errors and warnings, in the order of the document. Never raises on a bad document.

    With `workflows` the workflows that it names are looked up and checked too; `workflow` is what they call
    this one. `caps` are the operator's limits on settings and options.
    """
    if isinstance(document, Graph):
        graph: Graph | None = document
        problems: list[Problem] = []
    else:
        graph, problems = read_document(document)
    if graph is None:
        return problems
    references = None
    if workflows is not None:
        references = References(
            workflows,
            lambda child, inner: _Checker(child, registry, code_checker, inner).check(),
            registry,
            workflow,
        )
    return problems + _Checker(graph, registry, code_checker, references, caps).check()


class _Checker:
    """Checks one graph; `references` checks the workflows that it names."""

    def __init__(
        self,
        graph: Graph,
        registry: NodeRegistry,
        code_checker: CodeChecker | None = None,
        references: References | None = None,
        caps: Caps = NO_CAPS,
    ) -> None:
        self._graph = graph
        self._registry = registry
        self._code_checker = code_checker
        self._references = references
        self._caps = caps
        self._known: dict[str, KnownNode] = {}
        self._ids = {node.id for node in graph.nodes}
        self._declared = {parameter.name for parameter in graph.parameters}
        self._wired = outer_inputs(graph)

    def check(self) -> list[Problem]:
        graph = self._graph
        problems = check_settings(graph.settings, caps=self._caps)
        problems += self._check_parameters() + self._check_ids() + check_parents(graph.nodes, self._registry)
        for node in graph.nodes:
            problems += [problem.at_node(node.id) for problem in self._check_node(node)]
        type_checks = type_checks_of(graph.settings)
        problems += ConnectionChecker(graph, self._known, self._wired, type_checks).check()
        problems += self._check_inputs()
        return [problem for problem in problems if not self._is_idle(problem)]

    def _is_idle(self, problem: Problem) -> bool:
        """A pinned node does not run, so that it misses nothing."""
        if problem.code != "missing_input" or problem.node not in self._known:
            return False
        return self._known[problem.node].spec.options.pin is not None

    # --- the graph itself ---------------------------------------------------------------------------------

    def _check_ids(self) -> list[Problem]:
        counts = Counter(node.id for node in self._graph.nodes)
        return [
            Problem("duplicate_node_id", f"{count} nodes are called {node_id!r}", node_id, "id")
            for node_id, count in counts.items()
            if count > 1
        ]

    def _check_parameters(self) -> list[Problem]:
        problems = []
        seen: set[str] = set()
        for parameter in self._graph.parameters:
            field = f"parameters.{parameter.name}"
            if not is_valid_name(parameter.name):
                message = f"{parameter.name!r} is not a name: letters, digits and _, no digit first"
                problems.append(Problem("invalid_parameter", message, field=field))
            if parameter.name in seen:
                problems.append(
                    Problem("duplicate_parameter", f"{parameter.name!r} is declared twice", field=field)
                )
            if parameter.name in self._ids:
                message = f"{parameter.name!r} is also the id of a node: a run could not tell them apart"
                problems.append(Problem("ambiguous_parameter", message, field=field))
            seen.add(parameter.name)
            unsupported = unsupported_keywords(parameter.schema)
            if unsupported:
                message = f"the schema uses {', '.join(unsupported)}, which is not supported"
                problems.append(Problem("unsupported_option", message, field=f"{field}.schema"))
            elif parameter.has_default and (
                complaint := complaint_about(parameter.default, parameter.schema)
            ):
                problems.append(
                    Problem("invalid_parameter", f"the default {complaint}", field=f"{field}.default")
                )
        return problems

    # --- nodes --------------------------------------------------------------------------------------------

    def _check_node(self, node: NodeSpec) -> list[Problem]:
        node_class = self._registry.find(node.type)
        if node_class is None:
            hint = self._registry.hint_for(node.type)
            return [Problem("unknown_node_type", f"unknown node type {node.type!r}", field="type", hint=hint)]
        problems = self._check_options(node, node_class)
        if node.type_version > node_class.version:
            message = f"{node.type} version {node.type_version} is newer than ours, {node_class.version}"
            problems.append(Problem("unknown_type_version", message, field="type_version"))
        found = check_config(node_class, node.config)
        problems += found + self._check_templates(node, node_class)
        usable = not errors_of(found)
        if usable:
            wired = frozenset(self._wired.get(node.id, ()))
            problems += node_class.check(node.config, CheckContext(node.id, wired, self._code_checker))
            named = node_class.named_workflow(node.config)
            if named is not None and self._references is not None:
                problems += self._references.check(named, wired)
        self._known.setdefault(
            node.id,
            KnownNode(
                spec=node,
                node_class=node_class,
                inputs=node_class.input_ports(node.config) if usable else None,
                outputs=node_class.output_ports(node.config) if usable else None,
            ),
        )
        return problems + _check_pin(node, self._known[node.id].outputs)

    def _check_options(self, node: NodeSpec, node_class: type[Node]) -> list[Problem]:
        options = node.options
        problems = check_node_options(self._caps, timeout=options.timeout, retry=options.retry)
        if node_class.container == "loop" and self._graph.settings.get("enable_cycles") is False:
            message = "loops are switched off in this workflow (enable_cycles is false)"
            problems.append(Problem("cycles_disabled", message, field="type"))
        problems += check_retry_option(node, node_class)
        if options.retry is None or node_class.container is not None:
            return problems
        if node_class.effect_of(node.config) is Effect.AT_MOST_ONCE:
            message = f"{node.type} is never tried again: a second call could act twice"
            problems.append(Problem("retry_forbidden", message, field="options.retry"))
        return problems

    def _check_templates(self, node: NodeSpec, node_class: type[Node]) -> list[Problem]:
        return [
            Problem(
                "undeclared_parameter",
                f"${{{name}}} is not a declared parameter",
                field="config",
                severity="warning",
                hint=near_match(name, self._declared) or "Declare it, or supply it with every run.",
            )
            for name in sorted(template_names(node.config, verbatim=node_class.verbatim) - self._declared)
        ]

    def _check_inputs(self) -> list[Problem]:
        problems = []
        for node_id, known in self._known.items():
            for port in known.inputs or ():
                is_fed = (
                    port.name in self._wired.get(node_id, ()) or known.spec.config.get(port.name) is not None
                )
                if port.required and not is_fed:
                    hint = "Connect it, or supply it with the run."
                    message = f"nothing feeds the input {port.name!r}"
                    problems.append(
                        Problem(
                            "missing_input", message, node_id, f"inputs.{port.name}", "warning", hint=hint
                        )
                    )
        return problems


def _check_pin(node: NodeSpec, outputs: tuple[Port, ...] | None) -> list[Problem]:
    names = [port.name for port in outputs or ()]
    return [
        Problem(
            "unknown_output",
            f"{node.type} has no output {name!r} to pin",
            field=f"options.pin.{name}",
            hint=near_match(name, names) or f"It has: {', '.join(names) or 'none'}.",
        )
        for name in (node.options.pin or () if outputs is not None else ())
        if name not in names
    ]
