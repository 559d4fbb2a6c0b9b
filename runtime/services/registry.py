"""The node types that this server knows."""

from __future__ import annotations

from functools import cache

from runtime.engine.registry import NodeRegistry


@cache
def node_registry() -> NodeRegistry:
    """Built once a process: importing the node types is not free."""
    from runtime.nodes import registry

    return registry()
