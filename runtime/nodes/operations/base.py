"""What every operation is."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from runtime.engine.problems import Problem
from runtime.nodes.records import Record

OtherRecords = Callable[[], list[Record]]


class RecordOperation(BaseModel):
    """Turns records into records. Never changes the records it is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    needs_other: ClassVar[bool] = False

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        """The new records; `other` gives those of the second input. Raises `NodeError`."""
        raise TypeError(f"{type(self).__name__} does not define apply()")

    def problems(self, field: str) -> list[Problem]:
        """Findings beyond the schema; `field` is this operation's place in the configuration."""
        return []
