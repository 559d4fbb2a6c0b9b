"""HTTPRequestNode: one request through the guarded client."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from runtime.engine.errors import NodeError
from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem
from runtime.engine.templates import has_template
from runtime.net.headers import header_complaint
from runtime.nodes.forms import FormParameters, look
from runtime.nodes.http_content import encode_body, parse_body, retry_after_s, with_query
from runtime.nodes.http_credential import HttpCredential, Proof, SecretSource
from runtime.services_protocol import HttpResponse, NodeServices

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BODYLESS = frozenset({"GET", "HEAD", "OPTIONS"})
_RETRYABLE_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_EXCERPT_CHARACTERS = 300


class HTTPRequestNode(Node):
    """Sends one request. `result` is `{status, headers, body, url, elapsed_ms}`.

    Other statuses than the accepted ones are errors with code `http_status` and the facts `status`
    and `retry_after_s`. Methods that change something carry an `Idempotency-Key`, stable over retries.
    A request that is sent at most once is never tried again: after a crash a person says what became of it.
    """

    type = "HTTPRequestNode"
    label = "HTTP request"
    category = "action"
    icon = "globe"
    description = "Calls a web service and gives its status, headers and body."
    effect = Effect.EFFECTFUL
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
            if body is not None and method in _BODYLESS:
                raise ValueError(
                    f"a {method} request has no body; clear it, or use POST, PUT, PATCH or DELETE"
                )
            return body

    parameters: Parameters

    @classmethod
    def effect_of(cls, config: Mapping[str, Any]) -> Effect:
        """Safe methods may be repeated freely; the others carry an idempotency key, or are sent once."""
        if config.get("at_most_once") is True:
            return Effect.AT_MOST_ONCE
        method = config.get("method", "GET")
        is_safe = isinstance(method, str) and method in SAFE_METHODS
        return Effect.IDEMPOTENT if is_safe else Effect.EFFECTFUL

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        problems = _url_problems(config["url"]) + _header_problems(config.get("headers", {}))
        problems += _credential_problems(config) + _effect_problems(config)
        if "body" in context.wired and config.get("method", "GET") in _BODYLESS:
            message = f"a {config.get('method', 'GET')} request has no body, but 'body' is connected"
            problems.append(Problem("body_without_method", message, field="config.method"))
        return problems

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        proof = await self._proof(context.services)
        if proof is None:
            return {"result": await self._exchange(context, None)}
        try:
            return {"result": await self._exchange(context, proof)}
        except NodeError as error:
            raise proof.redact_error(error) from None  # its cause may quote what was sent

    async def _exchange(self, context: NodeContext, proof: Proof | None) -> dict[str, Any]:
        services: NodeServices = context.services
        method = self.parameters.method
        content_type, body = self._body(context.inputs)
        started = time.monotonic()
        response = await services.http.request(
            method,
            with_query(self.parameters.url, {**self.parameters.query, **_query_input(context.inputs)}),
            headers=self._headers(content_type, context.idempotency_key, proof),
            body=body,
            timeout_s=min(self.parameters.timeout_s, context.timeout_s or self.parameters.timeout_s),
            max_bytes=self.parameters.max_bytes,
            follow_redirects=self.parameters.follow_redirects,
        )
        elapsed_ms = round((time.monotonic() - started) * 1000, 1)
        if proof is not None:
            response = proof.redact_response(response)
        context.log("info", f"{method} {_place(response.url)}: {response.status} in {elapsed_ms:g} ms")
        self._check_status(response, context)
        content = parse_body(response, self.parameters.response_format)
        return {
            "status": response.status,
            "headers": dict(response.headers),
            "body": content if proof is None else proof.redact(content),
            "url": response.url,
            "elapsed_ms": elapsed_ms,
        }

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

    def _headers(self, content_type: str, idempotency_key: str, proof: Proof | None) -> dict[str, str]:
        headers = dict(self.parameters.headers)
        given = {name.lower() for name in headers}
        if content_type and "content-type" not in given:
            headers["Content-Type"] = content_type
        if self.parameters.method not in SAFE_METHODS and "idempotency-key" not in given:
            headers["Idempotency-Key"] = idempotency_key
        if proof is not None:
            headers = {name: value for name, value in headers.items() if name.lower() != proof.name.lower()}
            headers[proof.name] = proof.value
        return headers

    def _body(self, inputs: Mapping[str, Any]) -> tuple[str, bytes | None]:
        value = inputs.get("body", self.parameters.body)
        if value is None or self.parameters.method in _BODYLESS:
            return "", None
        return encode_body(value, self.parameters.body_type)

    def _check_status(self, response: HttpResponse, context: NodeContext) -> None:
        status, expected = response.status, self.parameters.expected_status
        if status in expected if expected else status < 400:
            return
        excerpt = (
            response.body[: 4 * _EXCERPT_CHARACTERS].decode("utf-8", "replace")[:_EXCERPT_CHARACTERS].strip()
        )
        if excerpt:
            context.log("error", f"The response of {status} begins: {excerpt}")
        raise NodeError(
            f"{self.parameters.method} {_place(response.url)} answered {status}",
            code="http_status",
            retryable=status in _RETRYABLE_STATUSES,
            status=status,
            retry_after_s=retry_after_s(response.headers),
        )


def _query_input(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    query = inputs.get("query") or {}
    if not isinstance(query, Mapping):
        raise NodeError(
            "The input 'query' needs an object of names and values", code="invalid_input", input="query"
        )
    return query


def _place(url: str) -> str:
    """Host and path: a query may hold a token and stays out of logs and errors."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"


