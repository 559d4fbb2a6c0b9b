"""Bodies of what people do with runs: run them again, act on many, decide about a step."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo

from runtime.api.body import Body, Problem, RequestBody
from runtime.api.run_bodies import RunCriteria
from runtime.api.run_terms import NodeOfMode, RunMode, RunReference

MAX_BULK = 500


WhichVersion = Literal["original", "latest", "draft"]


class RunAgain(RequestBody):
    """Runs a run's version once more: with the same parameters and settings, or with these.

    `failed` takes over what succeeded; `from_node` and `single` take over what the nodes that run need. Of
    another version, or with other parameters, results count only of steps that do now what they did then.
    """

    mode: RunMode = RunMode.FULL
    node: NodeOfMode = None
    version: WhichVersion = Field(
        "original", description="`latest` is the published version, `draft` what the editor shows now."
    )
    parameters: dict[str, Any] | None = Field(None, description="In place of all parameters of the run.")
    settings: dict[str, Any] | None = Field(None, description="In place of all settings of the run.")


class RunSelection(RunCriteria, RequestBody):
    """Runs chosen as the list chooses them."""


def _one_choice(runs: list[UUID] | None, info: ValidationInfo) -> list[UUID] | None:
    if info.data.get("filter") is None and not runs:
        raise ValueError("Name the runs, or give a filter.")
    if info.data.get("filter") is not None and runs is not None:
        raise ValueError("Name the runs or give a filter, not both.")
    return runs


class RunsAction(RequestBody):
    """One action on many runs, decided for each by itself. `mode` and `version` are for `rerun`."""

    action: Literal["rerun", "cancel", "pause", "resume"]
    filter: RunSelection | None = Field(None, description="All runs that fit, at most 500.")
    runs: Annotated[
        list[UUID] | None, Field(max_length=MAX_BULK, validate_default=True), AfterValidator(_one_choice)
    ] = None
    mode: Literal["full", "failed"] = "full"
    version: WhichVersion = "original"


class RunActionResult(Body):
    """What became of one run. `run` is the new one after `rerun`, else itself; `problem` says why not."""

    id: UUID
    ok: bool
    run: RunReference | None
    problem: Problem | None


class RunsActionResults(Body):
    results: list[RunActionResult]


class RunDecision(RequestBody):
    """How a step of unknown outcome ended, in this attempt. `outputs`, by port: of one that succeeded."""

    attempt: int = Field(ge=1, le=2**31 - 1)
    outcome: Literal["succeeded", "failed", "retry"]
    outputs: dict[str, Any] | None = None
    comment: str = Field("", max_length=2000)
