"""The workspace of runtimes that name none: set once by `python -m runtime --workspace DIR`."""

from __future__ import annotations

from pathlib import Path

_default: Path | None = None


def default_workspace() -> Path | None:
    """The folder that runtimes made without a `workspace` use; None: they have none."""
    return _default


def set_default_workspace(folder: Path | None) -> None:
    """For runtimes that are made from now on."""
    global _default
    _default = folder
