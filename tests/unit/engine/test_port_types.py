"""What the declared types of ports let through."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.node import PortType
from runtime.engine.port_types import complaint, fits, is_checked


@pytest.mark.parametrize("port_type", list(PortType))
def test_anything_fits_itself_any_and_control(port_type: PortType):
    assert fits(port_type, port_type)
    assert fits(port_type, PortType.ANY)
    assert fits(PortType.ANY, port_type)
    assert fits(port_type, PortType.CONTROL)


@pytest.mark.parametrize(
    ("output", "input", "expected"),
    [
        ("object", "records", True),
        ("error", "object", True),
        ("records", "object", False),
        ("text", "number", False),
        ("number", "text", False),
        ("text", "records", False),
        ("records", "number", False),
        ("control", "number", False),
        ("object", "error", False),
    ],
)
def test_what_fits_what(output: str, input: str, expected: bool):
    assert fits(PortType(output), PortType(input)) is expected


@pytest.mark.parametrize(
    ("value", "port_type", "expected"),
    [
        ([{"a": 1}], "records", None),
        ({"a": 1}, "records", None),
        ("a", "records", "is text, not records (a list of objects)"),
        ({}, "object", None),
        ([], "object", "is a list, not an object"),
        ("", "text", None),
        (5, "text", "is a number, not text"),
        (5.5, "number", None),
        (True, "number", "is true or false, not a number"),
        ({"error": {}}, "error", None),
        ({"code": 1}, "error", "is an object, not an error (an object with 'error')"),
        (object(), "any", None),
        (object(), "control", None),
        (5, "file", None),
    ],
)
def test_values_are_judged(value: Any, port_type: str, expected: str | None):
    assert complaint(value, PortType(port_type)) == expected
    assert expected is None or is_checked(PortType(port_type))


@pytest.mark.parametrize("port_type", list(PortType))
def test_nothing_fits_every_type(port_type: PortType):
    assert complaint(None, port_type) is None
