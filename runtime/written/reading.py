"""A script that builds a workflow, read without running any of it."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.engine.document import read_document
from runtime.engine.graph import Graph
from runtime.layout import arrange
from runtime.written.calls import BuilderCalls, NotDrawn
from runtime.written.names import Names
from runtime.written.regions import AT_END, Region, joined
from runtime.written.text import SourceText
from runtime.written.writing import ENDING

MAX_CHARACTERS = 1024 * 1024
MAX_STATEMENTS = 20_000
OUR_MODULES = ("runtime", "kailash.workflow.builder")


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """What is wrong with a script, at a line and a column, from 1 (0: nowhere in particular)."""

    code: str
    message: str
    line: int = 0
    column: int = 0
    node: str | None = None


@dataclass(frozen=True, slots=True)
class LockedLines:
    """Lines that no step stands for, and why; from 1, both included."""

    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """Lines that are kept, after a step and so many calls that are drawn. Comments need no reason.

    `text`: a statement that has its lines not for itself.
    """

    first: int
    last: int
    after: str
    drawn: int
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReadSource:
    """`graph` is None where the script cannot be read; then `problems` say why. `lines`: by step."""

    graph: Graph | None
    name: str = ""
    problems: tuple[SourceProblem, ...] = ()
    locked: tuple[LockedLines, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)


def read_python(source: str) -> ReadSource:
    """The workflow that the calls of the first `WorkflowBuilder` at the top level of a script make.

    Nothing of it is run. Whatever is no such call with plain values is kept as text (`Region`) in its place.
    """
    if len(source) > MAX_CHARACTERS:
        problem = SourceProblem("too_large", f"a script has at most {MAX_CHARACTERS:,} characters")
        return ReadSource(None, problems=(problem,))
    text = SourceText(source)
    try:
        tree = ast.parse(text.source)
    except SyntaxError as error:
        message = f"this is not Python: {error.msg}"
        return _failed("invalid_syntax", message, error.lineno or 0, error.offset or 0)
    except (RecursionError, MemoryError):
        return _failed("too_deep", "the script is nested too deeply")
    except ValueError:
        return _failed("invalid_syntax", "a script has no zero characters")
    if len(tree.body) > MAX_STATEMENTS:
        return _failed("too_large", f"a script has at most {MAX_STATEMENTS:,} statements at its top level")
    try:
        return _Reader(text, tree).read()
    except RecursionError:
        return _failed("too_deep", "the script is nested too deeply")


def _failed(code: str, message: str, line: int = 0, column: int = 0) -> ReadSource:
    return ReadSource(None, problems=(SourceProblem(code, message, line, column),))


class _Reader:
    def __init__(self, text: SourceText, tree: ast.Module) -> None:
        self._text = text
        self._statements = list(tree.body)
        self._name = self._take_name(tree)
        self._calls = BuilderCalls(Names(tree))
        self._kept: list[_Kept] = []
        # how many statements begin or end in a line
        self._at_ends = Counter(line for each in tree.body for line in {each.lineno, each.end_lineno or 0})

    def read(self) -> ReadSource:
        end = 0
        for statement in self._statements:
            self._keep_comments(end + 1, statement.lineno - 1)
            end = statement.end_lineno or statement.lineno
            if not self._is_ours(statement):
                self._take(statement, end)
        self._keep_comments(end + 1, self._text.count)
        return self._result()

    def _take(self, statement: ast.stmt, last: int) -> None:
        try:
            self._calls.take(statement)
        except NotDrawn as why:
            text = self._text.statement(statement) if self._shares_a_line(statement, last) else ""
            self._keep(self._kept_lines(statement.lineno, last, str(why), text))
        else:
            self._keep_comments(statement.lineno, last)

    def _shares_a_line(self, statement: ast.stmt, last: int) -> bool:
        return self._at_ends[statement.lineno] > 1 or self._at_ends[last] > 1

    def _keep_comments(self, first: int, last: int) -> None:
        for line in self._text.comments(first, last):
            self._keep(self._kept_lines(line, line))

    def _kept_lines(self, first: int, last: int, reason: str = "", text: str = "") -> _Kept:
        return _Kept(first, last, self._calls.place, self._calls.drawn, reason, text)

    def _keep(self, kept: _Kept) -> None:
        """What follows the last region, with nothing drawn between, belongs to it."""
        before = self._kept[-1] if self._kept else None
        apart = before is None or before.drawn != kept.drawn or before.text or kept.text
        if before is None or apart or self._calls.last_line >= before.last:
            self._kept.append(kept)
        elif kept.last > before.last:
            reason = before.reason or kept.reason
            self._kept[-1] = replace(before, last=kept.last, reason=reason)

    def _take_name(self, tree: ast.Module) -> str:
        """The script's first text, where it is one line."""
        title = ast.get_docstring(tree, clean=False)
        if title is None or "\n" in title:
            return ""
        del self._statements[0]
        return title.strip()

    def _is_ours(self, statement: ast.stmt) -> bool:
        """What `write_python` writes around every workflow."""
        match statement:
            case ast.ImportFrom(
                module=str() as module, names=[ast.alias(name="WorkflowBuilder", asname=None)]
            ):
                return module in OUR_MODULES
            case ast.If():
                return ast.dump(statement) == _ENDING
        return False

    def _result(self) -> ReadSource:
        if self._calls.builder is None:
            message = "the script makes no WorkflowBuilder at its top level: workflow = WorkflowBuilder()"
            return _failed("no_workflow", message)
        regions = joined(self._region(kept) for kept in self._kept)
        found = [region.to_annotation() for region in regions]
        drawn = self._calls.document()
        graph, problems = read_document({**drawn, "annotations": [*self._calls.annotations, *found]})
        lines = self._calls.lines
        return ReadSource(
            None if graph is None else _arranged(graph, drawn["nodes"]),
            self._name,
            tuple(
                SourceProblem(each.code, each.message, lines.get(each.node or "", 0), node=each.node)
                for each in problems
            ),
            tuple(LockedLines(kept.first, kept.last, kept.reason) for kept in self._kept if kept.reason),
            lines,
        )

    def _region(self, kept: _Kept) -> Region:
        """Comments beside or inside of what is drawn stand alone, without it."""
        is_alone = kept.first == kept.last and not kept.reason
        text = self._text.comment(kept.first) if is_alone else self._text.lines(kept.first, kept.last)
        text = kept.text or text
        return Region(text, AT_END if kept.drawn == self._calls.drawn else kept.after)


def _arranged(graph: Graph, stated: list[dict[str, Any]]) -> Graph:
    """Steps that the script gives no place stand from left to right."""
    fixed = {
        node["id"]: at.position for node, at in zip(stated, graph.nodes, strict=True) if "position" in node
    }
    places = arrange({node.id: node.parent for node in graph.nodes}, graph.connections, fixed)
    return replace(graph, nodes=tuple(replace(node, position=places[node.id]) for node in graph.nodes))


_ENDING = ast.dump(ast.parse(ENDING).body[0])
