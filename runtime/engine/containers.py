"""Which container does which kind of work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from runtime.engine.container import Container, Entrance
from runtime.engine.errors import NodeError
from runtime.engine.history import ContainerHistory, OpenNode
from runtime.engine.loop_run import LoopRun
from runtime.engine.map_run import MapRun
from runtime.engine.node import ContainerKind
from runtime.engine.scope import Step
from runtime.engine.sub_run import SubRun

if TYPE_CHECKING:
    from runtime.engine.steps import Steps

_KINDS: Mapping[ContainerKind, type[Container]] = {"loop": LoopRun, "map": MapRun, "sub": SubRun}


def make_container(
    steps: Steps, step: Step, inputs: Mapping[str, Any], started_at: datetime, open_node: OpenNode | None
) -> Container:
    """What performs a container node. Raises `NodeError` for inputs that it cannot work with."""
    node = step.node
    if node.container is None or node.body is None:
        raise NodeError(f"{node.spec.type} has no body to run", code="unexpected_error")
    history = (None if open_node is None else open_node.container) or ContainerHistory()
    return _KINDS[node.container](Entrance(steps, step, node.body, inputs, started_at, history))
