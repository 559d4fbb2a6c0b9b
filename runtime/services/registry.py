"""The node types that this server knows, and what of their configuration it cannot honour."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from runtime.engine.registry import NodeRegistry

UNAVAILABLE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"HTTPRequestNode": {"credential": "This server has no store of credentials."}}
)
"""Config keys, by node type, that only scripts honour, with the reason: not in forms, refused in graphs."""


@cache
def node_registry() -> NodeRegistry:
    """Built once a process: importing the node types is not free."""
    from runtime.nodes import registry

    return registry()
