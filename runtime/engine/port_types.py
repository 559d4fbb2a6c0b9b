"""What the declared types of ports promise: which connect, and which values they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.engine.node import PortType

# A value that says nothing (null) fits everything, as an input that is not fed does; so does `control`,
# which only looks at whether the value is truthy, and `file`, which says nothing about its form.
_NAMES: dict[PortType, str] = {
    PortType.RECORDS: "records (a list of objects)",
    PortType.OBJECT: "an object",
    PortType.TEXT: "text",
    PortType.NUMBER: "a number",
    PortType.ERROR: "an error (an object with 'error')",
}


def fits(output: PortType, input: PortType) -> bool:
    """Whether what leaves an output of the one type may enter an input of the other.

    An object fits records: a single object is taken as one record.
    """
    if PortType.ANY in (output, input) or output is input or input is PortType.CONTROL:
        return True
    if output is PortType.ERROR:
        return input in (PortType.OBJECT, PortType.RECORDS)
    return output is PortType.OBJECT and input is PortType.RECORDS


def complaint(value: Any, port_type: PortType) -> str | None:
    """What is wrong with a value for a port of this type, as `is text, not a number`; None when it fits."""
    holds = _HOLDS.get(port_type)
    if value is None or holds is None or holds(value):
        return None
    return f"is {_kind(value)}, not {_NAMES[port_type]}"


def is_checked(port_type: PortType) -> bool:
    """Whether `complaint` can find anything wrong with a value for such a port."""
    return port_type in _HOLDS


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_HOLDS: dict[PortType, Callable[[Any], bool]] = {
    # One object is one record, and a list of plain values a table of one column.
    PortType.RECORDS: lambda value: isinstance(value, list | tuple | Mapping),
    PortType.OBJECT: lambda value: isinstance(value, Mapping),
    PortType.TEXT: lambda value: isinstance(value, str),
    PortType.NUMBER: _is_number,
    PortType.ERROR: lambda value: isinstance(value, Mapping) and "error" in value,
}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else type(value).__name__
