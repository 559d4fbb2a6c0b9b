"""EmailNode: writes to people, one message to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from runtime.engine.errors import InputError
from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Park, Port, PortType
from runtime.engine.problems import Problem
from runtime.engine.templates import has_template
from runtime.nodes.forms import FormParameters, look
from runtime.nodes.sending import look as look_after
from runtime.nodes.sending import send, told
from runtime.notices.rules import email_complaint
from runtime.services_protocol import Delivery, OutgoingMessage

MAX_RECIPIENTS = 50
MAX_SUBJECT = 500
MAX_TEXT = 200_000


class EmailNode(Node):
    """Sends a message to each address. `result` is `{status, messages}`, a message being `{id, to, status,
    attempts, sent_at}`.

    On the server messages are rows of the outbox: they survive crashes, are tried eight times over about two
    hours, and leave once however often the step is performed. Each has a stable `Message-ID`.
    """

    type = "EmailNode"
    label = "Send e-mail"
    category = "action"
    icon = "mail"
    description = "Sends an e-mail to one or several people, and tries again until it is taken."
    effect = Effect.EFFECTFUL
    inputs = (
        Port("to", label="To"),
        Port("subject", PortType.TEXT, "Subject"),
        Port("text", PortType.TEXT, "Text"),
        Port("html", PortType.TEXT, "HTML"),
    )
    outputs = (Port("result", PortType.OBJECT),)

    class Parameters(FormParameters):
        to: tuple[str, ...] = Field(
            (),
            title="Recipients",
            description="E-mail addresses; each gets a message of its own. A connection wins.",
            max_length=MAX_RECIPIENTS,
        )
        subject: str = Field("", title="Subject", max_length=MAX_SUBJECT)
        text: str = Field("", title="Text", max_length=MAX_TEXT, json_schema_extra=look(widget="textarea"))
        html: str = Field(
            "",
            title="HTML",
            description="Shown in the place of the text where HTML can be shown.",
            max_length=MAX_TEXT,
            json_schema_extra=look(widget="textarea", advanced=True),
        )
        reply_to: str = Field(
            "", title="Answers go to", max_length=254, json_schema_extra=look(advanced=True)
        )
        credential: str | None = Field(
            None,
            title="Mail server",
            description="Leave empty for the server's own.",
            min_length=1,
            max_length=100,
            json_schema_extra=look(widget="credential", credential_use="mail"),
        )
        wait_for: Literal["delivered", "queued"] = Field(
            "delivered",
            title="Go on when it is",
            description="delivered: taken by the mail server, or the step fails. queued: at once, it is sent "
            "later.",
        )

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        problems = []
        for place, address in enumerate(_listed(config.get("to"))):
            complaint = _complaint(address)
            if complaint is not None:
                problems.append(Problem("invalid_address", complaint, field=f"config.to.{place}"))
        reply_to = config.get("reply_to")
        if reply_to and (complaint := _complaint(reply_to)) is not None:
            problems.append(Problem("invalid_address", complaint, field="config.reply_to"))
        if not config.get("to") and "to" not in context.wired:
            message = "say who gets it"
            hint = "Add an address, or connect the input 'to'."
            problems.append(Problem("missing_parameter", message, field="config.to", hint=hint))
        if not {"subject"} & context.wired and not config.get("subject"):
            problems.append(Problem("missing_parameter", "an e-mail needs a subject", field="config.subject"))
        return problems

    @classmethod
    def waits_outside(cls, config: Mapping[str, Any]) -> bool:
        return bool(config.get("wait_for", "delivered") != "queued")

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        return _outputs(await send(context, self._messages(context), self.parameters.wait_for))

    async def resume(self, context: NodeContext) -> Mapping[str, Any] | Park:
        return _outputs(await look_after(context, self._messages(context)))

    def _messages(self, context: NodeContext) -> list[OutgoingMessage]:
        given, inputs = self.parameters, context.inputs
        content = {
            "subject": _text(inputs, "subject", given.subject, MAX_SUBJECT),
            "text": _text(inputs, "text", given.text, MAX_TEXT),
            "html": _text(inputs, "html", given.html, MAX_TEXT),
            "reply_to": given.reply_to,
        }
        if not content["subject"].strip():
            raise InputError("An e-mail needs a subject", input="subject")
        return [
            OutgoingMessage("email", address, content, given.credential or "")
            for address in _recipients(inputs.get("to", given.to))
        ]


def _recipients(value: Any) -> list[str]:
    """Each address once. Raises `InputError`."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple) or not value:
        raise InputError("An e-mail needs an address, or a list of them", input="to")
    if len(value) > MAX_RECIPIENTS:
        raise InputError(f"One step writes to at most {MAX_RECIPIENTS} people, not {len(value)}", input="to")
    for place, address in enumerate(value, start=1):
        complaint = email_complaint(address) if isinstance(address, str) else "it is no text"
        if complaint is not None:
            raise InputError(f"Address {place} cannot be used: {complaint}", input="to")
    return list({address.lower(): address for address in value}.values())


def _text(inputs: Mapping[str, Any], name: str, default: str, most: int) -> str:
    value = inputs.get(name, default)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"The input {name!r} needs text", input=name)
    if len(value) > most:
        raise InputError(f"The {name} has {len(value):,} characters, at most {most:,} are sent", input=name)
    return value


def _listed(to: Any) -> list[str]:
    return [address for address in to if isinstance(address, str)] if isinstance(to, list | tuple) else []


def _complaint(address: str) -> str | None:
    return None if has_template(address) else email_complaint(address)


def _outputs(deliveries: list[Delivery] | Park) -> Mapping[str, Any] | Park:
    if isinstance(deliveries, Park):
        return deliveries
    messages = [{**told(delivery), "to": delivery.address} for delivery in deliveries]
    status = "sent" if all(message["status"] == "sent" for message in messages) else "queued"
    return {"result": {"status": status, "messages": messages}}
