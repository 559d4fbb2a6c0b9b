"""Reads what a client sends: bytes to JSON that can be stored, JSON and query strings to models."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from runtime.api.errors import ApiProblem, invalid, too_large
from runtime.limits import max_body_bytes

MAX_DEPTH = 100
Model = TypeVar("Model", bound=BaseModel)


class StrictJSONParser(BaseParser):
    """JSON that PostgreSQL, JavaScript and the engine all can hold.

    Refuses NaN and infinite numbers, NUL characters, half of a surrogate pair, nesting past
    `MAX_DEPTH` and bodies past `API_MAX_BODY_MB`; says where.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = max_body_bytes()
        _check_declared_size(parser_context, limit)
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise too_large(limit, "The body")
        value = _load(raw)
        check_storable(value)
        return value


def _check_declared_size(context: Mapping[str, Any] | None, limit: int) -> None:
    request = (context or {}).get("request")
    declared = request.META.get("CONTENT_LENGTH", "") if request is not None else ""
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit, "The body")


def _load(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8 (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        raise ParseError(
            f"The body is not JSON: {error.msg}, line {error.lineno} column {error.colno}."
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:  # a number of more than 4,300 digits, or NaN
        raise ParseError(f"The body is not JSON that can be used: {error}.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _too_deep() -> ApiProblem:
    return ApiProblem(422, "too_deep", f"The body is nested more than {MAX_DEPTH} levels deep.")


def check_storable(value: Any) -> None:
    """Raises `ApiProblem` 422 for the first text or number that cannot be stored, naming its place."""
    pending: list[tuple[Any, str, int]] = [(value, "", 0)]
    while pending:
        item, path, depth = pending.pop()
        if isinstance(item, str):
            _check_text(item, path)
        elif isinstance(item, float):
            if not math.isfinite(item):
                raise _unusable(path, "The number is too large.", "number_too_large")
        elif isinstance(item, (dict, list)):
            if depth >= MAX_DEPTH:
                raise _too_deep()
            pending.extend(_children(item, path, depth + 1))


def _children(item: dict[str, Any] | list[Any], path: str, depth: int) -> Iterator[tuple[Any, str, int]]:
    if isinstance(item, list):
        for index, child in enumerate(item):
            if isinstance(child, (str, float, dict, list)):
                yield child, f"{path}[{index}]", depth
        return
    for key, child in item.items():
        _check_text(key, path)
        if isinstance(child, (str, float, dict, list)):
            yield child, f"{path}.{key}" if path else key, depth


def _check_text(text: str, path: str) -> None:
    if "\0" in text:
        raise _unusable(path, "The text contains a NUL character.", "nul_character")
    if not text.isascii() and not _encodes(text):
        message = "The text contains half of a surrogate pair, which is not a character."
        raise _unusable(path, message, "lone_surrogate")


def _unusable(path: str, message: str, code: str) -> ApiProblem:
    readable = path.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return invalid([{"field": readable, "message": message, "code": code}])


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def read_body(request: Request, model: type[Model]) -> Model:
    """The request's JSON as `model`. Raises `ApiProblem` 422 naming every field that is wrong."""
    data = request.data
    if not isinstance(data, dict):
        raise invalid([{"field": "", "message": "The body must be a JSON object.", "code": "not_an_object"}])
    return _validated(model, data)


def query_of(model: type[BaseModel]) -> list[Any]:
    """For `extend_schema(parameters=...)`: each field of `model` as a parameter of the query string."""
    return [model]


def read_query(request: Request, model: type[Model]) -> Model:
    """The query string as `model`; a repeated key counts once, its last value."""
    values = {key: request.query_params[key] for key in request.query_params}
    for key, value in values.items():
        _check_text(key, key)
        _check_text(value, key)
    return _validated(model, {key: value for key, value in values.items() if value != ""})


def _validated(model: type[Model], data: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid(field_errors(error)) from error


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """`{field, message, code}` of each, without the values that were sent."""
    return [
        {
            "field": ".".join(str(part) for part in detail["loc"]),
            "message": detail["msg"].removeprefix("Value error, "),
            "code": detail["type"],
        }
        for detail in error.errors(include_url=False, include_context=False, include_input=False)
    ]
