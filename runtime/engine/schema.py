"""The part of JSON Schema that declares workflow parameters: type, enum, bounds, items, properties."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (Mapping,),
    "null": (type(None),),
}
KEYWORDS = frozenset(
    {"type", "enum", "minimum", "maximum", "minLength", "maxLength", "items", "properties", "required"}
)
NOTES = frozenset({"title", "description", "default", "examples"})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_FORMS: dict[str, Callable[[Any], bool]] = {
    "enum": lambda value: isinstance(value, list | tuple),
    "minimum": _is_number,
    "maximum": _is_number,
    "minLength": _is_length,
    "maxLength": _is_length,
    "items": lambda value: isinstance(value, Mapping),
    "properties": lambda value: (
        isinstance(value, Mapping) and all(isinstance(inner, Mapping) for inner in value.values())
    ),
    "required": lambda value: (
        isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)
    ),
}


def unsupported_keywords(schema: Mapping[str, Any]) -> list[str]:
    """Keywords that would be ignored or cannot be read, and unknown types: a schema with any is refused."""
    found = [key for key in schema if key not in KEYWORDS | NOTES and not str(key).startswith("x-")]
    found += [f"type {name}" for name in _type_names(schema) if name not in TYPES]
    found += [
        f"{key} {schema[key]!r:.60}"
        for key, fits in _FORMS.items()
        if key in schema and not fits(schema[key])
    ]
    for inner in _inner_schemas(schema):
        found += unsupported_keywords(inner)
    return found


def complaint_about(value: Any, schema: Mapping[str, Any]) -> str | None:
    """What is wrong with `value`, as the end of a sentence that begins with its name; None when it fits."""
    names = _type_names(schema)
    if names and not any(_is_of_type(value, name) for name in names):
        return f"must be of type {' or '.join(names)}"
    if "enum" in schema and value not in schema["enum"]:
        return f"must be one of {', '.join(map(repr, schema['enum']))}"
    return _out_of_bounds(value, schema) or _inner_complaint(value, schema)


def _out_of_bounds(value: Any, schema: Mapping[str, Any]) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return "must be a finite number"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in schema and value < schema["minimum"]:
            return f"must be at least {schema['minimum']}"
        if "maximum" in schema and value > schema["maximum"]:
            return f"must be at most {schema['maximum']}"
    if isinstance(value, str):
        if "minLength" in schema and len(value) < schema["minLength"]:
            return f"must have at least {schema['minLength']} characters"
        if "maxLength" in schema and len(value) > schema["maxLength"]:
            return f"must have at most {schema['maxLength']} characters"
    return None


def _inner_complaint(value: Any, schema: Mapping[str, Any]) -> str | None:
    if isinstance(value, Mapping):
        for name in schema.get("required", ()):
            if name not in value:
                return f"must have {name!r}"
        for name, inner in schema.get("properties", {}).items():
            if name in value and (complaint := complaint_about(value[name], inner)) is not None:
                return f"has {name!r}, which {complaint}"
    if isinstance(value, list | tuple) and isinstance(schema.get("items"), Mapping):
        for position, item in enumerate(value):
            if (complaint := complaint_about(item, schema["items"])) is not None:
                return f"has item {position}, which {complaint}"
    return None


def _type_names(schema: Mapping[str, Any]) -> list[str]:
    named = schema.get("type")
    if named is None:
        return []
    return [str(name) for name in named] if isinstance(named, list | tuple) else [str(named)]


def _is_of_type(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name in ("integer", "number"):
        return False
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES.get(name, ()))


def _inner_schemas(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    properties = schema.get("properties")
    inner = list(properties.values()) if isinstance(properties, Mapping) else []
    inner.append(schema.get("items"))
    return [item for item in inner if isinstance(item, Mapping)]
