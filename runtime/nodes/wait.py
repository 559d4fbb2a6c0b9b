"""WaitNode: lets time pass, for a while or until a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field, ValidationInfo, field_validator

from runtime.engine.node import Node, NodeContext, Park, Port
from runtime.nodes.forms import FormParameters, look

LONGEST_IN_MEMORY_S = 5.0
MAX_WAIT_S = 366 * 24 * 3600.0
LAST_YEAR = 9000  # its moments exist in every zone; some of the year 9999 do not


class WaitNode(Node):
    """Passes its input on after the wait. Waits over 5 seconds park the run: they cost no memory."""

    type = "WaitNode"
    label = "Wait"
    category = "flow"
    icon = "timer"
    description = "Waits for a time or until a moment, then passes its input on."
    inputs = (Port("input", label="Input"),)

    class Parameters(FormParameters):
        seconds: float | None = Field(
            None,
            title="Wait for (seconds)",
            description="From the moment the node starts.",
            ge=0,
            le=MAX_WAIT_S,
            json_schema_extra=look(widget="duration"),
        )
        until: AwareDatetime | None = Field(
            None,
            title="Wait until",
            description="A moment with its zone, such as 2030-01-31T09:00:00Z. A past one does not wait.",
            validate_default=True,
        )

        @field_validator("until")
        @classmethod
        def _is_one_of_both(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
            if until is not None and until.year > LAST_YEAR:
                raise ValueError(f"use a year up to {LAST_YEAR}")
            if "seconds" in info.data and (info.data["seconds"] is None) == (until is None):
                raise ValueError("give either 'seconds' or 'until'")
            return until

    parameters: Parameters

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        now = datetime.now(UTC)
        until = self.parameters.until or now + timedelta(seconds=self.parameters.seconds or 0.0)
        outputs = {"result": context.inputs.get("input")}
        remaining_s = (until - now).total_seconds()
        if remaining_s > LONGEST_IN_MEMORY_S:
            return Park(until, outputs)
        if remaining_s > 0:
            await asyncio.sleep(remaining_s)
        return outputs
