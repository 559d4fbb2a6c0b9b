"""What an HTTP request proves itself with: a credential by name, put into one header when it is made."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final, Literal, Protocol, Self

from pydantic import Field, model_validator

from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.node import NodeParameters
from runtime.engine.secret import DOTS
from runtime.net.headers import header_complaint
from runtime.nodes.forms import look
from runtime.services_protocol import BodySink, HttpResponse

UNAUTHORIZED: Final = 401


class SecretSource(Protocol):
    """Where secrets come from: a script's own, or the credentials of the server."""

    async def reveal(self, name: str) -> Revealed:
        """Raises `NodeError`."""
        ...

    async def newer(self, than: Revealed) -> Revealed | None:
        """The version in force, where it is another one than this. Raises `NodeError`."""
        ...

    async def answered(self, revealed: Revealed, *, is_taken: bool) -> None:
        """What the other side made of it: kept for whoever looks after the credential."""
        ...

    def redact(self, value: Any) -> Any:
        """The JSON value without any secret that was asked for."""
        ...


class HttpCredential(NodeParameters):
    name: str = Field(
        title="Credential", description="The name it is kept under.", min_length=1, max_length=200
    )
    scheme: Literal["auto", "bearer", "basic", "header"] = Field(
        "auto",
        title="Send it as",
        description="auto goes by its type, a plain secret is a bearer token; basic needs user:password.",
    )
    header: str | None = Field(
        None,
        title="Header",
        description="Its name, for the scheme 'header'.",
        json_schema_extra=look(visible_if={"scheme": "header"}),
    )

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


class Proof:
    """A header with a secret in it, and what keeps that secret out of everything that is shown.

    It is renewed at most once, when it is refused while a later version is in force.
    """

    def __init__(self, credential: HttpCredential, revealed: Revealed, source: SecretSource) -> None:
        """Raises `NodeError` (`invalid_credential`) when the credential cannot be sent this way."""
        self._credential = credential
        self._source = source
        self._redactor = Redactor()
        self._may_renew = True
        self._take(revealed)

    def _take(self, revealed: Revealed) -> None:
        self._revealed = revealed
        self.name, self.value = _header(self._credential, revealed)
        self._redactor.learn(*revealed.texts(), self.value, self.value.removeprefix("Basic "))

    async def renew(self) -> bool:
        """Takes the version in force, where it is another one than what was refused. Raises `NodeError`."""
        if not self._may_renew:
            return False
        self._may_renew = False
        newer = await self._source.newer(self._revealed)
        if newer is not None:
            self._take(newer)
        return newer is not None

    async def answered(self, status: int) -> None:
        """Tells whether it was taken, as far as the status of an answer says so."""
        if status == UNAUTHORIZED or status < 400:
            await self._source.answered(self._revealed, is_taken=status != UNAUTHORIZED)

    def __repr__(self) -> str:
        return f"Proof({self.name}: {DOTS})"

    def redact(self, value: Any) -> Any:
        """The JSON value without the secret, also in the form in which it was sent."""
        return self._source.redact(self._redactor.value(value))

    def redact_response(self, response: HttpResponse) -> HttpResponse:
        """The response without the secret: a server may send back what it was sent."""
        body = self._redactor.raw(response.body)
        return HttpResponse(
            response.status, self.redact(dict(response.headers)), self.redact(response.url), body
        )

    def redacting(self, sink: BodySink) -> RedactingSink:
        """The sink behind one that takes the secret out; it is to be finished after the last bytes."""
        return RedactingSink(sink, self._redactor)

    def redact_error(self, error: NodeError) -> NodeError:
        """The same failure, telling no secret."""
        facts = self.redact(error.facts)
        return NodeError(self.redact(error.message), code=error.code, retryable=error.retryable, **facts)


class RedactingSink:
    """A `BodySink` that finds secrets also where two pieces meet: it keeps back as much as one is long."""

    def __init__(self, sink: BodySink, redactor: Redactor) -> None:
        self._sink = sink
        self._redactor = redactor
        self._kept = b""

    def wants(self, status: int, headers: Mapping[str, str]) -> bool:
        return self._sink.wants(status, headers)

    async def write(self, chunk: bytes) -> None:
        clean = self._redactor.raw(self._kept + chunk)
        cut = max(0, len(clean) - self._redactor.longest)
        self._kept = clean[cut:]
        if cut:
            await self._sink.write(clean[:cut])

    async def finish(self) -> None:
        """Hands on what was kept back."""
        rest, self._kept = self._kept, b""
        if rest:
            await self._sink.write(rest)


def _header(credential: HttpCredential, revealed: Revealed) -> tuple[str, str]:
    name, value = _wanted_header(credential, revealed)
    if not value or header_complaint(name, value) is not None:
        raise _invalid(
            credential, "cannot be sent in a header: it is empty, or holds a line break or non-ASCII"
        )
    return name, value


def _wanted_header(credential: HttpCredential, revealed: Revealed) -> tuple[str, str]:
    text = _sent_text(credential, revealed)
    scheme = credential.scheme
    if scheme == "auto":
        scheme = _SCHEMES[revealed.type]
    if scheme == "bearer":
        return "Authorization", f"Bearer {text}"
    if scheme == "header":
        return credential.header or str(revealed.fields["header"]), text
    if ":" not in text:
        raise _invalid(credential, "must be of the form user:password for the scheme 'basic'")
    return "Authorization", f"Basic {base64.b64encode(text.encode()).decode()}"


_SCHEMES: dict[str, Literal["bearer", "basic", "header"]] = {
    "bearer_token": "bearer",
    "basic_auth": "basic",
    "api_key": "header",
    "secret": "bearer",
}


def _sent_text(credential: HttpCredential, revealed: Revealed) -> str:
    match revealed.type:
        case "bearer_token":
            return revealed.secret("token").reveal()
        case "basic_auth":
            return f"{revealed.fields['username']}:{revealed.secret('password').reveal()}"
        case "api_key" | "secret":
            return revealed.secret("value").reveal()
        case other:
            raise _invalid(credential, f"is of the type {other!r}, which proves no HTTP request")


def _invalid(credential: HttpCredential, problem: str) -> NodeError:
    return NodeError(f"the credential {credential.name!r} {problem}", code="invalid_credential")
