"""One socket's place in a run: what it was sent, what waits for it, and when it is better told anew."""

from __future__ import annotations

import asyncio
from collections import deque

from runtime.live.frames import Frame

MAX_WAITING_FRAMES = 64


class Reader:
    """A queue of frames with a limit. Past it the queue is dropped, and the reader needs a snapshot.

    `cursor` is the last event that it was given. Frames that it has had are skipped, so replay and
    live may overlap; a frame that would leave a gap makes it need a snapshot too.
    """

    def __init__(self, *, after: int, limit: int = MAX_WAITING_FRAMES) -> None:
        self.cursor = after
        self.needs_snapshot = False
        self._limit = limit
        self._waiting: deque[Frame] = deque()
        self._has_news = asyncio.Event()

    def offer(self, frame: Frame) -> None:
        """Queues a live frame. Never blocks and never grows past the limit."""
        if self.needs_snapshot:
            return
        if len(self._waiting) >= self._limit:
            self.ask_for_snapshot()
            return
        self._waiting.append(frame)
        self._has_news.set()

    def ask_for_snapshot(self) -> None:
        """What waits is outdated by the snapshot."""
        self._waiting.clear()
        self.needs_snapshot = True
        self._has_news.set()

    def begin_snapshot(self) -> None:
        """Frames are queued again from here on; the snapshot is read after this, so it meets them."""
        self.needs_snapshot = False

    def end_snapshot(self, frame: Frame) -> None:
        """The reader has had everything up to the snapshot."""
        self.cursor = frame.last

    async def wait(self) -> None:
        """Until there is a frame to send or a snapshot to make."""
        await self._has_news.wait()

    def next(self) -> Frame | None:
        """The next frame that brings something new; None when nothing waits or a snapshot is due."""
        while self._waiting and not self.needs_snapshot:
            frame = self._waiting.popleft()
            if frame.last == 0:
                return frame
            if frame.first > self.cursor + 1:
                self.ask_for_snapshot()
            elif frame.last > self.cursor:
                fresh = frame.after(self.cursor)
                self.cursor = frame.last
                return fresh
        if not self.needs_snapshot:
            self._has_news.clear()
        return None
