"""How every process logs: lines for people, or JSON for machines, with the ids of what was at work."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.types import EventDict, Processor

from designer import environment

FORMATS = ("text", "json")
# Two lines for each ring of the doorbell, which say nothing that the run does not; and libraries that log
# whole addresses and headers, in which tokens may stand.
_QUIET = ("celery.app.trace", "celery.worker.strategy", "celery.utils.functional")
_TALKATIVE = ("httpx2", "httpcore2", "urllib3", "websockets", "uvicorn", "redis", "kombu", "amqp")


def log_settings(format_name: str, level: str, *, with_traces: bool = False) -> dict[str, Any]:
    """Django's `LOGGING`. Raises `EnvironmentProblem` for a format or level that there is not.

    `with_traces`: lines about a run also carry the ids of its trace and span.
    """
    if format_name not in FORMATS:
        raise environment.EnvironmentProblem(
            f"LOG_FORMAT is {format_name!r}; it must be {' or '.join(FORMATS)}."
        )
    if level.upper() not in logging.getLevelNamesMapping():
        raise environment.EnvironmentProblem(f"LOG_LEVEL is {level!r}; use DEBUG, INFO, WARNING or ERROR.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "shown": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [
                    structlog.contextvars.merge_contextvars,
                    _add_attempt,
                    *([_add_trace] if with_traces else []),
                    structlog.stdlib.add_logger_name,
                    structlog.stdlib.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                ],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_shown_as(format_name),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "shown"}},
        "root": {"handlers": ["console"], "level": level.upper()},
        "loggers": {name: {"level": "WARNING"} for name in (*_QUIET, *_TALKATIVE)},
    }


def _shown_as(format_name: str) -> list[Processor]:
    if format_name == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    return [_as_line]


def _as_line(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """Time, level, logger and text, then the ids, then a traceback on lines of its own."""
    exc_info = event.pop("exc_info", None)
    head = f"{event.pop('timestamp')} {event.pop('level').upper()} {event.pop('logger')} {event.pop('event')}"
    ids = "".join(f" {name}={value}" for name, value in sorted(event.items()))
    trace = "" if not exc_info else "\n" + _traceback(exc_info)
    return head + ids + trace


def _traceback(exc_info: Any) -> str:
    return logging.Formatter().formatException(exc_info)


def _add_attempt(logger: Any, method: str, event: EventDict) -> EventDict:
    """The node and the attempt that are at work, where a node logs by itself."""
    from runtime.engine.attempts import current_attempt

    context = current_attempt.get()
    if context is not None:
        event.setdefault("run_id", context.run_id)
        event["node"], event["attempt"] = context.node_id, context.attempt
    return event


def _add_trace(logger: Any, method: str, event: EventDict) -> EventDict:
    """Where spans of runs are sent: under which ids a collector has what the line is about."""
    from runtime.tracing.ids import RUN, span_text, trace_text

    run_id = event.get("run_id")
    if run_id is not None:
        event["trace_id"] = trace_text(run_id)
        event["span_id"] = span_text(run_id, event.get("node", RUN), event.get("attempt", 0))
    return event
