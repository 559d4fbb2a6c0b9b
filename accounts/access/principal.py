"""Whom code runs for. What it states about users can then only take away from what that person may."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar

from accounts.access.actions import PERMISSIONS
from accounts.access.decisions import Decision, Reason

ASKED = tuple(sorted({name for words in PERMISSIONS.values() for names in words.values() for name in names}))
"""The actions that `NodePermission` stands for: those that code asks about."""

_MAY: ContextVar[frozenset[str] | None] = ContextVar("_MAY", default=None)


def limit_to(actions: Iterable[str] | None) -> None:
    """From here on `AccessControlManager` allows no action but these; None: what is stated decides."""
    _MAY.set(None if actions is None else frozenset(actions))


def limited(decision: Decision) -> Decision:
    """The decision, or a denial of what the person may not do."""
    may = _MAY.get()
    if may is None or not decision.allowed or decision.action in may:
        return decision
    reason = f"Whoever this run belongs to may not do this ({decision.action})."
    return Decision(False, decision.action, Reason.PRINCIPAL, reason)
