"""What each kind of trigger is told: one model is check, stored form and OpenAPI schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
)

from runtime.engine.problems import Problem
from runtime.triggers.catching_up import Missed
from runtime.triggers.kinds import TriggerKind
from runtime.triggers.problems import InvalidTrigger
from runtime.triggers.signatures import HEADERS, Scheme

Overlap = Literal["queue", "skip", "cancel_previous"]
Ended = Literal["succeeded", "failed", "ended"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
MAX_WAIT_S = 60
MAX_BODY = 10 << 20
# Headers that say who sends, or carry what nobody should keep.
_RESERVED = {"authorization", "cookie", "content-length", "host", "connection", "transfer-encoding"}
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


def _header_name(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError("This is no name of a header.")
    if text.lower() in _RESERVED:
        raise ValueError("This header cannot be used here.")
    return text


HeaderName = Annotated[str, AfterValidator(_header_name)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScheduleConfig(_Config):
    """Five fields of cron in a time zone.

    `missed` is about times that nobody acted on within a minute; `overlap` about a run of this schedule
    that is still under way.
    """

    cron: str
    zone: str = "UTC"
    missed: Missed = "skip"
    catch_up_limit: int = Field(10, ge=1, le=100, description="The most that `run_all` starts at once.")
    overlap: Overlap = "queue"


class Signature(_Config):
    """How deliveries are signed. `header` null: the usual one of the scheme."""

    credential: Short = Field(description="The name of a credential of the type `signing_secret`.")
    scheme: Scheme = "lockgate"
    header: HeaderName | None = None
    tolerance_s: int = Field(300, ge=1, le=86_400, description="How old a signed time may be.")

    @property
    def header_name(self) -> str:
        return self.header or HEADERS[self.scheme]


class WaitForResult(_Config):
    """Answer with what the run gives: an output of a node, or the results of all last nodes."""

    wait_s: float = Field(30, gt=0, le=MAX_WAIT_S)
    node: Short | None = None
    output: Short | None = Field(None, description="A path into the node's outputs, such as `result.data`.")


def _kind_of_answer(value: Any) -> str:
    return "accepted" if isinstance(value, str) else "wait"


Respond = Annotated[
    Annotated[Literal["accepted"], Tag("accepted")] | Annotated[WaitForResult, Tag("wait")],
    Discriminator(_kind_of_answer),
]


class WebhookConfig(_Config):
    """What a webhook takes, and what it answers."""

    methods: list[Method] = Field(["POST"], min_length=1, max_length=5)
    signature: Signature | None = None
    dedupe: HeaderName | None = Field(
        None, description="The header with the delivery's id: the same one again starts nothing."
    )
    respond: Respond = "accepted"
    body: Literal["json", "text", "form"] = "json"
    max_body: int = Field(1 << 20, ge=0, le=MAX_BODY, description="In bytes.")
    max_per_minute: int = Field(600, ge=1, le=60_000)


class FollowConfig(_Config):
    """The workflow that is followed, and which ends of its runs count; `ended`: also cancelled ones."""

    source: UUID
    on: Ended = "succeeded"


Config = ScheduleConfig | WebhookConfig | FollowConfig

CONFIGS: dict[TriggerKind, type[ScheduleConfig] | type[WebhookConfig] | type[FollowConfig]] = {
    TriggerKind.SCHEDULE: ScheduleConfig,
    TriggerKind.WEBHOOK: WebhookConfig,
    TriggerKind.WORKFLOW: FollowConfig,
}


def read_config(kind: TriggerKind, given: Mapping[str, Any]) -> Config:
    """The config of this kind. Raises `InvalidTrigger` with every field that is wrong."""
    try:
        return CONFIGS[kind].model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidTrigger(
            [_problem(detail["loc"], detail["msg"], detail["type"]) for detail in found]
        ) from None


def _problem(place: tuple[int | str, ...], message: str, code: str) -> Problem:
    # Which form of answer was meant shows in the place; people did not write it.
    parts = [str(part) for part in place if part not in ("wait", "accepted")]
    return Problem(code, message.removeprefix("Value error, "), field=".".join(["config", *parts]))
