"""`${name}` in configuration: one pass from left to right, `$${` stands for a literal `${`.

A string that is exactly one template takes the value with its type; elsewhere the value becomes text.
What a value brings in is never looked at again, and verbatim keys (code, expressions) are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

_TOKEN = re.compile(r"\$\$\{|\$\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class UnknownTemplateName(KeyError):
    """A `${name}` for which there is no value."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def has_template(text: str) -> bool:
    return "${" in text and any(match.group(1) is not None for match in _TOKEN.finditer(text))


def template_names(value: Any, *, verbatim: Collection[str] = ()) -> set[str]:
    """All names used in `value`, at any depth."""
    if not value:
        return set()
    if isinstance(value, str):
        if "${" not in value:
            return set()
        return {match.group(1).strip() for match in _TOKEN.finditer(value) if match.group(1) is not None}
    names: set[str] = set()
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in verbatim:
                names |= template_names(item, verbatim=verbatim)
    elif isinstance(value, list | tuple):
        for item in value:
            names |= template_names(item, verbatim=verbatim)
    return names


def is_valid_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def resolve(value: Any, names: Mapping[str, Any], *, verbatim: Collection[str] = ()) -> Any:
    """`value` with every template replaced. Raises `UnknownTemplateName`."""
    if isinstance(value, str):
        return _resolve_text(value, names) if "${" in value else value
    if isinstance(value, Mapping):
        return {
            key: item if key in verbatim else resolve(item, names, verbatim=verbatim)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [resolve(item, names, verbatim=verbatim) for item in value]
    return value


def _resolve_text(text: str, names: Mapping[str, Any]) -> Any:
    whole = _TOKEN.fullmatch(text)
    if whole is not None and whole.group(1) is not None:
        return _lookup(names, whole.group(1))
    return _TOKEN.sub(lambda match: _replacement(match, names), text)


def _replacement(match: re.Match[str], names: Mapping[str, Any]) -> str:
    if match.group(1) is None:
        return "${"
    return _as_text(_lookup(names, match.group(1)))


def _lookup(names: Mapping[str, Any], name: str) -> Any:
    name = name.strip()
    if name not in names:
        raise UnknownTemplateName(name)
    return names[name]


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
