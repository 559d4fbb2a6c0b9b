"""What a manager decides by that was made without rules of its own: those of the place where it is asked.

In a script these are the rules of the workspace; in a code node of a server the answers that the host
gives for whom the run belongs to, about the resources that the code names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from accounts.access.document import AccessRules, read_document
from accounts.access.facts import Resource
from accounts.access.principal import ASKED

AT_LARGE = ""  # instead of an id: things of the type at large


@dataclass(frozen=True, slots=True)
class Ground:
    """`rules`, or `answers`: `(action, resource type, id)` -> whether it is allowed, and why."""

    rules: AccessRules | None = None
    answers: Mapping[tuple[str, str, str], tuple[bool, str]] | None = None

    def answer(self, action: str, resource: Resource | None) -> tuple[bool, str] | None:
        """What the host says; None where rules decide."""
        if self.answers is None:
            return None
        kind, name = ("node", AT_LARGE) if resource is None else (resource.type, resource.id)
        known = self.answers.get((action, kind, name))
        if known is not None:
            return known
        if action not in ASKED:
            return False, f"Code cannot ask about this here ({action})."
        return False, f"Nobody was asked about {name!r:.80}: write the id as text where the code checks it."


_NONE = Ground()
_everywhere: Callable[[], AccessRules] | None = None
_HERE: ContextVar[Ground | None] = ContextVar("_HERE", default=None)


def ground() -> Ground:
    """What holds for a manager that is made now. Raises `ValueError` for rules that cannot be read."""
    here = _HERE.get()
    if here is not None:
        return here
    return _NONE if _everywhere is None else Ground(_everywhere())


def stand_everywhere(read: Callable[[], AccessRules] | None) -> None:
    """Where managers in this process find their rules that state none; read when one is made."""
    global _everywhere
    _everywhere = read


def stand_on(stated: Mapping[str, Any] | None) -> None:
    """For the code that runs next; None: what holds everywhere.

    `{"rules": document}`, or `{"answers": [[action, type, id, allowed, why], ...]}`.
    """
    _HERE.set(None if stated is None else _read(stated))


def _read(stated: Mapping[str, Any]) -> Ground:
    if "rules" in stated:
        return Ground(read_document(stated["rules"]))
    return Ground(
        answers={(action, kind, name): (ok, why) for action, kind, name, ok, why in stated["answers"]}
    )
