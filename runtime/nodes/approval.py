"""ApprovalNode: asks people whether the run may go on, and waits for their answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from runtime.engine.errors import NodeError
from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Park, Port
from runtime.engine.problems import Problem
from runtime.nodes.forms import FormParameters, look
from runtime.services_protocol import Answer, ApprovalDesk, Question

MAX_APPROVERS = 50
LONGEST_S = 366 * 24 * 3600.0
WAITS_FOR = "approval"
# The roles that may answer; the others could only look on.
Role = Literal["owner", "admin", "editor", "operator", "analyst"]


class Approvers(BaseModel):
    """Anybody with one of the roles, and each of the people, may answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[Role, ...] = Field((), title="Roles", max_length=MAX_APPROVERS)
    users: tuple[str, ...] = Field(
        (), title="People", description="E-mail addresses.", max_length=MAX_APPROVERS
    )

    @field_validator("users")
    @classmethod
    def _are_addresses(cls, users: tuple[str, ...]) -> tuple[str, ...]:
        for user in users:
            name, at, host = user.strip().rpartition("@")
            if not (name and at and host) or len(user) > 254 or any(mark.isspace() for mark in user.strip()):
                raise ValueError(f"{user!r:.80} is not an e-mail address")
        return tuple(dict.fromkeys(user.strip().lower() for user in users))


class ApprovalNode(Node):
    """Parks the run until enough people have approved, one has rejected, or the time is over."""

    type = "ApprovalNode"
    label = "Approval"
    category = "flow"
    icon = "approval"
    description = "Asks people whether to go on, and takes one of two branches by their answer."
    effect = Effect.IDEMPOTENT
    needs_server = "approvals need people who sign in"
    inputs = (Port("input", label="Input"),)
    outputs = (Port("approved", label="Approved"), Port("rejected", label="Rejected"), Port("result"))

    class Parameters(FormParameters):
        title: str = Field(
            title="Question",
            description="What is to be approved, in a few words.",
            min_length=1,
            max_length=300,
        )
        message: str = Field(
            "",
            title="Message",
            description="What people should know and look at before they answer.",
            max_length=10_000,
            json_schema_extra=look(widget="textarea"),
        )
        approvers: Approvers = Field(
            title="Approvers",
            description="Who may answer: people with a role, or single people by e-mail address.",
            json_schema_extra=look(widget="approvers"),
        )
        required: int = Field(
            1,
            title="Approvals needed",
            description="One rejection is enough to reject.",
            ge=1,
            le=MAX_APPROVERS,
        )
        allow_requester: bool = Field(
            False,
            title="Whoever started the run may approve",
            description="Off: somebody else has to.",
        )
        comment: Literal["optional", "required"] = Field("optional", title="Comment")
        expires_after: float | None = Field(
            None,
            title="Expires after (seconds)",
            description="From the moment of asking. Empty: it waits for as long as it takes.",
            gt=0,
            le=LONGEST_S,
            json_schema_extra=look(widget="duration"),
        )
        on_expiry: Literal["fail", "approve", "reject"] = Field(
            "fail",
            title="When it expires",
            description="Fail the step, or take the branch as if people had answered so.",
            json_schema_extra=look(advanced=True),
        )

        @field_validator("approvers")
        @classmethod
        def _name_somebody(cls, approvers: Approvers) -> Approvers:
            if not approvers.roles and not approvers.users:
                raise ValueError("name at least one role or one person")
            return approvers

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        approvers = config.get("approvers")
        if not isinstance(approvers, Mapping) or approvers.get("roles"):
            return []
        people, required = approvers.get("users") or (), config.get("required", 1)
        if not isinstance(required, int) or len(set(people)) >= required:
            return []
        message = f"{required} people have to approve, and only {len(set(people))} may"
        return [Problem("too_few_approvers", message, field="config.required")]

    @classmethod
    def waits_outside(cls, config: Mapping[str, Any]) -> bool:
        return True

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        return self._follow(
            context, await _desk(context).ask(context.idempotency_key, self._question(context))
        )

    async def resume(self, context: NodeContext) -> Mapping[str, Any] | Park:
        answer = await _desk(context).look(context.idempotency_key)
        return await self.run(context) if answer is None else self._follow(context, answer)

    def _question(self, context: NodeContext) -> Question:
        given = self.parameters
        lasts_s = given.expires_after
        return Question(
            node=context.node_id,
            title=given.title,
            message=given.message,
            roles=given.approvers.roles,
            users=given.approvers.users,
            required=given.required,
            allow_requester=given.allow_requester,
            needs_comment=given.comment == "required",
            expires_at=None if lasts_s is None else datetime.now(UTC) + timedelta(seconds=lasts_s),
        )

    def _follow(self, context: NodeContext, answer: Answer) -> Mapping[str, Any] | Park:
        if answer.status == "pending":
            return Park(answer.expires_at, on=WAITS_FOR)
        if answer.status == "cancelled":
            raise NodeError("the approval was cancelled", code="approval_cancelled")
        status = answer.status
        if status == "expired":
            if self.parameters.on_expiry == "fail":
                raise NodeError("nobody answered in time", code="approval_expired")
            status = "approved" if self.parameters.on_expiry == "approve" else "rejected"
        given = context.inputs.get("input")
        result = {
            "decision": status,
            "expired": answer.status == "expired",
            "by": [dict(vote) for vote in answer.votes],
            "at": None if answer.ended_at is None else answer.ended_at.isoformat(),
            "input": given,
        }
        return {status: given, "result": result}


def _desk(context: NodeContext) -> ApprovalDesk:
    desk: ApprovalDesk | None = getattr(context.services, "approvals", None)
    if desk is None:
        message = "approvals need the server: in a script nobody can be asked"
        raise NodeError(message, code="needs_server")
    return desk