def _url_problems(url: str) -> list[Problem]:
    field = "config.url"
    try:
        parts = urlsplit(url)
        host = parts.hostname if not has_template(parts.netloc) else parts.netloc
        _ = None if has_template(parts.netloc) else parts.port
    except ValueError as error:
        return [Problem("invalid_url", f"not a URL: {error}", field=field)]
    if has_template(url) and ("://" not in url or has_template(parts.netloc)):
        message = "a parameter decides which host is called"
        hint = "Write scheme and host out and end the host with '/', unless a run may choose it."
        return [Problem("templated_host", message, field=field, severity="warning", hint=hint)]
    if parts.scheme not in ("http", "https"):
        return [Problem("invalid_url", "use https:// or http://", field=field)]
    if not host:
        return [Problem("invalid_url", "the URL names no host", field=field)]
    if "@" in parts.netloc:
        return [
            Problem("invalid_url", "send user name and password as a header, not in the URL", field=field)
        ]
    return []


def _effect_problems(config: Mapping[str, Any]) -> list[Problem]:
    given = config.get("at_most_once")
    if not (isinstance(given, str) and has_template(given)):
        return []
    message = "at_most_once cannot be a template: whether a request may be repeated is decided before the run"
    return [Problem("invalid_parameter", message, field="config.at_most_once")]


def _credential_problems(config: Mapping[str, Any]) -> list[Problem]:
    credential, headers = config.get("credential"), config.get("headers")
    if not isinstance(credential, Mapping):
        return []
    name = str(credential.get("header") or "Authorization")
    if isinstance(headers, Mapping) and name.lower() in {str(given).lower() for given in headers}:
        message = f"the header '{name}' is set by hand and by the credential"
        hint = "Remove the header; the credential fills it when the request is made."
        return [Problem("invalid_header", message, field=f"config.headers.{name}", hint=hint)]
    if str(config["url"]).startswith("http://"):
        message = "the credential travels unencrypted over http://"
        return [Problem("unencrypted_credential", message, field="config.url", severity="warning")]
    return []


def _header_problems(headers: Any) -> list[Problem]:
    """Nothing for a template that stands for all headers: it is judged when it is sent."""
    if not isinstance(headers, Mapping):
        return []
    return [
        Problem("invalid_header", complaint, field=f"config.headers.{name}")
        for name, value in headers.items()
        if (complaint := header_complaint(name, value)) is not None
    ]
