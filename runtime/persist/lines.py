"""The lines of a journal: a header begins a run, events follow, a decision settles what nobody else knows.

    {"journal": 1, "run": "...", "workflow": "...", "parameters": "...", "occurrence": 1, ...}
    {"run": "...", "seq": 1, "at": "...", "type": "run.started"}
    {"run": "...", "seq": 3, "at": "...", "type": "node.succeeded", "node": "a", "attempt": 1, "data": {...}, "payload": {...}}
    {"run": "...", "node": "pay", "decision": "again"}

Lines of several runs may be mixed. All are ended by a newline: what follows the last one is torn.
"""  # noqa: E501

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import Any, Literal

from runtime.engine.events import Event, EventType
from runtime.engine.upcasting import event_type, upcast

VERSION = 1
ENDS = frozenset({EventType.RUN_SUCCEEDED, EventType.RUN_FAILED, EventType.RUN_CANCELLED})
Verdict = Literal["again", "done"]

# What an error carries as facts may be anything; it is metadata, so text will do.
_TO_JSON = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, skipkeys=True, default=str
).encode
_STARTS = (b'{"journal":', b'{"run":')


class BadLine(ValueError):
    """A line that is none of ours; the message says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for. Two runs of the same request are told apart by their occurrence in the script."""

    workflow: str
    parameters: str
    mode: str = "full"
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """`occurrence` counts the same request within one run of the script; 0: the caller named the run.

    `replays` is the run whose results this one begins with.
    """

    run: str
    request: Request
    occurrence: int
    replays: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of a step whose outcome is unknown."""

    run: str
    node: str
    verdict: Verdict
    outputs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event and its run."""

    run: str
    event: Event


def header_line(header: Header, at: datetime) -> bytes:
    request = header.request
    return _line(
        {
            "journal": VERSION,
            "run": header.run,
            "workflow": request.workflow,
            "parameters": request.parameters,
            "occurrence": header.occurrence,
            "mode": request.mode,
            "node": request.node,
            "replays": header.replays,
            "at": at.isoformat(),
        }
    )


def event_line(run: str, event: Event, payload: str | None) -> bytes:
    """`payload` is JSON text already."""
    body: dict[str, Any] = {
        "run": run,
        "seq": event.seq,
        "at": event.at.isoformat(),
        "type": event.type.value,
    }
    if event.node is not None:
        body["node"] = event.node
        body["attempt"] = event.attempt
    if event.data:
        body["data"] = event.data
    if payload is None:
        return _line(body)
    return f'{_TO_JSON(body)[:-1]},"payload":{payload}}}\n'.encode("utf-8", "backslashreplace")


def decision_line(decision: Decision) -> bytes:
    body: dict[str, Any] = {"run": decision.run, "node": decision.node, "decision": decision.verdict}
    if decision.outputs is not None:
        body["outputs"] = dict(decision.outputs)
    return _line(body)


def read_line(line: bytes) -> Header | Decision | Recorded:
    """Raises `BadLine`."""
    try:
        body = json.loads(line.decode())  # given bytes, it would guess their encoding first
    except (ValueError, RecursionError) as error:
        raise BadLine(f"it is not JSON ({error})") from None
    if not isinstance(body, dict):
        raise BadLine("it is not an object")
    try:
        if "journal" in body:
            return _header(body)
        if "decision" in body:
            return _decision(body)
        return Recorded(_text(body, "run"), _event(body))
    except (KeyError, TypeError, ValueError) as error:
        raise BadLine(f"a field is missing or wrong ({type(error).__name__}: {error})") from None


def is_torn_line(rest: bytes) -> bool:
    """Whether `rest`, which no newline ends, can be the beginning of a line of ours, or was never written."""
    if not rest.strip(b"\0"):
        return True
    return any(rest.startswith(start) or start.startswith(rest) for start in _STARTS)


def _line(body: dict[str, Any]) -> bytes:
    # A lone surrogate in an error's message becomes the escape that JSON has for it.
    return f"{_TO_JSON(body)}\n".encode("utf-8", "backslashreplace")


def _header(body: dict[str, Any]) -> Header:
    if body["journal"] != VERSION:
        raise ValueError(f"version {body['journal']}; this program reads version {VERSION}")
    node, replays = _text_or_null(body, "node"), _text_or_null(body, "replays")
    request = Request(_text(body, "workflow"), _text(body, "parameters"), _text(body, "mode"), node)
    return Header(_text(body, "run"), request, int(body["occurrence"]), replays)


def _decision(body: dict[str, Any]) -> Decision:
    return Decision(_text(body, "run"), _text(body, "node"), _verdict(body["decision"]), body.get("outputs"))


def _event(body: dict[str, Any]) -> Event:
    attempt, data, payload = body.get("attempt", 0), body.get("data", {}), body.get("payload")
    if type(attempt) is not int or type(data) is not dict or type(payload) not in (dict, NoneType):
        raise TypeError("attempt, data or payload")
    node = None if "node" not in body else _text(body, "node")
    kind, at = event_type(body["type"]), datetime.fromisoformat(body["at"])
    return upcast(Event(int(body["seq"]), at, kind, node, attempt, data, payload))


def _text(body: dict[str, Any], name: str) -> str:
    value = body[name]
    if type(value) is not str:
        raise TypeError(f"{name} is no text")
    return value


def _text_or_null(body: dict[str, Any], name: str) -> str | None:
    return None if body[name] is None else _text(body, name)


def _verdict(text: str) -> Verdict:
    if text == "again":
        return "again"
    if text == "done":
        return "done"
    raise ValueError(f"the decision {text!r}")
