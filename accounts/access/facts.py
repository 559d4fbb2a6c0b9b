"""What a decision is made from: who asks, for what, when and from where, and what was shared with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from accounts.access.attributes import AttributeValue

Attributes = Mapping[str, Any]


def _frozen(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """A copy that nobody can change later: what was decided from it stays true of it."""
    return MappingProxyType({k: tuple(v) if isinstance(v, list) else v for k, v in attributes.items()})


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks. `permissions` come from roles; `scopes` is None unless a token speaks for the subject.

    `ceiling` is what the roles allow at most, whoever else would allow more; None is no ceiling.
    """

    id: UUID
    tenant_id: UUID | None
    is_active: bool = True
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    ceiling: frozenset[str] | None = None
    email: str = ""
    attributes_version: int = 0
    _likeness: tuple[Any, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", _frozen(self.attributes))

    @property
    def likeness(self) -> tuple[Any, ...]:
        """Everything of the subject that a condition can ask: who is alike in it is judged alike.

        Attributes are written out, because 1, 1.0 and true are equal but not alike.
        """
        if self._likeness is None:
            written = repr(sorted(self.attributes.items(), key=lambda item: item[0]))
            likeness = (self.id, self.tenant_id, self.email, self.is_active, self.roles, written)
            object.__setattr__(self, "_likeness", likeness)
            return likeness
        return self._likeness


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for. A resource without a tenant (as in scripts) passes the tenant wall.

    `parent` is what it belongs to (a run to its workflow): who may not view that does not reach this.
    """

    type: str
    id: str
    tenant_id: UUID | None
    owner_id: UUID | None = None
    attributes: Attributes = field(default_factory=dict)
    parent: Resource | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """When and from where it is asked. `at` is aware; what is None is missing to conditions."""

    at: datetime
    ip: str | None = None
    mfa_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or (self.mfa_at is not None and self.mfa_at.tzinfo is None):
            raise ValueError("times of an environment have a time zone")

    @classmethod
    def now(cls) -> Environment:
        return cls(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """One thing that was shared with the subject: these actions on it and on what belongs to it."""

    resource_type: str
    resource_id: str
    actions: frozenset[str]
    expires_at: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        return self.expires_at is None or at < self.expires_at
