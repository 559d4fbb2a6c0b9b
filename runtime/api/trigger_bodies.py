"""Bodies of triggers, their firings, deliveries and addresses."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from runtime.api.body import Body, Name, PageParameters, Person, RequestBody, Time
from runtime.api.run_terms import WorkflowReference
from runtime.engine.state import RunStatus
from runtime.triggers.configs import FollowConfig, ScheduleConfig, WebhookConfig
from runtime.triggers.kinds import DeliveryOutcome, FireCause, FireOutcome, TriggerKind

VersionChoice = Literal["latest"] | Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
ExpressionText = Annotated[str, StringConstraints(max_length=4000)]
Inputs = dict[Annotated[str, StringConstraints(min_length=1, max_length=200)], ExpressionText]


class TriggeredWorkflow(Body):
    """The workflow that a trigger starts."""

    id: UUID
    name: str
    published_version: int | None


class TriggerProblem(Body):
    """Why the last firing came to nothing. `message` is for those who may see the data of runs."""

    code: str
    message: str | None
    at: Time


class TriggerItem(Body):
    """A trigger. `config` is as its kind needs."""

    id: UUID
    kind: TriggerKind
    name: str
    enabled: bool
    version: Literal["latest"] | int
    workflow: TriggeredWorkflow
    source: WorkflowReference | None = Field(
        description="The workflow that is followed, of the kind `workflow`."
    )
    inputs: dict[str, str] | None = Field(
        description="Parameter to expression. Null: fields of the body that have a parameter's name."
    )
    concurrency_key: str
    config: ScheduleConfig | WebhookConfig | FollowConfig
    run_as: Person | None
    created_at: Time
    updated_at: Time
    last_fired_at: Time | None
    last_problem: TriggerProblem | None
    next_fire_at: Time | None = Field(description="Of a schedule that is enabled.")
    can: list[str]


class TriggerList(Body):
    results: list[TriggerItem]
    next: str | None


class TriggerFilters(PageParameters):
    """The query string of the list of triggers."""

    workflow: UUID | None = None
    kind: TriggerKind | None = None
    search: str | None = Field(None, max_length=200, description="In its name or its workflow's.")


class NewTrigger(RequestBody):
    """Triggers start runs of published versions: `enabled` needs one. `config` is checked by its kind."""

    workflow: UUID
    kind: TriggerKind
    name: Name
    enabled: bool = False
    version: VersionChoice = "latest"
    inputs: Inputs | None = None
    concurrency_key: ExpressionText = ""
    config: dict[str, Any]
    run_as: UUID | None = Field(None, description="Oneself when left out.")


class TriggerChange(RequestBody):
    """What is left out stays."""

    name: Name | None = None
    enabled: bool | None = None
    version: VersionChoice | None = None
    inputs: Inputs | None = None
    concurrency_key: ExpressionText | None = None
    config: dict[str, Any] | None = None
    run_as: UUID | None = None


class SchedulePreview(RequestBody):
    cron: str = Field(max_length=400)
    zone: str = Field("UTC", max_length=100)
    count: int = Field(10, ge=1, le=50)


class ScheduleTime(Body):
    """One time, with the offset of the zone."""

    at: Time
    note: str | None = Field(description="What the change of clocks does to it.")


class ScheduleTimes(Body):
    results: list[ScheduleTime]


class WebhookAddress(Body):
    """Secret: whoever knows it can start runs, unless deliveries have to be signed."""

    url: str
    test_url: str


class StartedRun(Body):
    id: UUID
    number: int


class FiredRun(Body):
    run: StartedRun


class RunOfTrigger(Body):
    id: UUID
    number: int
    status: RunStatus


class FireItem(Body):
    """What became of one time of a schedule, or of one end that is followed."""

    id: UUID
    cause: FireCause
    fire_at: Time
    at: Time
    outcome: FireOutcome
    reason: str | None
    message: str | None
    missed: int = Field(description="Earlier times that this one stands for.")
    run: RunOfTrigger | None
    source_run: RunOfTrigger | None


class FireList(Body):
    results: list[FireItem]
    next: str | None


class DeliveryItem(Body):
    """One call of a webhook. Its body is not kept."""

    id: UUID
    at: Time
    method: str
    status: int
    outcome: DeliveryOutcome
    reason: str | None
    message: str | None
    bytes: int
    replays: int = Field(description="How often the same delivery came again.")
    run: RunOfTrigger | None


class DeliveryList(Body):
    results: list[DeliveryItem]
    next: str | None


class ReceivedCall(Body):
    at: Time
    method: str
    problem: str | None
    run: StartedRun | None


class ListeningState(Body):
    """`until` null: nobody listens. `received` is the last call since listening began."""

    until: Time | None
    url: str
    received: ReceivedCall | None
