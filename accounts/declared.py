"""Every entry point says which action it needs; a test walks them all and fails on one that doesn't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from accounts.access import is_action

SYSTEM = "system"
"""For tasks that act for nobody: sweepers, doorbells that carry only ids."""

_ATTRIBUTE = "declared_action"
_F = TypeVar("_F", bound=Callable[..., Any])


def declared(*, action: str) -> Callable[[_F], _F]:
    """Marks a Celery task or a plain view with its action. It declares; checking is `authorize`'s."""
    if action != SYSTEM and not is_action(action):
        raise ValueError(f"{action!r} is not an action.")

    def mark(function: _F) -> _F:
        setattr(function, _ATTRIBUTE, action)
        return function

    return mark


def declared_action(entry: object) -> str | None:
    """What a view or task declared, on itself or on the function that it wraps; None for nothing."""
    seen: object | None = entry
    while seen is not None:
        action = getattr(seen, _ATTRIBUTE, None)
        if isinstance(action, str):
            return action
        seen = getattr(seen, "__wrapped__", None)
    return getattr(getattr(entry, "run", None), _ATTRIBUTE, None)
