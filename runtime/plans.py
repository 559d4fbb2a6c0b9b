"""Workflows made ready to run, as the runtimes and their mixins share them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runtime.builder import Workflow, standard_registry
from runtime.engine.config import resolve_config
from runtime.engine.errors import GraphError
from runtime.engine.graph import Graph, parse_graph
from runtime.engine.plan import Plan, compile_plan
from runtime.engine.problems import Problem, errors_of
from runtime.engine.registry import NodeRegistry
from runtime.engine.selection import Mode, select
from runtime.engine.validation import validate
from runtime.script_workflows import AnyWorkflow, ScriptWorkflows

CHECKS = "connection_validation"


class Plans:
    """Checks and compiles workflows with one runtime's parameters. Safe from several threads.

    A built workflow was checked when it was built, and is compiled once; a document is both each time.
    """

    def __init__(
        self, parameters: Mapping[str, Any], registry: NodeRegistry | None, workflows: ScriptWorkflows
    ) -> None:
        self._parameters = dict(parameters)
        self._registry = registry
        self._workflows = workflows
        self._compiled: weakref.WeakKeyDictionary[Workflow, Plan] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def problems_of(self, workflow: AnyWorkflow) -> list[Problem]:
        """Everything that validation finds, warnings included."""
        graph = workflow.graph if isinstance(workflow, Workflow) else _document(workflow)
        checks = self._parameters.get(CHECKS)
        if checks is not None:
            graph = _with_checks(graph, checks)
        return validate(graph, self._types_of(workflow), workflows=self._workflows)

    def plan_of(self, workflow: AnyWorkflow, mode: Mode = "full", node: str | None = None) -> Plan:
        """The plan of the workflow, or of a part of it. Raises `GraphError` with all problems."""
        if not isinstance(workflow, Workflow):
            return self._compile(self._checked(workflow), self._types_of(workflow), mode, node)
        with self._lock:
            plan = self._compiled.get(workflow) if mode == "full" else None
        if plan is None:
            # Neither the workflows it names nor what this runtime demands were known when it was built.
            if _names_workflows(workflow) or self._parameters.get(CHECKS) == "strict":
                self._checked(workflow)
            plan = self._compile(workflow.graph, self._types_of(workflow), mode, node)
            if mode == "full":
                with self._lock:
                    self._compiled[workflow] = plan
        return plan

    def _checked(self, workflow: AnyWorkflow) -> Graph:
        problems = self.problems_of(workflow)
        if errors_of(problems):
            raise GraphError(problems)
        if isinstance(workflow, Workflow):
            return workflow.graph
        return workflow if isinstance(workflow, Graph) else parse_graph(workflow)

    def _types_of(self, workflow: AnyWorkflow) -> NodeRegistry:
        """The types of the workflow and of the sub-workflows that were built with types of their own."""
        if isinstance(workflow, Workflow):
            registry = workflow.registry
        else:
            if self._registry is None:
                self._registry = standard_registry()
            registry = self._registry
        return (
            registry.with_classes(self._workflows.node_classes) if self._workflows.node_classes else registry
        )

    def _compile(self, graph: Graph, registry: NodeRegistry, mode: Mode, node: str | None) -> Plan:
        selection = None if mode == "full" else select(graph, mode, node)
        config = resolve_config(graph.settings, self._parameters)
        return compile_plan(graph, registry, config, workflows=self._workflows, selection=selection)


def _document(workflow: Any) -> Graph | Mapping[str, Any]:
    if not isinstance(workflow, Graph | Mapping):
        kind = type(workflow).__name__
        raise TypeError(f"a built workflow or a graph document is needed, not {kind}: call .build() first")
    return workflow


def _with_checks(document: Graph | Mapping[str, Any], checks: str) -> Graph | Mapping[str, Any]:
    """The workflow with what the runtime says of its connections: that wins over its own settings."""
    if isinstance(document, Graph):
        return replace(document, settings={**document.settings, CHECKS: checks})
    settings = document.get("settings", {})
    return (
        {**document, "settings": {**settings, CHECKS: checks}} if isinstance(settings, Mapping) else document
    )


def _names_workflows(workflow: Workflow) -> bool:
    return any(
        (node_class := workflow.registry.find(spec.type)) is not None
        and node_class.named_workflow(spec.config) is not None
        for spec in workflow.graph.nodes
    )
