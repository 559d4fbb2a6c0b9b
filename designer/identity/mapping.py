"""What follows from a provider's claims: which roles and attributes. Pure.

A mapping owns the roles and attributes that it names: at each sign-in they are as the claims say, and what
it does not name stays as people set it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

MAX_RULES: Final = 100
ClaimPath = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
_Key = Annotated[str, StringConstraints(min_length=1, max_length=63)]
_ABSENT: Final = object()


class RoleRule(BaseModel):
    """The role is had when the claim equals the value, or is a list that contains it. One of the two."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: ClaimPath
    equals: str | StrictBool | StrictInt | None = Field(None, description="The claim is exactly this.")
    contains: str | None = Field(None, max_length=300, description="The claim is a list with this in it.")
    role: _Key


class AttributeRule(BaseModel):
    """The attribute has the claim's value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: ClaimPath
    attribute: _Key


Rule = RoleRule | AttributeRule


@dataclass(frozen=True, slots=True)
class Followed:
    """Of what the mapping owns: the roles that are had, and the attributes that have a value."""

    owned_roles: frozenset[str]
    roles: frozenset[str]
    owned_attributes: frozenset[str]
    attributes: Mapping[str, Any]


def read_rules(document: Iterable[Any]) -> list[Rule]:
    """The rules as they are stored. Raises `ValidationError` for what is none."""
    return [
        (AttributeRule if isinstance(each, Mapping) and "attribute" in each else RoleRule).model_validate(
            each
        )
        for each in document
    ]


def follow(claims: Mapping[str, Any], rules: Iterable[Rule]) -> Followed:
    """Several rules may give the same role; of several for one attribute the first with a value counts."""
    owned_roles, roles = set(), set()
    attributes: dict[str, Any] = {}
    owned_attributes = set()
    for rule in rules:
        value = claim_at(claims, rule.claim)
        if isinstance(rule, RoleRule):
            owned_roles.add(rule.role)
            if _fits(value, rule):
                roles.add(rule.role)
        else:
            owned_attributes.add(rule.attribute)
            if value is not _ABSENT and value is not None:
                attributes.setdefault(rule.attribute, value)
    return Followed(frozenset(owned_roles), frozenset(roles), frozenset(owned_attributes), attributes)


def claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """The claim called so, or the one inside of others (`realm_access.roles`)."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return _ABSENT
        found = found[part]
    return found


def _fits(value: Any, rule: RoleRule) -> bool:
    if rule.contains is not None:
        return isinstance(value, list) and rule.contains in value
    # In Python 1 == True; a claim that is a number is not yes.
    return rule.equals is not None and type(value) is type(rule.equals) and value == rule.equals
