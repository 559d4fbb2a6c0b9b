from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from designer.environment import EnvironmentProblem
from designer.logs import log_settings
from runtime.tracing.ids import RUN, span_text, trace_text


@pytest.fixture
def lines() -> Iterator[Any]:
    """What a format makes of what is logged."""
    made = logging.getLogger("tests.logs")

    def log(format_name: str, *, with_traces: bool = False) -> io.StringIO:
        formatter = log_settings(format_name, "INFO", with_traces=with_traces)["formatters"]["shown"]
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        factory = formatter.pop("()")
        handler.setFormatter(factory(**formatter))
        made.handlers[:] = [handler]
        made.propagate = False
        return stream

    yield log
    made.handlers.clear()


def test_json_lines_carry_the_ids_of_the_run(lines: Any) -> None:
    stream = lines("json")

    with structlog.contextvars.bound_contextvars(run_id="r1"):
        logging.getLogger("tests.logs").warning("claimed by %s", "host")

    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["logger"]) == ("claimed by host", "warning", "tests.logs")
    assert line["run_id"] == "r1"
    assert line["timestamp"].endswith("Z")


def test_where_spans_are_sent_lines_name_trace_and_span(lines: Any) -> None:
    stream = lines("json", with_traces=True)

    with structlog.contextvars.bound_contextvars(run_id="r1"):
        logging.getLogger("tests.logs").warning("claimed")
        with structlog.contextvars.bound_contextvars(node="a", attempt=2):
            logging.getLogger("tests.logs").warning("called")
    logging.getLogger("tests.logs").warning("idle")

    claimed, called, idle = (json.loads(line) for line in stream.getvalue().splitlines())
    assert claimed["trace_id"] == called["trace_id"] == trace_text("r1")
    assert claimed["span_id"] == span_text("r1", RUN, 0)
    assert called["span_id"] == span_text("r1", "a", 2)
    assert "trace_id" not in idle


def test_a_failure_is_one_json_line_with_its_traceback(lines: Any) -> None:
    stream = lines("json")

    try:
        raise ValueError("out of order")
    except ValueError:
        logging.getLogger("tests.logs").exception("failed")

    assert stream.getvalue().count("\n") == 1
    assert "ValueError: out of order" in json.loads(stream.getvalue())["exception"]


def test_lines_for_people_end_with_the_ids(lines: Any) -> None:
    stream = lines("text")

    with structlog.contextvars.bound_contextvars(request_id="q", run_id="r1"):
        logging.getLogger("tests.logs").info("claimed")

    assert stream.getvalue().split(" ", 1)[1] == "INFO tests.logs claimed request_id=q run_id=r1\n"


@pytest.mark.parametrize(("name", "level"), [("xml", "INFO"), ("json", "LOUD")])
def test_what_there_is_not_is_refused_with_what_there_is(name: str, level: str) -> None:
    with pytest.raises(EnvironmentProblem, match="json|DEBUG"):
        log_settings(name, level)


def test_a_worker_logs_as_the_operator_said() -> None:
    """Somebody who listens to this signal keeps Celery from setting up logging of its own."""
    from celery import signals

    from designer import celery

    assert celery.keep_logging in {receiver for _, receiver in signals.setup_logging.receivers}


def test_libraries_that_log_addresses_and_headers_are_quiet_at_any_level() -> None:
    loggers = log_settings("text", "DEBUG")["loggers"]

    for name in ("httpx2", "httpcore2", "websockets", "uvicorn"):
        assert loggers[name]["level"] == "WARNING"
