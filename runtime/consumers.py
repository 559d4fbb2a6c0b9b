"""The run socket: `/ws/runs/{id}/?after=SEQ` replays the events after SEQ, then sends them as they come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.authorization import AccessDenied, Hidden, NotSignedIn, authorize
from accounts.models import DecisionVia, User
from accounts.services.decisions import asked_and_logged
from accounts.sockets import NOT_FOUND, close_code, close_reason, current_subject, why_ended
from runtime.disclosure import sees_data
from runtime.live.frames import ACCESS_CHANGED, PING, Frame, events_frame, snapshot_frame
from runtime.live.hub import live_hub
from runtime.live.reader import Reader
from runtime.masking.readers import reader_of, standing_of
from runtime.models import Run
from runtime.queries.runs import events_after, state_of

log = logging.getLogger(__name__)

PING_S = 20.0
RECHECK_S = 60.0
# Farther behind than this, the state is shorter than the story.
MAX_REPLAY = 5_000


class RunConsumer(AsyncWebsocketConsumer):
    """Sends metadata, and to those who may see all of the run's data also why something failed.

    Values and log text come by REST, where they are checked and masked; when what the reader may see has
    changed, a frame says so, and they are to be read again.
    """

    action = "run.view"
    # The hub hears for all sockets of the process; none has a channel of its own.
    channel_layer_alias = ""

    async def connect(self) -> None:
        await self.accept()
        self._tasks: list[asyncio.Task[None]] = []
        self._scope: dict[str, Any] = dict(self.scope)
        self._run_id: UUID = self._scope["url_route"]["kwargs"]["run_id"]
        self._sees_data = False
        self._standing: Hashable = None
        refusal = await self._refusal()
        if refusal is not None:
            await self.close(*refusal)
            return
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._serve()), loop.create_task(self._watch_access())]

    async def disconnect(self, code: int) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Readers have nothing to say."""

    async def _watch_access(self) -> None:
        """Checks again when access may have changed, and every minute; closes for who may no more."""
        user: User = self._scope["user"]
        async with live_hub().watching(user.pk, user.tenant_id) as changed:
            refusal = None
            while refusal is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), RECHECK_S)
                changed.clear()
                before = self._standing
                refusal = await self._refusal(was_shown=True)
                if refusal is None and self._standing != before:
                    await self.send(text_data=ACCESS_CHANGED)
        await self.close(*refusal)

    async def _refusal(self, *, was_shown: bool = False) -> Refusal | None:
        """How a subject that may not read this run (any more) is told so; read afresh each time."""
        user = await current_subject(self._scope)
        if user is None:
            return refusal_for(await why_ended(self._scope))
        access = await database_sync_to_async(access_of)(user, self.action, self._run_id, was_shown=was_shown)
        self._sees_data, self._standing = access.sees_data, access.standing
        return access.refusal

    async def _serve(self) -> None:
        after = _after(self._scope)
        try:
            async with live_hub().reading(self._run_id, after=after) as (reader, upto):
                await self._replay(reader, upto)
                await self._send_live(reader)
        except OSError:  # the reader went away in the middle of a frame
            log.debug("the reader of run %s has gone", self._run_id)
        except Exception:
            log.exception("the socket of run %s failed", self._run_id)
            await self.close(1011)

    async def _replay(self, reader: Reader, upto: int) -> None:
        """Sends the events up to `upto`; a reader too far behind, or ahead of the table, gets the state."""
        if not 0 <= upto - reader.cursor <= MAX_REPLAY:
            reader.ask_for_snapshot()
            return
        while reader.cursor < upto:
            events = await database_sync_to_async(events_after)(self._run_id, reader.cursor)
            if not events:
                return
            frame = events_frame(events)
            reader.cursor = frame.last
            await self._send(frame)

    async def _send_live(self, reader: Reader) -> None:
        while True:
            frame = reader.next()
            if frame is not None:
                await self._send(frame)
            elif reader.needs_snapshot:
                await self._send_snapshot(reader)
            else:
                await self._wait_or_ping(reader)

    async def _send_snapshot(self, reader: Reader) -> None:
        reader.begin_snapshot()
        state = await database_sync_to_async(state_of)(self._run_id)
        frame = snapshot_frame(state)
        reader.end_snapshot(frame)
        await self._send(frame)

    async def _wait_or_ping(self, reader: Reader) -> None:
        try:
            await asyncio.wait_for(reader.wait(), PING_S)
        except TimeoutError:
            await self.send(text_data=PING)

    async def _send(self, frame: Frame) -> None:
        await self.send(text_data=frame.text if self._sees_data else frame.bare_text)


class Refusal(NamedTuple):
    """Of a close frame."""

    code: int
    reason: str


class Access(NamedTuple):
    """What who may not read the run is told, and whether its data is for who may.

    `standing` is equal as long as the reader is shown the same of it.
    """

    refusal: Refusal | None
    sees_data: bool = False
    standing: Hashable = None


def access_of(user: User, action: str, run_id: UUID, *, was_shown: bool = False) -> Access:
    """What the user may read of the run. Who was shown it already is told why it is shown no more."""
    run = Run.objects.select_related("workflow").filter(pk=run_id).first()
    if run is None:
        return Access(Refusal(NOT_FOUND, "There is nothing at this address, or you may not know of it."))
    with asked_and_logged(DecisionVia.SOCKET):
        try:
            authorize(user, action, run)
        except (AccessDenied, NotSignedIn) as problem:
            if was_shown and isinstance(problem, Hidden):
                problem = AccessDenied(problem.decision, problem.resource)
            return Access(refusal_for(problem))
        # Frames are the same for all who get them: whoever is masked anything reads errors by REST.
        sees_messages = sees_data(user, run) and not reader_of(user, run).is_restricted
        return Access(None, sees_messages, standing_of(user, run))


def refusal_for(problem: AccessDenied | NotSignedIn) -> Refusal:
    return Refusal(close_code(problem), close_reason(problem))


def _after(scope: dict[str, Any]) -> int:
    """The client's last event; 0 when it names none."""
    given = parse_qs(scope.get("query_string", b"").decode("ascii", "replace")).get("after", ["0"])[0]
    return int(given) if given.isdecimal() and len(given) < 10 else 0
