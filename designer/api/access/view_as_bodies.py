"""Bodies of looking at a workflow or a run as somebody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field, model_validator

from designer.api.access.policy_bodies import StatedEnvironment, StatedSubject
from runtime.api.body import Body, RequestBody, Time


class ViewAsRequest(RequestBody):
    """Through whose eyes: a person's, or those of somebody with stated roles and attributes."""

    user: UUID | None = None
    subject: StatedSubject | None = None
    env: StatedEnvironment = StatedEnvironment()

    @model_validator(mode="after")
    def _one_of_both(self) -> ViewAsRequest:
        if (self.user is None) == (self.subject is None):
            raise ValueError("Name a user, or state a subject.")
        return self


class ViewedPerson(Body):
    """Whose eyes they are: `roles` and `attributes` are those that count."""

    id: UUID | None = Field(description="Null for somebody stated.")
    name: str
    email: str
    roles: list[str]
    attributes: dict[str, Any]


class Verdict(Body):
    """What this person would be answered. `reason` is as they would read it."""

    action: str = Field(description="What was decided about: `run.data` where that refuses nodes' data.")
    allowed: bool
    rule: str
    reason: str
    policies: list[str]
    missing: list[str]


class ThingAsked(Body):
    """A thing as policies know it; the form is that of test cases."""

    type: str
    id: str
    owner: str | None
    attributes: dict[str, Any]


class ViewedNode(Body):
    """A node, and what of it this person would be refused, by action."""

    resource: ThingAsked
    refused: dict[str, Verdict]


class ViewAs(Body):
    """Who is looked as, and what they could do. It is what holds for them alone, by the rules of now."""

    view: str = Field(
        description="Sent as the header `View-As` it makes the answers about this workflow and its runs what"
        " this person would read, as far as you may read it yourself."
    )
    until: Time
    viewer: ViewedPerson
    workflow: ThingAsked
    run: ThingAsked | None
    actions: dict[str, Verdict]
    nodes: dict[str, ViewedNode] = Field(description="By the ids of the graph's nodes.")
