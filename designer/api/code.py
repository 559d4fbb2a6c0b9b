"""`code/`: what is wrong with author code, and workflows from and to Python."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from designer.api.bodies import (
    CodeCheck,
    CodeProblem,
    CodeToCheck,
    GraphToWrite,
    LockedLines,
    ReadScript,
    ScriptProblem,
    ScriptToRead,
    WrittenScript,
)
from designer.graphs import read_graph
from runtime.api.parsing import read_body
from runtime.services.code_checks import check_code
from runtime.written import ReadSource, read_python, write_python


class CodeCheckView(AuthorizedView, APIView):
    """Parses code in the sandbox, without running it, and names its inputs."""

    actions: ClassVar[dict[str, str]] = {"POST": "code.author"}

    @extend_schema(operation_id="code_check", request=CodeToCheck, responses=CodeCheck)
    def post(self, request: Request) -> Response:
        report = check_code(read_body(request, CodeToCheck).code)
        problems = [
            CodeProblem(
                line=problem.line or 1,
                column=problem.column or 1,
                message=problem.message,
                severity=problem.severity,
                hint=problem.hint,
            )
            for problem in report.problems
        ]
        return Response(CodeCheck(problems=problems, inputs=list(report.free_names)))


class ScriptReadView(AuthorizedView, APIView):
    """The workflow that a script builds. Nothing of the script is run, and nothing is stored."""

    actions: ClassVar[dict[str, str]] = {"POST": "workflow.view"}

    @extend_schema(operation_id="code_read", request=ScriptToRead, responses=ReadScript)
    def post(self, request: Request) -> Response:
        return Response(_read_body(read_python(read_body(request, ScriptToRead).python)))


class ScriptWriteView(AuthorizedView, APIView):
    """The script that builds a graph."""

    actions: ClassVar[dict[str, str]] = {"POST": "workflow.view"}

    @extend_schema(operation_id="code_write", request=GraphToWrite, responses=WrittenScript)
    def post(self, request: Request) -> Response:
        asked = read_body(request, GraphToWrite)
        return Response(WrittenScript(python=write_python(read_graph(asked.graph).graph, name=asked.name)))


def _read_body(read: ReadSource) -> ReadScript:
    return ReadScript(
        name=read.name,
        graph=None if read.graph is None else read_graph(read.graph.to_document()).document,
        problems=[
            ScriptProblem(
                code=each.code, message=each.message, line=each.line, column=each.column, node=each.node
            )
            for each in read.problems
        ],
        locked=[LockedLines(first=each.first, last=each.last, reason=each.reason) for each in read.locked],
        lines=read.lines,
    )
