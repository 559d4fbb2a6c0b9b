"""Runs that are suspected of killing their hosts go on one at a time.

A host that dies takes all its runs with it, and each is suspected: a hundred innocent ones beside the one
that kills it. So those that were there twice wait for each other, until what is suspected in a run has moved
on. A death that comes while a run waits does not count against it, since its record is not written yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from runtime.engine.events import Event
from runtime.host.poison import has_moved


class Trial:
    """The turn of one run. `saw` is told its events; `end` is called in any case."""

    def __init__(self, turn: asyncio.Lock, suspects: Iterable[str]) -> None:
        self._turn = turn
        self._suspects = set(suspects)
        self._has_turn = False

    async def wait(self, stopping: asyncio.Event) -> bool:
        """Whether it is this run's turn now; False when it is to stop before that."""
        waits = asyncio.ensure_future(self._turn.acquire())
        stops = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait({waits, stops}, return_when=asyncio.FIRST_COMPLETED)
            self._has_turn = waits.done()
        finally:
            stops.cancel()
            if not self._has_turn:
                waits.cancel()
        return self._has_turn

    def saw(self, event: Event) -> None:
        """Ends the turn once nothing that was suspected is as it was when the host died."""
        if self._has_turn:
            self._suspects = {node for node in self._suspects if not has_moved(node, event)}
            if not self._suspects:
                self.end()

    def end(self) -> None:
        """Lets the next one go on."""
        if self._has_turn:
            self._has_turn = False
            self._turn.release()
