"""Turns a graph into its plan: scope by scope, a container's body before the container."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from runtime.engine.aside_checks import not_aside, steps_kept_out
from runtime.engine.caps import NO_CAPS, Caps, apply, tighten_retry, tighten_timeout
from runtime.engine.config import RuntimeConfig
from runtime.engine.config_problems import check_config, problems_in
from runtime.engine.errors import GraphError, ParameterError, WorkflowError
from runtime.engine.graph import Connection, Graph, NodeSpec
from runtime.engine.named_workflow import NamedWorkflow
from runtime.engine.node import Effect, Node, Port
from runtime.engine.parents import MAX_DEPTH
from runtime.engine.plan import Plan, PlannedNode, Wire
from runtime.engine.plan_checks import find_circle, refuse_unrunnable, too_deep
from runtime.engine.port_types import is_checked
from runtime.engine.problems import Problem, errors_of, summary
from runtime.engine.registry import NodeRegistry
from runtime.engine.retry import RetryPolicy, policy_from
from runtime.engine.selection import Selection
from runtime.engine.templates import template_names
from runtime.engine.workflows import WorkflowSource

# What a sub-workflow's own settings decide inside of it. All else is the run's.
OWN_SETTINGS = frozenset(
    {
        "timeout",
        "node_timeout",
        "retry_on_failure",
        "max_retries",
        "retry_backoff",
        "retry_initial_delay",
        "retry_max_delay",
        "fail_fast",
        "conditional_execution",
        "connection_validation",
    }
)

NO_NAMES: frozenset[str] = frozenset()
# Problems of a chain of sub-workflows as a whole, wherever in it they are found.
ABOUT_THE_CHAIN = frozenset({"sub_workflow_cycle", "too_deep"})


@dataclass(slots=True)
class _Scope:
    """The nodes of one scope before they are planned, and the connections that matter to it."""

    nodes: list[NodeSpec] = field(default_factory=list)
    inside: list[Connection] = field(default_factory=list)
    entering: list[Connection] = field(default_factory=list)
    leaving: list[Connection] = field(default_factory=list)


class Compiler:
    """Makes the plan of one graph and of every sub-workflow in it, each of them once."""

    def __init__(
        self,
        registry: NodeRegistry,
        workflows: WorkflowSource | None,
        config: RuntimeConfig,
        caps: Caps = NO_CAPS,
    ) -> None:
        self._registry = registry
        self._workflows = workflows
        self._config = config
        self.caps = caps
        self._subs: dict[str, Plan] = {}
        self._chain: list[tuple[str, str]] = []
        self.level = 0  # containers around what is being planned

    def compile(self, graph: Graph, selection: Selection | None = None) -> Plan:
        """Raises `GraphError`."""
        plan = _GraphCompiler(self, graph, self._config, selection or Selection(graph)).compile()
        if plan.depth > MAX_DEPTH:
            raise GraphError([too_deep()])
        return plan

    @property
    def registry(self) -> NodeRegistry:
        return self._registry

    @property
    def starts_runs(self) -> bool:
        """Whether sub-workflows can be runs of their own."""
        return self._workflows is not None and self._workflows.starts_runs

    def sub_plan(self, named: NamedWorkflow) -> Plan:
        """The plan of the workflow that a node names. Raises `WorkflowError`."""
        if self._workflows is None:
            raise WorkflowError(
                f"the workflow {named.workflow!r} cannot be looked up: no other workflows are known here",
                code="unknown_workflow",
            )
        found = self._workflows.find(named.workflow, named.version)
        if found.key in self._subs:
            return self._subs[found.key]
        if found.key in (key for key, _ in self._chain):
            chain = " → ".join([*(name for _, name in self._chain), found.name])
            raise WorkflowError(f"the workflow contains itself: {chain}", code="sub_workflow_cycle")
        self._chain.append((found.key, found.name))
        try:
            plan = _GraphCompiler(
                self, found.graph, self._config_of(found.graph), Selection(found.graph)
            ).compile()
        finally:
            self._chain.pop()
        self._subs[found.key] = plan
        return plan

    def _config_of(self, graph: Graph) -> RuntimeConfig:
        own = {name: value for name, value in graph.settings.items() if name in OWN_SETTINGS}
        return apply(self.caps, replace(self._config, **{"timeout": None, **own}))


class _GraphCompiler:
    """The scopes of one graph."""

    def __init__(self, whole: Compiler, graph: Graph, config: RuntimeConfig, selection: Selection) -> None:
        self._whole = whole
        self._graph = graph
        self._config = config
        self._selection = selection
        self._default_retry = config.retry_policy
        self._defaults = {item.name: item.default for item in graph.parameters if item.has_default}
        # Of the whole graph: a failure is handled also where a partial run leaves out what deals with it.
        self._routed = {item.source for item in graph.connections if item.kind == "error"}
        self._scopes: dict[str | None, _Scope] = {}
        self._problems: list[Problem] = []

    def compile(self) -> Plan:
        chosen = self._selection.graph
        refuse_unrunnable(chosen, self._whole.registry, self._config)
        self._sort(chosen)
        plan = self._plan_scope(None)
        if self._problems:
            raise GraphError(self._problems)
        return plan

    def _sort(self, graph: Graph) -> None:
        """Nodes and connections by scope; `refuse_unrunnable` has seen that each belongs to one."""
        parents = {node.id: node.parent for node in graph.nodes}
        scopes = self._scopes
        scopes[None] = _Scope()
        for node in graph.nodes:
            scope = scopes.get(node.parent)
            if scope is None:
                scope = scopes[node.parent] = _Scope()
            scope.nodes.append(node)
        for item in graph.connections:
            source, target = parents[item.source], parents[item.target]
            if source == target:
                scopes[source].inside.append(item)
            elif target == item.source:
                scopes[target].entering.append(item)
            else:
                scopes[source].leaving.append(item)

    def _plan_scope(self, container: str | None) -> Plan:
        scope = self._scopes.get(container) or _Scope()
        index = {node.id: position for position, node in enumerate(scope.nodes)}
        incoming: list[list[Wire]] = [[] for _ in scope.nodes]
        successors: list[list[int]] = [[] for _ in scope.nodes]
        for item in scope.inside:
            source, target = index[item.source], index[item.target]
            incoming[target].append(_wire(item, source))
            successors[source].append(target)
        pending = [len(wires) for wires in incoming]
        for item in scope.entering:
            incoming[index[item.target]].append(_wire(item, len(scope.nodes)))
        self._problems += find_circle(scope.nodes, successors, pending)
        handled = {index[name] for name in self._routed & index.keys()}
        nodes = tuple(
            self._plan_node(position, spec, incoming[position], position in handled)
            for position, spec in enumerate(scope.nodes)
        )
        for node in nodes:
            if node.pin is not None:
                pending[node.index] = 0  # it stands for itself, whatever becomes of what is before it
        return Plan(
            graph=self._graph,
            nodes=nodes,
            index=index,
            successors=tuple(map(tuple, successors)),
            pending=tuple(pending),
            starts=tuple(position for position, count in enumerate(pending) if count == 0),
            defaults=self._defaults,
            config=self._config,
            exits=tuple(_wire(item, index[item.source]) for item in scope.leaving),
            containers=tuple(node.index for node in nodes if node.container is not None),
            depth=max((1 + node.body.depth for node in nodes if node.body is not None), default=0),
            left_out=self._selection.left_out,
        )

    def _plan_node(
        self, position: int, spec: NodeSpec, wires: list[Wire], handles_failure: bool
    ) -> PlannedNode:
        node_class = self._whole.registry.get(spec.type)
        body = self._body(spec, node_class)
        container = node_class.container
        if container == "sub" and self._whole.starts_runs and node_class.starts_run(spec.config):
            container = body = None  # looked up for its problems only
        inputs = node_class.input_ports(spec.config)
        effect = node_class.effect_of(spec.config)
        templated = bool(template_names(spec.config, verbatim=node_class.verbatim))
        control: list[Wire] = []
        errors: list[Wire] = []
        data: list[Wire] = []
        for wire in wires:
            (control if wire.is_control else errors if wire.is_error else data).append(wire)
        options = spec.options
        is_composed = node_class.container is not None
        # Default timeouts and retries are meant for single steps: a container takes as long as its steps do.
        return PlannedNode(
            index=position,
            id=spec.id,
            spec=spec,
            node_class=node_class,
            inputs=inputs,
            effect=effect,
            retry=None if is_composed or effect is Effect.AT_MOST_ONCE else self._retry(spec),
            # A container takes as long as what is in it: the default is meant for single steps.
            timeout_s=options.timeout if is_composed else self._timeout(spec),
            on_error=options.on_error,
            join=options.join,
            wires=tuple(wires),
            data_wires=tuple(data),
            control_wires=tuple(control),
            error_wires=tuple(errors),
            multiple=frozenset(port.name for port in inputs if port.multiple) if inputs else NO_NAMES,
            handles_failure=handles_failure,
            templated=templated,
            instance=self._configure(spec, node_class, templated),
            container=container,
            body=body,
            pin=options.pin,
            is_borrowed=spec.id in self._selection.borrowed,
            typed_wires=self._typed(data, inputs) if inputs and data else (),
        )

    def _timeout(self, spec: NodeSpec) -> float | None:
        own = spec.options.timeout
        return self._config.node_timeout if own is None else tighten_timeout(self._whole.caps, own)

    def _retry(self, spec: NodeSpec) -> RetryPolicy | None:
        if spec.options.retry is None:
            return self._default_retry
        return tighten_retry(self._whole.caps, policy_from(spec.options.retry))

    def _typed(self, wires: list[Wire], inputs: tuple[Port, ...]) -> tuple[tuple[Wire, Port], ...]:
        if self._config.connection_validation == "off":
            return ()
        ports = {port.name: port for port in inputs if is_checked(port.type)}
        return tuple((wire, ports[wire.input]) for wire in wires if wire.input in ports)

    def _body(self, spec: NodeSpec, node_class: type[Node]) -> Plan | None:
        named = node_class.named_workflow(spec.config)
        if node_class.container is None and named is None:
            return None
        if named is not None and (spec.disabled or spec.options.pin is not None):
            return None  # never entered, and the workflow that it names need not even exist
        if self._whole.level >= MAX_DEPTH:
            self._problems.append(too_deep(spec.id))
            return None
        self._whole.level += 1
        body = self._plan_scope(spec.id) if named is None else self._sub_plan(spec, named)
        self._whole.level -= 1
        return body

    def _sub_plan(self, spec: NodeSpec, named: NamedWorkflow) -> Plan | None:
        field = f"{named.field}.workflow"
        try:
            plan = self._whole.sub_plan(named)
        except GraphError as error:
            found = _problem_of_sub_workflow(named, errors_of(error.problems))
        except ParameterError as error:
            message = f"the settings of {named.workflow!r} cannot be used: {error.message}"
            found = Problem("invalid_sub_workflow", message)
        except WorkflowError as error:
            found = Problem(error.code, error.message)
        else:
            kept_out = next(steps_kept_out(plan), None) if named.is_aside else None
            if kept_out is None:
                return plan
            found = not_aside(named.workflow, *kept_out)
        self._problems.append(replace(found, node=spec.id, field=field))
        return None

    def _configure(self, spec: NodeSpec, node_class: type[Node], templated: bool) -> Node | None:
        """The configured node, or None while a run has still to supply something."""
        if not templated:
            try:
                return node_class(name=spec.id, **spec.config)
            except ParameterError as error:
                found = problems_in(error)
        else:
            found = check_config(node_class, spec.config)
        self._problems += [item.at_node(spec.id) for item in errors_of(found)]
        return None


def _problem_of_sub_workflow(named: NamedWorkflow, found: list[Problem]) -> Problem:
    """What is wrong with the named workflow, as one problem."""
    for problem in found:
        if problem.code in ABOUT_THE_CHAIN:
            return Problem(problem.code, problem.message)
    return Problem("invalid_sub_workflow", f"the workflow {named.workflow!r} cannot run: {summary(found)}")


def _wire(connection: Connection, source: int) -> Wire:
    return Wire(
        source=source,
        port=connection.port,
        path=connection.path,
        input=connection.input,
        is_error=connection.kind == "error",
        is_control=connection.is_control,
        output=connection.output,
    )
