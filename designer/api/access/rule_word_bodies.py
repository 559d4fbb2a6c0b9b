"""Bodies of what rules can be written with."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from designer.api.access.vocabulary_bodies import Level
from runtime.api.body import Body


class RulePath(Body):
    """An attribute that conditions can name."""

    path: str
    label: str
    kind: str
    allowed: list[Any] | None = Field(description="The values that it may have; null: any.")
    source: str
    applies_to: list[str] = Field(description="The types of resources that have it; empty: always there.")


class RuleOperator(Body):
    """How an attribute is compared. `takes` is what its value is, `kinds` what it makes sense for."""

    name: str
    label: str
    takes: str
    kinds: list[str]
    takes_path: bool = Field(description="Whether it compares with another attribute too.")
    default_path: str | None
    default_value_path: str | None


class RuleAction(Body):
    name: str
    label: str = Field(description="Completes “may …”.")
    resource_type: str


class NamedWord(Body):
    """A key, and how people read it."""

    name: str
    label: str


class NamedRole(Body):
    key: str
    label: str


class RuleWords(Body):
    """Everything that rules of the workspace can be written with."""

    paths: list[RulePath]
    operators: list[RuleOperator]
    actions: list[RuleAction]
    resource_types: list[NamedWord]
    levels: list[Level]
    roles: list[NamedRole]
