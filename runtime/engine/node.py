"""What a node type is: its parameters, its ports, its effect class and `run`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict

Level = Literal["debug", "info", "warning", "error"]


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
    """Returned by `run` instead of outputs: stop here, hold no memory, and go on at `until`.

    When the time has come the node succeeds with `outputs`; `run` is not called again.
    """

    until: datetime
    outputs: Mapping[str, Any]


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


class Node:
    """Base of all node types. Subclasses set the class variables and implement `run`.

    Constructing one checks its configuration (`ParameterError`) and touches nothing outside.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1
    label: ClassVar[str]
    category: ClassVar[Literal["flow", "data", "code", "ai", "action", "govern"]]
    icon: ClassVar[str]
    description: ClassVar[str] = ""
    effect: ClassVar[Effect] = Effect.PURE
    blocking: ClassVar[bool] = False  # True: `run` blocks, so the driver calls it in a worker thread
    inputs: ClassVar[tuple[Port, ...]] = ()
    outputs: ClassVar[tuple[Port, ...]] = (RESULT,)
    accepts_any_input: ClassVar[bool] = False
    run_settable: ClassVar[frozenset[str]] = frozenset()  # config keys that a run's parameters may override
    Parameters: ClassVar[type[NodeParameters]] = NodeParameters

    parameters: Any

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        """Outputs by port name (every node has `result`). Raises `NodeError` when it fails."""
        raise NotImplementedError
