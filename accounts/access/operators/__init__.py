"""The operators of conditions, by name. Each is one class: what it takes, and where it holds and does not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from accounts.access.operators.base import Bounds, Operator, judge
from accounts.access.operators.clearance import SecurityLevelBelow, SecurityLevelMeets
from accounts.access.operators.comparing import (
    Between,
    Equals,
    GreaterOrEqual,
    GreaterThan,
    In,
    LessOrEqual,
    LessThan,
    NotEquals,
    NotIn,
)
from accounts.access.operators.lists import ContainsAll, ContainsAny, IsEmpty
from accounts.access.operators.presence import Exists, HasRole, IsOwner, NotExists, SameTenant
from accounts.access.operators.surroundings import DateBetween, IpIn, MfaWithin, TimeBetween, WeekdayIn
from accounts.access.operators.texts import (
    Contains,
    EndsWith,
    HierarchicalMatch,
    Matches,
    MatchesDataRegion,
    NotContains,
    StartsWith,
)

__all__ = ["OPERATORS", "Bounds", "Operator", "judge"]

_ALL: tuple[Operator, ...] = (
    Equals(),
    NotEquals(),
    In(),
    NotIn(),
    LessThan(),
    LessOrEqual(),
    GreaterThan(),
    GreaterOrEqual(),
    Between(),
    StartsWith(),
    EndsWith(),
    Contains(),
    NotContains(),
    ContainsAny(),
    ContainsAll(),
    IsEmpty(),
    Matches(),
    HierarchicalMatch(),
    SecurityLevelMeets(),
    SecurityLevelBelow(),
    MatchesDataRegion(),
    Exists(),
    NotExists(),
    SameTenant(),
    IsOwner(),
    HasRole(),
    TimeBetween(),
    WeekdayIn(),
    DateBetween(),
    IpIn(),
    MfaWithin(),
)
OPERATORS: Mapping[str, Operator] = MappingProxyType({operator.name: operator for operator in _ALL})
