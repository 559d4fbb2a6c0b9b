"""The operations of the Transform node: each a small model that knows how to apply itself to records."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from runtime.nodes.operations.columns import Cast, Compute, Flatten, Rename, Select
from runtime.nodes.operations.groups import Group
from runtime.nodes.operations.joins import Append, Join
from runtime.nodes.operations.rows import Distinct, Filter, Limit, Sort

Operation = Annotated[
    Select | Rename | Filter | Compute | Cast | Sort | Limit | Distinct | Group | Join | Append | Flatten,
    Field(discriminator="op"),
]

__all__ = [
    "Append",
    "Cast",
    "Compute",
    "Distinct",
    "Filter",
    "Flatten",
    "Group",
    "Join",
    "Limit",
    "Operation",
    "Rename",
    "Select",
    "Sort",
]
