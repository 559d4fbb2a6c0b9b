"""What goes wrong is told in one form, and what went wrong inside stays inside."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions

from accounts.models import User
from designer.api import problems
from designer.api.problems import as_problem
from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.problems import Problem
from tests.contract import Api
from tests.people import PASSWORD, signed_in

SECRET = "postgres://user:hunter2@host"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404("row 7"), 404, "not_found"),
        (PermissionDenied(), 403, "forbidden"),
        (exceptions.NotAuthenticated(), 401, "not_signed_in"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "unsupported_media_type"),
        (exceptions.Throttled(wait=7), 429, "too_many_requests"),
        (exceptions.ParseError("bad"), 400, "bad_request"),
        (RequestDataTooBig(), 413, "too_large"),
        (SuspiciousOperation(SECRET), 400, "bad_request"),
        (DataError(SECRET), 422, "invalid_request"),
        (OperationalError(SECRET), 503, "database_unavailable"),
        (ParameterError("no", field="name"), 422, "invalid_parameter"),
        (GraphError([Problem("cycle", "a leads to a", "a")]), 422, "graph_has_errors"),
        (RecursionError(), 500, "internal_error"),
        (ZeroDivisionError(SECRET), 500, "internal_error"),
        (KeyError(SECRET), 500, "internal_error"),
    ],
)
def test_each_failure_has_its_status_and_code_and_no_inner_text(
    error: Exception, status: int, code: str
) -> None:
    problem = as_problem(error)

    assert (problem.status_code, problem.code) == (status, code)
    assert problem.text
    assert "hunter2" not in json.dumps([problem.text, problem.extra])


def test_who_is_too_fast_learns_when_to_come_back() -> None:
    assert as_problem(exceptions.Throttled(wait=7)).headers["Retry-After"] == "8"


def test_fields_of_nested_validation_errors_are_paths() -> None:
    error = exceptions.ValidationError({"a": {"b": ["wrong"]}, "non_field_errors": ["together wrong"]})

    found = [(item["field"], item["message"]) for item in as_problem(error).errors or ()]

    assert found == [("a.b", "wrong"), ("", "together wrong")]


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (lambda request: problems.bad_request(request, SuspiciousOperation()), 400),
        (problems.permission_denied, 403),
        (lambda request: problems.not_found(request, Http404()), 404),
        (problems.server_error, 500),
    ],
)
def test_outside_of_views_the_api_still_answers_with_problems(handler: Any, status: int) -> None:
    response = handler(RequestFactory().get("/api/v1/anything/"))

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == status


@pytest.mark.django_db
def test_a_failure_that_nobody_foresaw_is_500_without_its_text(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("designer.api.workflows.newest_first", fail)

    response = api.get("workflows/")

    assert response.status_code == 500
    assert "hunter2" not in response.content.decode()
    assert "hunter2" in caplog.text


@pytest.mark.django_db
def test_a_session_needs_the_csrf_header_to_write(editor: User) -> None:
    client = signed_in(editor)

    response = client.post("/api/v1/workflows/", {"name": "x"}, content_type="application/json")

    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_session_with_the_csrf_header_starts_manual_runs(editor: User) -> None:
    client = signed_in(editor)
    client.cookies["csrftoken"] = token = "a" * 32

    def post(path: str, body: Any) -> Any:
        headers = {"X-CSRFToken": token}
        return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers).json()

    workflow = post("workflows/", {"name": "x", "graph": {"nodes": []}})
    run = post(f"workflows/{workflow['id']}/runs/", {})

    assert client.get(f"/api/v1/runs/{run['id']}/").json()["trigger"] == "manual"


@pytest.mark.django_db
def test_a_password_in_a_body_is_not_logged(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    api.post("me/password/", {"current_password": PASSWORD, "new_password": 3, "extra": SECRET})

    assert "hunter2" not in caplog.text
    assert PASSWORD not in caplog.text
    assert Client().get("/healthz").status_code == 200
