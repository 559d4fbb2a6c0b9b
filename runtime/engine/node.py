"""What a node type is: its parameters, its ports, its effect class and `run`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from runtime.engine.errors import NodeError, ParameterError
from runtime.engine.named_workflow import NamedWorkflow
from runtime.engine.problems import Problem

# `stream`: a piece of a text that goes on, to be put together with those before it.
Level = Literal["debug", "info", "stream", "warning", "error"]
TIMER = "timer"
ContainerKind = Literal["loop", "map", "sub"]


class Effect(StrEnum):
    """What a repeated execution would do; decides what must be durable before and after it."""

    PURE = "pure"
    IDEMPOTENT = "idempotent"
    EFFECTFUL = "effectful"
    AT_MOST_ONCE = "at_most_once"


class PortType(StrEnum):
    """The eight kinds a port shows on the canvas. `any` fits everything."""

    ANY = "any"
    RECORDS = "records"
    OBJECT = "object"
    TEXT = "text"
    NUMBER = "number"
    CONTROL = "control"
    FILE = "file"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Port:
    """A named end for connections. `multiple` inputs receive a list, in connection order."""

    name: str
    type: PortType = PortType.ANY
    label: str = ""
    required: bool = False
    multiple: bool = False


RESULT = Port("result")


class NodeParameters(BaseModel):
    """Base of every node's configuration: its JSON Schema drives form, API, validation and docs."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


@dataclass(frozen=True, slots=True)
class Park:
    """Returned by `run` instead of outputs: stop here, hold no memory, and go on later.

    With `on="timer"` the node succeeds with `outputs` at `until`; nothing of it is called again. Any other
    `on` names something outside of the run, such as `approval`: when there are news of it, or at `until`
    where that is given, the node's `resume` is called.
    """

    until: datetime | None
    outputs: Mapping[str, Any] | None = None
    on: str = TIMER

    def __post_init__(self) -> None:
        if self.on == TIMER and self.until is None:
            raise ValueError("a wait for a time needs 'until'")
        if self.until is not None and self.until.tzinfo is None:
            raise ValueError("'until' needs a zone")


class NodeContext(Protocol):
    """What one attempt of a node may use. Built by the driver."""

    @property
    def node_id(self) -> str: ...
    @property
    def run_id(self) -> str: ...
    @property
    def attempt(self) -> int:
        """1 for the first try."""
        ...

    @property
    def inputs(self) -> Mapping[str, Any]: ...
    @property
    def idempotency_key(self) -> str:
        """Stable over retries and recoveries of this step."""
        ...

    @property
    def timeout_s(self) -> float | None:
        """Seconds this attempt may still take (the driver interrupts it then in any case)."""
        ...

    @property
    def seed(self) -> int: ...

    @property
    def services(self) -> Any:
        """A `runtime.services_protocol.NodeServices`: sandbox, http, datasets."""
        ...

    def log(self, level: Level, text: str) -> None:
        """A line of the run's log."""
        ...

    def progress(self, done: int, total: int | None = None) -> None:
        """Ephemeral progress, in items."""
        ...

    def use(self, *, cpu_s: float | None = None, peak_mb: float | None = None) -> None:
        """What the attempt cost: seconds of processor time, which add up, and the most memory it held."""
        ...


class CodeProblem(Protocol):
    """What a code checker found. `severity` is `error` or `warning`; lines start at 1."""

    @property
    def line(self) -> int | None: ...
    @property
    def message(self) -> str: ...
    @property
    def severity(self) -> Literal["error", "warning"]: ...
    @property
    def hint(self) -> str | None: ...


class CodeReport(Protocol):
    @property
    def problems(self) -> Sequence[CodeProblem]: ...
    @property
    def free_names(self) -> Sequence[str]:
        """Names that the code reads and does not define: its inputs."""
        ...


