"""Findings that the containers share."""

from __future__ import annotations

from collections.abc import Collection

from runtime.engine.node import CheckContext, Node
from runtime.engine.problems import Problem


def reserved_inputs(node_class: type[Node], context: CheckContext, names: Collection[str]) -> list[Problem]:
    """Inputs whose names the container itself gives to its body."""
    return [
        Problem(
            "reserved_input",
            f"{node_class.type} gives {name!r} to the steps inside itself, so no input can be called that",
            field=f"inputs.{name}",
            hint="Use another name for the input.",
        )
        for name in sorted(set(names) & context.wired)
    ]
