"""Bodies of notices: a workflow's rules, and what was sent."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, PageParameters, RequestBody, Time

NoticeEventName = Literal["failed", "succeeded", "waiting_approval", "outcome_unknown"]
ChannelName = Literal["email", "webhook"]
StatusName = Literal["pending", "sent", "dead"]


class NoticeRule(RequestBody):
    """On this, tell them there."""

    on: NoticeEventName
    channel: ChannelName
    address: str = Field(
        max_length=2000,
        description="An e-mail address, or `approvers` for who may answer an approval; a URL for a webhook.",
    )
    credential: str = Field(
        "",
        max_length=100,
        description="A signing_secret for a webhook, an smtp for e-mail; empty: unsigned, the server's mail.",
    )


class NoticeRules(RequestBody):
    notices: list[NoticeRule]


class EmailState(Body):
    """Whether e-mail can leave without a credential, and if not, why."""

    ready: bool
    why: str


class WorkflowNotices(Body):
    """A workflow's rules."""

    notices: list[NoticeRule]
    email: EmailState
    can: list[str]


class NoticeWorkflow(Body):
    id: UUID
    name: str


class NoticeRun(Body):
    id: UUID
    number: int


class Notification(Body):
    """One message to one address, and how it went. Of what a step sent, its data and address stay hidden."""

    id: UUID
    on: NoticeEventName | Literal["step", "credential_rotated"]
    channel: ChannelName
    address: str
    subject: str
    facts: dict[str, Any] = Field(description="What a webhook is sent as JSON.")
    workflow: NoticeWorkflow | None
    run: NoticeRun | None
    status: StatusName
    attempts: int
    next_at: Time | None = Field(description="When it is tried next.")
    last_error: str
    created_at: Time
    sent_at: Time | None
    can: list[str]


class NotificationList(Body):
    results: list[Notification]
    next: str | None


class NotificationFilters(PageParameters):
    """The query string of the list of notifications."""

    workflow: UUID | None = None
    run: UUID | None = None
    status: StatusName | None = None
    channel: ChannelName | None = None
