"""Access decisions as pure functions of plain values.

Imports no Django, DRF, Channels, Celery or psycopg, and never `runtime`. The Django side
(`accounts.authorization`) loads the facts from tables, asks `decide` and acts on its answer.
"""

from __future__ import annotations

from accounts.access.actions import ACTIONS, OWN_ACTIONS, Action, is_action, view_action
from accounts.access.attributes import AttributeProblem, AttributeValue, attribute_problems
from accounts.access.context import (
    SCRIPT_ROLES,
    NodePermission,
    RoleDecision,
    RoleTable,
    UserContext,
    decide_by_role,
    read_role_table,
)
from accounts.access.decisions import Decision, Reason, Resource, Subject, decide
from accounts.access.roles import BUILT_IN_ROLES, BuiltInRole

__all__ = [
    "ACTIONS",
    "BUILT_IN_ROLES",
    "OWN_ACTIONS",
    "SCRIPT_ROLES",
    "Action",
    "AttributeProblem",
    "AttributeValue",
    "BuiltInRole",
    "Decision",
    "NodePermission",
    "Reason",
    "Resource",
    "RoleDecision",
    "RoleTable",
    "Subject",
    "UserContext",
    "attribute_problems",
    "decide",
    "decide_by_role",
    "is_action",
    "read_role_table",
    "view_action",
]
