"""Pydantic's findings on a node's configuration, as problems located by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from runtime.engine.errors import ParameterError
from runtime.engine.problems import Problem, near_match
from runtime.engine.templates import has_template

if TYPE_CHECKING:
    from runtime.engine.node import Node

MAX_FINDINGS = 100  # of one node: a configuration may be megabytes of wrong keys


def problems_of(node_class: type[Node], error: ValidationError) -> list[Problem]:
    return [_problem(node_class, item) for item in _findings(error)]


def problems_in(error: ParameterError) -> list[Problem]:
    """The problems that a `ParameterError` carries."""
    return [Problem(**item) for item in error.facts.get("problems", ())]


def check_config(node_class: type[Node], config: Mapping[str, Any]) -> list[Problem]:
    """All findings of the schema. A value that holds a `${}` template is judged once it is resolved."""
    try:
        node_class.Parameters.model_validate(dict(config))
    except ValidationError as error:
        return [
            _problem(node_class, {**item, "loc": _without_tags(config, item["loc"])})
            for item in _findings(error)
            if not _is_templated(config, item["loc"])
        ]
    return []


def _findings(error: ValidationError) -> list[dict[str, Any]]:
    """Pydantic's errors, without `too short` where items are there and only invalid: those have their own."""
    errors = error.errors(include_url=False, include_input=False)[:MAX_FINDINGS]
    found: list[dict[str, Any]] = [dict(item) for item in errors]
    return [item for item in found if item["type"] != "too_short" or not _has_inner(item["loc"], found)]


def _has_inner(location: tuple[int | str, ...], found: list[dict[str, Any]]) -> bool:
    depth = len(location)
    return any(len(item["loc"]) > depth and item["loc"][:depth] == location for item in found)


def _without_tags(config: Any, location: tuple[int | str, ...]) -> list[int | str]:
    """The place in the configuration: pydantic's location also names the tag of a union on the way."""
    path: list[int | str] = []
    value = config
    for part in location:
        if isinstance(value, Mapping) and part not in value and part in _texts(value):
            continue
        path.append(part)
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
    return path


def _texts(value: Mapping[str, Any]) -> list[str]:
    return [item for item in value.values() if isinstance(item, str)]


def _problem(node_class: type[Node], item: dict[str, Any]) -> Problem:
    location = [str(part) for part in item["loc"]]
    field = ".".join(["config", *location])
    if item["type"] == "extra_forbidden":
        known = _keys(node_class)
        hint = near_match(location[-1], known) or f"Known keys: {', '.join(sorted(known)) or 'none'}."
        return Problem(
            "unknown_config_key",
            f"{location[-1]!r} is not a setting of {node_class.type}",
            field=field,
            hint=hint,
        )
    if item["type"] == "missing":
        supplied_later = location[0] in node_class.run_settable
        return Problem(
            "missing_parameter",
            f"{'.'.join(location)!r} is required",
            field=field,
            severity="warning" if supplied_later else "error",
            hint="A run may still supply it." if supplied_later else _purpose(node_class, location),
        )
    return Problem("invalid_parameter", _message(item), field=field)


def _purpose(node_class: type[Node], location: list[str]) -> str | None:
    """What a setting of the node itself is for."""
    field = node_class.Parameters.model_fields.get(location[0]) if len(location) == 1 else None
    return None if field is None else field.description


def _message(item: dict[str, Any]) -> str:
    if item["type"] == "too_short":
        fewest = item["ctx"]["min_length"]
        return f"needs at least {fewest} {'item' if fewest == 1 else 'items'}"
    text = str(item["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _keys(node_class: type[Node]) -> list[str]:
    return [field.alias or name for name, field in node_class.Parameters.model_fields.items()]


def _is_templated(config: Any, location: tuple[int | str, ...]) -> bool:
    """Whether the value at `location`, or one that encloses it, is text with a template."""
    value = config
    for part in location:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            continue  # a union tag in the location, or a missing key
        if isinstance(value, str):
            return has_template(value)
    return False
