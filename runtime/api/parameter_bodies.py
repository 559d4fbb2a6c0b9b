"""Bodies of the runtime parameters."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from runtime.api.body import Body
from runtime.engine.parameters import Group, Settable


class RuntimeParameter(Body):
    """One of the parameters of a run: what it does, and how far it may be set."""

    name: str
    title: str
    description: str
    unit: str | None
    group: Group
    value_schema: dict[str, Any] = Field(alias="schema", description="Empty for what JSON cannot hold.")
    default: Any = Field(description="What a run has that sets nothing, on this server.")
    null_means: str = Field(
        description="What null does, such as `for no limit`; empty where it is not allowed."
    )
    cap: Any = Field(description="The operator's limit: what is set may only be tighter. Null without one.")
    cap_text: str | None = Field(description="The limit in words, such as `at most 600 seconds`.")
    settable: Settable = Field(description="By workflows and runs, or by the operator of the server alone.")


class RuntimeParameterList(Body):
    results: list[RuntimeParameter]
    next: str | None
