"""A client of the API that holds every answer against the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from accounts.models import User
from tests.people import bearer

PREFIX = "/api/v1/"
JSON = "application/json"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, as `schema/` gives it."""
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def _operations() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    # Addresses without variables first: `workflows/import/` is not a workflow.
    paths = sorted(document()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(_pattern(path) + "$"), methods) for path, methods in paths]


def _pattern(path: str) -> str:
    """A node inside a container has a path with slashes; every other variable is one part."""
    return re.sub(r"\{[^}]+\}", "[^/]+", path.replace("{node}", ".+"))


class Api:
    """Requests of one person by token, or of nobody."""

    def __init__(self, user: User | None = None, scopes: list[str] | None = None) -> None:
        self._client = Client(raise_request_exception=False)
        self._headers = bearer(user, scopes) if user else {}

    def get(self, path: str, query: Mapping[str, Any] | None = None, **headers: str) -> Any:
        return self.request("GET", path, data=query, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.request("POST", path, data={} if body is None else body, headers=headers, json=True)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.request("PUT", path, data=body, headers=headers, json=True)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.request("PATCH", path, data=body, headers=headers, json=True)

    def delete(self, path: str, **headers: str) -> Any:
        return self.request("DELETE", path, headers=headers)

    def upload(self, path: str, fields: Mapping[str, Any], **headers: str) -> Any:
        return self.request("POST", path, data=dict(fields), headers=headers)

    def send(self, method: str, path: str, raw: bytes, content_type: str = "application/json") -> Any:
        """A body as bytes, whatever they are."""
        response = self._client.generic(
            method, _address(path), raw, content_type=content_type, headers=self._headers
        )
        return checked(method, response)

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str], json: bool = False, data: Any = None
    ) -> Any:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"headers": {**self._headers, **names}}
        if data is not None:
            options["data"] = data
        if json:
            options["content_type"] = "application/json"
        return checked(method, getattr(self._client, method.lower())(_address(path), **options))


class SessionApi(Api):
    """Requests of one person by session: unlike a token's scopes, what they may do follows every change."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self._client.force_login(user)


def _address(path: str) -> str:
    return path if path.startswith("/") else PREFIX + path


def checked(method: str, response: Any) -> Any:
    """The response, when it has the form that the document promises."""
    address = response.wsgi_request.path
    content_type = response.get("Content-Type", "")
    if response.status_code >= 400:
        assert content_type == "application/problem+json", (address, response.status_code, content_type)
        _hold(response.json(), document()["components"]["schemas"]["Problem"], address)
        assert response.json()["status"] == response.status_code
        assert "Traceback" not in response.content.decode()
        return response
    if address == f"{PREFIX}schema/":  # the document does not describe itself
        return response
    schema = _answer_schema(method, address, response.status_code)
    is_file = "download" in response.wsgi_request.GET
    if schema is not None and content_type == JSON and not is_file:
        _hold(response.json(), schema, address)
    return response


def _answer_schema(method: str, address: str, status: int) -> dict[str, Any] | None:
    fitting = (methods for pattern, methods in _operations() if pattern.match(address))
    # A node's path may hold slashes: its address fits those of actions on it too.
    methods = next((methods for methods in fitting if method.lower() in methods), None)
    assert methods is not None, f"{method} {address} is not in the OpenAPI document"
    responses = methods[method.lower()]["responses"]
    assert str(status) in responses, f"{method} {address} answers {status}, which is not in the document"
    content = responses[str(status)].get("content", {})
    return content.get("application/json", {}).get("schema")


def _hold(body: Any, schema: dict[str, Any], address: str) -> None:
    whole = {**schema, "components": document()["components"]}
    error = best_match(Draft202012Validator(whole).iter_errors(body))
    assert error is None, f"{address}: {error.json_path if error else ''} {error.message if error else ''}"
