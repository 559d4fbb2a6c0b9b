"""`code/check/`: what is wrong with author code, while it is typed."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from designer.api.bodies import CodeCheck, CodeProblem, CodeToCheck
from runtime.api.parsing import read_body
from runtime.services.code_checks import check_code


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
