"""`/api/v1/hooks/{path}/`: where deliveries to webhooks arrive.

An ASGI application of its own in front of Django's: a delivery needs no session, no cookie and no CSRF
check, and 150 of them a second leave no time for a chain of middleware. What the address may start is
decided in `runtime.services.triggers`: the person whom the trigger runs as must be allowed `workflow.run`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

from accounts.declared import declared
from accounts.middleware import data_headers
from runtime.api.rendering import dump
from runtime.live.hub import live_hub
from runtime.services.triggers.listening import MakeDraftVersion, deliver_test
from runtime.services.triggers.results import result_of
from runtime.services.triggers.webhooks import Accepted, deliver, nothing_there, refuse_oversize
from runtime.triggers.calls import Call, CallRefused
from runtime.triggers.configs import MAX_BODY

log = logging.getLogger(__name__)

PREFIX = "/api/v1/hooks/"
TEST = "test/"
THREADS = 8
# More deliveries than this wait for a thread: those that come now do better to come again.
MOST_WAITING = 400

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
ProblemBody = Callable[..., Mapping[str, Any]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class _BodyTooLarge(Exception):
    """After so many bytes."""


class HookGate:
    """Answers calls of webhooks, and hands on everything else."""

    def __init__(self, app: App, *, draft_version: MakeDraftVersion, problem_body: ProblemBody) -> None:
        self._app = app
        self._draft_version = draft_version
        self._problem_body = problem_body
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="hooks")
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        await _send(send, await self.answer(scope, receive))

    @declared(action="workflow.run")
    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """What the call gets; never an exception."""
        try:
            return await self._accept(scope, receive)
        except CallRefused as refused:
            return self._problem(scope, refused)
        except (OperationalError, InterfaceError) as error:
            log.error("a delivery could not be taken: %s", error)
            text = "The database does not answer. Try again in a moment."
            return self._problem(
                scope, CallRefused(503, "database_unavailable", text, headers={"Retry-After": "2"})
            )
        except Exception:
            log.exception("a delivery could not be taken")
            text = "Something failed on the server. It has been logged."
            return self._problem(scope, CallRefused(500, "internal_error", text))

    async def _accept(self, scope: Scope, receive: Receive) -> Answer:
        is_test, path = _place(scope["path"])
        try:
            body = await _read(receive)
        except _BodyTooLarge:
            raise await self._in_thread(refuse_oversize, path, scope["method"], MAX_BODY + 1) from None
        call = _call(scope, path, body)
        ends = live_hub().ends
        await ends.listen()
        if is_test:
            accepted = await self._in_thread(deliver_test, call, self._draft_version)
        else:
            accepted = await self._in_thread(deliver, call)
        if accepted.wait is None or accepted.run_id is None:
            return Answer(202, {"run": _run(accepted)}, _headers(accepted))
        await ends.wait(accepted.run_id, accepted.wait.wait_s)
        try:
            result = await self._in_thread(result_of, accepted.run_id, accepted.wait)
        except CallRefused as refused:
            return self._problem(scope, refused, run=_run(accepted), headers=_headers(accepted))
        return Answer(200, result, {**_headers(accepted), "X-Lockgate-Run": str(accepted.run_id)})

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        if self._waiting >= MOST_WAITING:
            message = "More deliveries arrive than can be taken. Try again in a moment."
            raise CallRefused(503, "busy", message, headers={"Retry-After": "1"})
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _with_database, function, *arguments)
        finally:
            self._waiting -= 1

    def _problem(
        self,
        scope: Scope,
        refused: CallRefused,
        *,
        run: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        # The address is a secret: a problem does not repeat it.
        body = self._problem_body(PREFIX, refused.status, refused.code, refused.message)
        extra = {} if run is None else {"run": run}
        problem = {"Content-Type": "application/problem+json"}
        return Answer(refused.status, {**body, **extra}, {**refused.headers, **(headers or {}), **problem})


def _with_database(function: Callable[..., T], *arguments: Any) -> T:
    """In a thread of ours: the connection goes back to the pool, which looks after it."""
    try:
        return function(*arguments)
    finally:
        connection.close()


def _place(path: str) -> tuple[bool, str]:
    """Whether it is a test address, and its secret part. Raises `CallRefused` for what can be neither."""
    rest = path.removeprefix(PREFIX).removesuffix("/")
    is_test = rest.startswith(TEST)
    secret = rest.removeprefix(TEST)
    if not secret or "/" in secret or len(secret) > 100:
        raise nothing_there()
    return is_test, secret


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallRefused(400, "disconnected", "The call was cut off.")
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            raise _BodyTooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _call(scope: Scope, path: str, body: bytes) -> Call:
    return Call(
        path=path,
        method=scope["method"],
        query_string=scope.get("query_string", b"").decode("latin-1"),
        headers={name.decode("latin-1").lower(): text.decode("latin-1") for name, text in scope["headers"]},
        body=body,
        at=time.time(),
    )


def _run(accepted: Accepted) -> dict[str, Any] | None:
    return None if accepted.run_id is None else {"id": str(accepted.run_id), "number": accepted.number}


def _headers(accepted: Accepted) -> dict[str, str]:
    return {"Idempotent-Replay": "true"} if accepted.is_replay else {}


async def _send(send: Send, answer: Answer) -> None:
    headers = {"Content-Type": "application/json", **data_headers(), **answer.headers}
    body = dump(answer.body)
    raw = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
