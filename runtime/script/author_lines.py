"""From a line of a node's code to the line of the script in which that code is written."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from runtime.script.frames import Place
from runtime.script.source import Script


def place_in_script(script: Script, error: Mapping[str, Any]) -> Place | None:
    """Where the line that an error names stands in the script; None unless there is exactly one such place.

    `error` has the facts `line` (from 1, in the node's code) and `text` (that line).
    """
    line, text = error.get("line"), error.get("text")
    if not isinstance(line, int) or not isinstance(text, str) or not text:
        return None
    lines = script.text.splitlines()
    numbers = [start + line - 1 for start, _ in _texts(script)]
    return _only_place(script, [number for number in numbers if text in "".join(lines[number - 1 : number])])


def place_of_bad_syntax(script: Script, line: int) -> Place | None:
    """Where the script holds the one code text that does not parse because of its line `line`."""
    return _only_place(
        script, [start + line - 1 for start, text in _texts(script) if _bad_line(text) == line]
    )


def _only_place(script: Script, numbers: list[int]) -> Place | None:
    found = set(numbers)
    return Place(script.path, found.pop()) if len(found) == 1 else None


def _texts(script: Script) -> list[tuple[int, str]]:
    """The script's string literals, each with its first line."""
    return [
        (node.lineno, node.value)
        for node in ast.walk(ast.parse(script.text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def _bad_line(text: str) -> int | None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.lineno
    except (ValueError, RecursionError, MemoryError):  # what the parser cannot take at all
        return None
    return None
