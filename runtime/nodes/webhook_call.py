"""WebhookCallNode: tells another system, by one signed POST that is tried until it is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from runtime.engine.errors import InputError
from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Park, Port, PortType
from runtime.engine.problems import Problem
from runtime.nodes.forms import FormParameters, look
from runtime.nodes.http_checks import header_problems, url_problems
from runtime.nodes.sending import look as look_after
from runtime.nodes.sending import send, told
from runtime.services_protocol import Delivery, OutgoingMessage

MAX_BODY_BYTES = 1 << 20
MAX_URL = 2000


class WebhookCallNode(Node):
    """Sends `body` as JSON. `result` is `{id, status, attempts, sent_at}`.

    On the server the message is a row of the outbox: it survives crashes, is tried eight times over about two
    hours, and is sent once however often the step is performed. The id is in `X-Lockgate-Delivery`.
    """

    type = "WebhookCallNode"
    label = "Call webhook"
    category = "action"
    icon = "link"
    description = "Tells another system by a signed webhook, which is tried again until it is taken."
    effect = Effect.EFFECTFUL
    inputs = (Port("body", label="Body"),)
    outputs = (Port("result", PortType.OBJECT),)

    class Parameters(FormParameters):
        url: str = Field(
            title="URL",
            description="With https:// or http://. ${name} stands for a parameter of the workflow.",
            min_length=1,
            max_length=MAX_URL,
        )
        body: Any = Field(
            None,
            title="Body",
            description="Sent as JSON. A connection wins.",
            json_schema_extra=look(widget="json"),
        )
        headers: dict[str, str] = Field(
            default_factory=dict, title="Headers", json_schema_extra=look(advanced=True)
        )
        credential: str | None = Field(
            None,
            title="Signing secret",
            description="Signs it, so that the receiver knows who sent it.",
            min_length=1,
            max_length=100,
            json_schema_extra=look(widget="credential", credential_use="signature"),
        )
        wait_for: Literal["delivered", "queued"] = Field(
            "delivered",
            title="Go on when it is",
            description="delivered: taken by the receiver, or the step fails. queued: at once, it is sent "
            "later.",
        )

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        return url_problems(config["url"]) + header_problems(config.get("headers", {}))

    @classmethod
    def waits_outside(cls, config: Mapping[str, Any]) -> bool:
        return bool(config.get("wait_for", "delivered") != "queued")

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        return _outputs(await send(context, [self._message(context)], self.parameters.wait_for))

    async def resume(self, context: NodeContext) -> Mapping[str, Any] | Park:
        return _outputs(await look_after(context, [self._message(context)]))

    def _message(self, context: NodeContext) -> OutgoingMessage:
        given = self.parameters
        body = context.inputs.get("body", given.body)
        size = len(json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        if size > MAX_BODY_BYTES:
            raise InputError(
                f"A webhook takes at most {MAX_BODY_BYTES:,} bytes, and this body has {size:,}", input="body"
            )
        content = {"body": body, "headers": dict(given.headers)}
        return OutgoingMessage("webhook", given.url, content, given.credential or "")


def _outputs(deliveries: list[Delivery] | Park) -> Mapping[str, Any] | Park:
    return deliveries if isinstance(deliveries, Park) else {"result": told(deliveries[0])}