class CodeChecker(Protocol):
    def __call__(self, code: str, /) -> CodeReport: ...


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What `Node.check` may know of a node's surroundings. `wired`: the inputs that a connection feeds from
    outside; those that a container's own body feeds are not among them.
    """

    node_id: str
    wired: frozenset[str] = field(default_factory=frozenset)
    code_checker: CodeChecker | None = None


_ParametersClass: TypeAlias = type[NodeParameters]  # inside `Node`, `type` is the node type's name


class Node:
    """Base of all node types. Subclasses set the class variables and implement `run`.

    Constructing one checks its configuration (`ParameterError`) and touches nothing outside.
    An instance holds its configuration only, so that several runs may share it.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1
    label: ClassVar[str]
    category: ClassVar[Literal["flow", "data", "code", "ai", "action", "govern"]]
    icon: ClassVar[str]
    description: ClassVar[str] = ""
    effect: ClassVar[Effect] = Effect.PURE
    blocking: ClassVar[bool] = False  # True: `run` blocks, so the driver calls it in a worker thread
    needs_server: ClassVar[str] = ""  # why a script cannot run it
    aside_refusal: ClassVar[str] = ""  # why no batch of another step may run it
    inputs: ClassVar[tuple[Port, ...]] = ()
    outputs: ClassVar[tuple[Port, ...]] = (RESULT,)
    accepts_any_input: ClassVar[bool] = False
    run_settable: ClassVar[frozenset[str]] = frozenset()  # config keys that a run's parameters may override
    verbatim: ClassVar[frozenset[str]] = frozenset({"code", "expression"})  # keys (any depth) free of `${}`
    dynamic_inputs: ClassVar[str | None] = None  # config key whose code names the inputs
    prompts: ClassVar[tuple[str, ...]] = ()  # config keys whose `{names}` are inputs
    dynamic_outputs: ClassVar[Mapping[str, Any] | None] = (
        None  # {"from": key, "name": item key, "extra": [...]}
    )
    container: ClassVar[ContainerKind | None] = None  # not None: the driver performs it, `run` is not called
    Parameters: ClassVar[_ParametersClass] = NodeParameters

    parameters: Any

    def __init__(
        self, *, name: str | None = None, retry_config: Mapping[str, Any] | None = None, **config: Any
    ) -> None:
        """Raises `ParameterError` with `problems`, each naming its field."""
        self.name = name or type(self).type
        self.config = config
        self.retry_config = retry_config
        try:
            self.parameters = type(self).Parameters.model_validate(config)
        except ValidationError as error:
            raise invalid_config(type(self), error) from error

    @classmethod
    def input_ports(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        """The inputs of a node with this (raw, valid) configuration."""
        return cls.inputs

    @classmethod
    def output_ports(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        """The outputs of a node with this (raw, valid) configuration."""
        return cls.outputs

    @classmethod
    def inner_outputs(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        """What a container gives to its body, besides every input of its own under that input's name."""
        return ()

    @classmethod
    def inner_inputs(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        """What a container takes from its body."""
        return ()

    @classmethod
    def effect_of(cls, config: Mapping[str, Any]) -> Effect:
        """The effect class of a node with this (raw, valid) configuration."""
        return cls.effect

    @classmethod
    def named_workflow(cls, config: Mapping[str, Any]) -> NamedWorkflow | None:
        """The other workflow that a node with this (raw, valid) configuration runs."""
        return None

    @classmethod
    def waits_outside(cls, config: Mapping[str, Any]) -> bool:
        """Whether it may park on something outside of the run: on a person, a delivery, another run."""
        return False

    @classmethod
    def starts_run(cls, config: Mapping[str, Any]) -> bool:
        """Of a sub-workflow: whether it is a run of its own, where runs can be started."""
        return False

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        """Findings beyond the schema. Called only with a configuration that the schema accepts.

        `config` is as stored (templates not resolved). Problems need no `node`; `field` is `config.<key>`.
        """
        return []

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        """Outputs by port name (every node has `result`). Raises `NodeError` when it fails.

        A declared output that is absent from the mapping is a branch not taken: what it feeds is skipped.
        """
        raise TypeError(f"{type(self).__name__} does not define run()")

    async def resume(self, context: NodeContext) -> Mapping[str, Any] | Park:
        """Asked of a node that parked on something outside: its outputs, or `Park` while it waits on.

        The context is that of `run`: the same inputs, attempt and idempotency key. May be called any number
        of times, also for no reason. Raises `NodeError` when the node fails.
        """
        raise TypeError(f"{type(self).__name__} does not define resume()")

    def value_of_failure(self, error: NodeError) -> Mapping[str, Any] | None:
        """Outputs that stand for a failure which no retry follows; None: the step fails, as most do.

        Not asked where the failure is handled otherwise: by an error connection, or by `on_error` `continue`.
        """
        return None

    def failure_told(self, outputs: Mapping[str, Any]) -> str | None:
        """The code of a failure that outputs which were returned tell of, for people who look at the run;
        None: they tell of none."""
        return None

    def execute(self, **inputs: Any) -> dict[str, Any]:
        """Runs this node alone, with a script's surroundings, and returns its outputs. Raises `NodeError`.

        A container cannot run alone: `ParameterError` (code `container_alone`).
        """
        if type(self).container is not None:
            raise ParameterError(
                f"{type(self).type} holds other steps and does nothing alone: "
                "place it in a workflow with WorkflowBuilder and run that",
                code="container_alone",
            )
        # By name, because the engine never imports what is built on it.
        return cast("dict[str, Any]", importlib.import_module("runtime.local").execute_node(self, inputs))


def invalid_config(node_class: type[Node], error: ValidationError) -> ParameterError:
    """A pydantic failure as a `ParameterError` that names each field (fact `problems`)."""
    from runtime.engine.config_problems import problems_of

    problems = problems_of(node_class, error)
    listed = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
    return ParameterError(
        f"{node_class.type}: {listed}", problems=[problem.to_dict() for problem in problems]
    )
