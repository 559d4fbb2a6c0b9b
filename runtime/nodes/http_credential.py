"""What an HTTP request proves itself with: a secret by name, put into one header when the request is made."""

from __future__ import annotations

import base64
from typing import Any, Final, Literal, Protocol, Self

from pydantic import Field, model_validator

from runtime.engine.errors import NodeError
from runtime.engine.node import NodeParameters
from runtime.engine.secret import DOTS, Secret
from runtime.net.headers import header_complaint
from runtime.services_protocol import HttpResponse

SHORTEST_REDACTED: Final = 4


class SecretSource(Protocol):
    """Where a script's secrets come from."""

    def get(self, name: str) -> Secret:
        """Raises `NodeError`."""
        ...

    def redact(self, value: Any) -> Any:
        """The JSON value without any secret that was asked for."""
        ...


class HttpCredential(NodeParameters):
    name: str = Field(title="Secret", description="The name it is kept under.", min_length=1, max_length=200)
    scheme: Literal["bearer", "basic", "header"] = Field(
        "bearer",
        title="Send it as",
        description="A bearer token, user:password, or the whole value of a header.",
    )
    header: str | None = Field(None, title="Header", description="Its name, for the scheme 'header'.")

    @model_validator(mode="after")
    def _header_fits_the_scheme(self) -> Self:
        if self.scheme != "header":
            if self.header is not None:
                raise ValueError(f"header is only for the scheme 'header', not '{self.scheme}'; remove it")
        elif self.header is None:
            raise ValueError("the scheme 'header' needs the name of the header, for example X-Api-Key")
        elif (complaint := header_complaint(self.header, "")) is not None:
            raise ValueError(complaint)
        return self

    @property
    def header_name(self) -> str:
        return self.header or "Authorization"


class Proof:
    """A header with a secret in it, and what keeps that secret out of everything that is shown."""

    def __init__(self, credential: HttpCredential, secret: Secret, source: SecretSource) -> None:
        """Raises `NodeError` (`invalid_credential`) when the secret cannot be sent this way."""
        self.name = credential.header_name
        self.value = _header_value(credential, secret.reveal())
        self._source = source
        self._hidden = _telling_texts(credential, secret.reveal(), self.value)

    def __repr__(self) -> str:
        return f"Proof({self.name}: {DOTS})"

    def redact(self, value: Any) -> Any:
        """The JSON value without the secret, also in the form in which it was sent."""
        if isinstance(value, str):
            for text in self._hidden:
                value = value.replace(text, DOTS)
            return self._source.redact(value)
        if isinstance(value, dict):
            return {self.redact(key): self.redact(item) for key, item in value.items()}
        return [self.redact(item) for item in value] if isinstance(value, list | tuple) else value

    def redact_response(self, response: HttpResponse) -> HttpResponse:
        """The response without the secret: a server may send back what it was sent."""
        body = response.body
        for text in self._hidden:
            body = body.replace(text.encode(), DOTS.encode())
        return HttpResponse(
            response.status, self.redact(dict(response.headers)), self.redact(response.url), body
        )

    def redact_error(self, error: NodeError) -> NodeError:
        """The same failure, telling no secret."""
        facts = self.redact(error.facts)
        return NodeError(self.redact(error.message), code=error.code, retryable=error.retryable, **facts)


def _header_value(credential: HttpCredential, secret: str) -> str:
    if credential.scheme == "header":
        value = secret
    elif credential.scheme == "bearer":
        value = f"Bearer {secret}"
    elif ":" in secret:
        value = f"Basic {base64.b64encode(secret.encode()).decode()}"
    else:
        raise _invalid(credential, "must be of the form user:password for the scheme 'basic'")
    if not secret or header_complaint(credential.header_name, value) is not None:
        raise _invalid(
            credential, "cannot be sent in a header: it is empty, or holds a line break or non-ASCII"
        )
    return value


def _telling_texts(credential: HttpCredential, secret: str, value: str) -> list[str]:
    """What gives the secret away, longest first. Very short texts stand in any page by chance."""
    texts = {secret, value}
    if credential.scheme == "basic":
        texts |= {value.removeprefix("Basic "), secret.partition(":")[2]}
    return sorted((text for text in texts if len(text) >= SHORTEST_REDACTED), key=len, reverse=True)


def _invalid(credential: HttpCredential, problem: str) -> NodeError:
    return NodeError(f"the secret {credential.name!r} {problem}", code="invalid_credential")
