"""The node types that come with Lockgate, one a file. Never imports Django."""

from __future__ import annotations

from runtime.nodes.catalogue import BUILT_IN, registry

__all__ = ["BUILT_IN", "registry"]
