"""One call of one model: the key, the request, the answer whole or as it comes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.llm.failures import as_model_error, brief, refused
from runtime.llm.messages import Ask, ModelError, Reply, StreamReader, broken_stream
from runtime.llm.models import Route, no_provider
from runtime.llm.reading import parse
from runtime.llm.sse import EventParser
from runtime.services_protocol import HttpClient

MAX_ANSWER_BYTES: Final = 16 << 20
_WAY_FAILED: Final = frozenset({"http_error", "timeout"})
_NOT_KEPT: Final = frozenset({"unknown_secret", "unknown_credential"})
_UNAUTHORIZED: Final = 401
_KEY_FIELDS: Final = {"bearer_token": "token", "api_key": "value", "secret": "value"}


class KeySource(Protocol):
    """Where keys come from."""

    async def reveal(self, name: str) -> Revealed:
        """Raises `NodeError`."""
        ...

    async def newer(self, than: Revealed) -> Revealed | None:
        """The version in force, where it is another one than this. Raises `NodeError`."""
        ...

    async def answered(self, revealed: Revealed, *, is_taken: bool) -> None:
        """What the other side made of it."""
        ...


class ModelCaller:
    """Calls models for one step."""

    def __init__(self, http: HttpClient, keys: KeySource | None) -> None:
        self._http = http
        self._keys = keys
        self._revealed: dict[str, Revealed] = {}

    async def key_of(self, route: Route) -> str | None:
        """What the provider is asked with. Raises `ModelError`: `no_provider`, or the credential's own."""
        if route.credential is None:
            return None
        try:
            if self._keys is None:
                raise NodeError("nothing here keeps secrets", code="unknown_secret")
            revealed = await self._keys.reveal(route.credential)
        except NodeError as error:
            if route.is_own_key or error.code not in _NOT_KEPT:
                raise as_model_error(error) from None
            raise no_provider(route.name, f"there is no credential {route.credential!r}") from None
        return self._key_in(route.credential, revealed)

    async def newer_key(self, route: Route, error: ModelError) -> str | None:
        """What to ask with once more, when the key was refused and a later one is in force."""
        before = self._revealed.get(route.credential or "")
        if error.facts.get("status") != _UNAUTHORIZED or before is None or self._keys is None:
            return None
        try:
            newer = await self._keys.newer(before)
        except NodeError:
            return None  # the refusal says more
        return None if newer is None else self._key_in(before.name, newer)

    async def _tell(self, route: Route, status: int) -> None:
        """Tells the keeper of the keys whether this one was taken."""
        revealed = self._revealed.get(route.credential or "")
        if revealed is not None and self._keys is not None and status in (200, _UNAUTHORIZED):
            await self._keys.answered(revealed, is_taken=status == 200)

    def _key_in(self, name: str, revealed: Revealed) -> str:
        self._revealed[name] = revealed
        field = _KEY_FIELDS.get(revealed.type)
        key = "" if field is None else revealed.secret(field).reveal()
        if not key or not key.isascii() or not key.isprintable():
            raise ModelError(
                f"the credential {name!r} holds no key that can be sent: "
                "it has to be an API key, a token or a plain secret",
                code="invalid_credential",
            )
        return key

    async def call(
        self,
        route: Route,
        ask: Ask,
        *,
        key: str | None,
        idempotency_key: str,
        timeout_s: float,
        on_text: Callable[[str], None],
    ) -> Reply:
        """The whole answer; `on_text` gets a streamed one as it comes. Raises `ModelError`."""
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if ask.stream else "application/json",
            "Idempotency-Key": idempotency_key,
            **route.wire.headers(key),
        }
        along = _Along(route.wire.reader(), on_text)
        try:
            answer = await self._http.request(
                "POST",
                route.url,
                headers=headers,
                body=json.dumps(route.wire.body(ask), ensure_ascii=False, default=str).encode(),
                timeout_s=timeout_s,
                max_bytes=MAX_ANSWER_BYTES,
                follow_redirects=False,
                sink=along,
            )
            await self._tell(route, answer.status)
            if answer.status != 200:
                raise refused(route, answer.status, answer.headers, answer.body)
            return along.reader.reply() if along.is_used else route.wire.read(parse(answer.body))
        except NodeError as error:
            if along.reader.is_over and error.code in _WAY_FAILED:
                return _reply(along, key)  # all was said before the connection went
            raise brief(_told(error, along), key) from error


class _Along:
    """Takes a streamed answer event by event."""

    def __init__(self, reader: StreamReader, on_text: Callable[[str], None]) -> None:
        self.reader = reader
        self.is_used = False
        self._on_text = on_text
        self._parser = EventParser()

    def wants(self, status: int, headers: Mapping[str, str]) -> bool:
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        self.is_used = status == 200 and kind == "text/event-stream"
        return self.is_used

    async def write(self, chunk: bytes) -> None:
        for event in self._parser.feed(chunk):
            if not self.reader.is_over and (added := self.reader.feed(event)):
                self._on_text(added)


def _reply(along: _Along, key: str | None) -> Reply:
    try:
        return along.reader.reply()
    except ModelError as failure:
        raise brief(failure, key) from None


def _told(error: NodeError, along: _Along) -> ModelError:
    is_cut = along.is_used and error.code == "http_error"
    failure = broken_stream(error.message) if is_cut else as_model_error(error)
    failure.usage = along.reader.usage
    return failure


def json_of(reply: Reply) -> Any:
    """The JSON of an answer, also where a model put it into a fence. Raises `ModelError` (`invalid_json`)."""
    bare = reply.text.strip()
    if bare.startswith("```") and bare.endswith("```") and "\n" in bare:
        bare = bare[bare.index("\n") + 1 : -3]
    try:
        return parse(bare)
    except ModelError:
        failure = ModelError(
            "The model's answer is not the JSON that was asked for", code="invalid_json", retryable=True
        )
        failure.usage = reply.usage
        raise failure from None
