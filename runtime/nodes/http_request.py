"""HTTPRequestNode: one request through the guarded client."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from runtime.engine.errors import NodeError
from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem
from runtime.net.page_rules import Pagination
from runtime.nodes.dataset_read import name_problems
from runtime.nodes.forms import FormParameters, look
from runtime.nodes.http_call import SAFE_METHODS, HttpCall, ProvenClient
from runtime.nodes.http_checks import (
    credential_problems,
    effect_problems,
    header_problems,
    paging_problems,
    url_problems,
)
from runtime.nodes.http_credential import UNAUTHORIZED, HttpCredential, Proof, SecretSource
from runtime.nodes.http_mapping import mapped, mapping_problems
from runtime.nodes.http_saving import SaveTo
from runtime.services_protocol import HttpClient, NodeServices


class HTTPRequestNode(Node):
    """Sends one request, or reads all pages. `result` is `{status, headers, body, url, elapsed_ms}`.

    With pages `body` holds all their records, and `pages`, `records`, `complete` and `next` tell how far it
    went; what is saved as a dataset is `dataset` instead of `body`; `data` is what the mapping makes of it.

    Other statuses than the accepted ones are errors with code `http_status` and the facts `status`
    and `retry_after_s`. Methods that change something carry an `Idempotency-Key`, stable over retries.
    One that is refused (401) is sent once more when a later version of its credential is in force by then.
    A request that is sent at most once is never tried again: after a crash a person says what became of it.
    """

    type = "HTTPRequestNode"
    label = "HTTP request"
    category = "action"
    icon = "globe"
    description = "Calls a web service and gives its status, headers and body."
    effect = Effect.EFFECTFUL
    verbatim = frozenset({"response_mapping"})
    inputs = (
        Port("body", label="Body"),
        Port("query", PortType.OBJECT, "Query values"),
    )
    outputs = (Port("result", PortType.OBJECT),)

    class Parameters(FormParameters):
        method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = Field(
            "GET", title="Method"
        )
        url: str = Field(
            title="URL",
            description="With https:// or http://. ${name} stands for a parameter of the workflow.",
            min_length=1,
            max_length=8000,
        )
        query: dict[str, Any] = Field(
            default_factory=dict,
            title="Query",
            description="Added to the URL; a list repeats its key.",
            json_schema_extra=look(widget="json"),
        )
        headers: dict[str, str] = Field(default_factory=dict, title="Headers")
        body_type: Literal["json", "text", "form"] = Field(
            "json",
            title="Send the body as",
            description="A body has only POST, PUT, PATCH and DELETE.",
        )
        body: Any = Field(
            None,
            title="Body",
            description="An object for a form, text for text, anything for JSON. A connection wins.",
            json_schema_extra=look(widget="json"),
        )
        response_format: Literal["auto", "json", "text", "bytes"] = Field(
            "auto",
            title="Read the response as",
            description="auto goes by its content type; bytes gives base64 text.",
        )
        expected_status: tuple[int, ...] = Field(
            (),
            title="Accepted statuses",
            description="Leave empty to accept every status below 400.",
            json_schema_extra=look(advanced=True),
        )
        timeout_s: float = Field(
            30.0,
            title="Time limit (seconds)",
            description="For the whole exchange, redirects included.",
            gt=0,
            le=600,
            json_schema_extra=look(widget="duration", advanced=True),
        )
        max_bytes: int = Field(
            10 * 1024 * 1024,
            title="Largest response (bytes)",
            description="Counted after decompression.",
            ge=1,
            le=256 * 1024 * 1024,
            json_schema_extra=look(advanced=True),
        )
        follow_redirects: bool = Field(
            True,
            title="Follow redirects",
            description="At most 10, each checked; headers stay behind when the host changes.",
            json_schema_extra=look(advanced=True),
        )
        at_most_once: bool = Field(
            False,
            title="Send at most once",
            description="Never tried again. If the worker dies meanwhile, a person says what became of it.",
            json_schema_extra=look(advanced=True),
        )
        credential: HttpCredential | None = Field(
            None,
            title="Credential",
            description="Put into a header when the request is made, and shown nowhere.",
            json_schema_extra=look(widget="credential"),
        )

        @field_validator("body")
        @classmethod
        def _needs_a_method(cls, body: Any, info: ValidationInfo) -> Any:
            method = info.data.get("method", "POST")
            if body is not None and method in SAFE_METHODS:
                raise ValueError(
                    f"a {method} request has no body; clear it, or use POST, PUT, PATCH or DELETE"
                )
            return body

        pagination: Pagination | None = Field(
            None,
            title="Pages",
            description="How the next page is found. All pages are read, one after another.",
            json_schema_extra=look(advanced=True),
        )
        save_to: SaveTo | None = Field(
            None,
            title="Save as a dataset",
            description="The response goes into a dataset as it arrives, and never into memory whole.",
            json_schema_extra=look(advanced=True),
        )
        response_mapping: dict[str, str] = Field(
            default_factory=dict,
            title="Response mapping",
            description="What result.data holds: names and expressions over body, status, headers and url, "
            "for example body.items[0].id",
            json_schema_extra=look(advanced=True),
        )

    parameters: Parameters

    @classmethod
    def effect_of(cls, config: Mapping[str, Any]) -> Effect:
        """Safe methods may be repeated freely; the others carry an idempotency key, or are sent once."""
        if config.get("at_most_once") is True:
            return Effect.AT_MOST_ONCE
        method = config.get("method", "GET")
        is_safe = isinstance(method, str) and method in SAFE_METHODS and config.get("save_to") is None
        return Effect.IDEMPOTENT if is_safe else Effect.EFFECTFUL

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        problems = url_problems(config["url"]) + header_problems(config.get("headers", {}))
        problems += credential_problems(config) + effect_problems(config)
        problems += paging_problems(config) + mapping_problems(config.get("response_mapping"))
        saved = config.get("save_to")
        if isinstance(saved, Mapping):
            problems += name_problems(saved.get("dataset"), "config.save_to.dataset")
        if "body" in context.wired and config.get("method", "GET") in SAFE_METHODS:
            message = f"a {config.get('method', 'GET')} request has no body, but 'body' is connected"
            problems.append(Problem("body_without_method", message, field="config.method"))
        return problems

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        services: NodeServices = context.services
        proof = await self._proof(services)
        if proof is None:
            return {"result": await self._result(context, services.http, None)}
        given = self.parameters
        may_repeat = not given.at_most_once and UNAUTHORIZED not in given.expected_status
        client = ProvenClient(services.http, proof, may_repeat=may_repeat)
        try:
            return {"result": await self._result(context, client, proof)}
        except NodeError as error:
            raise proof.redact_error(error) from None  # its cause may quote what was sent

    async def _result(self, context: NodeContext, client: HttpClient, proof: Proof | None) -> dict[str, Any]:
        call = HttpCall(self.parameters, context, client, proof)
        started = time.monotonic()
        if self.parameters.pagination is not None:
            found = await call.walk(self.parameters.pagination)
        elif self.parameters.save_to is not None:
            found = await call.save(self.parameters.save_to)
        else:
            found = await call.read()
        elapsed_ms = round((time.monotonic() - started) * 1000, 1)
        result = {**found, "elapsed_ms": elapsed_ms}
        context.log("info", call.told(result))
        if self.parameters.response_mapping:
            result["data"] = mapped(self.parameters.response_mapping, result)
        return result

    async def _proof(self, services: Any) -> Proof | None:
        credential = self.parameters.credential
        if credential is None:
            return None
        source: SecretSource | None = getattr(services, "secrets", None)
        if source is None:
            raise NodeError(
                f"the credential {credential.name!r} cannot be read: nothing here keeps secrets",
                code="secret_unavailable",
            )
        return Proof(credential, await source.reveal(credential.name), source)
