"""Where the engine asks whether a node may run. What decides is outside: the roles of a user, or policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from runtime.engine.errors import NodeError

if TYPE_CHECKING:
    from runtime.engine.plan import PlannedNode

ACCESS_DENIED = "access_denied"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a node may not run: `reason` for people, `rule` the stable name of the rule that decided."""

    reason: str
    rule: str

    def to_error(self) -> NodeError:
        """The error of the refused attempt, which is never tried again."""
        return NodeError(self.reason, code=ACCESS_DENIED, retryable=False, rule=self.rule)


class Guard(Protocol):
    def check(self, node: PlannedNode, path: str) -> Refusal | None:
        """None: the node at `path` may run.

        Called before each attempt, on the driver's loop; must not block.
        """
        ...
