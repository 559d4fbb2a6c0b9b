"""Refusals that a view raises; `designer.api.problems` turns them into problem bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.exceptions import APIException


class ApiProblem(APIException):
    """A refusal with a stable `code`, a `detail` for people, and what else the answer carries.

    `errors` are `{field, message, code}`, graph problems or `{line, column, message}`; `extra` keys
    go into the body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, Any]] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.code = code
        self.text = detail
        self.errors = errors
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


def invalid(errors: Sequence[Mapping[str, Any]], detail: str = "") -> ApiProblem:
    """422: the request can be read but not used."""
    text = detail or "; ".join(f"{error['field']}: {error['message']}" for error in errors[:3])
    return ApiProblem(422, "invalid_request", text, errors=errors)


def too_large(limit: int, what: str) -> ApiProblem:
    """413, naming the limit in the unit that people use."""
    return ApiProblem(
        413,
        "too_large",
        f"{what} is larger than {limit >> 20} MiB, the most that is accepted here.",
        extra={"max_bytes": limit},
    )
