"""Tells a script's author what went wrong, where in the script, and what to do: on stderr, in plain words."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from runtime.aliases import AliasError
from runtime.engine.errors import GraphError, RunCancelled, RunFailed, WorkflowError
from runtime.engine.problems import errors_of
from runtime.script.author_lines import place_in_script, place_of_bad_syntax
from runtime.script.frames import OwnLines, Place
from runtime.script.source import Script

_MOST_LISTED = 20


def report(error: Exception, script: Script, *, with_traceback: bool) -> None:
    """`with_traceback` shows the frames of libraries too."""
    own = OwnLines(script)
    if with_traceback:
        lines = traceback.format_exception(error.with_traceback(_without_ours(error)))
    elif isinstance(error, SyntaxError) and error.filename is not None and error.filename in own:
        lines = list(_syntax_error(error))
    elif isinstance(error, WorkflowError | AliasError):
        lines = list(_plain(error, script, own))
    else:
        short = traceback.TracebackException.from_exception(error)
        own.shorten(short)
        lines = list(short.format())
    sys.stdout.flush()
    print("".join(f"{line.rstrip()}\n" for line in lines), end="", file=sys.stderr)


def _without_ours(error: Exception) -> Any:
    """The traceback from the script's first line on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals.get("__name__") == "runtime.script.command":
        trace = trace.tb_next
    return trace


def _syntax_error(error: SyntaxError) -> Iterator[str]:
    yield f"{error.filename}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    # The source line and the caret, as Python draws them between its own first and last line.
    yield from traceback.format_exception_only(error)[1:-1]


def _plain(error: WorkflowError | AliasError, script: Script, own: OwnLines) -> Iterator[str]:
    place = own.last_of(error.__traceback__)
    yield f"{place}: {_headline(error)}" if place else _headline(error)
    if place is not None and place.source:
        yield f"    {place.source}"
    details = list(_details(error, script))
    yield from details[:_MOST_LISTED]
    if len(details) > _MOST_LISTED:
        yield f"  and {len(details) - _MOST_LISTED} more"


def _headline(error: WorkflowError | AliasError) -> str:
    if isinstance(error, AliasError):
        return str(error)
    if isinstance(error, GraphError):
        count = len(errors_of(error.problems))
        return f"the workflow has {'a problem' if count == 1 else f'{count} problems'}"
    if isinstance(error, RunFailed) and error.errors:
        return f"the run {'was cancelled' if isinstance(error, RunCancelled) else 'failed'} ({error.run_id})"
    problems = error.facts.get("problems")
    if problems:
        return f"{_subject(error)} {'a problem' if len(problems) == 1 else f'{len(problems)} problems'}"
    return error.message


def _subject(error: WorkflowError) -> str:
    if any(problem.get("node") for problem in error.facts["problems"]):
        return "the parameters have"
    # Of a node that was made by itself: "HTTPRequestNode: url: ..." names whose configuration it is.
    kind, colon, _ = error.message.partition(": ")
    return f"the configuration of {kind} has" if colon and kind.isidentifier() else "the parameters have"


def _details(error: WorkflowError | AliasError, script: Script) -> Iterator[str]:
    if isinstance(error, AliasError):
        return
    if isinstance(error, GraphError):
        for problem in errors_of(error.problems):
            yield _problem(problem.to_dict())
            if problem.code == "code_problem" and problem.line is not None:
                yield from _shown(place_of_bad_syntax(script, problem.line))
    elif isinstance(error, RunFailed):
        for node, facts in error.errors.items():
            yield f"  node '{node}': {facts.get('message', 'failed')}"
            place = place_in_script(script, facts)
            yield from _shown(place) if place else [f"    {facts['text']}"] if facts.get("text") else []
    elif error.facts.get("problems"):
        for item in error.facts["problems"]:
            yield _problem(item)
    else:
        yield from _shown(place_in_script(script, error.facts))


def _problem(problem: Mapping[str, Any]) -> str:
    parts = [] if problem.get("node") is None else [f"node '{problem['node']}'"]
    if problem.get("field"):
        parts.append(str(problem["field"]))
    if problem.get("line"):
        parts.append(f"line {problem['line']}")
    where = ", ".join(parts)
    text = f"  {where}: {problem['message']}" if where else f"  {problem['message']}"
    return f"{text}. {problem['hint']}" if problem.get("hint") else text


def _shown(place: Place | None) -> list[str]:
    return [] if place is None else [f"    {place}: {place.source}"]
