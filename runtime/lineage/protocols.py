"""What `DataLineageNode` needs from its surroundings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Transformation:
    """What a step did to data, as it says. `inputs` are shapes by port (see `shapes`).

    `key` is the step's: the same once more is the same record. `audit`: the audit shall tell of it too.
    """

    key: str
    run_id: str
    node: str
    type: str
    source: Mapping[str, Any]
    target: Mapping[str, Any]
    inputs: Mapping[str, Any]
    frameworks: Sequence[str]
    audit: bool


@dataclass(frozen=True, slots=True)
class Tracked:
    """A record. `stored`: it is there after the run; `audited`: the audit tells of it."""

    tracking_id: str
    at: datetime
    stored: bool
    audited: bool


class LineageDesk(Protocol):
    """Keeps records: the server in a table, a script in its workspace, or without one in memory."""

    async def track(self, transformation: Transformation) -> Tracked:
        """Keeps it; the same key again changes nothing, and answers the same. Raises `NodeError`."""
        ...
