"""Turns every refusal and failure of the API into a problem body (RFC 9457). Never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.authorization import AccessDenied, Deactivated, Hidden, NotSignedIn
from accounts.identity.step_up import StepUpNeeded
from runtime.api.errors import ApiProblem
from runtime.api.rendering import dump
from runtime.engine.errors import GraphError, WorkflowError

CONTENT_TYPE = "application/problem+json"
log = logging.getLogger("lockgate.api")

_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "unsupported_media_type",
    429: "too_many_requests",
}
GRAPH_ERRORS = "graph_has_errors"
NOT_FOUND = "There is nothing at this address, or you may not know of it."


def problem_body(
    path: str,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, Any]] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of one problem."""
    body: dict[str, Any] = {
        "type": f"urn:lockgate:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": path.encode("utf-8", "replace").decode("utf-8"),
        **(extra or {}),
    }
    if errors is not None:
        body["errors"] = [dict(error) for error in errors]
    return body


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's hook: an answer for whatever a view raised."""
    set_rollback()
    request = context.get("request")
    path = str(getattr(request, "path", ""))
    problem = as_problem(error, path)
    return Response(
        problem_body(
            path, problem.status_code, problem.code, problem.text, errors=problem.errors, extra=problem.extra
        ),
        status=problem.status_code,
        headers=problem.headers,
        content_type=CONTENT_TYPE,
    )


def as_problem(error: Exception, path: str = "") -> ApiProblem:
    """What is told about an exception. Anything unforeseen is logged and answered 500 without its text."""
    match error:
        case ApiProblem():
            return error
        case Hidden() | Http404():
            return ApiProblem(404, "not_found", NOT_FOUND)
        case AccessDenied():
            return ApiProblem(403, "forbidden", str(error), extra=_denial(error))
        case StepUpNeeded():
            return _step_up(error)
        case Deactivated():
            return ApiProblem(401, "deactivated", Deactivated.reason, headers={"WWW-Authenticate": "Bearer"})
        case NotSignedIn():
            return _not_signed_in()
        case GraphError():
            return ApiProblem(
                422, GRAPH_ERRORS, error.message, errors=[item.to_dict() for item in error.problems]
            )
        case WorkflowError():
            return ApiProblem(422, error.code, error.message, extra=_facts(error))
        case exceptions.APIException():
            return _framework_problem(error)
        case PermissionDenied():
            return ApiProblem(403, "forbidden", str(error) or "You may not do this.")
        case RequestDataTooBig() | TooManyFilesSent():
            return ApiProblem(413, "too_large", "The request is larger than what is accepted here.")
        case SuspiciousOperation() | MultiPartParserError():
            return ApiProblem(400, "bad_request", "The request is malformed.")
        case DataError():
            log.warning("a value did not fit its column at %s", path, exc_info=error)
            return ApiProblem(422, "invalid_request", "A value in the request cannot be stored.")
        case OperationalError():
            log.error("the database did not answer at %s", path, exc_info=error)
            text = "The database does not answer. Try again in a moment."
            return ApiProblem(503, "database_unavailable", text, headers={"Retry-After": "2"})
        case _:
            log.error("unexpected failure at %s", path, exc_info=error)
            return ApiProblem(500, "internal_error", "Something failed on the server. It has been logged.")


def _denial(error: AccessDenied) -> dict[str, Any]:
    """Which rule denied what. `can_request`: somebody could grant it."""
    decision, resource = error.decision, error.resource
    return {
        "reason": str(decision.rule),
        "rule": str(decision.rule),
        "policies": list(decision.policies),
        "missing": list(decision.missing),
        "action": decision.action,
        "resource_type": None if resource is None else resource.type,
        "resource_id": None if resource is None else resource.id,
        "can_request": resource is not None and bool(resource.id) and decision.lacks_only_a_grant,
    }


def _step_up(error: StepUpNeeded) -> ApiProblem:
    """What a person can prove now, they prove at `url` and ask again. A token cannot."""
    status = 409 if error.code == "session_needed" else 403
    extra = {"purpose": error.purpose.value, "methods": error.methods, "url": error.url}
    return ApiProblem(status, error.code, error.message, extra=extra)


def _facts(error: WorkflowError) -> dict[str, Any]:
    reserved = {"type", "title", "status", "detail", "code", "instance", "errors"}
    return {key: value for key, value in error.facts.items() if key not in reserved}


def _not_signed_in() -> ApiProblem:
    return ApiProblem(
        401,
        "not_signed_in",
        "Sign in, or send a token as `Authorization: Bearer`.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _framework_problem(error: exceptions.APIException) -> ApiProblem:
    status = error.status_code
    if isinstance(error, exceptions.NotAuthenticated):
        return _not_signed_in()
    if isinstance(error, exceptions.ValidationError):
        errors = list(_field_errors(error.detail))
        text = "; ".join(
            f"{item['field']}: {item['message']}" if item["field"] else item["message"] for item in errors
        )
        return ApiProblem(422, "invalid_request", text, errors=errors)
    code = _CODES.get(status, str(error.default_code))
    return ApiProblem(status, code, _framework_text(error), headers=_framework_headers(error))


def _framework_text(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.UnsupportedMediaType):
        return f"{error.detail} Send application/json."
    return str(error.detail)


def _framework_headers(error: exceptions.APIException) -> dict[str, str]:
    headers: dict[str, str] = {}
    wait = getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait) + 1)
    challenge = getattr(error, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = str(challenge)
    return headers


def _field_errors(detail: Any, field: str = "") -> Sequence[dict[str, str]]:
    """REST framework's nested details as a flat list."""
    if isinstance(detail, Mapping):
        return [
            item
            for key, value in detail.items()
            for item in _field_errors(value, _join(field, "" if key == "non_field_errors" else str(key)))
        ]
    if isinstance(detail, (list, tuple)):
        return [item for value in detail for item in _field_errors(value, field)]
    return [{"field": field, "message": str(detail), "code": str(getattr(detail, "code", "invalid"))}]


def _join(field: str, key: str) -> str:
    return f"{field}.{key}" if field and key else field or key


def plain_problem(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """A problem body from outside REST framework."""
    body = problem_body(request.path, status, _CODES.get(status, "internal_error"), detail)
    return HttpResponse(dump(body), status=status, content_type=CONTENT_TYPE)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: a problem below /api/, Django's page elsewhere."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    problem = as_problem(exception, request.path)
    return plain_problem(request, problem.status_code, problem.text)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403`."""
    if not _is_api(request):
        return defaults.permission_denied(request, exception or PermissionDenied())
    return plain_problem(request, 403, "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return plain_problem(request, 404, NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`."""
    if not _is_api(request):
        return defaults.server_error(request)
    return plain_problem(request, 500, "Something failed on the server. It has been logged.")
