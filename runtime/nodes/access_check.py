"""AccessCheckNode: takes a branch by whether whom the run runs for may do something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from accounts.access import ACTIONS, PERMISSIONS, expand_actions
from runtime.access_checks import desk_of
from runtime.engine.node import Node, NodeContext, Port
from runtime.nodes.forms import FormParameters, look
from runtime.services_protocol import AccessAnswer

DENIED = "denied"
ALLOWED = "allowed"


class AccessCheckNode(Node):
    """`result` is `{"allowed", "reason", "rule"}`; the input leaves by `allowed` or `denied`.

    It is about whom the run runs for: on the server the run's principal, in a script its `user_context`.
    """

    type = "AccessCheckNode"
    label = "Access check"
    category = "flow"
    icon = "shield"
    description = "Takes the branch for who may, or for who may not."
    inputs = (Port("input", label="Input"),)
    outputs = (Port(ALLOWED, label="Allowed"), Port(DENIED, label="Denied"), Port("result"))

    class Parameters(FormParameters):
        permission: str = Field(
            "execute",
            title="May they",
            description="read, write, execute or delete, or an action such as dataset.view.",
            min_length=1,
            max_length=60,
        )
        resource_type: Literal["node", "workflow", "dataset", "credential"] = Field(
            "node", title="What", description="The kind of thing that is asked about."
        )
        resource: str = Field(
            "",
            title="Which",
            description="Its name: of a node the resource set in its Access tab, else its id. Empty: any.",
            max_length=200,
        )
        attributes: dict[str, Any] = Field(
            {},
            title="Attributes",
            description='What policies may know of it, such as {"classification": "secret"}.',
            json_schema_extra=look(widget="json", advanced=True),
        )

        @field_validator("permission")
        @classmethod
        def _is_known(cls, name: str) -> str:
            if name not in ACTIONS and name not in PERMISSIONS["node"]:
                words = ", ".join(PERMISSIONS["node"])
                raise ValueError(f"{name!r:.80} is no permission: use {words}, or an action")
            return name

    parameters: Parameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        answer = self._ask(context)
        port = ALLOWED if answer.allowed else DENIED
        result = {"allowed": answer.allowed, "reason": answer.reason, "rule": answer.rule}
        return {port: context.inputs.get("input"), "result": result}

    def _ask(self, context: NodeContext) -> AccessAnswer:
        """What a word stands for is allowed when all of it is."""
        given, desk = self.parameters, desk_of(context)
        about = {"type": given.resource_type, "id": given.resource, "attributes": given.attributes}
        answers = [
            desk.decide(action, about)
            for action in sorted(expand_actions([given.permission], given.resource_type))
        ]
        return next((answer for answer in answers if not answer.allowed), answers[0])
