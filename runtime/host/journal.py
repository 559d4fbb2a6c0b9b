"""The journal of one claim of one run: a driver's events become rows, and the run's row follows them."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from runtime.credentials.redactor import Redactor
from runtime.engine.config import RuntimeConfig
from runtime.engine.control import OUTCOME_UNKNOWN
from runtime.engine.errors import WorkflowError
from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.node import TIMER, Level
from runtime.engine.state import NodeStatus, RunState, RunStatus
from runtime.host.fault_points import reach
from runtime.host.json_text import clean_text, json_text, shortened, shortened_texts
from runtime.host.ledger import Ledger
from runtime.host.rows import Entry, EventRow, LogRow, RunFacts, RunKey
from runtime.host.watching import OnEvent
from runtime.payloads import MAX_OUTPUT_BYTES, EncodedOutputs, encode_outputs, plain_outputs

log = logging.getLogger(__name__)

MAX_LOG_LINES = 10_000
MAX_LINE_CHARACTERS = 8_000
# An event's data goes to every reader: a longer error message is cut, its whole text may be logged.
MAX_DATA_CHARACTERS = 32_000
# How a step ends that may wait outside: what it asked for there has not come.
_LEAVING = frozenset({EventType.NODE_CANCELLED, EventType.NODE_FAILED})
_OWNERLESS = frozenset(RunStatus) - {RunStatus.QUEUED, RunStatus.RUNNING}


class Writer(Protocol):
    def put(self, entry: Entry) -> None: ...


class ProgressSink(Protocol):
    def __call__(self, node: str, done: int, total: int | None) -> None: ...


class RunJournal:
    """`runtime.engine.journal.Journal` over the group-commit writer."""

    def __init__(
        self,
        key: RunKey,
        *,
        state: RunState,
        last_pos: int,
        writer: Writer,
        on_progress: ProgressSink,
        redactor: Redactor | None = None,
        ledger: Ledger | None = None,
        on_left: Callable[[], None] = lambda: None,
    ) -> None:
        """`redactor` learns the secrets that the run uses; without one it has none.

        `ledger` counts on from what the run stores already; without one it has stored nothing.
        `on_left` is called when steps have ended, durably, that may have left something open outside.
        """
        self.key = key
        self.state = state
        self._writer = writer
        self._redactor = redactor or Redactor()
        self._ledger = ledger or Ledger()
        self._on_progress = on_progress
        self._max_output_bytes = MAX_OUTPUT_BYTES
        self._logs_events = False
        self._on_event: OnEvent | None = None
        self._on_left = on_left
        self._has_waited = any(_waits_outside(node.status, node.reason) for node in state.nodes.values())
        # What `plain` has written already of the outputs that it gave back.
        self._encoded: tuple[Mapping[str, Any], EncodedOutputs] | None = None
        self._pos = last_pos
        self._lost: WorkflowError | None = None
        self._counts = _count(state)
        self._facts = self._current_facts()

    def plain(self, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The outputs as they flow on: as a resumed run would read them. Raises `OutputError`."""
        outputs, encoded = self._encode(outputs)
        plain = plain_outputs(outputs, encoded)
        self._encoded = (plain, encoded)
        return plain

    def encode(self, outputs: Mapping[str, Any]) -> EncodedOutputs:
        kept, self._encoded = self._encoded, None
        if kept is not None and kept[0] is outputs:
            return kept[1]
        return self._encode(outputs)[1]

    def append(self, event: Event, *, wait: bool) -> asyncio.Future[None] | None:
        if self._lost is not None:
            raise self._lost
        if not self._redactor.is_empty:
            event = event._replace(data=self._redactor.event_data(event.data))
        data = json_text(event.data)
        if len(data) > MAX_DATA_CHARACTERS:
            event = event._replace(data=shortened_texts(event.data, MAX_DATA_CHARACTERS // 8))
            data = json_text(event.data)
        self._follow(event)
        blobs, uses = self._ledger.add_event(data, event.payload)
        self._facts = self._current_facts()
        if self._on_event is not None:
            self._on_event(event)
        if self._logs_events:
            log.info("run %s: %s %s %s", self.key.run_id, event.type, event.node or "", data)
        if event.type is EventType.RUN_WAITING:
            reach("park.before")
        payload = None if event.payload is None else event.payload.text
        is_leaving = self._has_waited and event.type in _LEAVING
        future = asyncio.get_running_loop().create_future() if wait or is_leaving else None
        if future is not None and is_leaving:
            future.add_done_callback(self._tell_left)
        row = _event_row(event, data, payload)
        self._writer.put(Entry(self.key, self._facts, event=row, blobs=blobs, uses=uses, future=future))
        return future if wait else None

    def log(self, node: str, attempt: int, level: Level, text: str) -> None:
        if self._lost is not None or self._pos >= MAX_LOG_LINES:
            return
        self._pos += 1
        if self._pos == MAX_LOG_LINES:
            level, text = "warning", f"The log ends here: it holds {MAX_LOG_LINES} lines."
        line = LogRow(
            self._pos,
            utc_now(),
            clean_text(node),
            attempt,
            level,
            clean_text(shortened(self._redactor.text(text), MAX_LINE_CHARACTERS)),
        )
        self._ledger.add_line(line.text)
        self._facts = self._facts._replace(log_bytes=self._ledger.log_bytes)
        self._writer.put(Entry(self.key, self._facts, log=line))

    def progress(self, node: str, done: int, total: int | None) -> None:
        self._on_progress(node, done, total)

    def follow(self, config: RuntimeConfig, on_event: OnEvent | None = None) -> None:
        """What the configuration says of recording, and who is told of events; once the plan is known."""
        self._on_event = on_event
        self._max_output_bytes = config.max_output_bytes
        self._logs_events = config.enable_logging

    async def flush(self) -> None:
        """Returns once all that was recorded is durable. Raises `Fenced` when the run is another host's."""
        if self._lost is None:
            future = asyncio.get_running_loop().create_future()
            self._writer.put(Entry(self.key, self._facts._replace(released=False), future=future))
            await future

    def lose(self, error: WorkflowError) -> None:
        """The writer refused this claim's rows: nothing more is recorded."""
        self._lost = error

    def _encode(self, outputs: Mapping[str, Any]) -> tuple[Mapping[str, Any], EncodedOutputs]:
        """The outputs without secrets, and as they are stored."""
        encoded = encode_outputs(outputs, max_bytes=self._max_output_bytes)
        if not self._redactor.is_empty and self._redactor.is_in(
            encoded.text, *(b.data for b in encoded.blobs)
        ):
            outputs = self._redactor.value(plain_outputs(outputs, encoded))
            encoded = encode_outputs(outputs, max_bytes=self._max_output_bytes)
        self._ledger.refuse_too_much(encoded)
        return outputs, encoded

    def _tell_left(self, durable: asyncio.Future[None]) -> None:
        if not durable.cancelled() and durable.exception() is None:
            self._on_left()

    def _follow(self, event: Event) -> None:
        if event.type is EventType.NODE_WAITING and not self._has_waited:
            self._has_waited = _waits_outside(NodeStatus.WAITING, event.data.get("reason"))
        if event.node is None:
            self.state.apply(event)
            if self.state.run_status.is_final:
                self._counts = _count(self.state)
            return
        is_counted = is_outside(event.node)
        before = self.state.nodes.get(event.node) if is_counted else None
        if before is not None:
            self._counts[str(before.status)] -= 1
        self.state.apply(event)
        if is_counted:
            self._counts[str(self.state.nodes[event.node].status)] += 1

    def _current_facts(self) -> RunFacts:
        state = self.state
        return RunFacts(
            status=str(state.run_status),
            started_at=state.started_at,
            finished_at=state.finished_at,
            wake_at=None if state.wake_at is None else datetime.fromisoformat(state.wake_at),
            counts=json_text({status: count for status, count in self._counts.items() if count}),
            error=None if state.error is None else json_text(state.error),
            last_seq=state.seq,
            released=state.run_status in _OWNERLESS,
            value_bytes=self._ledger.value_bytes,
            event_bytes=self._ledger.event_bytes,
            log_bytes=self._ledger.log_bytes,
        )


def _count(state: RunState) -> Counter[str]:
    """Nodes outside containers by status: how often a loop goes round is not a matter of the run's size."""
    return Counter(str(node.status) for path, node in state.nodes.items() if is_outside(path))


def _waits_outside(status: NodeStatus, reason: str | None) -> bool:
    return status is NodeStatus.WAITING and reason not in (TIMER, OUTCOME_UNKNOWN)


def is_outside(path: str) -> bool:
    """Whether a node is in no container."""
    return "/" not in path


def _event_row(event: Event, data: str, payload: bytes | None) -> EventRow:
    return EventRow(event.seq, event.at, str(event.type), event.node, event.attempt, data, payload)
